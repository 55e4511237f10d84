package bimi

import (
	"context"
	"fmt"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/dns"
)

// lookup is where a record is looked for.
type lookup struct {
	author, org, selector, local string
}

// found is a record with the selector that led to it.
type found struct {
	Record
	selector string
}

// find looks for the record: under the author domain, then under its
// organisational domain. A record of a sender's own (lps=) goes before the
// domain's (draft-brand-indicators-for-message-identification section 7.2).
// A custom selector never falls back to "default".
func (l lookup) find(ctx context.Context, r dns.Resolver) (found, Status, string) {
	domain := l.author
	rec, status, why := at(ctx, r, l.selector, domain)
	if status == StatusNone && l.org != "" && l.org != l.author {
		domain = l.org
		rec, status, why = at(ctx, r, l.selector, domain)
	}
	out := found{rec, l.selector}
	if status != StatusPass || len(rec.Prefixes) == 0 {
		return out, status, why
	}
	label, ok := localSelector(l.local)
	if !ok || !rec.claimsLocal(label) {
		return out, status, why
	}
	own, status, why := at(ctx, r, label, domain)
	switch status {
	case StatusPass:
		return found{own, label}, status, why
	case StatusTempError:
		return out, status, why // which logo is the right one cannot be told
	}
	return out, StatusPass, ""
}

// at asks for one record.
func at(ctx context.Context, r dns.Resolver, selector, domain string) (Record, Status, string) {
	name := strings.ToLower(selector) + "._bimi." + domain
	a := r.Resolve(ctx, name, "TXT")
	if a.Status == analyze.DNSTempError {
		return Record{}, StatusTempError, "looking up " + name + ": " + a.Reason
	}
	var all []string
	for _, t := range dns.TXT(a) {
		if IsRecord(t) {
			all = append(all, t)
		}
	}
	switch len(all) {
	case 0:
		return Record{}, StatusNone, "no record at " + name
	case 1:
	default:
		return Record{}, StatusFail, fmt.Sprintf("%d records at %s", len(all), name)
	}
	rec, err := ParseRecord(all[0])
	rec.Name = name
	if err != nil {
		return rec, StatusFail, err.Error()
	}
	return rec, StatusPass, ""
}

// selectorOf gives the selector of a message. The check's name is empty where
// there was nothing to check; ok is false where BIMI must not go on.
func selectorOf(in Input) (selector string, c Check, ok bool) {
	switch {
	case len(in.Selectors) == 0:
		return defaultSelector, Check{}, true
	case len(in.Selectors) > 1:
		return "", Check{CheckSelector, Fail, fmt.Sprintf("%d BIMI-Selector fields", len(in.Selectors))}, false
	case !in.SelectorSigned:
		return defaultSelector, Check{CheckSelector, Pass, "the BIMI-Selector field is not signed, so it is ignored"}, true
	}
	if s, ok := ParseSelector(in.Selectors[0]); ok {
		return s, Check{CheckSelector, Pass, "selector " + s}, true
	}
	return defaultSelector, Check{CheckSelector, Pass, "the BIMI-Selector field cannot be read, so it is ignored"}, true
}

// ParseSelector reads the value of a BIMI-Selector field: "v=BIMI1; s=name",
// v= first. A selector is one or more labels of letters, digits, hyphens and
// underscores.
func ParseSelector(value string) (string, bool) {
	if len(value) > maxRecord || !IsRecord(value) {
		return "", false
	}
	tags, err := parseTags(value)
	if err != nil {
		return "", false
	}
	s := strings.ToLower(tags["s"])
	for label := range strings.SplitSeq(s, ".") {
		if !isLDH(strings.ReplaceAll(label, "_", "-")) {
			return "", false
		}
	}
	return s, len(s) <= maxLabel*2
}
