package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/auth"
	"reportascam/analyze/bimi"
	"reportascam/analyze/dns"
	"reportascam/analyze/eml"
	"reportascam/smtpd/forward"
)

// fileDeadline bounds the look-ups for one file.
const fileDeadline = 15 * time.Second

// dnsBudget is how many questions judging one file may ask: an honest message
// needs about thirty.
const dnsBudget = 150

// sitting judges messages that came in files: what check, eval and fit share.
// It is safe for concurrent use.
type sitting struct {
	judge    *judge
	resolver dns.Resolver
	trust    auth.Trust
	fetcher  bimi.Fetcher      // nil: no logos and mark certificates are asked for
	as       string            // what a file is: auto, report or original
	us       analyze.Mailboxes // the desk's addresses, where a report names them
}

// sit finds the originals in raw and judges each. A panic is our fault and
// costs that message only.
func (s *sitting) sit(ctx context.Context, raw []byte) (out []analyze.JudgedOriginal, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, fmt.Errorf("the analysis failed: %v", p)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, fileDeadline)
	defer cancel()
	g := gathering{at: receivedAt(raw), resolver: dns.NewSession(s.resolver, dnsBudget), trust: s.trust, fetcher: s.fetcher}
	originals := s.originals(raw)
	for i := range originals {
		out = append(out, s.judge.judgeOriginal(ctx, &originals[i], g))
	}
	return out, nil
}

// worstOriginal gives the index of the worst; -1 for none.
func worstOriginal(list []analyze.JudgedOriginal) int {
	verdicts := make([]analyze.Verdict, len(list))
	for i, jo := range list {
		verdicts[i] = jo.Verdict
	}
	return analyze.Worst(verdicts)
}

const (
	// gcPercent lets the heap of judging many files grow to five times what is
	// in use (the indexes, some 40 MB) before it is swept: most messages leave
	// a megabyte of garbage, and sweeping sooner is a fifth of the work.
	gcPercent = 400
	// gcMemory is where sweeping becomes frequent again, in octets: one large
	// message among small ones must not cost five times its size.
	gcMemory = 220 << 20
)

// sweepLess makes the collector as lazy as suits judging many files, unless
// the environment says how it shall be. The function that it gives undoes it.
func sweepLess(environ []string) (undo func()) {
	for _, kv := range environ {
		if strings.HasPrefix(kv, "GOGC=") || strings.HasPrefix(kv, "GOMEMLIMIT=") {
			return func() {}
		}
	}
	percent, memory := debug.SetGCPercent(gcPercent), debug.SetMemoryLimit(gcMemory)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(memory)
	}
}

// inOrder does work on each item in parallel, and gives what comes of it in
// the order of the items. It reads few items ahead, so that the memory does
// not grow with them.
func inOrder[In, Out any](ctx context.Context, items []In, work func(In) Out) <-chan Out {
	out := make(chan Out)
	queue := make(chan chan Out, runtime.GOMAXPROCS(0)) // bounds how far it runs ahead
	go func() {
		defer close(queue)
		for _, item := range items {
			slot := make(chan Out, 1)
			select {
			case queue <- slot:
			case <-ctx.Done():
				return
			}
			go func() { slot <- work(item) }()
		}
	}()
	go func() {
		defer close(out)
		for slot := range queue {
			out <- <-slot
		}
	}()
	return out
}

// trustOf reads --trust-authserv.
func trustOf(s string) auth.Trust {
	switch s {
	case "":
		return auth.Trust{}
	case "topmost":
		return auth.Trust{Topmost: true}
	}
	return auth.Trust{Providers: []string{strings.ToLower(s)}}
}

// originals finds what is to be judged in raw.
func (s *sitting) originals(raw []byte) []analyze.Original {
	if s.as != "original" {
		found := forward.Find(&analyze.Report{At: time.Now(), Raw: raw}, forward.Options{Us: s.us})
		if s.as == "report" {
			return found
		}
		if how := firstHow(found); how != analyze.HowPasted && how != analyze.HowRedirected && how != "" {
			return s.withItself(raw, found)
		}
	}
	return []analyze.Original{forward.Direct(raw, analyze.HowDirect)}
}

// firstHow gives how the first original came. A message that was pasted or
// redirected is, as a file, the message itself.
func firstHow(found []analyze.Original) analyze.How {
	if len(found) == 0 {
		return ""
	}
	return found[0].How
}

// withItself adds the file's own message where it only quotes another one and
// its subject is no forward's: a scam that quotes mail is judged as it is, and
// so is what it quotes.
func (s *sitting) withItself(raw []byte, found []analyze.Original) []analyze.Original {
	h, _, _ := eml.ParseHeader(raw)
	if found[0].How == analyze.HowInline && !forward.SaysForward(h.Text("Subject")) {
		return append(found, forward.Direct(raw, analyze.HowDirect))
	}
	return found
}

// receivedAt gives the time of the topmost Received field (RFC 5321 section
// 4.4), which is when the file's owner got it, else the Date, else now.
func receivedAt(raw []byte) time.Time {
	h, _, _ := eml.ParseHeader(raw)
	received := h.Get("Received")
	if i := strings.LastIndexByte(received, ';'); i >= 0 {
		if t, err := eml.ParseDate(strings.TrimSpace(received[i+1:])); err == nil {
			return t
		}
	}
	if t, err := eml.ParseDate(h.Get("Date")); err == nil {
		return t
	}
	return time.Now()
}
