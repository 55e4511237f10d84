package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"reportascam/analyze"
	"reportascam/store"
)

type verdictsCmd struct {
	List    listCmd    `cmd:"" help:"List verdicts, newest first."`
	Show    showCmd    `cmd:"" help:"Show one verdict whole."`
	Search  searchCmd  `cmd:"" help:"List verdicts that hold a text."`
	Stats   statsCmd   `cmd:"" help:"Count verdicts."`
	Export  exportCmd  `cmd:"" help:"Write verdicts out as JSON lines or CSV."`
	Mark    markCmd    `cmd:"" help:"Say what a report really is: scam or legitimate."`
	Rejudge rejudgeCmd `cmd:"" help:"Judge stored reports by this program and show what changes."`
	Replay  replayCmd  `cmd:"" help:"Judge a stored report again, from the stored DNS answers alone."`
	Parked  parkedCmd  `cmd:"" help:"List reports that crashed the analysis, or try one again."`
}

// dataFlag finds the store.
type dataFlag struct {
	configFlag
	Data string `placeholder:"DIR" help:"The data folder." type:"string"`
}

// open gives the store: by the running server where there is one, else from
// the files.
func (f dataFlag) open(w *world) (store.Reader, *Config, error) {
	cfg, err := f.load(w)
	if err != nil {
		return nil, nil, err
	}
	if f.Data != "" {
		cfg.Data = f.Data
	}
	r, err := store.OpenOrDial(cfg.Data)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the store in %s: %w", cfg.Data, err)
	}
	return r, cfg, nil
}

// filterFlags choose verdicts.
type filterFlags struct {
	Verdict   string `enum:",scam,suspicious,unclear,authentic" default:"" help:"Only this verdict: scam, suspicious, unclear or authentic."`
	Brand     string `help:"Only this claimed brand, by its key."`
	Reporter  string `help:"Only this reporter: an address, or @domain."`
	Domain    string `help:"Only this sender domain."`
	Indicator string `help:"Only what holds this indicator: a domain, URL, address, IP, phone number, wallet, IBAN or hash."`
	Corrected bool   `help:"Only what an analyst has marked."`
	Since     string `placeholder:"TIME" help:"Not before: 2026-01-31, 2026-01-31T10:00:00Z, or 24h and 7d for the time before now."`
	Until     string `placeholder:"TIME" help:"Before: the same forms."`
	Limit     int    `help:"At most so many; 0 is 50, or all for export."`
	JSON      bool   `help:"One JSON object a line."`
}

func (f filterFlags) query(now time.Time) (store.Query, error) {
	q := store.Query{Level: analyze.Level(f.Verdict), Brand: f.Brand, Reporter: f.Reporter, Domain: strings.ToLower(f.Domain),
		Indicator: f.Indicator, Corrected: f.Corrected, Limit: f.Limit}
	if f.Limit < 0 {
		return q, fmt.Errorf("%w: --limit must not be negative", errUsage)
	}
	var err error
	if q.Since, err = when(f.Since, now); err != nil {
		return q, fmt.Errorf("%w: --since: %w", errUsage, err)
	}
	if q.Until, err = when(f.Until, now); err != nil {
		return q, fmt.Errorf("%w: --until: %w", errUsage, err)
	}
	return q, nil
}

// when reads a point in time; the zero time for an empty text.
func when(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 {
			return now.AddDate(0, 0, -n), nil
		}
	}
	if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	return time.Time{}, fmt.Errorf("%q is no time such as 2026-01-31 or 24h", s)
}

type listCmd struct {
	dataFlag
	filterFlags
}

func (c *listCmd) Run(w *world) error { return listVerdicts(w, c.dataFlag, c.filterFlags, "") }

type searchCmd struct {
	dataFlag
	filterFlags
	Text string `arg:"" help:"A text in subject, sender, reporter, brand, domain or ID."`
}

func (c *searchCmd) Run(w *world) error { return listVerdicts(w, c.dataFlag, c.filterFlags, c.Text) }

func listVerdicts(w *world, data dataFlag, filter filterFlags, text string) error {
	q, err := filter.query(time.Now())
	if err != nil {
		return err
	}
	q.Text = text
	st, _, err := data.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	list, err := st.List(w.ctx, q)
	if err != nil {
		return fmt.Errorf("listing verdicts: %w", err)
	}
	p := newPaint(w.out, w.environ)
	for _, s := range list {
		if filter.JSON {
			err = jsonLine(w.out, s)
		} else {
			_, err = fmt.Fprintf(w.out, "%s  %s  %s  %.2f  %-12s  %s  %s\n", s.ID, s.At.Format("2006-01-02 15:04"),
				pad(p.level(s.Level), string(s.Level), 10), s.Score, clean(s.Brand), mailbox([]analyze.Mailbox{s.From}), p.dim(clean(s.Subject)))
		}
		if err != nil {
			return err
		}
	}
	if len(list) == 0 && !filter.JSON {
		fmt.Fprintln(w.err, "No verdicts.")
	}
	return nil
}

// pad fills painted up to width, counting the letters of plain.
func pad(painted, plain string, width int) string {
	return painted + strings.Repeat(" ", max(width-len(plain), 0))
}

type statsCmd struct {
	dataFlag
	Since string `default:"30d" placeholder:"TIME" help:"Not before: 2026-01-31, or 24h and 7d for the time before now."`
	JSON  bool   `help:"One JSON object."`
}

func (c *statsCmd) Run(w *world) error {
	since, err := when(c.Since, time.Now())
	if err != nil {
		return fmt.Errorf("%w: --since: %w", errUsage, err)
	}
	st, _, err := c.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	s, err := st.Stats(w.ctx, since)
	if err != nil {
		return fmt.Errorf("counting: %w", err)
	}
	if c.JSON {
		return jsonLine(w.out, s)
	}
	fmt.Fprintf(w.out, "Since %s: %d reports judged\n", since.Format(time.DateOnly), s.Reports)
	p := newPaint(w.out, w.environ)
	for _, l := range []analyze.Level{analyze.Scam, analyze.Suspicious, analyze.Unclear, analyze.Authentic} {
		fmt.Fprintf(w.out, "  %s %d\n", pad(p.level(l), string(l), 12), s.Levels[l])
	}
	for _, part := range []struct {
		title string
		list  []store.Count
	}{{"Claimed brands", s.Brands}, {"Sender domains", s.Domains}} {
		if len(part.list) > 0 {
			fmt.Fprintf(w.out, "%s:\n", part.title)
		}
		for _, n := range part.list {
			fmt.Fprintf(w.out, "  %6d  %s\n", n.Count, clean(n.Name))
		}
	}
	_, err = fmt.Fprintf(w.out, "Waiting: %d reports, %d replies; parked: %d; replies delivered: %d, failed: %d\n",
		s.Pending, s.Waiting, s.Parked, s.Delivered, s.Failed)
	return err
}

type exportCmd struct {
	dataFlag
	filterFlags
	CSV bool `name:"csv" help:"CSV instead of JSON lines."`
}

func (c *exportCmd) Run(w *world) error {
	q, err := c.query(time.Now())
	if err != nil {
		return err
	}
	st, _, err := c.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	if !c.CSV {
		return st.Export(w.ctx, q, func(j *analyze.Judgement) error { return jsonLine(w.out, j) })
	}
	out := csv.NewWriter(w.out)
	if err := out.Write([]string{"id", "received", "verdict", "score", "claimed_brand", "from", "subject", "reporter", "reply"}); err != nil {
		return err
	}
	err = st.Export(w.ctx, q, func(j *analyze.Judgement) error { return out.Write(csvRow(j)) })
	out.Flush()
	return errors.Join(err, out.Error())
}

func csvRow(j *analyze.Judgement) []string {
	from := ""
	if len(j.Originals) > 0 {
		from = mailbox(j.Originals[0].From)
	}
	row := []string{string(j.ID), j.At.Format(time.RFC3339), string(j.Level), fmt.Sprintf("%.4f", j.Score), j.Brand,
		from, j.Subject, j.Reporter.Address, j.Reply}
	for i, cell := range row {
		row[i] = csvCell(cell)
	}
	return row
}

// csvCell keeps a cell from being read as a formula by a spreadsheet (CWE-1236)
// and from reaching a terminal with control characters.
func csvCell(s string) string {
	s = clean(s)
	if s != "" && strings.ContainsRune("=+-@\t", rune(s[0])) {
		return "'" + s
	}
	return s
}

type replayCmd struct {
	dataFlag
	ID   string `arg:"" help:"The report's ID, or its beginning."`
	JSON bool   `help:"One JSON object."`
}

func (c *replayCmd) Run(w *world) error {
	st, cfg, err := c.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	id, err := st.ResolvePrefix(w.ctx, c.ID)
	if err != nil {
		return fmt.Errorf("finding %s: %w", c.ID, err)
	}
	r, _, err := st.Report(w.ctx, id)
	if err != nil {
		return fmt.Errorf("reading %s: %w", id, err)
	}
	old, err := st.Judgement(w.ctx, id)
	if err != nil {
		return fmt.Errorf("reading the verdict of %s: %w", id, err)
	}
	d, err := cfg.desk()
	if err != nil {
		return err
	}
	j, differs := d.replay(context.WithoutCancel(w.ctx), r, old)
	if c.JSON {
		err = jsonLine(w.out, j)
	} else {
		_, err = io.WriteString(w.out, showJudgement(newPaint(w.out, w.environ), j))
	}
	return errors.Join(err, differs)
}

type parkedCmd struct {
	dataFlag
	JSON  bool   `help:"One JSON object a line."`
	Retry string `placeholder:"ID" help:"Queue this report anew."`
}

func (c *parkedCmd) Run(w *world) error {
	st, _, err := c.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	if c.Retry != "" {
		id, err := st.ResolvePrefix(w.ctx, c.Retry)
		if err != nil {
			return fmt.Errorf("finding %s: %w", c.Retry, err)
		}
		return st.Retry(w.ctx, id)
	}
	list, err := st.Parked(w.ctx)
	if err != nil {
		return fmt.Errorf("listing: %w", err)
	}
	for _, p := range list {
		if c.JSON {
			err = jsonLine(w.out, p)
		} else {
			_, err = fmt.Fprintf(w.out, "%s  %s  %d attempts  %s\n", p.ID, p.ParkedAt.Format("2006-01-02 15:04"), p.Attempts, clean(p.Reason))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
