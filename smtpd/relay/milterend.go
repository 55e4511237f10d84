package relay

import (
	"context"
	"encoding/binary"
	"slices"
	"strings"
	"time"
)

// end judges the message that has come in, and answers.
func (m *milter) end(ctx context.Context) {
	s := m.s
	if !m.mail || m.sp == nil {
		writePacket(m.out, answerAccept)
		return
	}
	f := m.facts
	f.At, f.QueueID = s.Now().UTC(), m.named("i")
	s.clock.add(stageReceive, time.Since(m.begun))
	begun := time.Now()
	t := m.judge(ctx, f)
	out := Outcome{Actions: map[string]Action{}}
	if t.why != "" && !s.trusted(t) && !m.login {
		s.refused.Add(1)
		m.refuse("451", "4.7.1", "The message could not be judged, try again later")
		out.Code = 451
	} else {
		out.Code = m.carryOut(ctx, f, t, &out)
	}
	out.Took = time.Since(begun)
	s.clock.add(stageAll, out.Took)
	if out.Code/100 == 2 {
		s.accepted.Add(1)
	}
	if t.why == "" {
		s.engine.Done(f, t.Opinion, out)
	}
	s.Log.Info("relayed", "id", t.ID, "verdict", t.Level, "score", t.Score, "code", out.Code, "note", t.why,
		"recipients", len(f.RcptTo), "queue", printable(f.QueueID))
}

// judge asks the engine about the message in the spool.
func (m *milter) judge(ctx context.Context, f Facts) thought {
	switch {
	case m.login:
		return thought{why: "from our own network"} // a client that has logged in is one of ours
	case m.fault != nil:
		return thought{why: printable(m.fault.Error())}
	}
	wctx, cancel := context.WithTimeout(ctx, m.s.Limits.Deadline)
	err := m.s.memory.Acquire(wctx, m.sp.size)
	cancel()
	if err != nil {
		return thought{why: "too busy"}
	}
	defer m.s.memory.Release(m.sp.size)
	raw, err := m.sp.bytes()
	if err != nil {
		return thought{why: "no room"}
	}
	return m.s.judge(ctx, f, raw)
}

// refuse answers with a code and a text.
func (m *milter) refuse(code, enhanced, text string) {
	// A percent sign would begin a format in Sendmail's library.
	text = strings.ReplaceAll(printable(text), "%", "%%")
	writePacket(m.out, answerCode, cstring(code+" "+enhanced+" "+text))
}

// carryOut does what the policy says, and answers. A mail server has the
// message as one: where recipients differ, those to be held for are told to it only
// by holding a copy here, and it delivers to the others.
func (m *milter) carryOut(ctx context.Context, f Facts, t thought, out *Outcome) int {
	s := m.s
	p := s.plan(f, t)
	if m.login {
		p.tag, p.clean = false, false
	}
	for i, r := range f.RcptTo {
		out.Actions[r] = p.actions[i]
	}
	if p.reject && len(f.RcptTo) > 0 {
		s.refused.Add(1)
		code, text, _ := strings.Cut(rejection(t.Opinion), " ")
		m.refuse("550", code, text)
		return 550
	}
	if len(p.hold) > 0 && !(s.HoldMTA && m.actions&actQuarantine != 0) {
		if code, done := m.hold(ctx, f, t, p); done {
			return code
		}
	}
	if p.clean && m.actions&actChangeHeader != 0 {
		// From the last to the first, so that the numbers stay true.
		for _, c := range slices.Backward(m.forged) {
			m.change(c, "")
		}
	}
	if p.tag || len(p.hold) > 0 {
		m.tag(t, p)
	}
	if len(p.hold) > 0 && s.HoldMTA && m.actions&actQuarantine != 0 {
		writePacket(m.out, answerHold, cstring("reportascam "+printable(t.ID)))
	}
	writePacket(m.out, answerContinue)
	return 250
}

// hold keeps the message here. It gives whether that was all.
func (m *milter) hold(ctx context.Context, f Facts, t thought, p plan) (int, bool) {
	raw, err := m.sp.bytes()
	if err == nil {
		err = m.s.engine.Hold(ctx, f, p.hold, m.s.dressed(raw, t.Opinion, p.listed, t.why), t.Opinion)
	}
	if err != nil {
		m.s.Log.Error("holding", "id", t.ID, "error", printable(err.Error()))
		m.refuse("451", "4.3.0", "The message could not be held, try again later")
		return 451, true
	}
	if len(p.deliver) == 0 {
		writePacket(m.out, answerDiscard)
		return 250, true
	}
	if m.actions&actDeleteRcpt != 0 {
		for _, r := range p.hold {
			writePacket(m.out, answerDeleteRcpt, cstring("<"+r+">"))
		}
	}
	return 0, false
}

// tag puts our fields on top.
func (m *milter) tag(t thought, p plan) {
	if m.actions&actChangeHeader != 0 {
		if prefix := m.s.prefixFor(t.Opinion, p.listed); prefix != "" && t.why == "" && m.subject != nil {
			m.change(change{"Subject", 1}, " "+prefix+" "+strings.TrimLeft(*m.subject, " "))
		}
	}
	if m.actions&actAddHeader == 0 {
		return
	}
	for _, f := range slices.Backward(m.s.fields(t.Opinion, p.listed, t.why)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(f.String(), "\r\n"), ":")
		value = strings.ReplaceAll(value, "\r\n", "\n")
		if m.proto&leadingSpace == 0 {
			value = strings.TrimPrefix(value, " ")
		}
		writePacket(m.out, answerInsert, []byte{0, 0, 0, 0}, cstring(name), cstring(value))
	}
}

func (m *milter) change(c change, value string) {
	if m.proto&leadingSpace == 0 {
		value = strings.TrimPrefix(value, " ")
	}
	writePacket(m.out, answerChange, binary.BigEndian.AppendUint32(nil, uint32(c.nth)), cstring(c.name), cstring(value))
}
