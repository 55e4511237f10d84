package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"reportascam/analyze/measure"
)

type evalCmd struct {
	labelFlags
	Via      string `enum:"direct,report,attached,redirected,inline,gmail,outlook,apple,thunderbird,yahoo" default:"direct" help:"How each message comes: itself (direct), in the file as a report (report), or as an attached, redirected or inline forward that is made of it. Inline takes five clients by turns; a client's name takes that one."`
	Trust    string `name:"trust-authserv" placeholder:"ID|topmost" help:"Believe the authentication results of this provider, or of the last receiving hop."`
	Offline  bool   `default:"true" negatable:"" help:"Ask no DNS: what needs it is unknown."`
	DNS      string `name:"dns" placeholder:"HOST:PORT" help:"With --no-offline: ask this resolver instead of those of resolv.conf."`
	Brands   string `placeholder:"FILE" help:"A file of brands instead of the shipped registry."`
	Weights  string `placeholder:"FILE" help:"A table of weights instead of the shipped one."`
	JSON     string `name:"json" placeholder:"FILE|-" help:"Write all figures as JSON; - is standard output, instead of the text."`
	Plots    string `placeholder:"DIR" help:"Draw scores, ROC and precision-recall as SVG files into this folder."`
	Baseline string `placeholder:"FILE" help:"The JSON of an earlier run: tell what changed since."`
	Worst    int    `default:"15" help:"How many of the worst misses and false alarms to list."`
}

// Help is the text of eval --help.
func (evalCmd) Help() string {
	return "Judges mail of which the truth is known as check does, and tells how good the verdicts are. " +
		"It takes folders (--ham, --phish) or a table (--labels). The same mail gives the same bytes."
}

// maxBaseline bounds a baseline: a million messages of a thousand octets.
const maxBaseline = 1 << 30

func (c *evalCmd) Run(w *world) error {
	files, err := c.files()
	if err != nil {
		return err
	}
	was, err := c.baseline()
	if err != nil {
		return err
	}
	j, table, err := weighed(c.Brands, c.Weights)
	if err != nil {
		return err
	}
	e, err := newEvaluation(j, view{c.Via, c.Trust}, dnsFlags{Offline: c.Offline, DNS: c.DNS})
	if err != nil {
		return err
	}
	bar := newProgress(w.err, len(files), "judging")
	samples, failed, skipped, err := e.all(w, files, bar)
	if err != nil {
		return err
	}
	bar.done()
	if skipped > 0 {
		fmt.Fprintf(w.err, "%d files are no messages and are left out\n", skipped)
	}
	if len(samples) == 0 {
		return errors.New("no message could be judged")
	}
	list := make([]measure.Weighed, 0, len(table.Rows))
	for _, k := range j.engine.Checks {
		list = append(list, measure.Weighed{Check: k.Name, Weight: k.Weight})
	}
	r := measure.NewReport(table.Ruleset(), measure.Setting{Via: c.Via, Trust: c.Trust, DNS: !c.Offline}, list, samples, failed, c.Worst)
	if was != nil {
		r.Changes = measure.Compare(was, r)
	}
	if err := c.write(w, r); err != nil {
		return err
	}
	if len(failed) > 0 {
		return fmt.Errorf("%d of %d files could not be judged", len(failed), len(files))
	}
	return nil
}

// baseline reads --baseline; nil without it.
func (c *evalCmd) baseline() (*measure.Report, error) {
	if c.Baseline == "" {
		return nil, nil
	}
	f, err := os.Open(c.Baseline)
	if err != nil {
		return nil, fmt.Errorf("reading the baseline: %w", err)
	}
	defer f.Close()
	r := &measure.Report{}
	if err := json.NewDecoder(io.LimitReader(f, maxBaseline)).Decode(r); err != nil {
		return nil, fmt.Errorf("reading the baseline %s: %w", c.Baseline, err)
	}
	if len(r.All) == 0 {
		return nil, fmt.Errorf("reading the baseline: %s is not the JSON of an evaluation", c.Baseline)
	}
	r.Changes = nil
	return r, nil
}

// write gives the figures as the flags say.
func (c *evalCmd) write(w *world, r *measure.Report) error {
	if c.Plots != "" {
		if err := os.MkdirAll(c.Plots, 0o755); err != nil {
			return fmt.Errorf("drawing the figures: %w", err)
		}
		for _, p := range measure.Plots(r) {
			if err := os.WriteFile(filepath.Join(c.Plots, p.Name+".svg"), p.SVG, 0o644); err != nil {
				return fmt.Errorf("drawing the figures: %w", err)
			}
		}
	}
	if c.JSON == "-" {
		return jsonLine(w.out, r)
	}
	if c.JSON != "" {
		f, err := os.Create(c.JSON)
		if err != nil {
			return fmt.Errorf("writing the JSON: %w", err)
		}
		err = errors.Join(jsonLine(f, r), f.Close())
		if err != nil {
			return fmt.Errorf("writing the JSON: %w", err)
		}
	}
	if _, err := io.WriteString(w.out, showReport(newPaint(w.out, w.environ), r)); err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	return nil
}
