package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"reportascam/analyze/brand"
	"reportascam/analyze/eml"
	"reportascam/analyze/links"
	"reportascam/testdata/suites"
)

const (
	// commonShare and commonLeast are from when on an address or host belongs
	// to a collection and not to its messages: one in a hundred of them, and
	// at least three.
	commonShare = 0.01
	commonLeast = 3
)

var (
	receivedBy  = regexp.MustCompile(`(?i)\bby\s+([a-z0-9][a-z0-9._-]*)`)
	receivedFor = regexp.MustCompile(`(?i)\bfor\s+<?([^\s<>;()]+@[^\s<>;()]+)`)
	messageID   = regexp.MustCompile(`@([A-Za-z0-9._-]+)>?\s*$`)
)

// traces gives what a message's header tells of the mailbox that collected it:
// recipients, the hosts that received it, and where its identifier was made.
// An address stands with its @; so does a domain without a dot.
func traces(h eml.Header) map[string]bool {
	out := map[string]bool{}
	address := func(a string) {
		a = strings.ToLower(strings.Trim(a, "<>'\", "))
		if _, domain, ok := strings.Cut(a, "@"); ok && domain != "" {
			out[a] = true
			if strings.Contains(domain, ".") {
				out[domain] = true
			} else {
				out["@"+domain] = true
			}
		}
	}
	for _, name := range []string{"To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Apparently-To"} {
		for _, a := range h.Addresses(name) {
			address(a.Addr())
		}
	}
	for _, r := range h.Values("Received") {
		if m := receivedBy.FindStringSubmatch(r); m != nil && strings.Contains(m[1], ".") {
			out[strings.ToLower(m[1])] = true
		}
		if m := receivedFor.FindStringSubmatch(r); m != nil {
			address(m[1])
		}
	}
	if m := messageID.FindStringSubmatch(h.Get("Message-ID")); m != nil && strings.Contains(m[1], ".") {
		out[strings.ToLower(m[1])] = true
	}
	return out
}

// collected lists the strings that are common to a collection's messages, and
// the collections' names, unless everybody knows them.
func collected(t *testing.T) map[string]string {
	t.Helper()
	known := map[string]bool{}
	for _, w := range brand.WellKnown() {
		known[w.Domain] = true
	}
	reg := brand.Default()
	general := func(s string) bool {
		_, host, at := strings.Cut(s, "@")
		if !at {
			host = s
		}
		d := links.Registrable(host)
		info := reg.Info(host)
		return known[d] || info.Brand != "" || info.Free || info.Sender ||
			slices.Contains([]string{"example.com", "example.org", "example.net"}, d) || strings.HasSuffix(d, ".example") ||
			strings.Trim(host, "0123456789.") == "" || strings.HasPrefix(host, "localhost")
	}
	l := labelFlags{Labels: filepath.Join(suites.Dir(t), "corpora", "labels.tsv"),
		Take: []string{"spam=ham", "spam-or-phish=phish"}}
	files, err := l.files()
	if err != nil {
		t.Fatal(err)
	}
	sizes, seen, out := map[string]int{}, map[string]map[string]int{}, map[string]string{}
	for _, f := range files {
		raw, err := os.ReadFile(f.file)
		if err != nil {
			t.Fatal(err)
		}
		h, _, _ := eml.ParseHeader(raw)
		if seen[f.source] == nil {
			seen[f.source] = map[string]int{}
			out[f.source] = "a folder of the collection"
		}
		sizes[f.source]++
		for s := range traces(h) {
			seen[f.source][s]++
		}
	}
	for source, counts := range seen {
		for s, n := range counts {
			if float64(n) > commonShare*float64(sizes[source]) && n >= commonLeast && !general(s) {
				out[s] = "common in " + source
			}
		}
	}
	return out
}

// TestNothingOfTheCollections: no check, and no list that one reads, knows the
// mailboxes in which the labelled mail was collected.
func TestNothingOfTheCollections(t *testing.T) {
	words := collected(t)
	if len(words) < 50 {
		t.Fatalf("only %d strings are common to a collection", len(words))
	}
	if words["phishing@pot"] == "" {
		t.Error("the recipient that stands in all mail of one collection is not among the strings")
	}
	root, n := filepath.Join("..", "..", "analyze"), 0
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "testdata") {
			return err
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		n++
		text := strings.ToLower(string(b))
		for word, why := range words {
			if holdsWord(text, word) {
				t.Errorf("%s holds %q, %s", name, word, why)
			}
		}
		return nil
	})
	if err != nil || n < 50 {
		t.Errorf("%d files were read: %v", n, err)
	}
}

// holdsWord tells whether word stands in text by itself: not as a part of a
// longer name.
func holdsWord(text, word string) bool {
	inName := func(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' }
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(word)
		if (start == 0 || !inName(text[start-1]) || word[0] == '@') && (end == len(text) || !inName(text[end]) && text[end] != '.') {
			return true
		}
		at = start + 1
	}
}
