package main

import (
	"context"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/store"
)

// reported is a store of judgements.
type reported struct {
	store.Finder
	list []*analyze.Judgement
}

func (r *reported) Export(_ context.Context, _ store.Query, f func(*analyze.Judgement) error) error {
	for _, j := range r.list {
		if err := f(j); err != nil {
			return err
		}
	}
	return nil
}

func linking(host string) analyze.Evidence {
	return analyze.Evidence{Links: []analyze.Link{{Host: host, Source: "text"}}, Domains: map[string]analyze.DomainInfo{host: {Domain: host}}}
}

func report(address, domain, by string, level analyze.Level) *analyze.Judgement {
	return &analyze.Judgement{Level: level, Reporter: analyze.Reporter{Address: address, Domain: domain, Proven: by != "", By: by},
		Originals: []analyze.JudgedOriginal{{Evidence: linking("evil.example"), Verdict: analyze.Verdict{Level: level}}}}
}

// TestCampaign: it takes several independent, authenticated reporters of what
// is bad by the desk's own judgement; nobody can raise a score alone.
func TestCampaign(t *testing.T) {
	free := func(d string) bool { return d == "free.example" }
	for _, tt := range []struct {
		name string
		list []*analyze.Judgement
		want bool
	}{
		{"nothing", nil, false},
		{"one reporter, often", []*analyze.Judgement{report("a@x.example", "x.example", "dkim", "scam"), report("a@x.example", "x.example", "dkim", "scam"), report("b@x.example", "x.example", "dkim", "scam")}, false},
		{"three domains", []*analyze.Judgement{report("a@x.example", "x.example", "dkim", "scam"), report("a@y.example", "y.example", "spf", "suspicious"), report("a@z.example", "z.example", "dkim", "scam")}, true},
		{"hosts of one domain", []*analyze.Judgement{report("a@a.x.example", "a.x.example", "dkim", "scam"), report("a@b.x.example", "b.x.example", "dkim", "scam"), report("a@y.example", "y.example", "dkim", "scam")}, false},
		{"one not proven", []*analyze.Judgement{report("a@x.example", "x.example", "", "scam"), report("a@y.example", "y.example", "spf", "scam"), report("a@z.example", "z.example", "dkim", "scam")}, false},
		{"networks", []*analyze.Judgement{report("a@x.example", "x.example", "network", "scam"), report("a@y.example", "y.example", "network", "scam"), report("a@z.example", "z.example", "network", "scam")}, false},
		{"not bad", []*analyze.Judgement{report("a@x.example", "x.example", "dkim", "unclear"), report("a@y.example", "y.example", "spf", "unclear"), report("a@z.example", "z.example", "dkim", "unclear")}, false},
		{"accounts of one free provider", []*analyze.Judgement{report("a@free.example", "free.example", "dkim", "scam"), report("b@free.example", "free.example", "dkim", "scam"), report("c@free.example", "free.example", "dkim", "scam")}, false},
		{"free and other", []*analyze.Judgement{report("a@free.example", "free.example", "dkim", "scam"), report("b@free.example", "free.example", "dkim", "scam"), report("c@x.example", "x.example", "dkim", "scam")}, true},
	} {
		var c campaigns
		if err := c.count(t.Context(), &reported{list: tt.list}, time.Now(), free); err != nil {
			t.Fatal(err)
		}
		ev := linking("evil.example")
		f, ok := c.with(func(*analyze.Evidence, []analyze.Finding) (analyze.Finding, bool) { return analyze.Finding{}, false })(&ev, nil)
		if ok != tt.want || ok && f.Weight != campaignWeight {
			t.Errorf("%s: finding = %+v, %v, want %v", tt.name, f, ok, tt.want)
		}
		if ev := linking("other.example"); tt.want {
			if _, ok := c.find(&ev); ok {
				t.Errorf("%s: another link is found too", tt.name)
			}
		}
		harmless := analyze.Finding{Check: "analysts-say", Weight: -1}
		if f, _ := c.with(func(*analyze.Evidence, []analyze.Finding) (analyze.Finding, bool) { return harmless, true })(&ev, nil); f.Weight != -1 {
			t.Errorf("%s: an analyst's word gives %+v", tt.name, f)
		}
	}
}
