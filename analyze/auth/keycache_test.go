package auth

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns/dnstest"
)

func TestKeyCache(t *testing.T) {
	var c keyCache
	rec := []byte(keyRecord(t, testKeys().rsa))
	first, f := c.parse(rec)
	if f != nil {
		t.Fatal(f)
	}
	if again, _ := c.parse(rec); again.rsa != first.rsa {
		t.Error("the same record was read twice")
	}
	if strict, _ := c.parse(append(rec, "; t=s"...)); strict.rsa == first.rsa || !strict.strict {
		t.Error("another record gave the first one's key")
	}
	for _, bad := range []string{"v=DKIM1; p=", "v=spf1 -all", ""} {
		for range 2 {
			if _, f := c.parse([]byte(bad)); f == nil {
				t.Errorf("parse(%q) gave a key", bad)
			}
		}
	}
	if n := len(c.known); n != 2 {
		t.Errorf("%d records remembered, want the 2 good ones", n)
	}
	for i := range maxCachedKeys + 10 {
		c.parse(fmt.Appendf(nil, "%s; n=%d", rec, i))
	}
	if n := len(c.known); n > maxCachedKeys {
		t.Errorf("%d records remembered, want at most %d", n, maxCachedKeys)
	}
	long := []byte(string(rec) + "; n=" + strings.Repeat("x", maxCachedText))
	before := len(c.known)
	if _, f := c.parse(long); f != nil || len(c.known) != before {
		t.Errorf("a long record: fault %v, remembered %v; want it read and forgotten", f, len(c.known) != before)
	}
}

// TestKeyReplaced: one Checker sees a replaced key at once.
func TestKeyReplaced(t *testing.T) {
	c, k := checker(t), testKeys()
	in := Input{Raw: []byte(rsaSigner().sign(t, plainMail)), At: judged, Session: &Session{ClientIP: netip.MustParseAddr("192.0.2.1")}}
	for _, tt := range []struct {
		record string
		want   analyze.Result
	}{{keyRecord(t, k.rsa), "pass"}, {keyRecord(t, k.other), "fail"}, {"NXDOMAIN", "permerror"}, {keyRecord(t, k.rsa), "pass"}} {
		zone := dnstest.Zone{"TXT s1._domainkey.bank.example": {tt.record}}
		if d := find(c.Check(t.Context(), zone, in), analyze.MethodDKIM); d.Result != tt.want {
			t.Errorf("with key %.30s… dkim = %s, want %s", tt.record, d.Result, tt.want)
		}
	}
}

// meeting answers no SPF question before both have been asked.
type meeting struct {
	dnstest.Zone
	both sync.WaitGroup
}

func (m *meeting) Resolve(ctx context.Context, name, typ string) analyze.DNSAnswer {
	if name == "bank.example" || name == "h.test" {
		m.both.Done()
		m.both.Wait()
	}
	return m.Zone.Resolve(ctx, name, typ)
}

// TestSPFAtOnce: MAIL FROM and HELO are asked at the same time, and only once
// where they are the same.
func TestSPFAtOnce(t *testing.T) {
	zone := dnstest.Zone{"TXT bank.example": {"v=spf1 ip4:192.0.2.1 -all"}, "TXT h.test": {"v=spf1 -all"}}
	m := &meeting{Zone: zone}
	m.both.Add(2)
	ip := netip.MustParseAddr("192.0.2.1")
	qs, _ := spfQuestions(Input{At: judged, Session: &Session{ClientIP: ip, Helo: "h.test", MailFrom: "a@bank.example"}}, nil)
	if got := brief(checker(t).runSPF(t.Context(), m, qs)); got != "spf=pass bank.example mailfrom, spf=fail h.test helo" {
		t.Errorf("runSPF = %s, want MAIL FROM's pass, then HELO's fail", got)
	}
	rec := zone.Record()
	qs, _ = spfQuestions(Input{At: judged, Session: &Session{ClientIP: ip, Helo: "h.test"}}, nil)
	if got := brief(checker(t).runSPF(t.Context(), rec, qs)); got != "spf=fail h.test mailfrom, spf=fail h.test helo" {
		t.Errorf("runSPF of the null sender = %s, want two fails", got)
	}
	if asked := rec.Asked(); len(asked) != 1 {
		t.Errorf("the null sender cost %q, want one question", asked)
	}
}

// TestAgedDMARC: what the boundary found to pass is not our fail.
func TestAgedDMARC(t *testing.T) {
	said := words{{Method: analyze.MethodDMARC, Result: analyze.ResultPass, Witness: analyze.WitnessBoundary, Domain: "bank.example", AuthServ: "mx.test"}}
	claimed := words{{Method: analyze.MethodDMARC, Result: analyze.ResultPass, Witness: analyze.WitnessClaimed, Domain: "bank.example"}}
	fail := analyze.AuthResult{Method: analyze.MethodDMARC, Result: analyze.ResultFail, Domain: "bank.example"}
	now, later := clock{live: true, fresh: true}, clock{at: time.Unix(1, 0), known: true, fresh: true}
	for _, tt := range []struct {
		name string
		clk  clock
		said words
		want analyze.Result
	}{{"later", later, said, "unknown"}, {"now", now, said, "fail"}, {"claimed", later, claimed, "fail"}, {"silent", later, nil, "fail"}} {
		if got := settleDMARC(fail, tt.clk, tt.said); got.Result != tt.want {
			t.Errorf("%s: settleDMARC = %s, want %s", tt.name, got.Result, tt.want)
		}
	}
}
