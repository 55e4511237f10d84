package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns"
)

// maxFile is the largest file that is judged, in octets: the server takes 25
// MiB, and base64 of that with its line ends must still be readable.
const maxFile = 64 << 20

type checkCmd struct {
	Files  []string `arg:"" name:"file" help:"Files or folders; - is standard input." type:"string"`
	JSON   bool     `help:"One JSON object a line."`
	As     string   `enum:"auto,report,original" default:"auto" help:"What a file is: a report that holds the suspicious message, the suspicious message itself (original), or whichever it looks like (auto)."`
	Trust  string   `name:"trust-authserv" placeholder:"ID|topmost" help:"Believe the authentication results of this provider, or of the last receiving hop."`
	Brands string   `placeholder:"FILE" help:"A file of brands instead of the shipped registry."`
	Dir    string   `name:"brands-dir" placeholder:"DIR" help:"A folder of files of brands beside it." type:"string"`
	dnsFlags
}

// dnsFlags choose where questions go.
type dnsFlags struct {
	Offline bool   `help:"Ask no DNS: what needs it is unknown."`
	DNS     string `name:"dns" placeholder:"HOST:PORT" help:"Ask this resolver instead of those of resolv.conf."`
}

func (f dnsFlags) resolver() (dns.Resolver, error) {
	if f.Offline {
		return dns.Offline{}, nil
	}
	o := dns.Options{Timeout: 2 * time.Second}
	if f.DNS != "" {
		o.Servers = []string{f.DNS}
	}
	c, err := dns.NewClient(o)
	if err != nil {
		return nil, fmt.Errorf("choosing a resolver: %w", err)
	}
	return c, nil
}

// checkLine is what check --json says of a file.
type checkLine struct {
	File      string         `json:"file"`
	Verdict   analyze.Level  `json:"verdict"`
	Score     float64        `json:"score"`
	Brand     *string        `json:"claimed_brand"`
	Originals []originalLine `json:"originals"`
	Error     *string        `json:"error"`
}

// originalLine is one original of a checkLine.
type originalLine struct {
	How        analyze.How         `json:"how"`
	Grade      analyze.Grade       `json:"grade"`
	From       *analyze.Mailbox    `json:"from"`
	Subject    string              `json:"subject"`
	Verdict    analyze.Level       `json:"verdict"`
	Score      float64             `json:"score"`
	Brand      *string             `json:"claimed_brand"`
	Findings   []findingLine       `json:"findings"`
	Indicators []analyze.Indicator `json:"indicators"`
}

type findingLine struct {
	Check  string         `json:"check"`
	Status analyze.Status `json:"status"`
	Says   string         `json:"says"`
	Cites  []analyze.Cite `json:"cites"`
}

func (c *checkCmd) Run(w *world) error {
	defer sweepLess(w.environ)()
	resolver, fetcher, err := c.world()
	if err != nil {
		return err
	}
	reg, err := brandSource{file: c.Brands, dir: c.Dir, must: true}.load()
	if err != nil {
		return err
	}
	j := newJudgeOf(reg, nil)
	s := &sitting{judge: j, resolver: resolver, trust: trustOf(c.Trust), as: c.As}
	if !c.Offline {
		s.fetcher = fetcher
	}
	files, err := walk(c.Files)
	if err != nil {
		return err
	}
	p, bad, failed := newPaint(w.out, w.environ), false, 0
	bar := newProgress(w.err, len(files), "checking")
	for line := range inOrder(w.ctx, files, func(file string) checkLine { return s.one(w, file) }) {
		bar.step()
		bad = bad || line.Verdict.Rank() >= analyze.Suspicious.Rank()
		if line.Error != nil {
			failed++
		}
		if c.JSON {
			err = jsonLine(w.out, line)
		} else {
			_, err = io.WriteString(w.out, showCheck(p, line))
		}
		if err != nil {
			return fmt.Errorf("writing the result: %w", err)
		}
	}
	bar.done()
	switch {
	case w.ctx.Err() != nil:
		return errors.New("interrupted")
	case bad:
		return errFound
	case failed > 0:
		return fmt.Errorf("%d of %d files could not be judged", failed, len(files))
	}
	return nil
}

// walk lists the files in and under paths, in the order given, folders in the
// order of their names.
func walk(paths []string) ([]string, error) {
	var files []string
	for _, p := range paths {
		if p == "-" {
			files = append(files, p)
			continue
		}
		err := filepath.WalkDir(p, func(name string, d fs.DirEntry, err error) error {
			if err != nil && name == p {
				files = append(files, p) // reading it says why
				return nil
			}
			if err != nil {
				return err
			}
			if d.Type().IsRegular() || name == p && !d.IsDir() {
				files = append(files, name)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("finding the files: %w", err)
		}
	}
	return files, nil
}

// one judges one file. A panic is our fault and costs that file only.
func (s *sitting) one(w *world, file string) (line checkLine) {
	line = checkLine{File: file, Verdict: analyze.Unclear, Originals: []originalLine{}}
	raw, err := readFile(w, file)
	var found []analyze.JudgedOriginal
	if err == nil {
		found, err = s.sit(w.ctx, raw)
	}
	if err != nil {
		msg := err.Error()
		line.Error = &msg
		return line
	}
	for _, jo := range found {
		line.Originals = append(line.Originals, toLine(jo))
	}
	if i := worstOriginal(found); i >= 0 {
		line.Verdict, line.Score, line.Brand = found[i].Level, found[i].Score, orNull(found[i].Brand)
	}
	return line
}

func readFile(w *world, file string) ([]byte, error) {
	in := w.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	if len(raw) > maxFile {
		return nil, fmt.Errorf("%s is larger than %d octets", file, maxFile)
	}
	return raw, nil
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func toLine(jo analyze.JudgedOriginal) originalLine {
	l := originalLine{How: jo.How, Grade: jo.Grade, Subject: jo.Subject, Verdict: jo.Level, Score: jo.Score,
		Brand: orNull(jo.Brand), Findings: []findingLine{}, Indicators: jo.Evidence.Indicators}
	if len(jo.From) > 0 {
		l.From = &jo.From[0]
	}
	if l.Indicators == nil {
		l.Indicators = []analyze.Indicator{}
	}
	for _, f := range jo.Findings {
		cites := f.Cites
		if cites == nil {
			cites = []analyze.Cite{}
		}
		l.Findings = append(l.Findings, findingLine{Check: f.Check, Status: f.Status, Says: f.Says, Cites: cites})
	}
	return l
}

// showCheck writes a result for people.
func showCheck(p paint, line checkLine) string {
	var b strings.Builder
	if line.Error != nil {
		fmt.Fprintf(&b, "%s: could not be judged: %s\n", clean(line.File), clean(*line.Error))
		return b.String()
	}
	fmt.Fprintf(&b, "%s: %s (score %.2f)\n", p.bold(clean(line.File)), p.level(line.Verdict), line.Score)
	if len(line.Originals) == 0 {
		b.WriteString("  no message was found in it\n")
	}
	for _, o := range line.Originals {
		from := []analyze.Mailbox{}
		if o.From != nil {
			from = append(from, *o.From)
		}
		fmt.Fprintf(&b, "  %s, %s: %s\n", o.How, p.level(o.Verdict), mailbox(from))
		fmt.Fprintf(&b, "  Subject: %s\n", clean(o.Subject))
		for _, f := range o.Findings {
			if f.Status == analyze.Hit {
				fmt.Fprintf(&b, "    - %s %s\n", clean(f.Says), p.dim("["+f.Check+"; "+joinCites(f.Cites)+"]"))
			}
		}
	}
	return b.String()
}

func joinCites(cites []analyze.Cite) string {
	words := make([]string, len(cites))
	for i, c := range cites {
		words[i] = string(c)
	}
	return strings.Join(words, ", ")
}
