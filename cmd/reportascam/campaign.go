package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/learn"
	"reportascam/analyze/links"
	"reportascam/store"
)

// The rule by which reports raise the score of later mail (DESIGN.md section
// 4): several reporters, each authenticated by himself, whose reports the desk
// has found bad too. One alone changes nothing, however much he sends.
const (
	// campaignReporters is how many reporters make a campaign, and
	// campaignDomains of how many different domains: accounts at one free
	// provider cost nothing.
	campaignReporters = 3
	campaignDomains   = 2
	// campaignWeight is what it adds, in log-odds: it settles a doubtful case
	// and never a clear one, as learn.MaxShift.
	campaignWeight = learn.MaxShift
	// campaignTime is how long a campaign is remembered: its links live for days.
	campaignTime = 7 * 24 * time.Hour
	// campaignReports bounds the reports that are looked at, the newest.
	campaignReports = 5000
	// campaignPause is how old the picture may be.
	campaignPause = time.Minute
)

// campaignCheck is the name of the finding.
const campaignCheck = "reported-campaign"

// campaigns is what has been reported lately. The zero value knows nothing.
type campaigns struct {
	signs atomic.Pointer[map[string]int] // a sign, and how many independent reporters it has
}

// reporterKey tells reporters apart: by their domain, or by their address where
// anybody can get one at that domain.
func reporterKey(r analyze.Reporter, free func(domain string) bool) (key, domain string) {
	domain = links.Registrable(r.Domain)
	if domain == "" {
		domain = r.Domain
	}
	if domain == "" || !r.Proven || r.By == "network" {
		return "", "" // a network is not a person
	}
	if free(domain) {
		return strings.ToLower(r.Address), domain
	}
	return domain, domain
}

// campaignSigns gives the signs that make two messages the same campaign: whose
// domain it is that it links to or comes from. A check or a brand is not enough.
func campaignSigns(ev *analyze.Evidence) []string {
	var out []string
	for _, s := range learn.Signs(ev, nil) {
		if strings.HasPrefix(s, "link ") || strings.HasPrefix(s, "from ") {
			out = append(out, s)
		}
	}
	return out
}

// count makes the picture anew.
func (c *campaigns) count(ctx context.Context, st store.Finder, now time.Time, free func(string) bool) error {
	type seen struct{ keys, domains map[string]bool }
	all := map[string]*seen{}
	q := store.Query{Since: now.Add(-campaignTime), Limit: campaignReports}
	err := st.Export(ctx, q, func(j *analyze.Judgement) error {
		key, domain := reporterKey(j.Reporter, free)
		if key == "" || j.Level.Rank() < analyze.Suspicious.Rank() {
			return nil
		}
		for i := range j.Originals {
			o := &j.Originals[i]
			if o.Level.Rank() < analyze.Suspicious.Rank() && j.Correction == nil {
				continue
			}
			for _, s := range campaignSigns(&o.Evidence) {
				if all[s] == nil {
					all[s] = &seen{map[string]bool{}, map[string]bool{}}
				}
				all[s].keys[key], all[s].domains[domain] = true, true
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading what was reported: %w", err)
	}
	signs := map[string]int{}
	for s, who := range all {
		if len(who.keys) >= campaignReporters && len(who.domains) >= campaignDomains {
			signs[s] = len(who.keys)
		}
	}
	c.signs.Store(&signs)
	return nil
}

// watch keeps the picture up to date until ctx ends.
func (c *campaigns) watch(ctx context.Context, st store.Finder, free func(string) bool, fault func(error)) error {
	for {
		if err := c.count(ctx, st, now(), free); err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrClosed) {
			fault(err)
		}
		if !pause(ctx, campaignPause) {
			return nil
		}
	}
}

// find gives the finding of a message that belongs to a reported campaign.
// Mail that is proven to be a brand's own is none.
func (c *campaigns) find(ev *analyze.Evidence) (analyze.Finding, bool) {
	signs := c.signs.Load()
	if signs == nil {
		return analyze.Finding{}, false
	}
	if d, _, ok := ev.Auth.Proven(); ok && ev.Domains[d].Brand != "" {
		return analyze.Finding{}, false
	}
	most := 0
	for _, s := range campaignSigns(ev) {
		most = max(most, (*signs)[s])
	}
	if most == 0 {
		return analyze.Finding{}, false
	}
	return analyze.Finding{Check: campaignCheck, Status: analyze.Hit, Weight: campaignWeight, Cites: []analyze.Cite{"this desk's reports"},
		Says: fmt.Sprintf("%d people who do not belong together have reported scams with the same links or sender here.", most)}, true
}

// with gives what was learned, and what was reported where that weighs more.
func (c *campaigns) with(learned analyze.Learned) analyze.Learned {
	return func(ev *analyze.Evidence, findings []analyze.Finding) (analyze.Finding, bool) {
		f, ok := learned(ev, findings)
		// An analyst's word that such mail is harmless stands.
		if g, reported := c.find(ev); reported && (!ok || f.Weight > 0 && f.Weight < g.Weight) {
			return g, true
		}
		return f, ok
	}
}
