package main

import (
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"
)

// overlay sets what the environment overrides. REPORTASCAM_SUITES belongs to
// the tests; any other variable with the prefix must be a key.
func (c *Config) overlay(environ, known []string) error {
	byName := map[string]string{}
	for _, k := range known {
		byName[envName(k)] = k
	}
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		if !strings.HasPrefix(name, envPrefix) || name == envPrefix+"SUITES" {
			continue
		}
		key, ok := byName[name]
		if !ok {
			var names []string
			for n := range byName {
				names = append(names, n)
			}
			sort.Strings(names)
			return fmt.Errorf("environment: unknown variable %s: did you mean %s?", name, nearest(name, names))
		}
		if err := setField(field(reflect.ValueOf(c).Elem(), strings.Split(key, ".")), value); err != nil {
			return fmt.Errorf("environment: %s: %w", name, err)
		}
	}
	return nil
}

func envName(key string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// field finds the struct field of a dotted key.
func field(v reflect.Value, path []string) reflect.Value {
	t := v.Type()
	for i := 0; i < t.NumField(); i++ {
		if t.Field(i).Tag.Get("toml") == path[0] {
			if len(path) == 1 {
				return v.Field(i)
			}
			return field(v.Field(i), path[1:])
		}
	}
	return reflect.Value{}
}

// setField gives a field the value that an environment variable has for it.
func setField(f reflect.Value, value string) error {
	switch f.Interface().(type) {
	case string:
		f.SetString(value)
	case []string:
		list := []string{}
		for _, s := range strings.Split(value, ",") {
			if s = strings.TrimSpace(s); s != "" {
				list = append(list, s)
			}
		}
		f.Set(reflect.ValueOf(list))
	case time.Duration:
		d, err := time.ParseDuration(value)
		if err != nil {
			return fmt.Errorf("%q is not a duration such as \"30s\"", value)
		}
		f.SetInt(int64(d))
	case bool:
		b, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("%q is not true or false", value)
		}
		f.SetBool(b)
	case int, int64:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return fmt.Errorf("%q is not a whole number", value)
		}
		f.SetInt(n)
	default:
		return fmt.Errorf("a %s cannot be set from the environment", f.Type())
	}
	return nil
}
