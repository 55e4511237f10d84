package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/learn"
	"reportascam/store"
)

// maxNote bounds the note of a correction, in octets: a few sentences.
const maxNote = 2000

type markCmd struct {
	dataFlag
	ID    string `arg:"" help:"The report's ID, or its beginning."`
	As    string `arg:"" enum:",scam,legitimate" default:"" optional:"" help:"What it really is: scam or legitimate."`
	By    string `placeholder:"NAME" help:"Who says so."`
	Note  string `help:"Why."`
	Undo  bool   `help:"Take back what was said of it."`
	Quiet bool   `help:"Do not tell the reporter that the answer has changed."`
	JSON  bool   `help:"One JSON object."`
}

// marked is what mark tells.
type marked struct {
	ID   analyze.ID    `json:"id"`
	As   analyze.Label `json:"marked,omitempty"`
	Was  analyze.Level `json:"was"`
	Is   analyze.Level `json:"verdict"`
	Note bool          `json:"note"` // the reporter is told
}

func (c *markCmd) Run(w *world) error {
	if c.Undo == (c.As != "") {
		return fmt.Errorf("%w: say scam or legitimate, or --undo", errUsage)
	}
	if len(c.Note) > maxNote || len(c.By) > maxNote {
		return fmt.Errorf("%w: a note has at most %d octets", errUsage, maxNote)
	}
	st, cfg, err := c.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	id, err := st.ResolvePrefix(w.ctx, c.ID)
	if err != nil {
		return fmt.Errorf("finding %s: %w", c.ID, err)
	}
	old, err := st.Judgement(w.ctx, id)
	if err != nil {
		return fmt.Errorf("reading the verdict of %s: %w", id, err)
	}
	next := old.Uncorrected()
	if !c.Undo {
		if next, err = old.Correct(correction(old, analyze.Label(c.As), c.By, c.Note, now())); err != nil {
			return err
		}
	}
	said := marked{ID: id, As: analyze.Label(c.As), Was: old.Level, Is: next.Level}
	var notes *noter
	if old.Level.Warns() != next.Level.Warns() { // else the brands need not be read
		d, err := cfg.desk()
		if err != nil {
			return err
		}
		if notes, err = cfg.newNoter(d.judge, c.File, c.Quiet); err != nil {
			return err
		}
	}
	if said.Note, err = notes.revise(w, st, old, &next); err != nil {
		return err
	}
	if c.JSON {
		return jsonLine(w.out, said)
	}
	p := newPaint(w.out, w.environ)
	told := ""
	if said.Note {
		told = ", the reporter is told"
	}
	_, err = fmt.Fprintf(w.out, "%s  was %s, is %s%s\n", said.ID, p.level(said.Was), p.level(said.Is), told)
	return err
}

// correction makes an analyst's word on a judgement, with what the learner
// sees of the original that decided it.
func correction(j *analyze.Judgement, as analyze.Label, by, note string, at time.Time) analyze.Correction {
	c := analyze.Correction{ID: j.ID, As: as, By: by, Note: note, At: at, Score: j.Score}
	verdicts := make([]analyze.Verdict, 0, len(j.Originals))
	for _, o := range j.Originals {
		verdicts = append(verdicts, o.Verdict)
	}
	if i := analyze.Worst(verdicts); i >= 0 {
		o := &j.Originals[i]
		c.Score, c.Signs = unlearned(o.Verdict), learn.Signs(&o.Evidence, o.Findings)
	}
	return c
}

// unlearned gives the score without what was learned before: a correction
// teaches about the shipped weights, not about earlier corrections.
func unlearned(v analyze.Verdict) float64 {
	i := slices.IndexFunc(v.Findings, func(f analyze.Finding) bool { return f.Check == learn.Check })
	if i < 0 || v.Score <= 0 || v.Score >= 1 {
		return v.Score
	}
	return 1 / (1 + math.Exp(v.Findings[i].Weight-math.Log(v.Score/(1-v.Score))))
}

func by(name string) string {
	if name == "" {
		return ""
	}
	return " by " + clean(name)
}

func note(text string) string {
	if text == "" {
		return ""
	}
	return ": " + clean(text)
}

type rejudgeCmd struct {
	dataFlag
	filterFlags
	Write bool `help:"Store the new verdicts, and tell reporters whose answer has changed."`
	Quiet bool `help:"With --write: tell nobody."`
	All   bool `help:"Show what stays the same too."`
}

// rejudged is one report judged anew.
type rejudged struct {
	ID         analyze.ID    `json:"id"`
	Was        analyze.Level `json:"was"`
	Is         analyze.Level `json:"verdict"`
	WasScore   float64       `json:"was_score"`
	Score      float64       `json:"score"`
	WasRuleset string        `json:"was_ruleset"`
	Ruleset    string        `json:"ruleset"`
	Gained     []string      `json:"gained"` // checks that hit now
	Lost       []string      `json:"lost"`   // checks that hit no more
	Corrected  analyze.Label `json:"corrected,omitempty"`
	Error      string        `json:"error,omitempty"`
	Subject    string        `json:"subject"`

	next *analyze.Judgement
}

func (r rejudged) changed() bool {
	return r.Error != "" || r.Was != r.Is || r.WasScore != r.Score || len(r.Gained)+len(r.Lost) > 0
}

func (c *rejudgeCmd) Run(w *world) error {
	q, err := c.query(now())
	if err != nil {
		return err
	}
	st, cfg, err := c.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	d, err := cfg.desk()
	if err != nil {
		return err
	}
	if err := d.teach(w.ctx, st); err != nil {
		return err
	}
	notes, err := cfg.newNoter(d.judge, c.File, c.Quiet)
	if err != nil {
		return err
	}
	var t tally
	p := newPaint(w.out, w.environ)
	// One at a time: the store's export waits for each, and a report is
	// judged in a few milliseconds.
	err = st.Export(w.ctx, q, func(old *analyze.Judgement) error {
		r := d.rejudge(w, st, old)
		t.add(r)
		if c.Write && r.Error == "" && (r.changed() || r.WasRuleset != r.Ruleset) {
			told, err := notes.revise(w, st, old, r.next)
			if err != nil {
				return err
			}
			if told {
				t.told++
			}
		}
		if !r.changed() && !c.All {
			return nil
		}
		if c.JSON {
			return jsonLine(w.out, r)
		}
		_, err := io.WriteString(w.out, r.show(p))
		return err
	})
	if err != nil {
		return fmt.Errorf("judging again: %w", err)
	}
	fmt.Fprintf(w.err, "%d reports: %d judged otherwise, %d worse, %d better, %d could not be judged, %d reporters told\n",
		t.all, t.changed, t.worse, t.better, t.failed, t.told)
	return nil
}

// rejudge judges one stored report by this program. An analyst's word on it
// stays.
func (d *desk) rejudge(w *world, st store.Archive, old *analyze.Judgement) rejudged {
	machine := old.Uncorrected()
	r := rejudged{ID: old.ID, Was: machine.Level, Is: machine.Level, WasScore: machine.Score, Score: machine.Score, WasRuleset: machine.Ruleset,
		Ruleset: d.engine.Ruleset, Subject: machine.Subject, Gained: []string{}, Lost: []string{}}
	if old.Correction != nil {
		r.Corrected = old.Correction.As
	}
	report, _, err := st.Report(w.ctx, old.ID)
	if err != nil {
		r.Error = err.Error()
		return r
	}
	model := d.learned.Load()
	j, err := d.again(w.ctx, report, &machine, now(), func(int) analyze.Learned { return model.Find })
	if err != nil {
		r.Error = err.Error()
		return r
	}
	r.Is, r.Score = j.Level, j.Score
	before, after := hits(&machine), hits(j)
	for _, n := range after {
		if !slices.Contains(before, n) {
			r.Gained = append(r.Gained, n)
		}
	}
	for _, n := range before {
		if !slices.Contains(after, n) {
			r.Lost = append(r.Lost, n)
		}
	}
	r.next = j
	if old.Correction != nil {
		corrected, err := j.Correct(*old.Correction)
		if err != nil {
			r.Error = err.Error()
			return r
		}
		r.next = &corrected
	}
	return r
}

// hits lists the checks that hit in any original, each once, in order.
func hits(j *analyze.Judgement) []string {
	var out []string
	for _, o := range j.Originals {
		for _, f := range o.Findings {
			if f.Status == analyze.Hit && !slices.Contains(out, f.Check) {
				out = append(out, f.Check)
			}
		}
	}
	slices.Sort(out)
	return out
}

// tally counts what rejudge did.
type tally struct{ all, changed, worse, better, failed, told int }

func (t *tally) add(r rejudged) {
	t.all++
	switch {
	case r.Error != "":
		t.failed++
	case r.Is != r.Was:
		t.changed++
		if r.Is.Rank() > r.Was.Rank() {
			t.worse++
		} else {
			t.better++
		}
	}
}

// show writes one report for a terminal.
func (r rejudged) show(p paint) string {
	if r.Error != "" {
		return fmt.Sprintf("%s  could not be judged: %s\n", r.ID, clean(r.Error))
	}
	out := fmt.Sprintf("%s  %s → %s  %.2f → %.2f", r.ID, pad(p.level(r.Was), string(r.Was), 10), pad(p.level(r.Is), string(r.Is), 10), r.WasScore, r.Score)
	for _, n := range r.Gained {
		out += "  +" + n
	}
	for _, n := range r.Lost {
		out += "  -" + n
	}
	if r.Corrected != "" {
		out += fmt.Sprintf("  (marked %s)", r.Corrected)
	}
	return out + "  " + p.dim(clean(r.Subject)) + "\n"
}
