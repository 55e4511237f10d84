package main

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"reportascam/analyze/checks"
)

type configCmd struct {
	Print configPrintCmd `cmd:"" default:"withargs" help:"Print every key with its comment and its value."`
	Check configCheckCmd `cmd:"" help:"Say what is wrong with the configuration, before anything starts."`
	Texts configTextsCmd `cmd:"" help:"Print the replies' texts of a language, to change them."`
}

// configFlag names the configuration file.
type configFlag struct {
	File string `name:"config" short:"c" placeholder:"FILE" type:"string" help:"The configuration file; without one, the defaults."`
}

func (f configFlag) load(w *world) (*Config, error) { return loadConfig(f.File, w.environ) }

type configPrintCmd struct{ configFlag }

func (c *configPrintCmd) Run(w *world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	text, err := cfg.print()
	if err != nil {
		return err
	}
	_, err = io.WriteString(w.out, text)
	return err
}

type configCheckCmd struct{ configFlag }

func (c *configCheckCmd) Run(w *world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	err = cfg.check()
	if err == nil {
		_, err = fmt.Fprintln(w.out, "The configuration is good.")
		return err
	}
	var list interface{ Unwrap() []error }
	if errors.As(err, &list) {
		for _, e := range list.Unwrap() {
			fmt.Fprintln(w.err, clean(e.Error()))
		}
		return fmt.Errorf("%d fault(s) in the configuration", len(list.Unwrap()))
	}
	return err
}

type versionCmd struct{}

func (versionCmd) Run(w *world) error {
	version, revision := "devel", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" && info.Main.Version != "(devel)" {
			version = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " " + s.Value
			}
		}
	}
	_, err := fmt.Fprintf(w.out, "reportascam %s%s, ruleset %s\n", version, revision, checks.Default().Ruleset())
	return err
}
