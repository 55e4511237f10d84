package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// module is what our own import paths begin with.
const module = "reportascam/"

// maxLines is how long a file may be: what is longer says more than one thing.
const maxLines = 400

// mayImport says what a package may import of ours. The longest prefix that
// fits counts; imports run downward only.
var mayImport = map[string][]string{
	"cmd/":          {""},
	"smtpd":         {},
	"smtpd/forward": {"analyze", "smtpd/forward"},
	"smtpd/reply":   {"analyze", "smtpd/send"},
	"smtpd/send":    {"analyze"},
	"smtpd/relay":   {"analyze"},
	"store":         {"analyze", "store"},
	"analyze":       {},
	"analyze/":      {"analyze"},
	"testdata":      {},
}

// mayAskDNS are the packages that may do I/O while evidence is gathered.
var mayAskDNS = map[string]bool{"analyze/auth": true, "analyze/bimi": true, "analyze/dns/dnstest": true}

func goFiles(t *testing.T, f func(file, pkg string)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err == nil {
			f(name, filepath.ToSlash(filepath.Dir(rel)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func allowed(pkg string) []string {
	best, found := "", []string{}
	for prefix, list := range mayImport {
		fits := pkg == prefix || strings.HasSuffix(prefix, "/") && strings.HasPrefix(pkg, prefix) || strings.HasPrefix(pkg, prefix+"/")
		if fits && len(prefix) >= len(best) {
			best, found = prefix, list
		}
	}
	return found
}

// TestImportsRunDownward holds the direction of the house: cmd -> smtpd, store
// -> analyze/... -> analyze.
func TestImportsRunDownward(t *testing.T) {
	seen := 0
	goFiles(t, func(file, pkg string) {
		if strings.HasSuffix(file, "_test.go") {
			return
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil || !strings.HasPrefix(imported, module) {
				continue
			}
			seen++
			imported = strings.TrimPrefix(imported, module)
			ok := false
			for _, prefix := range allowed(pkg) {
				ok = ok || prefix == "" || imported == prefix || strings.HasPrefix(imported, prefix+"/")
			}
			if !ok {
				t.Errorf("%s imports %s, which is not below it", pkg, imported)
			}
			if imported == "analyze/dns" && strings.HasPrefix(pkg, "analyze/") && !mayAskDNS[pkg] {
				t.Errorf("%s asks DNS, which only those that gather evidence may", pkg)
			}
			if path.Base(imported) == "testdata" || strings.HasSuffix(imported, "dnstest") || strings.HasSuffix(imported, "bimitest") || strings.HasSuffix(imported, "cfbtest") {
				t.Errorf("%s imports %s, which is for tests", pkg, imported)
			}
		}
	})
	if seen < 20 {
		t.Fatalf("only %d imports of ours were seen", seen)
	}
}

func TestFilesAreShort(t *testing.T) {
	goFiles(t, func(file, _ string) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "\n"); n > maxLines {
			t.Errorf("%s has %d lines, want at most %d", file, n, maxLines)
		}
	})
}

// TestConfigSpeaksOfLimits: the defaults of the configuration and those of the
// server are one fact.
func TestEveryConfigKeyHasAComment(t *testing.T) {
	commented := false
	for _, line := range strings.Split(defaultConfig, "\n") {
		switch {
		case strings.HasPrefix(line, "#"):
			commented = true
		case strings.HasPrefix(line, "["):
			commented = false
		case strings.Contains(line, " = ") && !commented:
			t.Errorf("the key of %q has no comment above it", line)
		case line == "":
			commented = false
		}
	}
}
