package auth

import (
	"strconv"
	"strings"

	"reportascam/analyze"
)

// dmarcRecord is a policy record as far as it is used (RFC 9989 section 4.7).
type dmarcRecord struct {
	p, sp, np   string // none, quarantine, reject; sp and np may be ""
	strictDKIM  bool
	strictSPF   bool
	testing     bool   // t=y
	psd         string // y, n or u
	pct         int    // RFC 7489
	text        string
	adkim, aspf string // as published, "" when absent
}

// isDMARC tells whether a TXT record is a policy record: its first tag is v,
// with just that value (RFC 9989 section 4.7).
func isDMARC(txt string) bool {
	first, _, _ := strings.Cut(txt, ";")
	name, value, ok := strings.Cut(first, "=")
	return ok && lowerASCII(trimFWS(name)) == "v" && trimFWS(value) == "DMARC1"
}

// parseDMARC reads a record that isDMARC, as found in the wild: any case and
// spacing, unknown tags and broken ones passed over, the first of two counts.
// ok is false where no DMARC processing follows: no valid p, and no reporting
// address that would make it p=none (RFC 9989 section 4.7).
func parseDMARC(txt string) (rec dmarcRecord, ok bool) {
	rec = dmarcRecord{psd: "u", pct: 100, text: txt}
	tags := map[string]string{}
	for spec := range strings.SplitSeq(txt, ";") {
		name, value, has := strings.Cut(spec, "=")
		name = lowerASCII(trimFWS(name))
		if _, again := tags[name]; !has || again || len(tags) == maxTags {
			continue
		}
		tags[name] = trimFWS(value)
	}
	word := func(name string) string { return lowerASCII(tags[name]) }
	rec.strictDKIM, rec.strictSPF = word("adkim") == "s", word("aspf") == "s"
	rec.adkim, rec.aspf = relaxedOrStrict(word("adkim")), relaxedOrStrict(word("aspf"))
	rec.testing = word("t") == "y"
	if psd := word("psd"); psd == "y" || psd == "n" {
		rec.psd = psd
	}
	if n, err := strconv.Atoi(tags["pct"]); err == nil && 0 <= n && n <= 100 {
		rec.pct = n
	}
	valid := isPolicy(word("p"))
	for _, name := range []string{"sp", "np"} {
		if _, has := tags[name]; has && !isPolicy(word(name)) {
			valid = false
		}
	}
	if !valid {
		rec.p = "none"
		return rec, hasReportURI(tags["rua"])
	}
	rec.p, rec.sp, rec.np = word("p"), word("sp"), word("np")
	return rec, true
}

func relaxedOrStrict(s string) string {
	if s == "r" || s == "s" {
		return s
	}
	return ""
}

func isPolicy(s string) bool { return s == "none" || s == "quarantine" || s == "reject" }

// hasReportURI tells whether rua= holds a reporting address.
func hasReportURI(rua string) bool {
	for uri := range strings.SplitSeq(rua, ",") {
		scheme, rest, ok := strings.Cut(trimFWS(uri), ":")
		if ok && lowerASCII(scheme) == "mailto" && strings.IndexByte(rest, '@') > 0 {
			return true
		}
	}
	return false
}

// weaker is the policy one step down, which t=y asks for (RFC 9989 section
// 4.7).
func weaker(p string) string {
	if p == "reject" {
		return "quarantine"
	}
	return "none"
}

// policy gives the record in the words of the evidence, for a From domain
// that is the record's own domain (self), or one that does not exist.
func (rec dmarcRecord) policy(domain string, self, nonexistent bool) *analyze.DMARCPolicy {
	eff := rec.p
	if !self {
		if rec.sp != "" {
			eff = rec.sp
		}
		if nonexistent && rec.np != "" {
			eff = rec.np
		}
	}
	if rec.testing {
		eff = weaker(eff)
	}
	return &analyze.DMARCPolicy{Domain: domain, P: rec.p, SP: rec.sp, NP: rec.np, ADKIM: rec.adkim, ASPF: rec.aspf,
		Testing: rec.testing, Pct: rec.pct, Effective: eff, Record: rec.text}
}
