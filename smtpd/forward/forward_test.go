package forward

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reportascam/analyze"
)

var update = flag.Bool("update", false, "rewrite the golden files from what Find gives")

var us = Options{Us: []string{"reportascam@desk.example"}}

// golden is what testdata/NAME.json holds of an original.
type golden struct {
	How         analyze.How       `json:"how"`
	Grade       analyze.Grade     `json:"grade"`
	Client      string            `json:"client,omitempty"`
	Lang        string            `json:"lang,omitempty"`
	RawBytes    int               `json:"raw_bytes,omitempty"`
	From        []analyze.Mailbox `json:"from,omitempty"`
	To          []analyze.Mailbox `json:"to,omitempty"`
	Cc          []analyze.Mailbox `json:"cc,omitempty"`
	ReplyTo     []analyze.Mailbox `json:"reply_to,omitempty"`
	Subject     string            `json:"subject,omitempty"`
	Date        string            `json:"date,omitempty"`
	Text        string            `json:"text,omitempty"`
	HTML        string            `json:"html,omitempty"`
	Attachments []string          `json:"attachments,omitempty"`
	Lost        []string          `json:"lost,omitempty"`
	Defects     []string          `json:"defects,omitempty"`
	Chain       []string          `json:"chain,omitempty"`
	Redact      []string          `json:"redact,omitempty"`
}

func goldenOf(list []analyze.Original) []golden {
	out := []golden{}
	for _, o := range list {
		g := golden{o.How, o.Grade, o.Client, o.Lang, len(o.Raw), o.From, o.To, o.Cc, o.ReplyTo, o.Subject, o.Date,
			o.Text, o.HTML, nil, o.Lost, o.Defects, o.Chain, o.Redact}
		for _, a := range o.Attachments {
			g.Attachments = append(g.Attachments, a.Name+" "+a.MediaType+" "+a.SHA256[:8])
		}
		out = append(out, g)
	}
	return out
}

func TestFindGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) < 30 {
		t.Fatalf("testdata/*.eml gave %d files, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "\t")
		if err := enc.Encode(goldenOf(Find(&analyze.Report{Raw: raw}, us))); err != nil {
			t.Fatal(err)
		}
		path := strings.TrimSuffix(file, ".eml") + ".json"
		if *update {
			if err := os.WriteFile(path, buf.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if buf.String() != string(want) {
			t.Errorf("Find(%s) =\n%s, want\n%s", file, buf.String(), want)
		}
	}
}
