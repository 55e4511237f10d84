package relay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// errBusy is returned when a message waited for its turn until its deadline.
var errBusy = errors.New("relay: too busy")

// thought is an opinion, or why there is none.
type thought struct {
	Opinion
	why string // there is no opinion
}

// judge asks the engine, when there is room and a turn. The error is for what
// the engine must not be asked about at all; that it failed is a thought.
func (s *Server) judge(ctx context.Context, f Facts, raw []byte) thought {
	if contains(s.Ours, f.Client) {
		return thought{why: "from our own network"}
	}
	ctx, cancel := context.WithTimeout(ctx, s.Limits.Deadline)
	defer cancel()
	waited := time.Now()
	if err := s.judges.Acquire(ctx, 1); err != nil {
		return thought{why: "too busy"}
	}
	s.clock.add(stageWait, time.Since(waited))
	begun := time.Now()
	defer func() { s.clock.add(stageJudge, time.Since(begun)) }()
	type result struct {
		o   Opinion
		err error
	}
	done := make(chan result, 1)
	go func() {
		defer s.judges.Release(1)
		r := result{err: errors.New("the analysis crashed")}
		defer func() { done <- r }()
		defer s.caught()
		r.o, r.err = s.engine.Judge(ctx, f, raw)
	}()
	select {
	case r := <-done:
		if r.err != nil {
			s.Log.Error("judging", "error", printable(r.err.Error()))
			return thought{why: "the analysis failed"}
		}
		return thought{Opinion: r.o}
	case <-ctx.Done():
		// It goes on with raw, which nobody changes, and its turn is its own until
		// it returns.
		return thought{why: "no time"}
	}
}

// trusted tells whether a thought without an opinion lets mail pass.
func (s *Server) trusted(t thought) bool {
	return s.Open || s.Mode == Observe || t.why == "from our own network"
}

// handle judges a message that is here as a whole, and does what is to be done.
func (x *session) handle(ctx context.Context, sp *spool) {
	s, begun := x.s, time.Now()
	wctx, cancel := context.WithTimeout(ctx, s.Limits.Deadline)
	err := s.memory.Acquire(wctx, sp.size)
	cancel()
	if err != nil {
		x.refuse(errBusy)
		return
	}
	defer s.memory.Release(sp.size)
	raw, err := sp.bytes()
	if err != nil {
		x.refuse(err)
		return
	}
	f := x.facts
	f.RcptTo = slices.Clone(f.RcptTo)
	t := s.judge(ctx, f, raw)
	out := Outcome{Actions: map[string]Action{}}
	code := 0
	if t.why != "" && !s.trusted(t) {
		s.refused.Add(1)
		code = 451
		x.each(code, "4.7.1 The message could not be judged, try again later")
	} else {
		code = x.carryOut(ctx, f, raw, t, &out)
	}
	out.Code, out.Took = code, time.Since(begun)
	s.clock.add(stageAll, out.Took)
	if code/100 == 2 {
		s.accepted.Add(1)
	}
	if t.why == "" {
		s.engine.Done(f, t.Opinion, out)
	}
	s.Log.Info("relayed", "id", t.ID, "verdict", t.Level, "score", t.Score, "code", code, "note", t.why, "recipients", len(f.RcptTo))
}

// plan is what is done with one message.
type plan struct {
	actions []Action // by recipient
	deliver []string // recipients
	hold    []string
	tag     bool
	clean   bool // take out what claims to be ours: RFC 8601 section 5, whatever else is done
	reject  bool // all of them
	listed  string
}

// plan sorts the recipients. SMTP has one answer for all: where only some are
// to be refused, the message is held for those.
func (s *Server) plan(f Facts, t thought) plan {
	p := plan{clean: s.Mode != Observe && !contains(s.Ours, f.Client)}
	if t.why != "" {
		p.deliver, p.tag = f.RcptTo, p.clean
		p.actions = slices.Repeat([]Action{Tag}, len(f.RcptTo))
		return p
	}
	p.actions, p.listed = s.actions(f, t.Opinion)
	p.reject = !slices.ContainsFunc(p.actions, func(a Action) bool { return a != Reject })
	if p.reject {
		return p
	}
	for i, a := range p.actions {
		switch a {
		case Quarantine, Reject:
			p.actions[i] = Quarantine
			p.hold = append(p.hold, f.RcptTo[i])
		default:
			p.tag = p.tag || a == Tag
			p.deliver = append(p.deliver, f.RcptTo[i])
		}
	}
	return p
}

// rejection is the answer to a message that is refused.
func rejection(o Opinion) string {
	return "5.7.1 Refused: this message looks like a fraud (reference " + printable(o.ID) + ")"
}

// carryOut does what the policy says, and answers. It gives the code.
func (x *session) carryOut(ctx context.Context, f Facts, raw []byte, t thought, out *Outcome) int {
	s := x.s
	p := s.plan(f, t)
	for i, r := range f.RcptTo {
		out.Actions[r] = p.actions[i]
	}
	if p.reject {
		s.refused.Add(1)
		x.each(550, rejection(t.Opinion))
		return 550
	}
	dressed := raw
	if p.tag || len(p.hold) > 0 {
		dressed = s.dressed(raw, t.Opinion, p.listed, t.why)
	}
	if len(p.hold) > 0 {
		if err := s.engine.Hold(ctx, f, p.hold, dressed, t.Opinion); err != nil {
			s.Log.Error("holding", "id", t.ID, "error", printable(err.Error()))
			x.each(451, "4.3.0 The message could not be held, try again later")
			return 451
		}
		if len(p.deliver) == 0 {
			x.forget()
			x.each(250, "2.0.0 Taken as "+printable(t.ID))
			return 250
		}
		if !x.again(p.deliver) {
			return 0
		}
	}
	switch {
	case !p.tag && p.clean:
		dressed = s.cleaned(raw)
	case !p.tag:
		dressed = raw
	}
	begun := time.Now()
	replies, err := x.pass(dressed, len(p.deliver))
	s.clock.add(stagePass, time.Since(begun))
	switch {
	case errors.Is(err, errGone):
		x.drop()
		x.over = true
		return 0
	case err != nil:
		s.Log.Warn("next hop", "at", "message", "error", printable(err.Error()))
		x.drop()
		x.each(451, "4.4.2 The next hop was lost, try again later")
		x.over = true
		return 451
	}
	return x.hand(f, p, replies)
}

// again begins the transaction anew for some of its recipients.
func (x *session) again(rcpts []string) bool {
	lines := []string{"RSET", x.mailLine}
	for _, r := range rcpts {
		lines = append(lines, x.rcptLines[r])
	}
	for _, l := range lines {
		r, err := x.hop.ask(l)
		if err == nil && !r.ok() {
			err = fmt.Errorf("%w: it takes back what it said", errHop)
		}
		if err != nil {
			// Held already for some, which the client's next try will find.
			x.s.Log.Warn("next hop", "at", "message", "error", printable(err.Error()))
			x.drop()
			x.each(451, "4.4.2 The next hop was lost, try again later")
			x.over = true
			return false
		}
	}
	return true
}

// hand gives the client the next hop's answers to a message.
func (x *session) hand(f Facts, p plan, replies []reply) int {
	worst := replies[0]
	for _, r := range replies {
		if r.code > worst.code {
			worst = r
		}
	}
	if worst.code == 354 {
		worst = reply{451, []string{"4.3.0 The next hop makes no sense"}}
	}
	if !x.lmtp {
		x.each(worst.code, worst.lines...)
	} else {
		next := 0
		for i := range f.RcptTo {
			r := replies[min(next, len(replies)-1)]
			if p.actions[i] == Quarantine {
				r = reply{250, []string{"2.0.0 Taken"}}
			} else {
				next++
			}
			x.reply(r.code, r.lines...)
		}
		if worst.code >= 400 && worst.code != 421 {
			x.forget() // where it refused DATA itself, the transaction is still open
		}
		x.mail, x.facts = false, Facts{}
	}
	if worst.code == 421 {
		x.drop()
		x.over = true
	}
	return worst.code
}
