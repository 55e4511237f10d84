package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"reportascam/analyze"
)

type showCmd struct {
	dataFlag
	ID   string `arg:"" help:"The report's ID, or its beginning."`
	JSON bool   `help:"One JSON object."`
	Raw  bool   `help:"The report itself, byte for byte."`
}

func (c *showCmd) Run(w *world) error {
	st, _, err := c.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	id, err := st.ResolvePrefix(w.ctx, c.ID)
	if err != nil {
		return fmt.Errorf("finding %s: %w", c.ID, err)
	}
	if c.Raw {
		r, _, err := st.Report(w.ctx, id)
		if err != nil {
			return fmt.Errorf("reading %s: %w", id, err)
		}
		_, err = w.out.Write(r.Raw)
		return err
	}
	j, err := st.Judgement(w.ctx, id)
	if err != nil {
		return fmt.Errorf("reading the verdict of %s: %w", id, err)
	}
	if c.JSON {
		return jsonLine(w.out, j)
	}
	_, err = io.WriteString(w.out, showJudgement(newPaint(w.out, w.environ), j))
	return err
}

// showJudgement writes a verdict with all that led to it.
func showJudgement(p paint, j *analyze.Judgement) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s  score %.2f\n", p.bold(string(j.ID)), p.level(j.Level), j.Score)
	fmt.Fprintf(&b, "Received: %s   judged: %s   ruleset %s\n", j.At.Format(time.RFC3339), j.JudgedAt.Format(time.RFC3339), clean(j.Ruleset))
	if c := j.Correction; c != nil {
		fmt.Fprintf(&b, "Marked:   %s%s on %s (the program said %s)%s\n", c.As, by(c.By), c.At.Format(time.DateOnly), c.Was, note(c.Note))
	}
	known := "not proven"
	if j.Reporter.Proven {
		known = "proven by " + j.Reporter.By
	}
	fmt.Fprintf(&b, "Reporter: %s (%s)\nReply:    %s\n", clean(j.Reporter.Address), known, clean(j.Reply))
	if len(j.Originals) == 0 {
		b.WriteString("No original was found in this report.\n")
	}
	for i, o := range j.Originals {
		fmt.Fprintf(&b, "\nOriginal %d: %s, grade %s: %s  score %.2f\n", i+1, o.How, o.Grade, p.level(o.Level), o.Score)
		fmt.Fprintf(&b, "  From:    %s\n  Subject: %s\n", mailbox(o.From), clean(o.Subject))
		if o.Brand != "" {
			fmt.Fprintf(&b, "  Brand:   %s\n", clean(o.Brand))
		}
		for _, r := range o.Relayed {
			fmt.Fprintf(&b, "  Relayed: %s as %s, %s: %s, to %s\n", r.At.Format(time.RFC3339), r.ID, clean(string(r.Level)), clean(r.Action), clean(some(r.RcptTo)))
		}
		for _, l := range o.Lost {
			fmt.Fprintf(&b, "  lost:    %s\n", clean(l))
		}
		for _, line := range strings.Split(strings.TrimSuffix(showAuth(p, o.Evidence.Auth), "\n"), "\n") {
			fmt.Fprintf(&b, "  %s\n", line)
		}
		for _, f := range o.Findings {
			sign := map[analyze.Status]string{analyze.Hit: "!", analyze.Clear: "-", analyze.Unknown: "?"}[f.Status]
			fmt.Fprintf(&b, "  %s %-20s %+.1f  %s %s\n", sign, f.Check, f.Weight, clean(f.Says), p.dim("["+joinCites(f.Cites)+"]"))
		}
		for _, in := range o.Evidence.Indicators {
			fmt.Fprintf(&b, "  = %-8s %s\n", in.Kind, clean(in.Value))
		}
	}
	for _, f := range j.Faults {
		fmt.Fprintf(&b, "\nFault: %s\n", clean(f))
	}
	return b.String()
}
