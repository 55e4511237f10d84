package auth

import (
	"bytes"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"reportascam/analyze"
)

// pass fills in the result of a signature that holds: its time, and what it
// leaves open.
func (d *dkimCheck) pass(s signed, o *dkimOutcome) {
	o.Result, o.Reason = analyze.ResultPass, ""
	sig, now := s.sig, d.clock.at.Unix()
	switch {
	case d.clock.at.IsZero():
	case sig.expires != 0 && now > sig.expires && (d.clock.known || d.clock.live):
		o.Result, o.Reason = analyze.ResultPolicy, "expired when received"
	case sig.expires != 0 && now > sig.expires:
		o.Result, o.Reason = analyze.ResultUnknown, "expired since "+stamp(sig.expires)+"; when it was received is not known"
	case sig.at > now+clockSkew:
		o.Result, o.Reason = analyze.ResultPolicy, "signed in the future"
	}
	o.Gap = strings.Join(d.gaps(s, *o), "; ")
}

func stamp(unix int64) string { return time.Unix(unix, 0).UTC().Format("2006-01-02") }

// watched are the fields that a reader sees or that change how the body is
// read: leaving them open lets others put words into a signed message (RFC
// 6376 sections 5.4, 8.2, 8.15).
var watched = [...]struct{ key, name string }{
	{"from", "From"}, {"subject", "Subject"}, {"reply-to", "Reply-To"},
	{"content-type", "Content-Type"}, {"to", "To"}, {"date", "Date"},
}

// gaps lists what a holding signature leaves open.
func (d *dkimCheck) gaps(s signed, o dkimOutcome) []string {
	var out []string
	if !o.covers {
		open := d.bodyHash(s.sig).total - s.sig.length
		out = append(out, "the last "+strconv.FormatInt(open, 10)+" octets of the body are not signed (l=)")
	}
	for _, f := range watched {
		here := len(d.index[f.key])
		named := 0
		for _, n := range s.sig.signed {
			if n == f.key {
				named++
			}
		}
		switch {
		case here > named && named > 0:
			out = append(out, strconv.Itoa(here-named)+" of "+strconv.Itoa(here)+" "+f.name+" fields are not signed")
		case here > 0 && named == 0 && (f.key == "subject" || f.key == "reply-to"):
			out = append(out, f.name+" is not signed")
		}
	}
	for _, k := range s.keys {
		if k.testing {
			out = append(out, "the signer marks its key as testing (t=y)")
			break
		}
	}
	if d.bareLF() {
		out = append(out, "line endings were LF and were read as CRLF")
	}
	return out
}

// bareLF tells whether the first line of the message ends in LF alone, as in
// files saved on Unix.
func (d *dkimCheck) bareLF() bool {
	nl := bytes.IndexByte(d.raw, '\n')
	return nl == 0 || nl > 0 && d.raw[nl-1] != '\r'
}

// padded tells whether sig was made with the private half of k: raised to the
// public exponent it shows PKCS #1 padding (RFC 8017 section 9.2), which a
// random number does with a chance of under 2^-64. It tells a changed header
// from a replaced key.
func (k publicKey) padded(sig []byte) bool {
	if k.bits > maxRSABits || len(sig) > maxRSABits/8 || k.rsa.N.Sign() <= 0 {
		return false
	}
	m := new(big.Int).Exp(new(big.Int).SetBytes(sig), big.NewInt(int64(k.rsa.E)), k.rsa.N)
	em := m.FillBytes(make([]byte, (k.bits+7)/8))
	const least = 8 // octets of 0xff that RFC 8017 section 9.2 wants
	if len(em) < least+3 || em[0] != 0 || em[1] != 1 {
		return false
	}
	end := slices.IndexFunc(em[2:], func(c byte) bool { return c != 0xff })
	return end >= least && em[2+end] == 0
}
