package main

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// print gives the default text with every value replaced by c's own.
func (c *Config) print() (string, error) {
	var b strings.Builder
	section := ""
	for _, line := range strings.SplitAfter(defaultConfig, "\n") {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "[") {
			section = strings.Trim(trimmed, "[]") + "."
		}
		key, _, found := strings.Cut(trimmed, " = ")
		if !found || strings.HasPrefix(trimmed, "#") {
			b.WriteString(line)
			continue
		}
		f := field(reflect.ValueOf(c).Elem(), strings.Split(section+key, "."))
		value, err := tomlValue(f)
		if err != nil {
			return "", fmt.Errorf("printing %s%s: %w", section, key, err)
		}
		fmt.Fprintf(&b, "%s = %s\n", key, value)
	}
	return b.String(), nil
}

func tomlValue(f reflect.Value) (string, error) {
	switch v := f.Interface().(type) {
	case time.Duration:
		return tomlString(shortDuration(v)), nil
	case []string:
		quoted := make([]string, len(v))
		for i, s := range v {
			quoted[i] = tomlString(s)
		}
		return "[" + strings.Join(quoted, ", ") + "]", nil
	case string:
		return tomlString(v), nil
	case bool, int, int64:
		return fmt.Sprint(v), nil
	}
	return "", fmt.Errorf("no TOML form for a %s", f.Type())
}

// tomlString writes a basic string: TOML knows fewer escapes than Go.
func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"', r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20, r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// shortDuration writes 2m for 2m0s.
func shortDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
