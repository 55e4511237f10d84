package analyze

import (
	"fmt"
	"math"
	"runtime/debug"
	"slices"
)

// Scale turns the weights of hits into a score and a level. A score is the
// logistic function of Bias plus the weights of the hits, so that each weight
// is a step in log-odds. The zero Scale calls nothing suspicious.
type Scale struct {
	Bias       float64 // of a message of which nothing was found: far below suspicion
	Suspicious float64 // the score from which on a message is suspicious, 0..1
	Scam       float64 // and from which on it is a scam
}

// Score gives the score of a sum of weights, rounded so that it reads the same
// everywhere.
func (s Scale) Score(sum float64) float64 {
	return math.Round(1e4/(1+math.Exp(-s.Bias-sum))) / 1e4
}

// Engine asks its checks of the evidence and decides. It is safe for
// concurrent use.
type Engine struct {
	Checks  []Check
	Scale   Scale
	Ruleset string // the version of checks and weights, kept in every verdict
	// OnPanic is told of a check that panicked, which then has found nothing
	// out. It is our fault, not the message's. Nil tells nobody.
	OnPanic func(check string, value any, stack []byte)
}

// Learned gives the finding that carries what was learned from analysts, if
// there is any. It is pure.
type Learned func(ev *Evidence, findings []Finding) (Finding, bool)

// Judge runs every check on ev and decides. It is pure: the same evidence
// gives the same verdict. What was learned may be nil.
func (e *Engine) Judge(ev *Evidence, learned Learned) Verdict {
	findings := make([]Finding, 0, len(e.Checks)+1)
	for _, c := range e.Checks {
		findings = append(findings, e.ask(c, ev))
	}
	if learned != nil {
		if f, ok := learned(ev, findings); ok {
			findings = append(findings, f)
		}
	}
	v := Decide(e.Scale, ev, findings)
	v.Ruleset = e.Ruleset
	return v
}

// ask runs one check. A check that panics has found nothing out: unknown.
func (e *Engine) ask(c Check, ev *Evidence) (f Finding) {
	f = Finding{Check: c.Name, Status: Unknown, Cites: c.Cites}
	defer func() {
		if r := recover(); r != nil {
			if e.OnPanic != nil {
				e.OnPanic(c.Name, r, debug.Stack())
			}
			f = Finding{Check: c.Name, Status: Unknown, Cites: c.Cites,
				Says: fmt.Sprintf("This could not be checked: the check %q failed.", c.Name)}
		}
	}()
	out := c.Find(ev)
	f.Says, f.Spans = out.Says, out.Spans
	switch out.Status {
	case Hit:
		f.Status, f.Weight = Hit, c.Weight
	case Clear:
		f.Status = Clear
	}
	return f
}

// Decide turns findings into a verdict. Hits add their weight; clear and
// unknown add nothing, so that what could not be checked is never guilt.
// Above the sum stands one hard rule: authentic needs proof.
func Decide(s Scale, ev *Evidence, findings []Finding) Verdict {
	sum, guilt := 0.0, false
	for _, f := range findings {
		if f.Status != Hit {
			continue
		}
		sum += f.Weight
		guilt = guilt || f.Weight > 0
	}
	v := Verdict{Score: s.Score(sum), Findings: findings, Brand: MainBrand(ev)}
	switch {
	case s.Scam > 0 && v.Score >= s.Scam:
		v.Level = Scam
	case s.Suspicious > 0 && v.Score >= s.Suspicious:
		v.Level = Suspicious
	case !guilt && proven(ev):
		v.Level = Authentic
	default:
		v.Level = Unclear
	}
	return v
}

// BelievableClaim is the strength from which on a reader is taken to believe
// that the message comes from a brand.
const BelievableClaim = 0.5

// MainBrand gives the key of the brand that a reader would take the message
// to be from: the strongest claim, or none.
func MainBrand(ev *Evidence) string {
	best := BrandClaim{}
	for _, c := range ev.Claims {
		if c.Strength >= BelievableClaim && c.Strength > best.Strength {
			best = c
		}
	}
	return best.Brand
}

// proven tells whether the message is proven to come from the brand that it
// claims: intact bytes or a boundary's word, an aligned pass on a single From
// (see aligned), and a From domain that is the brand's own, or one whose
// verified mark names the holder where no other brand is claimed.
func proven(ev *Evidence) bool {
	if ev.Original == nil || ev.Original.Grade == GradeText {
		return false
	}
	if ev.Auth.FromDomain == "" || !aligned(ev) {
		return false
	}
	brand, from := MainBrand(ev), ev.Domains[ev.Auth.FromDomain]
	if from.Free || from.Sender {
		// Where a brand's customers write from its domain, or it sends for
		// others, the domain does not prove the brand.
		return false
	}
	if brand == "" {
		return ev.Mark.Trademark()
	}
	return from.Brand == brand && !(from.Unchecked && !ev.Mark.Trademark())
}

// aligned tells whether DMARC passes by a witness that this grade allows. Where
// its record could not be asked for, or the domain has none, an aligned DKIM
// pass proves the same: a DMARC pass is an aligned pass, whatever the policy
// (RFC 9989 section 4.4). So does SPF at the boundary for the very same name;
// for a name above or below it does not: mailing lists there pass on anyone's.
func aligned(ev *Evidence) bool {
	believed := func(w Witness) bool {
		return w == WitnessBoundary || w == WitnessVerified && ev.Original.Grade == GradeFull
	}
	dmarc := ev.Auth.DMARC()
	switch dmarc.Result {
	case ResultPass:
		return believed(dmarc.Witness)
	case ResultUnknown, ResultNone:
	default:
		return false
	}
	return slices.ContainsFunc(ev.Auth.Results, func(r AuthResult) bool {
		if r.Result != ResultPass || !r.Aligned || !believed(r.Witness) {
			return false
		}
		return r.Method == MethodDKIM || r.Method == MethodSPF && r.Scope != "helo" && r.Domain == ev.Auth.FromDomain
	})
}

// Worst gives the index of the worst verdict: by level, then by score. It is
// -1 for none.
func Worst(vs []Verdict) int {
	worst := -1
	for i, v := range vs {
		if worst < 0 || v.Level.Rank() > vs[worst].Level.Rank() ||
			v.Level.Rank() == vs[worst].Level.Rank() && v.Score > vs[worst].Score {
			worst = i
		}
	}
	return worst
}
