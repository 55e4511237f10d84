package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"reportascam/analyze/eml"
)

// labelFlags name mail of which the truth is known.
type labelFlags struct {
	Ham    folders  `placeholder:"DIR" help:"Files or folders of legitimate mail; several may follow."`
	Phish  folders  `placeholder:"DIR" help:"Files or folders of phishing; several may follow."`
	Labels string   `placeholder:"FILE" help:"A table (TSV) with the columns path, label (phish, ham or ham?) and, where known, source, year and cluster. Paths are relative to its folder."`
	Take   []string `placeholder:"LABEL=phish|ham" help:"Take files of another label of the table too."`
}

// folders is a flag that takes all values up to the next flag.
type folders []string

// Decode reads the values; it appends, so that the flag can stand again.
func (f *folders) Decode(ctx *kong.DecodeContext) error {
	for !ctx.Scan.Peek().IsEOL() && ctx.Scan.Peek().IsValue() {
		*f = append(*f, ctx.Scan.Pop().String())
	}
	if len(*f) == 0 {
		return errors.New("names no folder")
	}
	return nil
}

// labelled is a file of which the truth is known.
type labelled struct {
	file    string // to be opened
	name    string // as reported
	phish   bool
	listed  bool   // named by a table, so that it is a message whatever it looks like
	source  string // folder, or as the table has it
	year    int    // 0: to be read from the message
	cluster string // empty: to be made from the message
}

// maxTable bounds the table of labels: a million lines of a hundred octets.
const maxTable = 100 << 20

// files lists what the flags name, by name; no file twice.
func (l *labelFlags) files() ([]labelled, error) {
	var out []labelled
	if l.Labels != "" {
		list, err := l.table()
		if err != nil {
			return nil, fmt.Errorf("reading the labels: %w", err)
		}
		out = list
	} else if len(l.Take) > 0 {
		return nil, fmt.Errorf("%w: --take chooses labels of a table; name it with --labels", errUsage)
	}
	for _, side := range []struct {
		phish bool
		roots folders
	}{{false, l.Ham}, {true, l.Phish}} {
		for _, root := range side.roots {
			list, err := inFolder(root, side.phish)
			if err != nil {
				return nil, err
			}
			out = append(out, list...)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: name mail of which the truth is known, with --ham and --phish, or with --labels", errUsage)
	}
	slices.SortFunc(out, func(a, b labelled) int { return strings.Compare(a.name, b.name) })
	for i := 1; i < len(out); i++ {
		if out[i].name == out[i-1].name && out[i].phish != out[i-1].phish {
			return nil, fmt.Errorf("%w: %s is called both legitimate and phishing", errUsage, out[i].name)
		}
	}
	return slices.CompactFunc(out, func(a, b labelled) bool { return a.name == b.name }), nil
}

// inFolder lists the files in and under root. Their source is their folder, as
// named by root.
func inFolder(root string, phish bool) ([]labelled, error) {
	if _, err := os.Stat(root); err != nil {
		return nil, fmt.Errorf("finding the files: %w", err)
	}
	names, err := walk([]string{root})
	if err != nil {
		return nil, err
	}
	above := filepath.Dir(filepath.Clean(root))
	out := make([]labelled, 0, len(names))
	for _, n := range names {
		source, err := filepath.Rel(above, filepath.Dir(n))
		if err != nil {
			source = filepath.Dir(n)
		}
		if strings.HasPrefix(filepath.Base(n), ".") {
			continue
		}
		out = append(out, labelled{file: n, name: filepath.ToSlash(n), phish: phish, source: filepath.ToSlash(source)})
	}
	return out, nil
}

// table reads --labels.
func (l *labelFlags) table() ([]labelled, error) {
	truth := map[string]bool{"phish": true, "ham": false, "ham?": false}
	for _, t := range l.Take {
		label, as, _ := strings.Cut(t, "=")
		if label == "" || as != "phish" && as != "ham" {
			return nil, fmt.Errorf("%w: --take wants LABEL=phish or LABEL=ham, not %q", errUsage, t)
		}
		truth[label] = as == "phish"
	}
	f, err := os.Open(l.Labels)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > maxTable {
		return nil, fmt.Errorf("%s is larger than %d octets", l.Labels, maxTable)
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	if !lines.Scan() {
		return nil, fmt.Errorf("%s is empty", l.Labels)
	}
	column := map[string]int{}
	for i, name := range strings.Split(lines.Text(), "\t") {
		column[name] = i
	}
	for _, name := range []string{"path", "label"} {
		if _, ok := column[name]; !ok {
			return nil, fmt.Errorf("%s has no column %q in its first line", l.Labels, name)
		}
	}
	var out []labelled
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "\t")
		cell := func(name string) string {
			if i, ok := column[name]; ok && i < len(cells) {
				return cells[i]
			}
			return ""
		}
		phish, wanted := truth[cell("label")]
		p := cell("path")
		if !wanted || p == "" {
			continue
		}
		year, _ := strconv.Atoi(cell("year")) // absent is unknown
		out = append(out, labelled{file: filepath.Join(filepath.Dir(l.Labels), filepath.FromSlash(p)), name: p, phish: phish, listed: true,
			source: path.Dir(p), year: year, cluster: cell("cluster")})
	}
	return out, lines.Err()
}

// mailFields are fields of which a message in a folder must have one: other
// files, such as a note about the folder, are no messages.
var mailFields = []string{"From", "Received", "Return-Path", "Subject", "Date", "To", "Message-ID"}

// isMail tells whether a file is a message.
func isMail(h eml.Header) bool {
	return slices.ContainsFunc(mailFields, func(name string) bool { return h.Count(name) > 0 })
}
