package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"reportascam/analyze/bimi/bimitest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"reportascam": func() {
		os.Exit(run(context.Background(), os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
	}})
}

// TestScripts runs the command line as a person would; each script begins
// with what it shows.
func TestScripts(t *testing.T) {
	messages, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	marks := mintMarks(t)
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(e *testscript.Env) error {
			e.Setenv("MESSAGES", messages+"/../../testdata/messages")
			e.Setenv("MARKS", marks)
			return nil
		},
	})
}

// mintMarks writes a mark certificate with its logo, and the roots and logs
// that vouch for it, into a folder.
func mintMarks(t *testing.T) string {
	t.Helper()
	dir, m := t.TempDir(), bimitest.New(t)
	other := strings.Replace(bimitest.GoodSVG, "#036", "#037", 1)
	for name, b := range map[string][]byte{
		"bank.pem": m.Chain(m.Leaf(nil)), "bank.svg": []byte(bimitest.GoodSVG), "other.svg": []byte(other),
		"roots.pem": bimitest.PEM(m.Root), "logs.json": m.LogList("usable"),
		"config.toml": fmt.Appendf(nil, "[bimi]\nroots = %q\nlogs = %q\n", filepath.Join(dir, "roots.pem"), filepath.Join(dir, "logs.json")),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// exits runs reportascam and compares its exit status: exits STATUS ARG...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS ARG...")
	}
	status := "0"
	if err := ts.Exec("reportascam", args[1:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("running reportascam: %v", err)
		}
		status = strconv.Itoa(exit.ExitCode())
	}
	if status != args[0] {
		ts.Fatalf("reportascam %v exited with %s, want %s", args[1:], status, args[0])
	}
}
