package analyze

import (
	"encoding/json"
	"strings"
	"testing"
)

func checkOf(name string, weight float64, out Outcome) Check {
	return Check{Name: name, Weight: weight, Find: func(*Evidence) Outcome { return out }}
}

var testScale = Scale{Bias: -3, Suspicious: 0.5, Scam: 0.85}

// genuine is evidence of a message that is proven to come from its brand.
func genuine() *Evidence {
	return &Evidence{
		Original: &Original{Grade: GradeFull},
		Auth: Auth{FromDomain: "bank.example", Results: []AuthResult{
			{Method: MethodDMARC, Result: ResultPass, Witness: WitnessVerified, Domain: "bank.example", Aligned: true}}},
		Claims:  []BrandClaim{{Brand: "bank", Strength: 0.9}},
		Domains: map[string]DomainInfo{"bank.example": {Brand: "bank"}},
	}
}

func TestDecideAuthenticNeedsProof(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Evidence)
		want   Level
	}{
		{"all proven", func(*Evidence) {}, Authentic},
		{"only text was kept", func(ev *Evidence) { ev.Original.Grade = GradeText }, Unclear},
		{"body rebuilt, our own word only", func(ev *Evidence) { ev.Original.Grade = GradeHeaders }, Unclear},
		{"body rebuilt, boundary's word", func(ev *Evidence) {
			ev.Original.Grade, ev.Auth.Results[0].Witness = GradeHeaders, WitnessBoundary
		}, Authentic},
		{"only claimed", func(ev *Evidence) { ev.Auth.Results[0].Witness = WitnessClaimed }, Unclear},
		{"DMARC unknown, aligned DKIM", func(ev *Evidence) {
			ev.Auth.Results[0].Result = ResultTempError
			ev.Auth.Results = append(ev.Auth.Results, AuthResult{Method: MethodDKIM, Result: ResultPass, Witness: WitnessVerified, Aligned: true})
		}, Authentic},
		{"DMARC unknown, DKIM of somebody else", func(ev *Evidence) {
			ev.Auth.Results[0].Result = ResultUnknown
			ev.Auth.Results = append(ev.Auth.Results, AuthResult{Method: MethodDKIM, Result: ResultPass, Witness: WitnessVerified})
		}, Unclear},
		{"DMARC unknown, aligned SPF", func(ev *Evidence) {
			ev.Auth.Results[0].Result = ResultUnknown
			ev.Auth.Results = append(ev.Auth.Results, AuthResult{Method: MethodSPF, Result: ResultPass, Witness: WitnessBoundary, Aligned: true})
		}, Unclear},
		{"DMARC unknown, SPF of the same name", func(ev *Evidence) {
			ev.Auth.Results[0].Result = ResultUnknown
			ev.Auth.Results = append(ev.Auth.Results, AuthResult{Method: MethodSPF, Result: ResultPass, Witness: WitnessBoundary, Domain: "bank.example", Aligned: true})
		}, Authentic},
		{"a domain known from one source alone", func(ev *Evidence) { ev.Domains["bank.example"] = DomainInfo{Brand: "bank", Unchecked: true} }, Unclear},
		{"one source, and a mark", func(ev *Evidence) {
			ev.Domains["bank.example"] = DomainInfo{Brand: "bank", Unchecked: true}
			ev.Mark = &Mark{Verified: true, Kind: "VMC"}
		}, Authentic},
		{"DMARC fails, aligned DKIM is claimed", func(ev *Evidence) {
			ev.Auth.Results[0].Result = ResultFail
			ev.Auth.Results = append(ev.Auth.Results, AuthResult{Method: MethodDKIM, Result: ResultPass, Witness: WitnessBoundary, Aligned: true})
		}, Unclear},
		{"DMARC unknown, aligned DKIM over a rebuilt body", func(ev *Evidence) {
			ev.Original.Grade, ev.Auth.Results[0].Result = GradeHeaders, ResultUnknown
			ev.Auth.Results = append(ev.Auth.Results, AuthResult{Method: MethodDKIM, Result: ResultPass, Witness: WitnessVerified, Aligned: true})
		}, Unclear},
		{"DMARC unknown", func(ev *Evidence) { ev.Auth.Results[0].Result = ResultUnknown }, Unclear},
		{"several From", func(ev *Evidence) { ev.Auth.FromDomain = "" }, Unclear},
		{"another brand is claimed", func(ev *Evidence) { ev.Claims[0].Brand = "post" }, Unclear},
		{"claim too weak", func(ev *Evidence) { ev.Claims[0].Strength = 0.2 }, Unclear},
		{"the brand's customers write from there", func(ev *Evidence) { ev.Domains["bank.example"] = DomainInfo{Brand: "bank", Free: true} }, Unclear},
		{"the brand sends for others", func(ev *Evidence) { ev.Domains["bank.example"] = DomainInfo{Brand: "bank", Sender: true} }, Unclear},
		{"no brand of ours, but a verified mark", func(ev *Evidence) {
			ev.Claims, ev.Domains, ev.Mark = nil, nil, &Mark{Verified: true, Kind: "VMC", Organisation: "Bank"}
		}, Authentic},
		{"a mark that is only in use", func(ev *Evidence) {
			ev.Claims, ev.Domains, ev.Mark = nil, nil, &Mark{Verified: true, Kind: "CMC"}
		}, Unclear},
		{"a mark that is not verified", func(ev *Evidence) {
			ev.Claims, ev.Domains, ev.Mark = nil, nil, &Mark{Kind: "VMC"}
		}, Unclear},
		{"a verified mark, and another's name", func(ev *Evidence) {
			ev.Domains, ev.Mark = nil, &Mark{Verified: true, Kind: "VMC"}
		}, Unclear},
		{"the domain is nobody's", func(ev *Evidence) { ev.Domains = nil }, Unclear},
		{"no original", func(ev *Evidence) { ev.Original = nil }, Unclear},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ev := genuine()
			tt.change(ev)
			if got := Decide(testScale, ev, nil).Level; got != tt.want {
				t.Errorf("Decide = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestJudgeCountsOnlyHits(t *testing.T) {
	tests := []struct {
		name   string
		checks []Check
		want   Level
	}{
		{"nothing", nil, Authentic},
		{"unknown is no guilt", []Check{checkOf("a", 9, Outcome{Status: Unknown})}, Authentic},
		{"clear adds nothing", []Check{checkOf("a", 9, Outcome{Status: Clear})}, Authentic},
		{"any hit that points to a scam ends authentic", []Check{checkOf("a", 0.1, Outcome{Status: Hit})}, Unclear},
		{"a hit that only informs does not", []Check{checkOf("a", 0, Outcome{Status: Hit})}, Authentic},
		{"even odds", []Check{checkOf("a", 3, Outcome{Status: Hit})}, Suspicious},
		{"strong", []Check{checkOf("a", 3, Outcome{Status: Hit}), checkOf("b", 2, Outcome{Status: Hit})}, Scam},
		{"a panic is unknown", []Check{{Name: "a", Weight: 9, Find: func(*Evidence) Outcome { panic("x") }}}, Authentic},
		{"a status that is no status is unknown", []Check{checkOf("a", 9, Outcome{Status: "yes"})}, Authentic},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var panicked []string
			e := Engine{Checks: tt.checks, Scale: testScale, Ruleset: "r1", OnPanic: func(check string, _ any, _ []byte) { panicked = append(panicked, check) }}
			got := e.Judge(genuine(), nil)
			if wantPanic := strings.Contains(tt.name, "panic"); wantPanic != (len(panicked) == 1) {
				t.Errorf("Judge told of panics in %v, want one: %v", panicked, wantPanic)
			}
			if got.Level != tt.want || got.Ruleset != "r1" || len(got.Findings) != len(tt.checks) {
				t.Errorf("Judge = %s (%v), ruleset %q, %d findings; want %s", got.Level, got.Score, got.Ruleset, len(got.Findings), tt.want)
			}
		})
	}
}

func TestWorst(t *testing.T) {
	vs := []Verdict{{Level: Authentic, Score: 0.9}, {Level: Suspicious, Score: 0.5}, {Level: Suspicious, Score: 0.6}, {Level: Unclear, Score: 0.7}}
	if got := Worst(vs); got != 2 {
		t.Errorf("Worst = %d, want 2", got)
	}
	if got := Worst(nil); got != -1 {
		t.Errorf("Worst(nil) = %d, want -1", got)
	}
}

func TestMailboxJSON(t *testing.T) {
	tests := []struct {
		in   Mailbox
		want string
	}{
		{Mailbox{}, `{"name":null,"address":null}`},
		{Mailbox{Address: "a@b.example"}, `{"name":null,"address":"a@b.example"}`},
		{Mailbox{Name: `"x"`, Address: "a@b.example"}, `{"name":"\"x\"","address":"a@b.example"}`},
	}
	for _, tt := range tests {
		b, err := json.Marshal(tt.in)
		if err != nil || string(b) != tt.want {
			t.Errorf("Marshal(%+v) = %s, %v, want %s", tt.in, b, err, tt.want)
		}
		var back Mailbox
		if err := json.Unmarshal(b, &back); err != nil || back != tt.in {
			t.Errorf("Unmarshal(%s) = %+v, %v, want %+v", b, back, err, tt.in)
		}
	}
}

func TestAuthProven(t *testing.T) {
	r := func(m Method, res Result, w Witness, aligned bool) AuthResult {
		return AuthResult{Method: m, Result: res, Witness: w, Aligned: aligned}
	}
	tests := []struct {
		name string
		in   []AuthResult
		want Witness
	}{
		{"nothing", nil, ""},
		{"aligned DKIM", []AuthResult{r(MethodDKIM, ResultPass, WitnessVerified, true)}, WitnessVerified},
		{"DKIM of somebody else", []AuthResult{r(MethodDKIM, ResultPass, WitnessVerified, false)}, ""},
		{"claimed", []AuthResult{r(MethodDMARC, ResultPass, WitnessClaimed, true)}, ""},
		{"own check before the boundary's", []AuthResult{r(MethodSPF, ResultPass, WitnessBoundary, true),
			r(MethodDKIM, ResultPass, WitnessVerified, true)}, WitnessVerified},
		{"ARC proves nothing by itself", []AuthResult{r(MethodARC, ResultPass, WitnessVerified, true)}, ""},
	}
	for _, tt := range tests {
		a := Auth{FromDomain: "a.example", Results: tt.in}
		if _, got, _ := a.Proven(); got != tt.want {
			t.Errorf("%s: Proven witness = %q, want %q", tt.name, got, tt.want)
		}
	}
}
