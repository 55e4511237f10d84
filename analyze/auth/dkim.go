package auth

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha1" // read only to say that it is no longer accepted
	"crypto/sha256"
	"hash"
	"sync"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/eml"
)

// maxSignatures is how many DKIM-Signature fields of one message are looked
// at: each may cost a DNS question and a pass over the body (RFC 6376 section
// 8.4 leaves the number to the verifier).
const maxSignatures = 8

// headerBuffer holds the signed part of most headers.
const headerBuffer = 2048

// Reasons of DKIM results that others match on.
const (
	reasonBodyHash = "body hash does not match"
	reasonBodyOnly = "body hash does not match; the header signature verifies, so only the body was changed"
	reasonSigBad   = "signature does not match"
	reasonRebuilt  = "the body was rebuilt by the forward"
)

// dkimCheck verifies the signatures of one message.
type dkimCheck struct {
	raw      []byte
	header   eml.Header
	body     []byte
	grade    analyze.Grade
	clock    clock
	said     words            // the boundary's results
	index    map[string][]int // of fieldIndex
	hashes   []bodyHash       // made so far, at most one a signature
	cache    *keyCache
	historic bool // read by the rules of its time: see historic.go
}

type bodyKind struct {
	c     canon
	sha1  bool
	limit int64
}

type bodyHash struct {
	kind  bodyKind
	sum   []byte
	total int64 // length of the whole canonical body
}

// signed is one signature on its way to a result.
type signed struct {
	field int
	sig   signature
	err   error
	keys  []publicKey
	fault *fault
}

// outcome of one signature.
type dkimOutcome struct {
	analyze.AuthResult
	covers bool // the whole body is signed
	at     int64
}

// run verifies all signatures, top first.
func (d *dkimCheck) run(ctx context.Context, r dns.Resolver) []dkimOutcome {
	if d.index == nil {
		d.index = fieldIndex(d.header)
	}
	var list []signed
	for _, i := range d.index["dkim-signature"] {
		if len(list) == maxSignatures {
			break
		}
		value := fieldValue(d.header, i)
		sig, err := parseSignature(value)
		if d.historic && (err == errSigVersion || err == errSigQuery) {
			err = historicForm(value)
		}
		list = append(list, signed{field: i, sig: sig, err: err})
	}
	d.fetchAll(ctx, r, list)
	out := make([]dkimOutcome, 0, len(list))
	for _, s := range list {
		out = append(out, d.judge(s))
	}
	return out
}

// fetchAll looks up the keys of all signatures at once; the usual one signature
// needs no other goroutine.
func (d *dkimCheck) fetchAll(ctx context.Context, r dns.Resolver, list []signed) {
	if len(list) == 1 {
		d.fetch(ctx, r, &list[0])
		return
	}
	var wg sync.WaitGroup
	for i := range list {
		wg.Go(func() { d.fetch(ctx, r, &list[i]) })
	}
	wg.Wait()
}

func (d *dkimCheck) fetch(ctx context.Context, r dns.Resolver, s *signed) {
	if s.err == nil && (!s.sig.sha1 || d.historic) {
		s.keys, s.fault = d.cache.fetch(ctx, r, s.sig.domain, s.sig.selector)
	}
}

// fieldIndex gives the fields of a header by lower-case name.
func fieldIndex(h eml.Header) map[string][]int {
	m := make(map[string][]int, len(h.Fields))
	once := make([]int, len(h.Fields)) // the first list of each name is cut from here
	for i, f := range h.Fields {
		name := lowerName(trimFWS(f.Name))
		if list, again := m[name]; again {
			m[name] = append(list, i)
			continue
		}
		once[i] = i
		m[name] = once[i : i+1 : i+1]
	}
	return m
}

// lowerName is lowerASCII for names of fields: the usual ones cost no memory.
func lowerName(s string) string {
	var near [24]byte // longer than those below
	if len(s) > len(near) {
		return lowerASCII(s)
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		near[i] = c
	}
	switch string(near[:len(s)]) {
	case "from":
		return "from"
	case "to":
		return "to"
	case "subject":
		return "subject"
	case "date":
		return "date"
	case "received":
		return "received"
	case "dkim-signature":
		return "dkim-signature"
	case "message-id":
		return "message-id"
	case "mime-version":
		return "mime-version"
	case "content-type":
		return "content-type"
	case "return-path":
		return "return-path"
	case "reply-to":
		return "reply-to"
	}
	return lowerASCII(s)
}

// fieldValue gives the raw value of field i.
func fieldValue(h eml.Header, i int) string {
	raw := h.RawField(i)
	colon := bytes.IndexByte(raw, ':')
	return string(raw[colon+1:])
}

// judge gives the result of one signature.
func (d *dkimCheck) judge(s signed) dkimOutcome {
	sig := s.sig
	o := dkimOutcome{at: sig.at, AuthResult: analyze.AuthResult{Method: analyze.MethodDKIM, Witness: analyze.WitnessVerified,
		Domain: sig.domain, Selector: sig.selector, Algorithm: sig.algorithm}}
	switch {
	case s.err == errSigFrom:
		o.Result, o.Reason = analyze.ResultPermError, s.err.Error() // RFC 6376 section 6.1.1
		return o
	case s.err != nil:
		o.Result, o.Reason = analyze.ResultNeutral, s.err.Error() // RFC 8601 section 2.7.1
		return o
	case sig.sha1 && !d.historic:
		o.Result, o.Reason = analyze.ResultPolicy, "rsa-sha1 is not accepted" // RFC 8301 section 3.1
		return o
	case s.fault != nil:
		f := d.settle(sig, s.fault)
		o.Result, o.Reason = f.Result, f.Reason
		return o
	}
	f := &fault{analyze.ResultPermError, reasonKeyGone, true}
	for _, k := range s.keys {
		next := d.tryKey(s, k, &o)
		if next == nil || f.byKey { // of several keys, the one that it was made with tells
			f = next
		}
		if f == nil {
			break
		}
	}
	if f != nil {
		f = d.settle(sig, f)
		o.Result, o.Reason = f.Result, f.Reason
		return o
	}
	d.pass(s, &o)
	return o
}

// tryKey verifies a signature with one key; nil means that it holds.
func (d *dkimCheck) tryKey(s signed, k publicKey, o *dkimOutcome) *fault {
	sig := s.sig
	o.KeyBits = k.bits
	if f := k.allows(sig); f != nil {
		return f
	}
	weak, verify := k.weak, k.verify
	if d.historic {
		if f := k.grants(sig.local, false); f != nil {
			return f
		}
		weak, verify = k.historicWeak, k.historicVerify
	}
	if f := weak(); f != nil {
		return f
	}
	body := d.bodyHash(sig)
	if sig.length > body.total {
		return &fault{Result: analyze.ResultPermError, Reason: "l= is longer than the body"} // RFC 6376 section 3.5
	}
	o.covers = sig.length == noLimit || sig.length == body.total
	bodyOK := bytes.Equal(body.sum, sig.bh)
	headerOK, madeByKey := verify(sig, headerHash(d.header, d.index, sig, s.field))
	switch {
	case bodyOK && headerOK:
		return nil
	case d.grade != analyze.GradeFull && headerOK:
		return &fault{Result: analyze.ResultUnknown, Reason: reasonRebuilt + "; the header signature verifies"}
	case d.grade != analyze.GradeFull && !bodyOK:
		return &fault{Result: analyze.ResultUnknown, Reason: reasonRebuilt}
	case d.grade != analyze.GradeFull:
		return &fault{Result: analyze.ResultUnknown, Reason: reasonSigBad + "; the forward may have changed the header"}
	case headerOK:
		return &fault{Result: analyze.ResultFail, Reason: reasonBodyOnly}
	case !bodyOK:
		return &fault{Result: analyze.ResultFail, Reason: reasonBodyHash}
	case madeByKey:
		return &fault{Result: analyze.ResultFail, Reason: reasonSigBad + ": signed header fields were changed"}
	case k.rsa != nil:
		return &fault{analyze.ResultFail, reasonSigBad + ": it was not made with the published key", true}
	}
	return &fault{analyze.ResultFail, reasonSigBad, true}
}

// allows tells whether the key record may be used for this signature (RFC
// 6376 section 6.1.2).
func (k publicKey) allows(sig signature) *fault {
	name := "sha256"
	if sig.sha1 {
		name = "sha1"
	}
	switch {
	case k.keyType() != sig.keyType:
		return &fault{analyze.ResultPermError, "key is of another type than the signature", true}
	case len(k.hashes) > 0 && !containsFold(k.hashes, name):
		return &fault{analyze.ResultPermError, "key does not allow this hash (h=)", true}
	case k.strict && sig.identity != sig.domain:
		return &fault{analyze.ResultPermError, "key does not allow subdomains (t=s)", true}
	}
	return nil
}

func containsFold(list []string, s string) bool {
	for _, it := range list {
		if lowerASCII(it) == s {
			return true
		}
	}
	return false
}

// newHash gives the signature's hash.
func (s signature) newHash() hash.Hash {
	if s.sha1 {
		return sha1.New()
	}
	return sha256.New()
}

// bodyHash hashes the body once for each kind that signatures ask for.
func (d *dkimCheck) bodyHash(sig signature) bodyHash {
	kind := bodyKind{sig.body, sig.sha1, sig.length}
	for _, h := range d.hashes {
		if h.kind == kind {
			return h
		}
	}
	w := sig.newHash()
	total := canonBody(sig.body, d.body, sig.length, w)
	h := bodyHash{kind, w.Sum(nil), total}
	d.hashes = append(d.hashes, h)
	return h
}

// headerHash hashes the signed fields and the signature itself, which is
// number field (RFC 6376 sections 3.7, 5.4.2; RFC 8617 section 4.1.2):
// instances of a name are taken from the bottom up, a name without an instance
// left stands for nothing.
func headerHash(h eml.Header, index map[string][]int, sig signature, field int) []byte {
	taken := make([]bool, len(h.Fields))
	taken[field] = true // the signature itself is never in its own list
	var near [headerBuffer]byte
	buf := near[:0]
	for _, name := range sig.signed {
		at := index[name]
		i := len(at) - 1
		for i >= 0 && taken[at[i]] {
			i--
		}
		if i >= 0 {
			taken[at[i]] = true
			buf = canonHeader(sig.header, h.RawField(at[i]), buf)
		}
	}
	buf = canonSignature(sig.header, h.RawField(field), buf)
	if sig.sha1 {
		sum := sha1.Sum(buf)
		return sum[:]
	}
	sum := sha256.Sum256(buf)
	return sum[:]
}

// verify tells whether the signature over sum holds, and if not, whether it
// was nevertheless made with this very key, over something else.
func (k publicKey) verify(sig signature, sum []byte) (ok, madeByKey bool) {
	if k.ed != nil {
		// RFC 8463 section 3: PureEdDSA over the hash.
		return ed25519.Verify(k.ed, sum, sig.b), false
	}
	if rsa.VerifyPKCS1v15(k.rsa, sig.hash, sum, sig.b) == nil {
		return true, true
	}
	return false, k.padded(sig.b)
}
