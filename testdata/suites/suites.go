// Package suites finds the conformance suites and labelled mail that the tests
// measure against. Their licences keep them out of this repository.
package suites

import (
	"os"
	"path/filepath"
	"testing"
)

// Dir gives the folder that holds the suites/, corpora/ and reference/
// folders: $REPORTASCAM_SUITES, else a folder named shared beside the module's
// root. Where it is absent the test is skipped, or fails when CI is set: there
// it must run.
func Dir(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv("REPORTASCAM_SUITES")
	if dir == "" {
		dir = filepath.Join(root(tb), "..", "shared")
	}
	if info, err := os.Stat(filepath.Join(dir, "suites")); err == nil && info.IsDir() {
		return dir
	}
	if os.Getenv("CI") != "" {
		tb.Fatalf("the conformance suites are not at %s: set REPORTASCAM_SUITES", dir)
	}
	tb.Skipf("the conformance suites are not at %s: set REPORTASCAM_SUITES to run this test", dir)
	return ""
}

// root walks up from the test's working directory to the folder of go.mod.
func root(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			tb.Fatal("no go.mod above the working directory")
		}
		dir = parent
	}
}
