package bimi

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/bimi/bimitest"
	"reportascam/analyze/dns"
	"reportascam/analyze/dns/dnstest"
)

const (
	logoURL = "https://logo.bank.example/logo.svg"
	vmcURL  = "https://logo.bank.example/vmc.pem"
	record  = "v=BIMI1; l=" + logoURL + "; a=" + vmcURL
)

// passed is the Auth of a message that DMARC passes, under enforcement.
func passed() analyze.Auth {
	return analyze.Auth{
		FromDomain: bimitest.Domain, OrgDomain: bimitest.Domain,
		Results: []analyze.AuthResult{{Method: analyze.MethodDMARC, Result: analyze.ResultPass, Witness: analyze.WitnessVerified, Domain: bimitest.Domain, Aligned: true}},
		Policy:  &analyze.DMARCPolicy{Domain: bimitest.Domain, P: "reject", Pct: 100, Effective: "reject"},
	}
}

// scene is all that a validation sees.
type scene struct {
	m    *mint
	zone dnstest.Zone
	web  web
	in   Input
}

func newScene(t testing.TB) *scene {
	m := newMint(t)
	return &scene{
		m:    m,
		zone: dnstest.Zone{"TXT default._bimi." + bimitest.Domain: {record}},
		web:  web{logoURL: okay([]byte(bimitest.GoodSVG)), vmcURL: okay(bimitest.PEM(m.Leaf(nil), m.Inter)), bimitest.CRLURL: okay(m.CRL(nil))},
		in:   Input{Auth: passed(), LocalPart: "service", At: bimitest.Noon()},
	}
}

func (s *scene) validate() Result {
	c := &Checker{Anchors: s.m.anchors}
	return c.Validate(s.m.tb.Context(), s.zone, s.web, s.in)
}

func TestVerified(t *testing.T) {
	r := newScene(t).validate()
	if !r.Verified() || r.Status != StatusPass || r.SelfAsserted() {
		t.Fatalf("Validate = %s %q (%s), want Verified", r.Status, r.Reason, statuses(r))
	}
	m := r.Mark
	if m.Organisation != "Bank of Examples" || m.Country != "US" || m.Issuer != "Test MVA" || m.Kind != VMC || m.Type != RegisteredMark || m.Pilot || m.Expired {
		t.Errorf("Mark = %+v", m)
	}
	if string(m.Logo()) != bimitest.GoodSVG || string(r.Logo()) != bimitest.GoodSVG || m.LogoHash != r.LogoHash {
		t.Errorf("logo %q, %q; want the image", m.Logo(), r.Logo())
	}
}

// TestBroken breaks each part in turn.
func TestBroken(t *testing.T) {
	name := "TXT default._bimi." + bimitest.Domain
	for _, tt := range []struct {
		name   string
		change func(s *scene)
		status Status
		auth   Authority
		says   string
	}{
		{"no From", func(s *scene) { s.in.Auth.FromDomain, s.in.Auth.FromFault = "", "two addresses" }, StatusSkipped, AuthorityNone, "two addresses"},
		{"DMARC fails", func(s *scene) { s.in.Auth.Results[0].Result = analyze.ResultFail }, StatusSkipped, AuthorityNone, "does not pass"},
		{"DMARC only claimed", func(s *scene) { s.in.Auth.Results[0].Witness = analyze.WitnessClaimed }, StatusSkipped, AuthorityNone, "not known"},
		{"DMARC unknown", func(s *scene) { s.in.Auth.Results[0].Result = analyze.ResultTempError }, StatusSkipped, AuthorityNone, "not known"},
		{"no policy", func(s *scene) { s.in.Auth.Policy = nil }, StatusSkipped, AuthorityNone, "no DMARC policy"},
		{"p=none", func(s *scene) { s.in.Auth.Policy.P = "none" }, StatusSkipped, AuthorityNone, "not enforcement"},
		{"sp=none", func(s *scene) { s.in.Auth.Policy.SP = "none" }, StatusSkipped, AuthorityNone, "subdomains"},
		{"effective none", func(s *scene) { s.in.Auth.Policy.Effective = "none" }, StatusSkipped, AuthorityNone, "applies here"},
		{"half quarantined", func(s *scene) { s.in.Auth.Policy.P, s.in.Auth.Policy.Pct = "quarantine", 50 }, StatusSkipped, AuthorityNone, "50%"},
		{"testing", func(s *scene) { s.in.Auth.Policy.Testing = true }, StatusSkipped, AuthorityNone, "testing"},
		{"organisation without enforcement", func(s *scene) { s.subdomain(); s.zone["TXT _dmarc."+bimitest.Domain] = []string{"v=DMARC1; p=none"} }, StatusSkipped, AuthorityNone, "not enforcement"},
		{"organisation with sp=none", func(s *scene) {
			s.subdomain()
			s.zone["TXT _dmarc."+bimitest.Domain] = []string{"v=DMARC1; p=reject; sp=none"}
		}, StatusSkipped, AuthorityNone, "subdomains"},
		{"organisation's policy down", func(s *scene) { s.subdomain(); s.zone["TXT _dmarc."+bimitest.Domain] = []string{"SERVFAIL"} }, StatusTempError, AuthorityNone, "servfail"},
		{"two selector fields", func(s *scene) { s.in.Selectors = []string{"v=BIMI1; s=a", "v=BIMI1; s=a"} }, StatusFail, AuthorityNone, "2 BIMI-Selector"},
		{"signed selector without record", func(s *scene) { s.in.Selectors, s.in.SelectorSigned = []string{"v=BIMI1; s=a"}, true }, StatusNone, AuthorityNone, "a._bimi"},
		{"no record", func(s *scene) { delete(s.zone, name) }, StatusNone, AuthorityNone, "no record"},
		{"other records only", func(s *scene) { s.zone[name] = []string{"v=spf1 -all", "V=BIMI1; l="} }, StatusNone, AuthorityNone, "no record"},
		{"record down", func(s *scene) { s.zone[name] = []string{"SERVFAIL"} }, StatusTempError, AuthorityNone, "servfail"},
		{"two records", func(s *scene) { s.zone[name] = []string{record, record + ";"} }, StatusFail, AuthorityNone, "2 records"},
		{"bad record", func(s *scene) { s.zone[name] = []string{"v=BIMI1; l=http://bank.example/x.svg"} }, StatusFail, AuthorityNone, "not https"},
		{"declined", func(s *scene) { s.zone[name] = []string{"v=BIMI1; l=; a=;"} }, StatusDeclined, AuthorityNone, "declines"},
		{"logo gone", func(s *scene) { delete(s.web, logoURL) }, StatusFail, AuthorityFail, "404"},
		{"logo down", func(s *scene) { s.web[logoURL] = Fetched{Status: FetchTempError, Reason: "timeout"} }, StatusTempError, AuthorityFail, "timeout"},
		{"another logo", func(s *scene) { s.web[logoURL] = okay([]byte(svgOf(""))) }, StatusFail, AuthorityFail, "not that of"},
		{"logo is a bomb", func(s *scene) { s.web[logoURL] = okay(zip(make([]byte, 20<<20))) }, StatusFail, AuthorityFail, "unpacks"},
		{"logo is a page", func(s *scene) { s.web[logoURL] = okay([]byte("<html/>")) }, StatusFail, AuthorityFail, "acts"},
		{"certificate gone", func(s *scene) { delete(s.web, vmcURL) }, StatusFail, AuthorityFail, "404"},
		{"certificate down", func(s *scene) { s.web[vmcURL] = Fetched{Status: FetchTempError, Reason: "timeout"} }, StatusTempError, AuthorityFail, "timeout"},
		{"another's certificate", func(s *scene) {
			s.web[vmcURL] = okay(bimitest.PEM(s.m.Leaf(func(l *bimitest.Leaf) { l.Template.DNSNames = []string{"other.example"} }), s.m.Inter))
		}, StatusFail, AuthorityFail, "other.example"},
		{"revocation list down", func(s *scene) { delete(s.web, bimitest.CRLURL) }, StatusTempError, AuthorityFail, "could not be used"},
		{"before its time", func(s *scene) { s.in.At = bimitest.Noon().AddDate(-1, 0, 0) }, StatusFail, AuthorityFail, "not valid before"},
		{"after its time", func(s *scene) { s.in.At = bimitest.Noon().AddDate(1, 0, 0) }, StatusFail, AuthorityFail, "expired"},
		{"another root", func(s *scene) { s.m.anchors = DefaultAnchors() }, StatusFail, AuthorityFail, "unknown authority"},
	} {
		s := newScene(t)
		tt.change(s)
		r := s.validate()
		if r.Status != tt.status || r.Authority != tt.auth || !strings.Contains(r.Reason, tt.says) || r.Verified() {
			t.Errorf("%s: Validate = %s, authority %s, %q, verified %v; want %s, %s, %q, not verified",
				tt.name, r.Status, r.Authority, r.Reason, r.Verified(), tt.status, tt.auth, tt.says)
		}
	}
}

// subdomain makes the message come from a subdomain with its own policy.
func (s *scene) subdomain() {
	s.in.Auth.FromDomain = "mail." + bimitest.Domain
	s.in.Auth.Policy.Domain = "mail." + bimitest.Domain
}

// TestLookup: where the record is found, and under which selector.
func TestLookup(t *testing.T) {
	const self = "v=BIMI1; l=" + logoURL
	for _, tt := range []struct {
		name   string
		change func(s *scene)
		at     string
		asked  int
	}{
		{"default", func(*scene) {}, "default._bimi.bank.example", 1},
		{"of the organisation", func(s *scene) { s.subdomain() }, "default._bimi.bank.example", 3},
		{"of the subdomain first", func(s *scene) { s.subdomain(); s.zone["TXT default._bimi.mail.bank.example"] = []string{self} }, "default._bimi.mail.bank.example", 2},
		{"through a CNAME", func(s *scene) {
			s.zone = dnstest.Zone{"CNAME default._bimi.bank.example": {"x.host.example"}, "TXT x.host.example": {self}}
		}, "default._bimi.bank.example", 1},
		{"signed selector", func(s *scene) {
			s.in.Selectors, s.in.SelectorSigned = []string{"v=BIMI1; s=Spring"}, true
			s.zone["TXT spring._bimi.bank.example"] = []string{self}
		}, "spring._bimi.bank.example", 1},
		{"unsigned selector", func(s *scene) {
			s.in.Selectors = []string{"v=BIMI1; s=spring"}
			s.zone["TXT spring._bimi.bank.example"] = []string{self}
		}, "default._bimi.bank.example", 1},
		{"signed selector that cannot be read", func(s *scene) { s.in.Selectors, s.in.SelectorSigned = []string{"s=x"}, true }, "default._bimi.bank.example", 1},
		{"local part", func(s *scene) {
			s.in.LocalPart = "News.Letter+7"
			s.zone["TXT default._bimi.bank.example"] = []string{self + "; lps=news"}
			s.zone["TXT news-letter._bimi.bank.example"] = []string{self}
		}, "news-letter._bimi.bank.example", 2},
		{"local part without a record", func(s *scene) {
			s.in.LocalPart = "newsroom"
			s.zone["TXT default._bimi.bank.example"] = []string{self + "; lps=news"}
		}, "default._bimi.bank.example", 2},
		{"local part that is not listed", func(s *scene) {
			s.in.LocalPart = "service"
			s.zone["TXT default._bimi.bank.example"] = []string{self + "; lps=news"}
		}, "default._bimi.bank.example", 1},
		{"local part with a bad record", func(s *scene) {
			s.in.LocalPart = "news"
			s.zone["TXT default._bimi.bank.example"] = []string{self + "; lps=news"}
			s.zone["TXT news._bimi.bank.example"] = []string{"v=BIMI1; l=x"}
		}, "default._bimi.bank.example", 2},
	} {
		s := newScene(t)
		tt.change(s)
		rec := &dnstest.Recorder{Resolver: s.zone}
		c := &Checker{Anchors: s.m.anchors}
		r := c.Validate(t.Context(), rec, s.web, s.in)
		if r.Status != StatusPass || r.Record.Name != tt.at || len(rec.Asked()) != tt.asked {
			t.Errorf("%s: %s %q at %+v, asked %q; want pass at %s with %d questions", tt.name, r.Status, r.Reason, r.Record, rec.Asked(), tt.at, tt.asked)
		}
	}
}

// TestSelfAsserted: a logo without a certificate passes, and proves nothing.
func TestSelfAsserted(t *testing.T) {
	s := newScene(t)
	s.zone["TXT default._bimi."+bimitest.Domain] = []string{"v=BIMI1; l=" + logoURL}
	if r := s.validate(); r.Status != StatusPass || r.Authority != AuthorityNone || !r.SelfAsserted() || r.Verified() || r.Mark != nil {
		t.Errorf("Validate = %+v, want a pass that is self-asserted", r)
	}
}

// TestCMC: a common mark is told from a verified one.
func TestCMC(t *testing.T) {
	s := newScene(t)
	leaf := s.m.Leaf(func(l *bimitest.Leaf) {
		l.Template.Subject.ExtraNames = bimitest.SubjectWith("1.3.6.1.4.1.53087.1.13", "Prior Use Mark", "1.3.6.1.4.1.53087.1.3", "", "1.3.6.1.4.1.53087.1.4", "")
		l.Template.ExtraExtensions = append(l.Template.ExtraExtensions, bimitest.Pilot())
	})
	s.web[vmcURL] = okay(bimitest.PEM(leaf, s.m.Inter))
	r := s.validate()
	if !r.Verified() || r.Mark.Kind != CMC || r.Mark.Type != PriorUseMark || !r.Mark.Pilot || len(r.Mark.Warnings) == 0 {
		t.Errorf("Validate = %s %q, mark %+v; want a verified pilot CMC with a warning", r.Status, r.Reason, r.Mark)
	}
	if got := r.AuthenticationResults(); !strings.Contains(got, `policy.mark-type="Prior Use Mark" policy.experimental=yes`) {
		t.Errorf("AuthenticationResults = %s", got)
	}
}

func TestStrict(t *testing.T) {
	s := newScene(t)
	c := &Checker{Anchors: s.m.anchors, Strict: true}
	if r := c.Validate(t.Context(), s.zone, s.web, s.in); r.Status != StatusSkipped {
		t.Errorf("by SPF alone: %s, want skipped", r.Status)
	}
	s.in.Auth.Results = append(s.in.Auth.Results, analyze.AuthResult{Method: analyze.MethodDKIM, Result: analyze.ResultPass, Witness: analyze.WitnessVerified, Aligned: true})
	if r := c.Validate(t.Context(), s.zone, s.web, s.in); !r.Verified() {
		t.Errorf("signed: %s %q, want Verified", r.Status, r.Reason)
	}
}

func TestInspect(t *testing.T) {
	dmarc := "TXT _dmarc." + bimitest.Domain
	for _, tt := range []struct {
		name, policy string
		want         Status
	}{
		{"enforced", "v=DMARC1; p=quarantine", StatusPass},
		{"not enforced", "v=DMARC1; p=none", StatusSkipped},
		{"half", "v=DMARC1; p=quarantine; pct=99", StatusSkipped},
		{"testing", "v=DMARC1; p=reject; t=y", StatusSkipped},
		{"unreadable", "v=DMARC1; p=reject; p=none", StatusSkipped},
		{"down", "SERVFAIL", StatusTempError},
		{"none", "NXDOMAIN", StatusSkipped},
	} {
		s := newScene(t)
		s.zone[dmarc] = []string{tt.policy}
		c := &Checker{Anchors: s.m.anchors}
		r := c.Inspect(t.Context(), s.zone, s.web, Query{Domain: "Bank.Example.", At: bimitest.Noon()})
		if r.Status != tt.want || r.Verified() || r.Authority != AuthorityPass {
			t.Errorf("%s: Inspect = %s %q, authority %s, verified %v; want %s, pass, not verified", tt.name, r.Status, r.Reason, r.Authority, r.Verified(), tt.want)
		}
	}
}

func TestAuthenticationResults(t *testing.T) {
	r := newScene(t).validate()
	want := `bimi=pass header.d=bank.example header.selector=default policy.authority=pass ` +
		`policy.authority-uri="https://logo.bank.example/vmc.pem" policy.indicator-uri="https://logo.bank.example/logo.svg" ` +
		`policy.indicator-hash=` + r.LogoHash + ` policy.logo-preference=brand policy.mark-type="Registered Mark"`
	if got := r.AuthenticationResults(); got != want {
		t.Errorf("AuthenticationResults =\n%s, want\n%s", got, want)
	}
	bad := Result{Status: StatusFail, Domain: "a\r\nX: y", Selector: `"; dkim=pass`, Reason: "\x00\"\\é"}
	if got, want := bad.AuthenticationResults(), `bimi=fail reason="?\"\\?" header.d="a??X: y" header.selector="\"; dkim=pass"`; got != want {
		t.Errorf("AuthenticationResults = %s, want %s", got, want)
	}
}

// TestReplay: a verdict can be judged again from both transcripts.
func TestReplay(t *testing.T) {
	s := newScene(t)
	c := &Checker{Anchors: s.m.anchors}
	names, fetches := dns.NewSession(s.zone, 0), NewSession(s.web, 0)
	first := c.Validate(t.Context(), names, fetches, s.in)
	blob, err := json.Marshal(fetches.Transcript())
	if err != nil {
		t.Fatal(err)
	}
	var back []Fetched
	if err := json.Unmarshal(blob, &back); err != nil {
		t.Fatal(err)
	}
	if len(back) != 3 {
		t.Errorf("transcript of %d, want logo, certificate and revocation list", len(back))
	}
	again := new(Checker)
	again.Anchors = s.m.anchors
	second := again.Validate(t.Context(), dns.Replay(names.Transcript()), Replay(back), s.in)
	if !reflect.DeepEqual(first, second) || !second.Verified() {
		t.Errorf("replayed %+v, want %+v", second, first)
	}
	if r := again.Validate(t.Context(), s.zone, Replay(nil), s.in); r.Status != StatusTempError {
		t.Errorf("with an empty transcript: %s, want temperror", r.Status)
	}
	if r := again.Validate(t.Context(), s.zone, Offline{}, s.in); r.Status != StatusTempError || r.Verified() {
		t.Errorf("offline: %s, want temperror", r.Status)
	}
}
