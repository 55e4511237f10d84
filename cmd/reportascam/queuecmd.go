package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"reportascam/analyze"
	"reportascam/store"
)

type queueCmd struct {
	List  queueListCmd  `cmd:"" default:"withargs" help:"List replies: those that wait, or all of a state."`
	Show  queueShowCmd  `cmd:"" help:"Show one reply, with its message while it has not been delivered."`
	Retry queueRetryCmd `cmd:"" help:"Deliver replies now that wait or were given up."`
	Drop  queueDropCmd  `cmd:"" help:"Give up replies that wait."`
}

type queueListCmd struct {
	dataFlag
	State string `enum:"waiting,delivered,failed,all" default:"waiting" help:"waiting, delivered, failed or all."`
	JSON  bool   `help:"One JSON object a line."`
}

// queued is one reply as the command tells it.
type queued struct {
	store.Outgoing
	Destination string     `json:"destination"`            // the domain of the reader
	NextAttempt *time.Time `json:"next_attempt,omitempty"` // while it waits
	Expires     *time.Time `json:"expires,omitempty"`      // the same: no attempt after this one
}

func asQueued(o store.Outgoing, giveUp time.Duration) queued {
	q := queued{Outgoing: o}
	_, q.Destination, _ = strings.Cut(o.To, "@")
	if o.State == store.OutWaiting {
		next, end := o.NotBefore, o.Created.Add(giveUp)
		q.NextAttempt, q.Expires = &next, &end
	}
	return q
}

func (c *queueListCmd) Run(w *world) error {
	st, cfg, err := c.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	state := store.OutState(c.State)
	if c.State == "all" {
		state = store.OutAny
	}
	list, err := st.ListOutgoing(w.ctx, state)
	if err != nil {
		return fmt.Errorf("listing replies: %w", err)
	}
	p, at := newPaint(w.out, w.environ), now()
	for _, o := range list {
		q := asQueued(o, cfg.Send.GiveUp)
		if c.JSON {
			err = jsonLine(w.out, q)
		} else {
			_, err = io.WriteString(w.out, q.line(p, at))
		}
		if err != nil {
			return err
		}
	}
	switch {
	case len(list) == 0 && !c.JSON:
		fmt.Fprintln(w.err, "No replies.")
	case len(list) == store.MaxList:
		fmt.Fprintf(w.err, "These are the newest %d; there may be more.\n", store.MaxList)
	}
	return nil
}

// line is one reply for people: what waits with its next attempt, all with
// what went wrong last.
func (q queued) line(p paint, at time.Time) string {
	out := fmt.Sprintf("%-28s  %-9s  %s  %s", q.ID, q.State, q.Created.Format("2006-01-02 15:04"), clean(q.To))
	if q.NextAttempt != nil {
		out += fmt.Sprintf("  attempt %d %s", q.Attempts+1, in(q.NextAttempt.Sub(at)))
	}
	if q.LastError != "" {
		out += "  " + p.dim(clean(q.LastError))
	}
	return out + "\n"
}

// in tells when something is due.
func in(d time.Duration) string {
	switch {
	case d <= 0:
		return "now"
	case d < time.Minute:
		return "in less than a minute"
	}
	return "in " + strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
}

// resolveReply gives the ID of a reply or note from what a person typed: the
// beginning of a report's ID, with -2 and so on behind it for a note.
func resolveReply(w *world, st store.Reader, typed string) (analyze.ID, error) {
	prefix, note, found := strings.Cut(typed, "-")
	id, err := st.ResolvePrefix(w.ctx, prefix)
	if err != nil {
		return "", fmt.Errorf("finding %s: %w", clean(typed), err)
	}
	if found {
		id += analyze.ID("-" + note)
	}
	return id, nil
}

type queueShowCmd struct {
	dataFlag
	ID   string `arg:"" help:"The reply's ID, or its beginning."`
	JSON bool   `help:"One JSON object, without the message."`
}

func (c *queueShowCmd) Run(w *world) error {
	st, cfg, err := c.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	id, err := resolveReply(w, st, c.ID)
	if err != nil {
		return err
	}
	o, err := st.Outgoing(w.ctx, id)
	if err != nil {
		return fmt.Errorf("reading reply %s: %w", clean(string(id)), err)
	}
	q := asQueued(*o, cfg.Send.GiveUp)
	if c.JSON {
		return jsonLine(w.out, q)
	}
	fmt.Fprintf(w.out, "Reply:     %s, %s\nTo:        %s\nTells:     %s\nQueued:    %s\nAttempts:  %d\n", q.ID, q.State, clean(q.To), clean(string(q.Told)),
		q.Created.Format(time.RFC3339), q.Attempts)
	if q.NextAttempt != nil {
		fmt.Fprintf(w.out, "Next:      %s\nExpires:   %s\n", q.NextAttempt.Format(time.RFC3339), q.Expires.Format(time.RFC3339))
	}
	if q.LastError != "" {
		fmt.Fprintf(w.out, "Last word: %s\n", clean(q.LastError))
	}
	if len(o.Raw) > 0 {
		fmt.Fprintln(w.out)
		for line := range strings.SplitSeq(strings.TrimRight(string(o.Raw), "\r\n"), "\n") {
			fmt.Fprintln(w.out, clean(line))
		}
	}
	return nil
}

type queueRetryCmd struct {
	dataFlag
	IDs []string `arg:"" name:"id" optional:"" help:"IDs of replies, or their beginnings."`
	All bool     `help:"All that wait."`
}

func (c *queueRetryCmd) Run(w *world) error {
	if c.All == (len(c.IDs) > 0) {
		return fmt.Errorf("%w: name replies, or --all", errUsage)
	}
	st, _, err := c.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	return eachReply(w, st, c.IDs, func(id analyze.ID) error { return st.RetryOutgoing(w.ctx, id) }, "is due now")
}

type queueDropCmd struct {
	dataFlag
	IDs    []string `arg:"" name:"id" help:"IDs of replies, or their beginnings."`
	Reason string   `default:"dropped by hand" help:"Why; it is shown in the list."`
}

func (c *queueDropCmd) Run(w *world) error {
	if len(c.Reason) > maxNote {
		return fmt.Errorf("%w: a reason has at most %d octets", errUsage, maxNote)
	}
	st, _, err := c.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	return eachReply(w, st, c.IDs, func(id analyze.ID) error { return st.DropOutgoing(w.ctx, id, c.Reason) }, "is dropped")
}

// eachReply does something to the replies named, or to all that wait. One
// that fails does not keep the others.
func eachReply(w *world, st store.Reader, typed []string, do func(analyze.ID) error, done string) error {
	all := len(typed) == 0
	if all {
		list, err := st.ListOutgoing(w.ctx, store.OutWaiting)
		if err != nil {
			return fmt.Errorf("listing replies: %w", err)
		}
		for _, o := range list {
			typed = append(typed, string(o.ID))
		}
	}
	failed := 0
	for _, t := range typed {
		id, err := resolveReply(w, st, t)
		if err == nil {
			err = do(id)
		}
		if all && errors.Is(err, store.ErrInDelivery) {
			continue // it is what was wanted
		}
		if err != nil {
			failed++
			fmt.Fprintln(w.err, clean(err.Error()))
			continue
		}
		fmt.Fprintf(w.out, "%s %s\n", id, done)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d replies were left as they were", failed, len(typed))
	}
	return nil
}
