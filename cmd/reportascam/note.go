package main

import (
	"errors"
	"fmt"

	"reportascam/analyze"
	"reportascam/analyze/eml"
	"reportascam/smtpd/forward"
	"reportascam/smtpd/reply"
	"reportascam/smtpd/send"
	"reportascam/store"
)

// noter writes the notes that tell readers of another verdict; nil writes
// none.
type noter struct {
	cfg   *Config
	reply *reply.Config
	named bool // the configuration was named by the caller
}

// deskOf tells as whom a configuration writes: the address, the host, and the
// domain that signs.
func deskOf(c reply.Config) string {
	out := c.From + " at " + c.Hostname
	if d, ok := c.Signer.(*send.DKIM); ok {
		out += ", signed by " + d.Domain
	}
	return out
}

// newNoter gives what writes notes, nil where replies are off or quiet is
// wanted.
func (c *Config) newNoter(j *judge, file string, quiet bool) (*noter, error) {
	if quiet || !c.Reply.Enabled || !c.Reply.Changes {
		return nil, nil
	}
	r, err := c.replies(j)
	if err != nil || r == nil {
		return nil, err
	}
	return &noter{c, r, file != ""}, nil
}

// note writes the note about a judgement that takes the place of old; nil
// where the reader would not do otherwise, was not answered, or is not proven
// to be who wrote. The store asks more: what its reader was told last, and
// whether the answer was delivered.
func (n *noter) note(r *analyze.Report, first *store.Outgoing, old, next *analyze.Judgement) (*store.Outgoing, error) {
	if first.State != store.OutDelivered || old.Level.Warns() == next.Level.Warns() || next.Reply != "queued" || !next.Reporter.Proven {
		return nil, nil
	}
	header, _, _ := eml.ParseHeader(r.Raw)
	outer := reply.Outer{Report: r, Header: header, Reporter: next.Reporter,
		Originals: forward.Find(r, forward.Options{Us: append(n.cfg.Addresses[:len(n.cfg.Addresses):len(n.cfg.Addresses)], r.Envelope.RcptTo...)})}
	cfg := *n.reply
	if cfg.From == "" {
		cfg.From = reportedTo(r.Envelope.RcptTo, cfg.Addresses)
	}
	if _, refused := reply.Refuse(outer, cfg); refused {
		return nil, nil // the rules of today forbid what those of then allowed
	}
	if desk := deskOf(cfg); !n.named && desk != first.Desk {
		// Unsigned, or from another address, it would look like a forgery.
		return nil, fmt.Errorf("%w: the reply came from %s, and without its configuration the note would come from %s: name the server's with --config, or say --quiet",
			errUsage, clean(first.Desk), clean(desk))
	}
	m, err := reply.RenderChange(next, outer, cfg)
	if err != nil {
		return nil, fmt.Errorf("writing the note to the reporter: %w", err)
	}
	return &store.Outgoing{From: m.From, To: m.To, Raw: m.Raw, Desk: deskOf(cfg), NotBefore: now(), Limits: limitsOf(reply.ChangeCaps(m.To))}, nil
}

// revise stores a judgement that takes the place of old, with its note, and
// tells whether a note was queued.
func (n *noter) revise(w *world, st store.Reader, old, next *analyze.Judgement) (queued bool, err error) {
	var note *store.Outgoing
	if n != nil && old.Level.Warns() != next.Level.Warns() {
		first, err := st.Outgoing(w.ctx, next.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return false, fmt.Errorf("reading the reply to %s: %w", next.ID, err)
		}
		if err == nil {
			r, _, err := st.Report(w.ctx, next.ID)
			if err != nil {
				return false, fmt.Errorf("reading the report %s: %w", next.ID, err)
			}
			if note, err = n.note(r, first, old, next); err != nil {
				return false, err
			}
		}
	}
	done, err := st.Revise(w.ctx, next, note)
	if err != nil {
		return false, fmt.Errorf("storing the verdict of %s: %w", next.ID, err)
	}
	return done.Queued, nil
}
