package auth

import (
	"bytes"
	"context"
	"crypto"
	"math/big"
	"slices"
	"strings"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/eml"
)

// Old mail was signed by rules that no longer hold: DomainKeys (RFC 4870),
// drafts of DKIM, SHA-1, keys of 512 bits, keys for one mailbox (g=). Who
// keeps an archive may want to know whether such a signature holds; nobody may
// be told that it proves anything, since SHA-1 and small keys are within
// reach of a forger, who also chooses how old his message looks. So historic
// results are asked for apart, stand apart, and carry a witness of their own.

// minHistoricBits is the smallest RSA key that RFC 4871 section 3.3.3 and RFC
// 4870 let signers use.
const minHistoricBits = 512

// Historic verifies the signatures of a message by the rules of the time when
// it was sent: of each DKIM-Signature and then of each DomainKey-Signature, top
// first, up to maxSignatures in all. at is when the message was received; the
// DNS is taken for that of then. Each result has WitnessHistoric and is aligned
// with nothing; none is part of an Auth.
func (c *Checker) Historic(ctx context.Context, r dns.Resolver, raw []byte, at time.Time) []analyze.AuthResult {
	var out []analyze.AuthResult
	c.guard(func() {
		h, start, _ := eml.ParseHeader(raw)
		d := &dkimCheck{raw: raw, header: h, index: fieldIndex(h), body: raw[start:], grade: analyze.GradeFull,
			clock: clock{at: at, live: true}, cache: &c.keys, historic: true}
		for _, o := range d.run(ctx, r) {
			out = append(out, o.AuthResult)
		}
		out = append(out, d.domainKeys(ctx, r, maxSignatures-len(out))...)
	})
	for i := range out {
		out[i].Witness = analyze.WitnessHistoric
	}
	return out
}

// historicForm reads v= and q= as before RFC 4871: its drafts had no version,
// then 0.2 to 0.5, and "dns" for what is "dns/txt" now.
func historicForm(value string) error {
	tags, err := parseTags(value)
	if err != nil {
		return err
	}
	if v, ok := tags.get("v"); ok && !slices.Contains([]string{"0.2", "0.3", "0.4", "0.5", "1"}, v) {
		return errSigVersion
	}
	if q, ok := tags.get("q"); ok {
		if list := splitColons(lowerASCII(q)); !slices.Contains(list, "dns") && !slices.Contains(list, "dns/txt") {
			return errSigQuery
		}
	}
	return nil
}

// grants tells whether the key may sign for a local part (RFC 4871 section
// 3.6.1, g=): letter by letter, but for one "*" that stands for any text. An
// empty g= grants nothing, unless anyIfEmpty (RFC 4870).
func (k publicKey) grants(local string, anyIfEmpty bool) *fault {
	before, after, star := strings.Cut(k.grain, "*")
	switch {
	case k.grain == "" && anyIfEmpty:
		return nil
	case k.grain == "":
	case !star && local == k.grain:
		return nil
	case star && len(local) >= len(before)+len(after) && strings.HasPrefix(local, before) && strings.HasSuffix(local, after):
		return nil
	}
	return &fault{analyze.ResultPermError, "key is for another mailbox (g=)", true}
}

// historicWeak is weak, with the smallest keys of old allowed.
func (k publicKey) historicWeak() *fault {
	if k.rsa != nil && minHistoricBits <= k.bits && k.bits < minRSABits {
		return nil
	}
	return k.weak()
}

// digestInfo holds the DER before the hash (RFC 8017 section 9.2, note 1).
var digestInfo = map[crypto.Hash][]byte{
	crypto.SHA1:   {0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14},
	crypto.SHA256: {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20},
}

// historicVerify is verify, for RSA keys also below the 1024 bits that
// crypto/rsa wants: RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.2) by comparing
// encoded messages, on public values only.
func (k publicKey) historicVerify(sig signature, sum []byte) (ok, madeByKey bool) {
	if k.ed != nil || k.bits >= minRSABits {
		return k.verify(sig, sum)
	}
	size := (k.bits + 7) / 8
	want := append(append([]byte{0}, digestInfo[sig.hash]...), sum...)
	const first, least = 2, 8 // octets 00 01, and of 0xff
	s := new(big.Int).SetBytes(sig.b)
	if len(sig.b) != size || s.Cmp(k.rsa.N) >= 0 || size < first+least+len(want) {
		return false, false
	}
	em := make([]byte, size)
	em[1] = 1
	copy(em[first:], bytes.Repeat([]byte{0xff}, size-first-len(want)))
	copy(em[size-len(want):], want)
	got := s.Exp(s, big.NewInt(int64(k.rsa.E)), k.rsa.N).FillBytes(make([]byte, size))
	if bytes.Equal(got, em) {
		return true, true
	}
	return false, k.padded(sig.b)
}
