package auth

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"reportascam/analyze"
)

// ErrResults is returned, wrapped with what is wrong, when an
// Authentication-Results value breaks RFC 8601 in a way that is not known
// from genuine providers, or can be read in two ways. The results that were
// found are given with it.
var ErrResults = errors.New("auth: malformed Authentication-Results")

const (
	// maxResultsBytes bounds one field's value. The longest genuine one, of a
	// message with dozens of signatures, has 6 KB.
	maxResultsBytes = 64 << 10
	// maxResults and maxProps bound what is kept of one field.
	maxResults = 200
	maxProps   = 50
)

// Prop is a property of a result, such as header.from=example.org (RFC 8601
// section 2.2).
type Prop struct {
	Type  string // "smtp", "header", "body", "policy", lower case; empty for Microsoft's action=
	Name  string // lower case
	Value string // without quotes, as written
}

// MethodResult is one result of one mechanism.
type MethodResult struct {
	Method  string // lower case: "dkim"
	Version string // "1" of dkim/1; empty when not stated
	Result  string // lower case, as written: "pass"
	Reason  string // reason=, without quotes
	Comment string // the comments within the result, joined
	Props   []Prop // in order
	Doubt   string // why a pass here is not to be believed; empty when nothing speaks against it
}

// Get gives the value of a property. It is ambiguous, and ok is false, when
// it stands there with two different values.
func (r MethodResult) Get(typ, name string) (value string, ok bool) {
	for _, p := range r.Props {
		if p.Type != typ || p.Name != name {
			continue
		}
		if ok && !strings.EqualFold(value, p.Value) {
			return "", false
		}
		value, ok = p.Value, true
	}
	return value, ok
}

// Results is an Authentication-Results value.
type Results struct {
	AuthServ string // authserv-id, lower case; empty in Microsoft's form
	Version  string // of the field's format; empty when not stated
	Results  []MethodResult
}

// ParseResults reads the value of an Authentication-Results field (RFC 8601
// section 2.2), or Microsoft's form without an authserv-id. Nothing inside
// quotes or comments is ever taken for a result. The error wraps ErrResults;
// what could be read is given beside it.
//
// Providers copy names from the message into comments and values without
// escaping them, so a quote, a parenthesis or a backslash may be the sender's.
// The value is therefore read in every way in which a careless writer may have
// meant it, and a pass that does not come out of each reading gets a Doubt.
func ParseResults(value string) (Results, error) {
	var cut string
	if len(value) > maxResultsBytes {
		value, cut = value[:maxResultsBytes], "too long"
	}
	res, fault := readResults(value, reading{backslash: true})
	for _, other := range otherReadings(value) {
		alt, _ := readResults(value, other)
		seen := make(map[string]bool, len(alt.Results))
		for i := range alt.Results {
			seen[alt.Results[i].key()] = true
		}
		for i := range res.Results {
			if r := &res.Results[i]; r.Doubt == "" && !seen[r.key()] {
				r.Doubt = "its quoting can be read in two ways"
				if resultWord(r.Method, r.Result) == analyze.ResultPass {
					fault = cmp.Or(fault, r.Doubt)
				}
			}
		}
	}
	doubtContradictions(res.Results)
	if fault = cmp.Or(cut, fault); fault != "" {
		return res, fmt.Errorf("%w: %s", ErrResults, fault)
	}
	return res, nil
}

// otherReadings gives the readings in which value may differ from RFC 8601's.
func otherReadings(value string) []reading {
	backslash, quote := strings.Contains(value, `\`), strings.Contains(value, `"`)
	var out []reading
	if quote {
		out = append(out, reading{backslash: true, quoteInComment: true})
	}
	if backslash {
		out = append(out, reading{})
	}
	if backslash && quote {
		out = append(out, reading{quoteInComment: true})
	}
	return out
}

func (r *MethodResult) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q/%q=%q %q", r.Method, r.Version, r.Result, r.Reason)
	for _, p := range r.Props {
		fmt.Fprintf(&b, " %q.%q=%q", p.Type, p.Name, p.Value)
	}
	return b.String()
}

// doubtContradictions doubts a DMARC or SPF pass beside another result of the
// same mechanism for the same identity in one field: one provider judges one
// message once, so one of them may have been slipped in.
func doubtContradictions(rs []MethodResult) {
	type judged struct{ method, name string }
	results := make(map[judged]string)
	clash := make(map[judged]bool)
	of := func(r *MethodResult) judged {
		if r.Method == "dmarc" {
			return judged{"dmarc", ""}
		}
		_, scope, _ := r.identity()
		return judged{r.Method, scope}
	}
	for i := range rs {
		r := &rs[i]
		if r.Method != "dmarc" && r.Method != "spf" {
			continue
		}
		k := of(r)
		if before, ok := results[k]; ok && before != r.Result {
			clash[k] = true
		}
		results[k] = r.Result
	}
	for i := range rs {
		if r := &rs[i]; r.Doubt == "" && clash[of(r)] {
			r.Doubt = "another result beside it contradicts it"
		}
	}
}

// String gives the value in the form of RFC 8601, on one line. Comments are
// left out, and so are methods and properties whose names are no keywords.
// Parsing it gives the same line again.
func (r Results) String() string {
	var b strings.Builder
	b.WriteString(quoteValue(cmp.Or(strings.TrimRight(printable(r.AuthServ), "."), "unknown")))
	if isDigits(r.Version) {
		b.WriteString(" " + r.Version)
	}
	none := true
	for _, m := range r.Results {
		if !isKeyword(m.Method) {
			continue
		}
		none = false
		b.WriteString("; " + m.Method)
		if isDigits(m.Version) {
			b.WriteString("/" + m.Version)
		}
		b.WriteString("=" + quoteValue(m.Result))
		if reason := printable(m.Reason); reason != "" {
			b.WriteString(" reason=" + quoteValue(reason))
		}
		for _, p := range m.Props {
			switch {
			case p.Type == "" && isKeyword(p.Name):
				b.WriteString(" " + p.Name + "=" + quoteValue(p.Value))
			case isKeyword(p.Type) && isKeyword(p.Name):
				b.WriteString(" " + p.Type + "." + p.Name + "=" + quoteValue(p.Value))
			}
		}
	}
	if none {
		b.WriteString("; none")
	}
	return b.String()
}

// isKeyword tells what RFC 5321 section 4.1.2 calls Keyword, underscores
// taken along, as in arc_overridden_status.
func isKeyword(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// printable drops control characters.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, s)
}

// quoteValue writes a value as a token where it can be one, else as a quoted
// string (RFC 5322 section 3.2.4).
func quoteValue(s string) string {
	s = printable(s)
	if s != "" && !strings.ContainsAny(s, " ;()=\"\\<>,") {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// resultWord gives a result word of RFC 8601 section 2.7 or of the wild.
func resultWord(method, s string) analyze.Result {
	switch s {
	case "pass":
		return analyze.ResultPass
	case "none", "bestguesspass", "skipped":
		// QUIRK: Microsoft's bestguesspass means that there is no DMARC record.
		return analyze.ResultNone
	case "fail", "hardfail":
		return analyze.ResultFail
	case "softfail":
		if method == "spf" || method == "compauth" {
			return analyze.ResultSoftFail
		}
		return analyze.ResultFail
	case "neutral":
		return analyze.ResultNeutral
	case "policy":
		return analyze.ResultPolicy
	case "temperror", "tempfail", "temp_error", "error", "timeout":
		return analyze.ResultTempError
	case "permerror", "permfail", "perm_error":
		return analyze.ResultPermError
	}
	return analyze.ResultUnknown
}

// resultMethods are the mechanisms that make evidence.
var resultMethods = map[string]analyze.Method{
	"spf": analyze.MethodSPF, "dkim": analyze.MethodDKIM, "dmarc": analyze.MethodDMARC,
	"arc": analyze.MethodARC, "compauth": analyze.MethodCompAuth, "bimi": analyze.MethodBIMI,
}

// identity gives the domain that a result is about, its scope (SPF:
// "mailfrom" or "helo"), and why a pass cannot be evidence.
func (r *MethodResult) identity() (domain, scope, doubt string) {
	switch r.Method {
	case "dkim":
		return r.dkimDomain()
	case "dmarc":
		domain, doubt = r.domainOf("header", "from")
		return domain, "", doubt
	case "bimi":
		domain, doubt = r.domainOf("header", "d")
		return domain, "", doubt
	case "spf":
		// QUIRK: Google wrote smtp.mail= until 2016, others smtp.mfrom=.
		for _, name := range []string{"mailfrom", "mail", "mfrom"} {
			if domain, doubt = r.domainOf("smtp", name); domain != "" || doubt != "" {
				return domain, "mailfrom", doubt
			}
		}
		domain, doubt = r.domainOf("smtp", "helo")
		return domain, "helo", doubt
	}
	return "", "", ""
}

// dkimDomain takes the SDID, or the domain of the AUID, which RFC 6376
// section 3.5 requires to be the SDID or under it.
func (r *MethodResult) dkimDomain() (domain, scope, doubt string) {
	d, doubtD := r.domainOf("header", "d")
	i, doubtI := r.domainOf("header", "i")
	switch {
	case doubtD != "" || doubtI != "":
		return "", "", cmp.Or(doubtD, doubtI)
	case d == "":
		return i, "", ""
	case i != "" && i != d && !strings.HasSuffix(i, "."+d):
		return d, "", "header.i is not within header.d"
	}
	return d, "", ""
}

// domainOf gives the domain of a property that holds a domain or an address.
func (r *MethodResult) domainOf(typ, name string) (domain, doubt string) {
	v, ok := r.Get(typ, name)
	if !ok {
		if slices.ContainsFunc(r.Props, func(p Prop) bool { return p.Type == typ && p.Name == name }) {
			return "", "two values of " + typ + "." + name
		}
		return "", ""
	}
	v = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(v), "<"), ">")
	if v == "" || r.Method == "dkim" && v == "none" {
		return "", "" // QUIRK: Microsoft writes header.d=none for unsigned mail.
	}
	if i := strings.LastIndexByte(v, '@'); i >= 0 {
		if strings.Contains(v[:i], "@") && !strings.HasPrefix(v, `"`) {
			return "", "two @ in " + typ + "." + name
		}
		v = v[i+1:]
	}
	if domain = asciiDomain(v); !strings.Contains(domain, ".") { // a single label is nobody's
		return "", "no domain in " + typ + "." + name
	}
	return domain, ""
}

// maxReason bounds the reason that is kept of a result, in octets.
const maxReason = 200

// auth gives the result as evidence; ok is false for mechanisms that make none.
func (r *MethodResult) auth(authServ string, w analyze.Witness) (a analyze.AuthResult, ok bool) {
	m, ok := resultMethods[r.Method]
	if !ok {
		return a, false
	}
	domain, scope, doubt := r.identity()
	a = analyze.AuthResult{Method: m, Result: resultWord(r.Method, r.Result), Witness: w,
		Domain: domain, Scope: scope, AuthServ: authServ, Reason: r.why()}
	if m == analyze.MethodDKIM {
		if s, ok := r.Get("header", "s"); ok {
			a.Selector = clip(s, maxReason)
		}
		if s, ok := r.Get("header", "a"); ok {
			a.Algorithm = clip(strings.ToLower(s), maxReason)
		}
	}
	if doubt = cmp.Or(r.Doubt, doubt); doubt != "" && a.Result == analyze.ResultPass {
		a.Result, a.Reason = analyze.ResultUnknown, "a pass that is not believed: "+doubt
	}
	return a, true
}

// why gives the reason of a result: its own, else its comment, and Microsoft's
// action.
func (r *MethodResult) why() string {
	parts := make([]string, 0, 2)
	switch {
	case r.Reason != "" && r.Method == "compauth":
		parts = append(parts, "reason="+r.Reason)
	case r.Reason != "" || r.Comment != "":
		parts = append(parts, cmp.Or(r.Reason, r.Comment))
	}
	if r.Result == "bestguesspass" {
		parts = append(parts, r.Result)
	}
	if action, ok := r.Get("", "action"); ok {
		parts = append(parts, "action="+action)
	}
	return clip(strings.Join(parts, "; "), maxReason)
}
