package dns

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"reportascam/analyze"
)

// DefaultBudget is the number of questions that one message may cost. The
// worst honest message (eight signatures, two SPF checks of ten terms each,
// three tree walks) needs about 90.
const DefaultBudget = 150

// maxRefused bounds how many refused questions the transcript keeps, so that
// no message can make it grow without end.
const maxRefused = 1000

// Session is one message's view of the DNS. It asks each question once, stops
// at its budget, and keeps all answers. It is safe for concurrent use.
type Session struct {
	r      Resolver
	budget int

	mu      sync.Mutex
	asked   int
	refused int
	memo    map[question]*memo
}

type question struct{ name, typ string }

// memo is one question of a session; done is closed when answer is there.
type memo struct {
	done   chan struct{}
	answer analyze.DNSAnswer
}

// NewSession gives a session over r that asks at most budget questions; zero
// or less means DefaultBudget.
func NewSession(r Resolver, budget int) *Session {
	if budget <= 0 {
		budget = DefaultBudget
	}
	return &Session{r: r, budget: budget, memo: make(map[question]*memo)}
}

// Resolve implements Resolver. Over budget it answers temperror "budget".
func (s *Session) Resolve(ctx context.Context, name, typ string) analyze.DNSAnswer {
	q := question{Normalize(name), strings.ToUpper(typ)}
	if why := NameFault(q.name); why != "" {
		return unaskable(q.name, q.typ, why) // pure: needs no place in the transcript
	}
	s.mu.Lock()
	m, known := s.memo[q]
	if known {
		s.mu.Unlock()
		select {
		case <-m.done:
			return m.answer
		case <-ctx.Done():
			return failed(q.name, q.typ, "deadline")
		}
	}
	if s.asked >= s.budget {
		defer s.mu.Unlock()
		return s.refuse(q)
	}
	s.asked++
	m = &memo{done: make(chan struct{})}
	s.memo[q] = m
	s.mu.Unlock()

	m.answer = failed(q.name, q.typ, "the resolver failed") // stands if r panics
	defer close(m.done)
	a := s.r.Resolve(ctx, q.name, q.typ)
	a.Name, a.Type = q.name, q.typ
	m.answer = a
	return a
}

// refuse answers a question that is over budget; s.mu is held.
func (s *Session) refuse(q question) analyze.DNSAnswer {
	a := failed(q.name, q.typ, "budget")
	if s.refused < maxRefused {
		s.refused++
		done := make(chan struct{})
		close(done)
		s.memo[q] = &memo{done: done, answer: a}
	}
	return a
}

// Asked gives the number of questions that were put to the resolver.
func (s *Session) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// Transcript gives all answers so far, by name and type. Questions still under
// way are left out.
func (s *Session) Transcript() []analyze.DNSAnswer {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]analyze.DNSAnswer, 0, len(s.memo))
	for _, m := range s.memo {
		select {
		case <-m.done:
			out = append(out, clone(m.answer))
		default:
		}
	}
	slices.SortFunc(out, func(a, b analyze.DNSAnswer) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Type, b.Type))
	})
	return out
}

func clone(a analyze.DNSAnswer) analyze.DNSAnswer {
	recs := a.Records
	a.Records = nil
	for _, r := range recs {
		a.Records = append(a.Records, slices.Clone(r))
	}
	return a
}

// Replay answers from a transcript only; anything else is a temperror.
func Replay(answers []analyze.DNSAnswer) Resolver {
	m := make(replay, len(answers))
	for _, a := range answers {
		m[question{Normalize(a.Name), strings.ToUpper(a.Type)}] = clone(a)
	}
	return m
}

type replay map[question]analyze.DNSAnswer

// Resolve implements Resolver.
func (m replay) Resolve(_ context.Context, name, typ string) analyze.DNSAnswer {
	q := question{Normalize(name), strings.ToUpper(typ)}
	if why := NameFault(q.name); why != "" {
		return unaskable(q.name, q.typ, why)
	}
	if a, ok := m[q]; ok {
		return a
	}
	return failed(q.name, q.typ, "not in the transcript")
}
