package bimi

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// Kind says what is fetched. It sets the limits.
type Kind string

// The kinds.
const (
	KindLogo     Kind = "logo"
	KindEvidence Kind = "evidence" // the PEM bundle of a mark certificate
	KindCRL      Kind = "crl"
	// KindPolicy is no part of BIMI: an MTA-STS policy (RFC 8461 section 3.3),
	// fetched by the same rules, without redirects and never from the cache.
	KindPolicy Kind = "mta-sts"
)

// The most octets taken of each kind. Logos and bundles as mailauth takes
// them: a logo is at most 32 KiB by its profile, a bundle holds three or four
// certificates. The revocation lists of the mark CAs are a few KiB.
const (
	maxLogoBytes     = 64 << 10
	maxEvidenceBytes = 256 << 10
	maxCRLBytes      = 1 << 20
	maxPolicyBytes   = 64 << 10 // RFC 8461 section 3.3
)

// limit gives the most octets of a kind; 0 for an unknown one.
func (k Kind) limit() int {
	switch k {
	case KindLogo:
		return maxLogoBytes
	case KindEvidence:
		return maxEvidenceBytes
	case KindCRL:
		return maxCRLBytes
	case KindPolicy:
		return maxPolicyBytes
	}
	return 0
}

// FetchStatus tells the ways in which a fetch ends.
type FetchStatus string

// The ways in which a fetch ends.
const (
	FetchOK        FetchStatus = "ok"
	FetchAbsent    FetchStatus = "absent"    // the server, or the DNS, says there is no such thing
	FetchRefused   FetchStatus = "refused"   // against our rules: scheme, address, redirect, size, TLS
	FetchTempError FetchStatus = "temperror" // network, timeout, server error, offline, over budget
)

// Request is one thing to fetch.
type Request struct {
	URL  string `json:"url"`
	Kind Kind   `json:"kind"`
}

// Fetched is one request and what came of it, kept with the verdict so that
// it can be judged again without a network.
type Fetched struct {
	URL    string      `json:"url"`
	Kind   Kind        `json:"kind"`
	Status FetchStatus `json:"status"`
	Code   int         `json:"code,omitempty"`  // HTTP status, when there was one
	Final  string      `json:"final,omitempty"` // the URL after redirects, when it is another
	At     time.Time   `json:"at"`              // when the server gave, or last confirmed, it
	Body   []byte      `json:"body,omitempty"`  // never changed
	Reason string      `json:"reason,omitempty"`
}

// Fetcher fetches. It never fails: the Status tells how the fetch ended.
type Fetcher interface {
	Fetch(ctx context.Context, req Request) Fetched
}

// Offline fetches nothing: the off switch for closed networks.
type Offline struct{}

// Fetch implements Fetcher.
func (Offline) Fetch(_ context.Context, req Request) Fetched {
	return unfetched(req, FetchTempError, "offline")
}

func unfetched(req Request, s FetchStatus, reason string) Fetched {
	return Fetched{URL: req.URL, Kind: req.Kind, Status: s, Reason: reason}
}

// DefaultFetches is the number of fetches that one message may cost: a logo, a
// bundle, and a revocation list for each certificate with a second place to
// get it from.
const DefaultFetches = 10

// maxRefusedFetches bounds how many refused requests the transcript keeps.
const maxRefusedFetches = 100

// Session is one message's view of the web. It fetches each URL once, stops
// at its budget, and keeps all that came. It is safe for concurrent use.
type Session struct {
	f      Fetcher
	budget int

	mu      sync.Mutex
	asked   int
	refused int
	memo    map[Request]*fetching
}

// fetching is one request of a session; done is closed when got is there.
type fetching struct {
	done chan struct{}
	got  Fetched
}

// NewSession gives a session over f of at most budget fetches; zero or less
// means DefaultFetches.
func NewSession(f Fetcher, budget int) *Session {
	if budget <= 0 {
		budget = DefaultFetches
	}
	return &Session{f: f, budget: budget, memo: make(map[Request]*fetching)}
}

// Fetch implements Fetcher. Over budget it gives temperror "budget".
func (s *Session) Fetch(ctx context.Context, req Request) Fetched {
	s.mu.Lock()
	m, known := s.memo[req]
	if known {
		s.mu.Unlock()
		select {
		case <-m.done:
			return m.got
		case <-ctx.Done():
			return unfetched(req, FetchTempError, "deadline")
		}
	}
	if s.asked >= s.budget {
		defer s.mu.Unlock()
		return s.refuse(req)
	}
	s.asked++
	m = &fetching{done: make(chan struct{}), got: unfetched(req, FetchTempError, "the fetcher failed")}
	s.memo[req] = m
	s.mu.Unlock()

	defer close(m.done)
	got := s.f.Fetch(ctx, req)
	got.URL, got.Kind = req.URL, req.Kind
	m.got = got
	return got
}

// refuse answers a request that is over budget; s.mu is held.
func (s *Session) refuse(req Request) Fetched {
	got := unfetched(req, FetchTempError, "budget")
	if s.refused < maxRefusedFetches {
		s.refused++
		done := make(chan struct{})
		close(done)
		s.memo[req] = &fetching{done: done, got: got}
	}
	return got
}

// Transcript gives all that was fetched so far, by URL and kind. Fetches still
// under way are left out.
func (s *Session) Transcript() []Fetched {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Fetched, 0, len(s.memo))
	for _, m := range s.memo {
		select {
		case <-m.done:
			got := m.got
			got.Body = slices.Clone(got.Body)
			out = append(out, got)
		default:
		}
	}
	slices.SortFunc(out, func(a, b Fetched) int {
		return cmp.Or(strings.Compare(a.URL, b.URL), strings.Compare(string(a.Kind), string(b.Kind)))
	})
	return out
}

// Replay fetches from a transcript only; anything else is a temperror.
func Replay(transcript []Fetched) Fetcher {
	m := make(replay, len(transcript))
	for _, f := range transcript {
		f.Body = slices.Clone(f.Body)
		m[Request{f.URL, f.Kind}] = f
	}
	return m
}

type replay map[Request]Fetched

// Fetch implements Fetcher.
func (m replay) Fetch(_ context.Context, req Request) Fetched {
	if f, ok := m[req]; ok {
		return f
	}
	return unfetched(req, FetchTempError, "not in the transcript")
}
