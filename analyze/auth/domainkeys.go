package auth

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha1" // the only hash of RFC 4870
	"errors"
	"io"
	"slices"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/eml"
)

// domainKey is a parsed DomainKey-Signature field (RFC 4870 section 3.3).
type domainKey struct {
	signature      // algorithm, b, d=, s= and h=; signed is nil without h=
	nofws     bool // c=nofws, else simple
}

// Faults of a DomainKey-Signature, in the words of a Reason.
var (
	errDKSender = errors.New("the message has no sender whose domain the signature could be for")
	errDKDomain = errors.New("signing domain is not the sender's, nor above it")
)

// domainKeys verifies the DomainKey-Signature fields, top first, at most limit
// of them.
func (d *dkimCheck) domainKeys(ctx context.Context, r dns.Resolver, limit int) []analyze.AuthResult {
	var out []analyze.AuthResult
	for _, i := range d.index["domainkey-signature"] {
		if len(out) >= limit {
			break
		}
		sig, err := parseDomainKey(fieldValue(d.header, i))
		res := analyze.AuthResult{Method: analyze.MethodDomainKeys, Domain: sig.domain, Selector: sig.selector, Algorithm: sig.algorithm}
		if err != nil {
			res.Result, res.Reason = analyze.ResultNeutral, err.Error()
		} else if f := d.judgeDomainKey(ctx, r, i, sig, &res); f != nil {
			res.Result, res.Reason = f.Result, f.Reason
		} else {
			res.Result = analyze.ResultPass
		}
		out = append(out, res)
	}
	return out
}

// parseDomainKey reads the value of a DomainKey-Signature field. With an error
// it still gives what was read up to there.
func parseDomainKey(value string) (domainKey, error) {
	s := domainKey{signature: signature{algorithm: "rsa-sha1", keyType: "rsa", hash: crypto.SHA1, sha1: true, length: noLimit}}
	if len(value) > maxField {
		return s, errSigLong
	}
	tags, err := parseTags(value)
	if err != nil {
		return s, err
	}
	if a, ok := tags.get("a"); ok && lowerASCII(a) != s.algorithm {
		s.algorithm = lowerASCII(a)
		return s, errSigAlgo
	}
	tags = slices.DeleteFunc(tags, func(t tag) bool { return t.name == "i" }) // of DKIM: means nothing here
	if err := s.readNames(tags); err != nil {
		return s, err
	}
	switch c, _ := tags.get("c"); lowerASCII(c) {
	case "simple":
	case "nofws":
		s.nofws = true
	default:
		return s, errSigCanon
	}
	h, listed := tags.get("h")
	if listed {
		s.signed = splitColons(lowerASCII(h))
		if len(s.signed) > maxSigned || slices.ContainsFunc(s.signed, func(n string) bool { return !isFieldName(n) }) {
			return s, errSigFields
		}
	}
	// QUIRK: q= must be there, but Gmail's signatures of 2008 to 2011, with h=
	// in each, have none. One that says neither where its key is nor what it
	// signed was made by no signer known, and is refused.
	if q, ok := tags.get("q"); ok && lowerASCII(q) != "dns" || !ok && !listed {
		return s, errSigQuery
	}
	b, ok := tags.get("b")
	if !ok {
		return s, errSigMissing
	}
	if s.b, err = decode64(b); err != nil || len(s.b) == 0 {
		return s, errSigBase64
	}
	return s, nil
}

// judgeDomainKey verifies signature number field; nil means that it holds.
func (d *dkimCheck) judgeDomainKey(ctx context.Context, r dns.Resolver, field int, sig domainKey, res *analyze.AuthResult) *fault {
	sender, err := sig.sender(d.header, field)
	if err != nil {
		return &fault{Result: analyze.ResultPermError, Reason: err.Error()}
	}
	keys, f := d.cache.fetch(ctx, r, sig.domain, sig.selector)
	if f != nil {
		return f
	}
	w := sha1.New()
	sig.write(w, d.header, d.index, field, d.body)
	sum := w.Sum(nil)
	for _, k := range keys {
		res.KeyBits = k.bits
		k.strict = false // t=s is of DKIM
		if f = k.allows(sig.signature); f == nil {
			f = k.grants(sender.Local, true)
		}
		if f == nil {
			f = k.historicWeak()
		}
		if f != nil {
			continue
		}
		ok, made := k.historicVerify(sig.signature, sum)
		switch {
		case ok:
			return nil
		case made:
			return &fault{Result: analyze.ResultFail, Reason: reasonSigBad + ": the message was changed"}
		}
		f = &fault{Result: analyze.ResultFail, Reason: reasonSigBad + ": it was not made with the published key"}
	}
	return f
}

// sender gives the address that the signature is for (RFC 4870 section 3.5.1):
// of the first Sender, or else From, below the signature and covered by it.
func (s domainKey) sender(h eml.Header, field int) (eml.Address, error) {
	for _, name := range []string{"sender", "from"} {
		if s.signed != nil && !slices.Contains(s.signed, name) {
			continue
		}
		for i := field + 1; i < len(h.Fields); i++ {
			if lowerASCII(trimFWS(h.Fields[i].Name)) != name {
				continue
			}
			list, _ := eml.ParseAddresses(fieldValue(h, i))
			if len(list) == 0 || asciiDomain(list[0].Domain) == "" {
				return eml.Address{}, errDKSender
			}
			if !isWithin(asciiDomain(list[0].Domain), s.domain) {
				return list[0], errDKDomain
			}
			return list[0], nil
		}
	}
	return eml.Address{}, errDKSender
}

// write writes what was signed to w (RFC 4870 section 3.4.2): the header fields
// below the signature, an empty line and the body, without the empty lines at
// the end of all that.
func (s domainKey) write(w io.Writer, h eml.Header, index map[string][]int, field int, body []byte) {
	var buf []byte
	for _, i := range s.covered(len(h.Fields), index, field) {
		if !s.nofws {
			buf = canonHeader(canonSimple, h.RawField(i), buf)
			continue
		}
		for _, c := range h.RawField(i) {
			if !isFWS(c) {
				buf = append(buf, c)
			}
		}
		buf = append(buf, '\r', '\n')
	}
	_, _ = w.Write(buf) // a hash never fails (package hash)
	out := &bodyWriter{w: w, left: noLimit}
	blank := 1 // the line between header and body
	for len(body) > 0 {
		line, end, _ := nextLine(body, 0)
		body = body[end:]
		if empty := len(line) == 0; empty || s.nofws && len(bytes.TrimLeft(line, " \t\r\n")) == 0 {
			blank++
			continue
		}
		out.newlines(blank)
		if s.nofws {
			out.withoutFWS(line)
		} else {
			out.write(line)
		}
		blank = 1
	}
	if out.total > 0 {
		out.newlines(1)
	}
	out.flush()
}

// withoutFWS writes a line without any white space.
func (b *bodyWriter) withoutFWS(line []byte) {
	for len(line) > 0 {
		i := 0
		for i < len(line) && !isFWS(line[i]) {
			i++
		}
		b.write(line[:i])
		for i < len(line) && isFWS(line[i]) {
			i++
		}
		line = line[i:]
	}
}

// covered gives the numbers of the signed fields, of n, in the order in which
// they were signed. Only fields below the signature count. Without h= those are
// all; with it, in its order, and where a name stands in it more often, its
// last fields for the later ones and all that are left for the first.
func (s domainKey) covered(n int, index map[string][]int, field int) []int {
	var out []int
	if s.signed == nil {
		for i := field + 1; i < n; i++ {
			out = append(out, i)
		}
		return out
	}
	left, times := make(map[string][]int), make(map[string]int)
	for _, name := range s.signed {
		if times[name]++; times[name] == 1 {
			at := index[name]
			first, _ := slices.BinarySearch(at, field+1)
			left[name] = at[first:]
		}
	}
	for _, name := range slices.Backward(s.signed) {
		at := left[name]
		times[name]--
		from := 0
		if times[name] > 0 {
			from = max(len(at)-1, 0)
		}
		for _, i := range slices.Backward(at[from:]) {
			out = append(out, i)
		}
		left[name] = at[:from]
	}
	slices.Reverse(out)
	return out
}
