package main

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/bimi/bimitest"
	"reportascam/analyze/eml"
	"reportascam/smtpd/reply"
)

// hits lists the checks that hit, of the only original.
func (j judged) hits(t *testing.T) []string {
	t.Helper()
	if len(j.judgement.Originals) != 1 {
		t.Fatalf("%d originals, want one", len(j.judgement.Originals))
	}
	var out []string
	for _, f := range j.judgement.Originals[0].Findings {
		if f.Status == analyze.Hit {
			out = append(out, f.Check)
		}
	}
	return out
}

func (j judged) finding(t *testing.T, check string) analyze.Finding {
	t.Helper()
	for _, f := range j.judgement.Originals[0].Findings {
		if f.Check == check {
			return f
		}
	}
	t.Fatalf("no finding %s", check)
	return analyze.Finding{}
}

// TestVerifiedMark: a firm that no registry knows is authentic by its mark,
// over real servers; the reply names it; and the verdict is the same again
// from what was kept, with nothing asked.
func TestVerifiedMark(t *testing.T) {
	s := newMarkScene(t)
	d, r, out := s.judge(t)
	if info := d.known.Load().brands.Info(bimitest.Domain); info.Brand != "" {
		t.Fatalf("the registry knows %s", bimitest.Domain)
	}
	if got := out.hits(t); out.judgement.Level != analyze.Authentic || !slices.Equal(got, []string{"mark-verified"}) {
		t.Fatalf("judge = %s, hits %v, mark %+v; want authentic by mark-verified alone", out.judgement.Level, got, out.judgement.Originals[0].Evidence.Mark)
	}
	if says := out.finding(t, "mark-verified").Says; !strings.Contains(says, bimitest.Organisation) || !strings.Contains(says, "US") || !strings.Contains(says, "Test MVA") {
		t.Errorf("mark-verified says %q, want organisation, country and issuer named", says)
	}
	for _, lang := range reply.DefaultCatalogues().Languages() {
		rc, err := s.cfg.replies(d.judge)
		if err != nil {
			t.Fatal(err)
		}
		out.judgement.Reporter.Lang = lang
		m, err := reply.Render(out.judgement, reply.Outer{Report: r, Header: out.header, Reporter: out.judgement.Reporter, Originals: out.originals}, *rc)
		if err != nil {
			t.Fatal(err)
		}
		parsed := eml.Parse(m.Raw)
		for _, text := range []string{parsed.TextBody(), parsed.HTMLBody()} {
			text = strings.Join(strings.Fields(text), " ")
			if n := strings.Count(text, bimitest.Organisation); n < 2 || !strings.Contains(text, "Test MVA") {
				t.Errorf("%s: the reply names the organisation %d times, want it in the verdict and in its proof:\n%s", lang, n, text)
			}
			if lang != "en" && strings.Contains(text, "verified mark") {
				t.Errorf("%s: the proof is told in English:\n%s", lang, text)
			}
		}
	}

	asked, fetched := len(s.names.Asked()), s.site.Hits.Load()+s.lists.Hits.Load()
	if fetched != 3 {
		t.Errorf("%d requests, want logo, certificate and revocation list", fetched)
	}
	kept, err := json.Marshal(out.judgement)
	if err != nil {
		t.Fatal(err)
	}
	var stored analyze.Judgement
	if err := json.Unmarshal(kept, &stored); err != nil {
		t.Fatal(err)
	}
	anew, err := s.cfg.desk() // with nothing in its memory
	if err != nil {
		t.Fatal(err)
	}
	again, err := anew.replay(t.Context(), r, &stored)
	if err != nil || again.Level != analyze.Authentic || len(s.names.Asked()) != asked || s.site.Hits.Load()+s.lists.Hits.Load() != fetched {
		t.Errorf("replay = %s, %v, %d questions and %d requests more; want authentic from what was kept",
			again.Level, err, len(s.names.Asked())-asked, s.site.Hits.Load()+s.lists.Hits.Load()-fetched)
	}
	stored.Web = nil
	if again, err = anew.replay(t.Context(), r, &stored); err == nil || again.Level != analyze.Unclear {
		t.Errorf("replay without what was fetched = %s, %v; want unclear, and an error that says so", again.Level, err)
	}
}

// TestBrokenMark breaks each part in turn. Nothing that is broken is
// authentic; and what says nothing about the sender is not held against it.
func TestBrokenMark(t *testing.T) {
	expired := func(s *markScene) {
		s.certify(func(l *bimitest.Leaf) { l.Template.NotAfter = s.at.AddDate(0, 0, -1) })
	}
	for _, tt := range []struct {
		name   string
		change func(s *markScene)
		want   analyze.Level
		hits   []string
		mark   analyze.Status // of mark-verified
	}{
		{"record gone", func(s *markScene) { delete(s.zone, markTXT) }, analyze.Unclear, nil, analyze.Clear},
		{"record down", func(s *markScene) { s.zone[markTXT] = []string{"SERVFAIL"} }, analyze.Unclear, nil, analyze.Unknown},
		{"logo alone", func(s *markScene) { s.zone[markTXT][0], _, _ = strings.Cut(s.zone[markTXT][0], " a=") }, analyze.Unclear, []string{"mark-self-asserted"}, analyze.Clear},
		{"logo gone", func(s *markScene) { delete(s.files, "/logo.svg") }, analyze.Unclear, nil, analyze.Clear},
		{"logo differs", func(s *markScene) {
			s.files["/logo.svg"] = []byte(strings.Replace(bimitest.GoodSVG, "#036", "#037", 1))
		}, analyze.Unclear, nil, analyze.Clear},
		{"certificate gone", func(s *markScene) { delete(s.files, "/vmc.pem") }, analyze.Unclear, nil, analyze.Clear},
		{"certificate for another domain", func(s *markScene) {
			s.certify(func(l *bimitest.Leaf) { l.Template.DNSNames = []string{"other.example"} })
		}, analyze.Unclear, []string{"mark-foreign"}, analyze.Clear},
		{"expired", expired, analyze.Unclear, nil, analyze.Clear},
		{"forged path", func(s *markScene) {
			s.certify(func(l *bimitest.Leaf) { l.By = bimitest.Keys()[4] })
		}, analyze.Unclear, nil, analyze.Clear},
		{"revoked", func(s *markScene) { s.revoke([]*x509.Certificate{s.certify(nil)}) }, analyze.Unclear, nil, analyze.Clear},
		{"revocation list down", func(s *markScene) { s.crl = nil }, analyze.Unclear, nil, analyze.Unknown},
		{"never logged", func(s *markScene) { s.certify(func(l *bimitest.Leaf) { l.NoSCT = true }) }, analyze.Unclear, nil, analyze.Clear},
		{"a common mark", func(s *markScene) {
			s.certify(func(l *bimitest.Leaf) { l.Template.Subject.ExtraNames = bimitest.CommonMark() })
		}, analyze.Unclear, nil, analyze.Clear},
		{"the policy is none", func(s *markScene) { s.zone["TXT _dmarc."+bimitest.Domain] = []string{"v=DMARC1; p=none"} }, analyze.Unclear, nil, analyze.Clear},
		{"the policy is down", func(s *markScene) { s.zone["TXT _dmarc."+bimitest.Domain] = []string{"SERVFAIL"} }, analyze.Unclear, nil, analyze.Unknown},
		{"the body was changed", func(s *markScene) {
			s.tamper = func(m string) string { return strings.Replace(m, "of May", "of June", 1) }
		}, analyze.Unclear, []string{"dkim-fail"}, analyze.Unknown},
		{"the key is gone", func(s *markScene) { delete(s.zone, "TXT s1._domainkey."+bimitest.Domain) }, analyze.Unclear, nil, analyze.Unknown},
		{"another brand's name", func(s *markScene) { s.from = strings.Replace(s.from, bimitest.Organisation, "PayPal", 1) },
			analyze.Suspicious, []string{"brand-mismatch"}, analyze.Clear},
		{"the name of a brand whose mail is marked", func(s *markScene) {
			s.from = strings.Replace(s.from, bimitest.Organisation, "PayPal", 1)
			s.zone["TXT default._bimi.paypal.com"] = []string{"v=BIMI1; l=https://paypal.com/l.svg; a=https://paypal.com/vmc.pem"}
		}, analyze.Suspicious, []string{"brand-mismatch", "mark-missing"}, analyze.Clear},
		{"a forged sign of a checked logo", func(s *markScene) { s.lines = "BIMI-Location: v=BIMI1; l=https://evil.example/x.svg\n" },
			analyze.Unclear, []string{"mark-verified", "mark-forged"}, analyze.Hit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newMarkScene(t)
			tt.change(s)
			d, r, out := s.judge(t)
			if got := out.hits(t); out.judgement.Level != tt.want || !slices.Equal(got, tt.hits) {
				t.Errorf("judge = %s (%v), hits %v; want %s, %v; mark %+v", out.judgement.Level, out.judgement.Score, got, tt.want, tt.hits,
					out.judgement.Originals[0].Evidence.Mark)
			}
			if got := out.finding(t, "mark-verified"); got.Status != tt.mark {
				t.Errorf("mark-verified is %s (%s), want %s", got.Status, got.Says, tt.mark)
			}
			if _, err := d.replay(t.Context(), r, out.judgement); err != nil {
				t.Errorf("replay: %v", err)
			}
		})
	}
}

// TestProvidersOwnIndicator: what the receiving provider wrote above its
// Received field is no forgery of the sender's.
func TestProvidersOwnIndicator(t *testing.T) {
	s := newMarkScene(t)
	s.tamper = func(m string) string { return "BIMI-Indicator: PHN2Zy8+\r\n" + m }
	if _, _, out := s.judge(t); out.judgement.Level != analyze.Authentic {
		t.Errorf("judge = %s, hits %v, want authentic", out.judgement.Level, out.hits(t))
	}
}

// TestNothingIsFetched: private addresses are reached by the exception alone,
// and nothing at all when it is switched off.
func TestNothingIsFetched(t *testing.T) {
	for name, change := range map[string]func(c *Config){
		"no exception": func(c *Config) { c.BIMI.AllowPrivate = false },
		"switched off": func(c *Config) { c.BIMI.Enabled = false },
	} {
		s := newMarkScene(t)
		change(s.cfg)
		_, _, out := s.judge(t)
		if n := s.site.Hits.Load() + s.lists.Hits.Load(); n != 0 || out.judgement.Level != analyze.Unclear || out.hits(t) != nil {
			t.Errorf("%s: %d requests, %s, hits %v; want none, unclear, none", name, n, out.judgement.Level, out.hits(t))
		}
	}
}

// TestBimiCommand: the command line says what holds of the live domain, and
// its exit status is 0 only while all does.
func TestBimiCommand(t *testing.T) {
	s := newMarkScene(t)
	s.names = s.zone.Server(t)
	try := func() (string, int) {
		var out, errs bytes.Buffer
		status := run(t.Context(), []string{"bimi", "--dns", s.names.Addr, bimitest.Domain}, s.environ(), strings.NewReader(""), &out, &errs)
		return out.String() + errs.String(), status
	}
	if out, status := try(); status != 0 || !strings.Contains(out, "of "+bimitest.Organisation+", registered in US, issued by Test MVA") || !strings.Contains(out, "pass     revocation") {
		t.Errorf("bimi = %d, want 0 and the mark named:\n%s", status, out)
	}
	s.files["/logo.svg"] = []byte("<svg/>")
	if out, status := try(); status != 1 || !strings.Contains(out, "fail     logo-match") {
		t.Errorf("bimi with another logo = %d, want 1 and the check named:\n%s", status, out)
	}
}

// TestMarkEndToEnd: the same through the whole server, now.
func TestMarkEndToEnd(t *testing.T) {
	s := newMarkScene(t)
	s.names = s.zone.Server(t)
	dir := t.TempDir()
	bin, data := build(t, dir), filepath.Join(dir, "data")
	p := start(t, bin, data, s.environ()...)
	id, err := sendReport(t.Context(), p.addr, "ann@reporter.example", s.raw(t))
	if err != nil {
		t.Fatal(err)
	}
	settle(t, data, 1)
	p.stop(t)
	s.site.Close()
	s.lists.Close()
	cmd := exec.CommandContext(t.Context(), bin, "verdicts", "replay", id, "--data", data)
	cmd.Env = append(os.Environ(), s.environ()...)
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte(": authentic ")) || !bytes.Contains(out, []byte(bimitest.Organisation)) {
		t.Errorf("verdicts replay = %v\n%s\nwant authentic, the organisation named", err, out)
	}
	answer, err := os.ReadFile(filepath.Join(data, outboxName, id+".eml"))
	if err != nil || !strings.Contains(eml.Parse(answer).TextBody(), "It comes from "+bimitest.Organisation) {
		t.Errorf("the reply is %v\n%s\nwant the organisation named", err, answer)
	}
}
