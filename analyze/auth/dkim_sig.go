package auth

import (
	"crypto"
	"errors"
	"slices"
	"strconv"
	"strings"
)

const (
	maxSigned = 1000 // header fields that one signature may list; honest ones list under 60
	maxField  = 1 << 16
	// clockSkew is how far ahead of us a signer's clock may be.
	clockSkew = 24 * 60 * 60 // seconds
)

// signature is a parsed DKIM-Signature field (RFC 6376 section 3.5), or the
// part of an ARC set that is like one.
type signature struct {
	algorithm string // a= as written, lower case
	keyType   string // rsa or ed25519
	hash      crypto.Hash
	sha1      bool
	b, bh     []byte
	header    canon
	body      canon
	domain    string   // d=, A-labels, lower case
	selector  string   // s=, likewise
	identity  string   // the domain of i=, likewise; d= when absent
	local     string   // the local part of i=, which only historic reading asks for
	signed    []string // h=, lower case, in order
	length    int64    // l=, or noLimit
	at        int64    // t=, 0 when absent
	expires   int64    // x=, 0 when absent
}

// Errors of a signature, in the words of a Reason.
var (
	errSigLong     = errors.New("signature field too long")
	errSigVersion  = errors.New("signature version is not 1")
	errSigMissing  = errors.New("signature lacks a required tag")
	errSigAlgo     = errors.New("signature algorithm is not known")
	errSigCanon    = errors.New("canonicalisation is not known")
	errSigBase64   = errors.New("signature is not base64")
	errSigDomain   = errors.New("signing domain is not a domain name")
	errSigSelector = errors.New("selector is not a domain name")
	errSigIdentity = errors.New("identity (i=) is not within the signing domain")
	errSigNumber   = errors.New("number in the signature does not parse")
	errSigQuery    = errors.New("key is not published in the DNS (q=)")
	errSigExpires  = errors.New("signature expires before it was made")
	errSigFrom     = errors.New("the From field is not signed")
	errSigFields   = errors.New("list of signed fields (h=) does not parse")
)

// parseSignature reads the value of a DKIM-Signature field. With an error it
// still gives what was read up to there.
func parseSignature(value string) (signature, error) {
	s := signature{length: noLimit}
	if len(value) > maxField {
		return s, errSigLong
	}
	tags, err := parseTags(value)
	if err != nil {
		return s, err
	}
	if err := s.readNames(tags); err != nil {
		return s, err
	}
	if err := s.readCore(tags); err != nil {
		return s, err
	}
	bh, ok := tags.get("bh")
	if !ok {
		return s, errSigMissing
	}
	if s.bh, err = decode64(bh); err != nil || len(s.bh) == 0 {
		return s, errSigBase64
	}
	if err := s.readFields(tags); err != nil {
		return s, err
	}
	if err := s.readLimits(tags); err != nil {
		return s, err
	}
	if q, ok := tags.get("q"); ok && !slices.Contains(splitColons(lowerASCII(q)), "dns/txt") {
		return s, errSigQuery
	}
	if v, ok := tags.get("v"); !ok || v != "1" {
		return s, errSigVersion
	}
	return s, nil
}

// readNames reads d=, s= and i=.
func (s *signature) readNames(tags tagList) error {
	d, ok1 := tags.get("d")
	sel, ok2 := tags.get("s")
	if !ok1 || !ok2 {
		return errSigMissing
	}
	// RFC 8616 section 5: U-labels become A-labels before any look-up.
	if s.domain = asciiDomain(d); s.domain == "" {
		return errSigDomain
	}
	if s.selector = asciiDomain(sel); s.selector == "" {
		return errSigSelector
	}
	s.identity = s.domain
	if i, ok := tags.get("i"); ok {
		i = unquotePrintable(i)
		at := strings.LastIndexByte(i, '@')
		if at < 0 {
			return errSigIdentity
		}
		s.local = i[:at]
		if s.identity = asciiDomain(i[at+1:]); !isWithin(s.identity, s.domain) {
			return errSigIdentity
		}
	}
	return nil
}

// unquotePrintable undoes dkim-quoted-printable (RFC 6376 section 2.11): "="
// and two upper-case hexadecimal digits are one octet.
func unquotePrintable(s string) string {
	if strings.IndexByte(s, '=') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '=' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				out = append(out, byte(n))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

// readCore reads a=, b= and c=.
func (s *signature) readCore(tags tagList) error {
	a, ok := tags.get("a")
	if !ok {
		return errSigMissing
	}
	s.algorithm = lowerASCII(a)
	var hash string
	s.keyType, hash, _ = strings.Cut(s.algorithm, "-")
	switch {
	case hash == "sha256" && (s.keyType == "rsa" || s.keyType == "ed25519"):
		s.hash = crypto.SHA256
	case s.algorithm == "rsa-sha1":
		s.hash, s.sha1 = crypto.SHA1, true
	default:
		return errSigAlgo
	}
	b, ok := tags.get("b")
	if !ok {
		return errSigMissing
	}
	var err error
	if s.b, err = decode64(b); err != nil || len(s.b) == 0 {
		return errSigBase64
	}
	if c, ok := tags.get("c"); ok {
		h, bd, both := strings.Cut(c, "/")
		if !both {
			bd = "simple" // RFC 6376 section 3.5
		}
		var ok1, ok2 bool
		s.header, ok1 = parseCanon(h)
		s.body, ok2 = parseCanon(bd)
		if !ok1 || !ok2 {
			return errSigCanon
		}
	}
	return nil
}

func parseCanon(s string) (canon, bool) {
	switch lowerASCII(trimFWS(s)) {
	case "simple":
		return canonSimple, true
	case "relaxed":
		return canonRelaxed, true
	}
	return canonSimple, false
}

// readFields reads h=.
func (s *signature) readFields(tags tagList) error {
	h, ok := tags.get("h")
	if !ok {
		return errSigMissing
	}
	s.signed = splitColons(lowerASCII(h))
	if len(s.signed) > maxSigned || slices.ContainsFunc(s.signed, func(n string) bool { return !isFieldName(n) }) {
		return errSigFields
	}
	if !slices.Contains(s.signed, "from") {
		return errSigFrom // RFC 6376 section 5.4: From MUST be signed
	}
	return nil
}

// isFieldName tells whether s can name a header field (RFC 5322 section 3.6.8).
func isFieldName(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return s != ""
}

// readLimits reads l=, t= and x=.
func (s *signature) readLimits(tags tagList) error {
	for _, n := range []struct {
		name string
		to   *int64
	}{{"l", &s.length}, {"t", &s.at}, {"x", &s.expires}} {
		v, ok := tags.get(n.name)
		if !ok {
			continue
		}
		if *n.to, ok = parseNumber(v); !ok {
			return errSigNumber
		}
	}
	if s.expires != 0 && s.at != 0 && s.expires <= s.at {
		return errSigExpires // RFC 6376 section 3.5: x= MUST be greater than t=
	}
	return nil
}
