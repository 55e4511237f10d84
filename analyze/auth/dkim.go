package auth

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	_ "crypto/sha1" // read only to say that it is no longer accepted
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

// Reasons of DKIM results that others match on.
const (
	reasonBodyHash = "body hash does not match"
	reasonBodyOnly = "body hash does not match; the header signature verifies, so only the body was changed"
	reasonSigBad   = "signature does not match"
	reasonRebuilt  = "the body was rebuilt by the forward"
)

// dkimCheck verifies the signatures of one message.
type dkimCheck struct {
	raw    []byte
	header eml.Header
	body   []byte
	grade  analyze.Grade
	clock  clock
	said   words            // the boundary's results
	index  map[string][]int // fields by lower-case name, in order
	hashes []bodyHash       // made so far, at most one a signature
	legacy bool             // tests only: accept rsa-sha1, small keys and drafts of the standard
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
	d.index = fieldIndex(d.header)
	var list []signed
	for _, i := range d.index["dkim-signature"] {
		if len(list) == maxSignatures {
			break
		}
		sig, err := parseSignature(fieldValue(d.header, i))
		if d.legacy && (err == errSigVersion || err == errSigQuery) {
			err = nil
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

// fetchAll looks up the keys of all signatures at once; the last of them here,
// so that the usual one signature needs no other goroutine.
func (d *dkimCheck) fetchAll(ctx context.Context, r dns.Resolver, list []signed) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for i := range list {
		s := &list[i]
		if s.err != nil || s.sig.sha1 && !d.legacy {
			continue
		}
		fetch := func() { s.keys, s.fault = fetchKeys(ctx, r, s.sig.domain, s.sig.selector) }
		if i == len(list)-1 {
			fetch()
		} else {
			wg.Go(fetch)
		}
	}
}

// fieldIndex gives the fields of a header by lower-case name.
func fieldIndex(h eml.Header) map[string][]int {
	m := make(map[string][]int, len(h.Fields))
	for i, f := range h.Fields {
		name := lowerASCII(trimFWS(f.Name))
		m[name] = append(m[name], i)
	}
	return m
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
	case sig.sha1 && !d.legacy:
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
	if f := k.weak(); f != nil && !d.legacy {
		return f
	}
	body := d.bodyHash(sig)
	if sig.length > body.total {
		return &fault{Result: analyze.ResultPermError, Reason: "l= is longer than the body"} // RFC 6376 section 3.5
	}
	o.covers = sig.length == noLimit || sig.length == body.total
	bodyOK := bytes.Equal(body.sum, sig.bh)
	headerOK, madeByKey := k.verify(sig, d.headerHash(s))
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
		return crypto.SHA1.New()
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

// headerHash hashes the signed fields and the signature itself (RFC 6376
// sections 3.7, 5.4.2): instances of a field are taken from the bottom up, a
// name without an instance left stands for nothing.
func (d *dkimCheck) headerHash(s signed) []byte {
	w := s.sig.newHash()
	used := make(map[string]int, len(s.sig.signed))
	var buf []byte
	for _, name := range s.sig.signed {
		at := d.index[name]
		i := len(at) - 1 - used[name]
		if name == "dkim-signature" && i >= 0 && at[i] == s.field {
			used[name]++
			i-- // the signature itself is never in its own list
		}
		if i < 0 {
			continue
		}
		used[name]++
		buf = canonHeader(s.sig.header, d.header.RawField(at[i]), buf[:0])
		_, _ = w.Write(buf)
	}
	buf = canonSignature(s.sig.header, d.header.RawField(s.field), buf[:0])
	_, _ = w.Write(buf)
	return w.Sum(nil)
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
