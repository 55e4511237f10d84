package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"reportascam/analyze"
	"reportascam/smtpd/relay"
	"reportascam/store"
)

type quarantineCmd struct {
	List    heldListCmd    `cmd:"" help:"List held messages, newest first."`
	Show    heldShowCmd    `cmd:"" help:"Show one, or its octets."`
	Release heldReleaseCmd `cmd:"" help:"Deliver held messages by the next hop."`
	Delete  heldDeleteCmd  `cmd:"" help:"Delete held messages for good."`
}

type heldListCmd struct {
	dataFlag
	JSON bool `help:"One JSON object a line."`
}

func (c *heldListCmd) Run(w *world) error {
	st, _, err := c.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	list, err := st.ListHeld(w.ctx)
	if err != nil {
		return fmt.Errorf("listing what is held: %w", err)
	}
	p := newPaint(w.out, w.environ)
	for _, h := range list {
		if c.JSON {
			err = jsonLine(w.out, h)
		} else {
			_, err = fmt.Fprintf(w.out, "%s  %s  %s  to %s  from %s  %s\n", h.ID, h.At.Local().Format("2006-01-02 15:04"), p.level(h.Level),
				clean(some(h.RcptTo)), clean("<"+h.MailFrom+">"), clean(h.Subject))
		}
		if err != nil {
			return fmt.Errorf("writing the list: %w", err)
		}
	}
	if len(list) == 0 && !c.JSON {
		_, err = fmt.Fprintln(w.out, "Nothing is held.")
	}
	return err
}

// some names the first of a list.
func some(list []string) string {
	switch len(list) {
	case 0:
		return "nobody"
	case 1:
		return list[0]
	}
	return fmt.Sprintf("%s and %d more", list[0], len(list)-1)
}

type heldShowCmd struct {
	dataFlag
	ID   string `arg:"" help:"Its ID, or how that begins."`
	JSON bool   `help:"One JSON object, without the message."`
	Raw  bool   `help:"The message itself, as it would be delivered. Only into a file or a pipe."`
}

func (c *heldShowCmd) Run(w *world) error {
	st, _, err := c.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	h, err := st.HeldMessage(w.ctx, analyze.ID(c.ID))
	if err != nil {
		return fmt.Errorf("finding the message: %w", err)
	}
	switch {
	case c.Raw:
		if f, ok := w.out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
			return fmt.Errorf("%w: a held message is not written to a terminal: give a file", errUsage)
		}
		_, err = w.out.Write(h.Raw)
	case c.JSON:
		h.Raw = nil
		err = jsonLine(w.out, h)
	default:
		p := newPaint(w.out, w.environ)
		_, err = fmt.Fprintf(w.out, "%s: %s (score %.2f)\n  Held:    %s, %d octets\n  Client:  %s\n  From:    %s, header domain %s\n  To:      %s\n  Subject: %s\n",
			p.bold(string(h.ID)), p.level(h.Level), h.Score, h.At.Local().Format(time.RFC1123), h.Size, clean(h.Client), clean("<"+h.MailFrom+">"),
			clean(h.From), clean(strings.Join(h.RcptTo, ", ")), clean(h.Subject))
		if err == nil && len(h.Hits) > 0 {
			_, err = fmt.Fprintf(w.out, "  Checks:  %s\n", clean(strings.Join(h.Hits, ", ")))
		}
	}
	return err
}

type heldReleaseCmd struct {
	dataFlag
	IDs []string `arg:"" name:"id" help:"IDs, or how they begin."`
}

// Run delivers by the next hop, and then forgets: one that is cut off between
// the two may be delivered again, and none is lost.
func (c *heldReleaseCmd) Run(w *world) error {
	st, cfg, err := c.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	if cfg.Relay.Next == "" {
		return errors.New("relay.next_hop is not configured: there is nowhere to release to")
	}
	r, err := cfg.Relay.relay(cfg.hostname())
	if err != nil {
		return err
	}
	hop, err := relay.New(r, &relayEngine{})
	if err != nil {
		return err
	}
	failed := 0
	for _, id := range c.IDs {
		if err := release(w, st, hop, analyze.ID(id)); err != nil {
			failed++
			fmt.Fprintf(w.err, "%s: %s\n", clean(id), clean(err.Error()))
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d could not be released whole; what is left is still held", failed, len(c.IDs))
	}
	return nil
}

func release(w *world, st store.Ward, hop *relay.Server, id analyze.ID) error {
	h, err := st.HeldMessage(w.ctx, id)
	if err != nil {
		return fmt.Errorf("finding the message: %w", err)
	}
	var errs []error
	for _, rcpt := range h.RcptTo {
		err := hop.Deliver(w.ctx, h.MailFrom, rcpt, h.UTF8, h.Raw)
		if err == nil {
			err = st.DropHeld(w.ctx, h.ID, rcpt)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("to %s: %w", rcpt, err))
			continue
		}
		fmt.Fprintf(w.out, "%s released to %s\n", h.ID, clean(rcpt))
	}
	return errors.Join(errs...)
}

type heldDeleteCmd struct {
	dataFlag
	IDs []string `arg:"" name:"id" help:"IDs, or how they begin."`
}

func (c *heldDeleteCmd) Run(w *world) error {
	st, _, err := c.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	for _, id := range c.IDs {
		h, err := st.HeldMessage(w.ctx, analyze.ID(id))
		if err == nil {
			err = st.DropHeld(w.ctx, h.ID)
		}
		if err != nil {
			return fmt.Errorf("deleting %s: %w", id, err)
		}
		if _, err := fmt.Fprintf(w.out, "%s deleted\n", h.ID); err != nil {
			return err
		}
	}
	return nil
}

type liveCmd struct {
	dataFlag
	JSON bool `help:"One JSON object."`
}

// Run tells what the running server does, and how long its stages take.
func (c *liveCmd) Run(w *world) error {
	st, _, err := c.open(w)
	if err != nil {
		return err
	}
	defer st.Close()
	raw, err := st.Live(w.ctx)
	if errors.Is(err, store.ErrNotFound) {
		return errors.New("no server runs on this data: stats are of a running one")
	}
	if err != nil {
		return fmt.Errorf("asking the server: %w", err)
	}
	if c.JSON {
		_, err = fmt.Fprintf(w.out, "%s\n", raw)
		return err
	}
	return showLive(w.out, raw)
}

func showLive(out io.Writer, raw []byte) error {
	var l live
	if err := json.Unmarshal(raw, &l); err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	if l.Relay == nil {
		_, err := fmt.Fprintln(out, "No relay is configured.")
		return err
	}
	r := l.Relay
	if _, err := fmt.Fprintf(out, "Relay: %d sessions open, %d messages taken, %d refused, %d panics\n%-8s %10s %10s %10s %10s %10s\n",
		r.Sessions, r.Accepted, r.Refused, r.Panics, "stage", "messages", "mean", "p50", "p99", "max"); err != nil {
		return err
	}
	for _, s := range r.Stages {
		if _, err := fmt.Fprintf(out, "%-8s %10d %10s %10s %10s %10s\n", s.Name, s.Count, short(s.Mean), short(s.P50), short(s.P99), short(s.Max)); err != nil {
			return err
		}
	}
	return nil
}

// short rounds to what people read.
func short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Microsecond).String()
}
