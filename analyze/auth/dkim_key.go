package auth

import (
	"context"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	stdasn1 "encoding/asn1"
	"math/big"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"reportascam/analyze"
	"reportascam/analyze/dns"
)

const (
	minRSABits = 1024  // RFC 8301 section 3.2: smaller ones MUST NOT count
	maxRSABits = 8192  // verifying costs grow with the square; honest keys have at most 4096
	maxKeyText = 16384 // octets of a key record; an 8192-bit key has about 1,500
	maxKeys    = 4     // key records tried at one name; one is right (RFC 6376 section 3.6.2.2)
)

// fault is why something could not be verified: the result that follows, and
// the reason in words.
type fault struct {
	Result analyze.Result
	Reason string
	byKey  bool // another key record could cure it
}

// Reasons that others match on.
const (
	reasonKeyGone    = "key not found (selector gone)"
	reasonKeyRevoked = "key revoked"
)

// publicKey is a key record that can be used (RFC 6376 section 3.6.1).
type publicKey struct {
	rsa     *rsa.PublicKey    // one of these two is set
	ed      ed25519.PublicKey // RFC 8463
	bits    int
	hashes  []string // h=, empty for any
	testing bool     // t=y: the signer is testing DKIM
	strict  bool     // t=s: i= must be at d= itself, no subdomain
	grain   string   // g= of RFC 4871, "*" when absent: read historically only, RFC 6376 dropped it
}

// keyType gives rsa or ed25519.
func (k publicKey) keyType() string {
	if k.ed != nil {
		return "ed25519"
	}
	return "rsa"
}

// fetch gives all usable keys there, at least one, or why there is none.
func (c *keyCache) fetch(ctx context.Context, r dns.Resolver, domain, selector string) ([]publicKey, *fault) {
	a := r.Resolve(ctx, selector+"._domainkey."+domain, "TXT")
	switch a.Status {
	case analyze.DNSTempError:
		return nil, &fault{Result: analyze.ResultTempError, Reason: "key could not be looked up: " + a.Reason}
	case analyze.DNSOK:
	default:
		return nil, &fault{analyze.ResultPermError, reasonKeyGone, true}
	}
	var keys []publicKey
	var first *fault
	for _, txt := range a.Records {
		k, f := c.parse(txt)
		switch {
		case f == nil && len(keys) < maxKeys:
			keys = append(keys, k)
		case f != nil && (first == nil || first.Reason == reasonKeyGone):
			first = f
		}
	}
	if len(keys) > 0 {
		return keys, nil
	}
	if first == nil {
		first = &fault{analyze.ResultPermError, reasonKeyGone, true}
	}
	return nil, first
}

// parseKey reads a key record. A text that is none at all (an SPF record of a
// wildcard, say) is as good as no record.
func parseKey(txt string) (publicKey, *fault) {
	bad := func(why string) (publicKey, *fault) {
		return publicKey{}, &fault{analyze.ResultPermError, why, true}
	}
	if len(txt) > maxKeyText {
		return bad("key record too long")
	}
	tags, err := parseTags(txt)
	if err != nil {
		if looksForeign(txt) {
			return bad(reasonKeyGone)
		}
		return bad("key record: " + err.Error())
	}
	if v, ok := tags.get("v"); ok && (v != "DKIM1" || tags[0].name != "v") {
		if looksForeign(txt) {
			return bad(reasonKeyGone)
		}
		return bad("key record: not version DKIM1")
	}
	p, ok := tags.get("p")
	if !ok {
		return bad(reasonKeyGone)
	}
	k := publicKey{grain: "*"}
	if g, ok := tags.get("g"); ok {
		k.grain = g
	}
	if h, ok := tags.get("h"); ok {
		k.hashes = splitColons(h)
	}
	if s, ok := tags.get("s"); ok {
		if list := splitColons(s); !slices.Contains(list, "*") && !slices.Contains(list, "email") {
			return bad("key is not for email (s=)")
		}
	}
	if t, ok := tags.get("t"); ok {
		flags := splitColons(t)
		k.testing, k.strict = slices.Contains(flags, "y"), slices.Contains(flags, "s")
	}
	if p = dropFWS(p); p == "" {
		return bad(reasonKeyRevoked) // RFC 6376 section 3.6.1
	}
	kind, ok := tags.get("k")
	if !ok {
		kind = "rsa"
	}
	return k.decode(kind, p)
}

// looksForeign tells a record of another protocol by its version.
func looksForeign(txt string) bool {
	txt = strings.ToLower(trimFWS(txt))
	return strings.HasPrefix(txt, "v=") && !strings.HasPrefix(txt, "v=dkim")
}

// decode adds the key itself.
func (k publicKey) decode(kind, p string) (publicKey, *fault) {
	raw, err := decode64(p)
	if err != nil {
		return publicKey{}, &fault{analyze.ResultPermError, "key record: the key is not base64", true}
	}
	switch kind {
	case "rsa":
		if k.rsa = parseRSA(raw); k.rsa == nil {
			return publicKey{}, &fault{analyze.ResultPermError, "key record: not an RSA key", true}
		}
		k.bits = k.rsa.N.BitLen()
	case "ed25519":
		if len(raw) != ed25519.PublicKeySize { // RFC 8463 section 4.2: the octets alone
			return publicKey{}, &fault{analyze.ResultPermError, "key record: not an Ed25519 key", true}
		}
		k.ed, k.bits = ed25519.PublicKey(raw), 8*len(raw)
	default:
		return publicKey{}, &fault{analyze.ResultPermError, "key record: unknown key type", true}
	}
	return k, nil
}

// parseRSA reads SubjectPublicKeyInfo, as all publish it, or RSAPublicKey, as
// RFC 6376 section 3.6.1 says it (erratum 3017 has both). It gives nil for
// anything else.
func parseRSA(der []byte) *rsa.PublicKey {
	if k := plainSPKI(der); k != nil {
		return k
	}
	if any, err := x509.ParsePKIXPublicKey(der); err == nil {
		k, _ := any.(*rsa.PublicKey)
		return k
	}
	if k, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return k
	}
	return nil
}

// plainSPKI reads an RSA key in SubjectPublicKeyInfo of the plainest form (RFC
// 3279 section 2.3.1), a tenth of the way that x509 takes; nil sends the
// others there.
func plainSPKI(der []byte) *rsa.PublicKey {
	var spki, algo, params, key cryptobyte.String
	var oid stdasn1.ObjectIdentifier
	var bits stdasn1.BitString
	in := cryptobyte.String(der)
	if !in.ReadASN1(&spki, asn1.SEQUENCE) || !in.Empty() ||
		!spki.ReadASN1(&algo, asn1.SEQUENCE) || !algo.ReadASN1ObjectIdentifier(&oid) ||
		!oid.Equal(stdasn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}) ||
		!algo.ReadASN1(&params, asn1.NULL) || !params.Empty() || !algo.Empty() ||
		!spki.ReadASN1BitString(&bits) || bits.BitLength%8 != 0 || !spki.Empty() {
		return nil
	}
	n, e := new(big.Int), 0
	in = bits.Bytes
	if !in.ReadASN1(&key, asn1.SEQUENCE) || !in.Empty() || !key.ReadASN1Integer(n) ||
		!key.ReadASN1Integer(&e) || !key.Empty() || n.Sign() <= 0 || e <= 0 {
		return nil
	}
	return &rsa.PublicKey{N: n, E: e}
}

// weak tells why the key's size is not accepted, or nil.
func (k publicKey) weak() *fault {
	switch {
	case k.rsa == nil:
		return nil
	case k.bits < minRSABits:
		return &fault{Result: analyze.ResultPolicy, Reason: "key too weak"}
	case k.bits > maxRSABits:
		return &fault{Result: analyze.ResultPolicy, Reason: "key too large"}
	}
	return nil
}
