package bimi

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// ErrRecord is returned when a record that starts as a BIMI record cannot be
// used. It wraps what is wrong with it.
var ErrRecord = errors.New("bimi: bad record")

const (
	// maxRecord bounds the text of a record. Two URLs of 2,000 octets and
	// a list of prefixes fit.
	maxRecord = 8192
	// maxPrefixes bounds lps=: each is at most 63 octets and the record is
	// bounded, so that this is never reached by an honest record.
	maxPrefixes = 100
	// maxLabel is the length of a DNS label (RFC 1035 section 2.3.4).
	maxLabel = 63
	// maxURL bounds a URL, in octets, as browsers and caches do.
	maxURL = 2048
)

// Preference says whose picture the domain owner wants shown (avp=).
type Preference string

// The preferences.
const (
	PreferBrand    Preference = "brand"
	PreferPersonal Preference = "personal"
)

// Record is an assertion record (draft-brand-indicators-for-message-
// identification section 4).
type Record struct {
	Name       string     `json:"name,omitempty"` // where it was found
	Text       string     `json:"text"`
	Location   string     `json:"l"`             // https URL of the logo; empty when declined
	Authority  string     `json:"a,omitempty"`   // https URL of the evidence document; empty: none
	Preference Preference `json:"avp"`           // brand unless said otherwise
	Prefixes   []string   `json:"lps,omitempty"` // local parts that have records of their own
}

// Declined tells whether the domain owner declines to take part.
func (r Record) Declined() bool { return r.Location == "" && r.Authority == "" }

// IsRecord tells whether a TXT record claims to be an assertion record: its
// first tag is v=BIMI1, in exactly this case.
func IsRecord(text string) bool {
	first, _, _ := strings.Cut(text, ";")
	name, value, ok := strings.Cut(first, "=")
	return ok && trim(name) == "v" && trim(value) == "BIMI1"
}

// ParseRecord reads an assertion record. Any error wraps ErrRecord.
func ParseRecord(text string) (Record, error) {
	rec := Record{Text: text, Preference: PreferBrand}
	if len(text) > maxRecord {
		return rec, fmt.Errorf("%w: longer than %d octets", ErrRecord, maxRecord)
	}
	if !IsRecord(text) {
		return rec, fmt.Errorf("%w: it does not start with v=BIMI1", ErrRecord)
	}
	tags, err := parseTags(text)
	if err != nil {
		return rec, err
	}
	location, ok := tags["l"]
	if !ok {
		return rec, fmt.Errorf("%w: no l= tag", ErrRecord)
	}
	rec.Location, rec.Authority = location, tags["a"]
	if tags["avp"] == string(PreferPersonal) {
		rec.Preference = PreferPersonal
	}
	if rec.Prefixes, err = parsePrefixes(tags["lps"]); err != nil {
		return rec, err
	}
	if rec.Declined() {
		return rec, nil
	}
	if err := checkLocation(location); err != nil {
		return rec, fmt.Errorf("%w: l=: %w", ErrRecord, err)
	}
	if rec.Authority != "" {
		if _, err := checkURL(rec.Authority, false); err != nil {
			return rec, fmt.Errorf("%w: a=: %w", ErrRecord, err)
		}
	}
	return rec, nil
}

// parseTags reads a tag list (RFC 6376 section 3.2). A tag given twice is an
// error, since readers would differ on which one counts.
func parseTags(text string) (map[string]string, error) {
	tags := make(map[string]string)
	for part := range strings.SplitSeq(text, ";") {
		if trim(part) == "" {
			continue
		}
		name, value, ok := strings.Cut(part, "=")
		name = trim(name)
		if !ok || !isTagName(name) {
			return nil, fmt.Errorf("%w: %q is no tag", ErrRecord, trim(part))
		}
		if _, twice := tags[name]; twice {
			return nil, fmt.Errorf("%w: tag %s= twice", ErrRecord, name)
		}
		tags[name] = trim(value)
	}
	return tags, nil
}

func isTagName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (i == 0 || s[i] != '_' && (s[i] < '0' || s[i] > '9')) {
			return false
		}
	}
	return s != ""
}

// parsePrefixes reads lps=: prefixes of local parts, each 1 to 63 letters,
// digits and hyphens.
func parsePrefixes(s string) ([]string, error) {
	if s == "" {
		return nil, nil
	}
	var out []string
	for p := range strings.SplitSeq(s, ",") {
		p = strings.ToLower(trim(p))
		if !isLDH(p) {
			return nil, fmt.Errorf("%w: lps=: %q is no prefix", ErrRecord, p)
		}
		if len(out) == maxPrefixes {
			return nil, fmt.Errorf("%w: lps=: over %d prefixes", ErrRecord, maxPrefixes)
		}
		out = append(out, p)
	}
	return out, nil
}

// isLDH tells whether s, in lower case, is 1 to 63 letters, digits and
// hyphens.
func isLDH(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return s != "" && len(s) <= maxLabel
}

// localSelector turns a local part into a label: what follows a plus sign is
// dropped, "_" and "." become hyphens, and hyphens are collapsed and trimmed.
func localSelector(local string) (string, bool) {
	local, _, _ = strings.Cut(strings.ToLower(local), "+")
	parts := strings.FieldsFunc(local, func(r rune) bool { return r == '-' || r == '_' || r == '.' })
	label := strings.Join(parts, "-")
	return label, isLDH(label)
}

// claimsLocal tells whether the record says that local has its own record.
func (r Record) claimsLocal(label string) bool {
	return slices.ContainsFunc(r.Prefixes, func(p string) bool { return strings.HasPrefix(label, p) })
}

// checkLocation holds the rules of l=: one https URL whose path ends in .svg
// or .svgz.
func checkLocation(s string) error {
	u, err := checkURL(s, false)
	if err != nil {
		return err
	}
	p := strings.ToLower(u.Path)
	if !strings.HasSuffix(p, ".svg") && !strings.HasSuffix(p, ".svgz") {
		return errors.New("its path ends neither in .svg nor in .svgz")
	}
	return nil
}

// checkURL holds the rules of every URL that may be fetched: https (or http,
// where that is allowed), a full domain name, nothing that two readers could
// understand in two ways.
func checkURL(s string, http bool) (*url.URL, error) {
	if len(s) > maxURL {
		return nil, fmt.Errorf("a URL of over %d octets", maxURL)
	}
	if i := strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("\\\"<>^`{|},", r) }); i >= 0 {
		return nil, fmt.Errorf("a character that no URL has here: %q", s[i])
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, errors.New("not a URL")
	}
	if u.Scheme != "https" && (!http || u.Scheme != "http") {
		return nil, fmt.Errorf("the scheme is %q, not https", u.Scheme)
	}
	if u.User != nil {
		return nil, errors.New("a user name in the URL")
	}
	if u.Opaque != "" || u.Host == "" {
		return nil, errors.New("no host")
	}
	if !isHostName(u.Hostname()) {
		return nil, fmt.Errorf("the host %q is no full domain name", u.Hostname())
	}
	return u, nil
}

// isHostName tells whether a host is a domain name of at least two labels and
// can be no IP address in any notation: the last label of a name is not a
// number (RFC 3696 section 2; WHATWG URL, "ends in a number").
func isHostName(host string) bool {
	labels := strings.Split(strings.ToLower(strings.TrimSuffix(host, ".")), ".")
	if len(host) > 253 || len(labels) < 2 {
		return false
	}
	for _, l := range labels {
		if !isLDH(l) || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
	}
	last := labels[len(labels)-1]
	return last[0] >= 'a' && last[0] <= 'z'
}

// canonical gives a domain as it stands in the DNS: A-labels in lower case,
// no final dot. A name that IDNA refuses stays as it is, in lower case.
func canonical(domain string) string {
	d := strings.ToLower(strings.TrimSuffix(trim(domain), "."))
	for i := 0; i < len(d); i++ {
		if d[i] >= 0x80 {
			p := idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))
			if a, err := p.ToASCII(d); err == nil {
				return a
			}
			return d
		}
	}
	return d
}

// trim drops the white space of RFC 6376 section 2.8.
func trim(s string) string { return strings.Trim(s, " \t\r\n") }
