package send

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"reportascam/analyze"
	"reportascam/analyze/dns"
)

const (
	// maxPolicies are the domains whose policies are kept.
	maxPolicies = 10_000
	// policyPause is the wait after a policy could not be fetched (RFC 8461
	// section 3.3).
	policyPause = 5 * time.Minute
	// policyTime bounds one fetch (RFC 8461 section 3.3 has a minute).
	policyTime = 20 * time.Second
)

// Policies keeps the MTA-STS policies of domains, in a file too: a policy that
// was forgotten at a restart would let whoever can hide it from us then have
// the mail (RFC 8461 section 10.2). It is safe for concurrent use.
type Policies struct {
	// Fetch gives the body of an HTTPS URL that answered 200 by itself: no
	// redirect, a certificate for the very host, MaxPolicy octets at most.
	Fetch func(ctx context.Context, url string) ([]byte, error)
	File  string           // empty: kept in memory alone
	Now   func() time.Time // nil: time.Now
	Log   *slog.Logger     // nil: none

	flights singleflight.Group
	mu      sync.Mutex
	loaded  bool
	kept    map[string]*Policy
	failed  map[string]time.Time // when a fetch failed
}

func (s *Policies) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

func (s *Policies) log() *slog.Logger {
	if s.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return s.Log
}

// Get gives the policy of a recipient's domain, nil where it has none. What is
// kept and not expired holds until a newer one was fetched, whatever the DNS
// says meanwhile (RFC 8461 section 3.3 and 5.1). One past half of its life is
// fetched anew (section 10.2).
func (s *Policies) Get(ctx context.Context, r dns.Resolver, domain string) *Policy {
	v, _, _ := s.flights.Do(domain, func() (any, error) { return s.get(ctx, r, domain), nil })
	p, _ := v.(*Policy)
	return p
}

func (s *Policies) get(ctx context.Context, r dns.Resolver, domain string) *Policy {
	old, wait := s.known(domain)
	a := r.Resolve(ctx, "_mta-sts."+domain, "TXT")
	id := policyID(dns.TXT(a))
	if a.Status != analyze.DNSOK || id == "" || wait {
		return old
	}
	if old != nil && old.ID == id && s.now().Before(old.Fetched.Add(old.Expires.Sub(old.Fetched)/2)) {
		return old
	}
	ctx, cancel := context.WithTimeout(ctx, policyTime)
	defer cancel()
	text, err := s.Fetch(ctx, "https://mta-sts."+domain+"/.well-known/mta-sts.txt")
	var p *Policy
	if err == nil {
		p, err = ParsePolicy(text)
	}
	if err != nil {
		s.log().Warn("MTA-STS policy not fetched", "domain", domain, "err", cleanText(err.Error()))
		if !errors.Is(err, context.Canceled) {
			s.fail(domain)
		}
		return old
	}
	p.ID, p.Fetched = id, s.now().UTC()
	p.Expires = p.Fetched.Add(p.maxAge)
	s.keep(domain, p)
	return p
}

// known gives what is kept of a domain, and whether a fetch failed a moment
// ago.
func (s *Policies) known(domain string) (old *Policy, wait bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.load()
	now := s.now()
	if old = s.kept[domain]; old != nil && !old.Expires.After(now) {
		old = nil
	}
	at, failed := s.failed[domain]
	return old, failed && now.Sub(at) < policyPause
}

func (s *Policies) fail(domain string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if len(s.failed) >= maxPolicies {
		for d, at := range s.failed {
			if now.Sub(at) >= policyPause || len(s.failed) >= maxPolicies {
				delete(s.failed, d)
			}
		}
	}
	s.failed[domain] = now
}

// keep writes a policy down. The one that expires first makes room.
func (s *Policies) keep(domain string, p *Policy) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.failed, domain)
	s.kept[domain] = p
	for len(s.kept) > maxPolicies {
		first := ""
		for d, k := range s.kept {
			if d != domain && (first == "" || k.Expires.Before(s.kept[first].Expires)) {
				first = d
			}
		}
		delete(s.kept, first)
	}
	if err := s.save(); err != nil {
		s.log().Error("keeping MTA-STS policies", "err", err)
	}
}

// load reads the file once; s.mu is held.
func (s *Policies) load() {
	if s.loaded {
		return
	}
	s.loaded, s.kept, s.failed = true, map[string]*Policy{}, map[string]time.Time{}
	if s.File == "" {
		return
	}
	text, err := os.ReadFile(s.File)
	if err == nil {
		err = json.Unmarshal(text, &s.kept)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.log().Error("reading MTA-STS policies", "err", err)
	}
	if s.kept == nil {
		s.kept = map[string]*Policy{}
	}
	for d, p := range s.kept { // a clock that was wrong once must not bind us for ever
		if p == nil || p.Expires.After(s.now().Add(maxAge)) {
			delete(s.kept, d)
		}
	}
}

// save writes the file anew; s.mu is held.
func (s *Policies) save() error {
	if s.File == "" {
		return nil
	}
	text, err := json.Marshal(s.kept)
	if err != nil {
		return err
	}
	temp := s.File + ".tmp"
	if err := writeSync(temp, text); err != nil {
		return fmt.Errorf("writing %s: %w", temp, err)
	}
	if err := os.Rename(temp, s.File); err != nil {
		return fmt.Errorf("renaming %s: %w", temp, err)
	}
	return syncDir(filepath.Dir(s.File))
}
