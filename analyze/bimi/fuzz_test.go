package bimi

import (
	"bytes"
	"errors"
	"testing"

	"reportascam/analyze/bimi/bimitest"
)

func FuzzBundle(f *testing.F) {
	m := newMint(f)
	f.Add(bimitest.PEM(m.Leaf(nil), m.Inter, m.Root))
	f.Add(bimitest.PEM(m.Inter, m.Leaf(nil)))
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"))
	c := &Checker{Anchors: m.anchors}
	lists := web{bimitest.CRLURL: okay(m.CRL(nil))}
	f.Fuzz(func(t *testing.T, b []byte) {
		certs, err := ParseBundle(b)
		if err != nil && !errors.Is(err, ErrBundle) {
			t.Errorf("%v is no ErrBundle", err)
		}
		if len(certs) > maxCerts {
			t.Errorf("%d certificates", len(certs))
		}
		if err == nil { // written out again it reads the same
			back, err := ParseBundle(bimitest.PEM(certs...))
			if err != nil || len(back) != len(certs) || !back[0].Equal(certs[0]) {
				t.Errorf("read again: %d certificates, %v; want %d", len(back), err, len(certs))
			}
		}
		r := c.ValidateFiles(t.Context(), lists, Files{Cert: append([]byte{}, b...), Domain: bimitest.Domain, At: bimitest.Noon()})
		if len(r.Checks) == 0 || r.Checks[0].Name != CheckBundle || (r.Checks[0].Status == Pass) != (err == nil) {
			t.Errorf("checks %+v, ParseBundle %v", r.Checks, err)
		}
		if (r.Authority == AuthorityPass) != (len(statuses(r)) == 0) {
			t.Errorf("authority %s with %q", r.Authority, statuses(r))
		}
		// No fuzzer can sign: whatever passes is what the mint made.
		if r.Authority == AuthorityPass && !bytes.Equal(certs[1].Raw, m.Inter.Raw) {
			t.Error("a chain passes that was not minted")
		}
	})
}

func FuzzLogotype(f *testing.F) {
	f.Add(bimitest.Logotype([]byte(bimitest.GoodSVG)))
	f.Add(bimitest.LogotypeWith([]byte(bimitest.GoodSVG), func(l *bimitest.Logo) { l.Images = 2 }))
	f.Add(bimitest.LogotypeWith([]byte(bimitest.GoodSVG), func(l *bimitest.Logo) { l.URI = bimitest.DataURI([]byte(bimitest.GoodSVG)) }))
	f.Add(bimitest.LogotypeWith(nil, func(l *bimitest.Logo) { l.Indirect = true }))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := parseLogotype(b)
		if err != nil {
			if !errors.Is(err, ErrLogotype) {
				t.Errorf("%v is no ErrLogotype", err)
			}
			return
		}
		if len(l.svg) > maxSVGBytes || len(l.data) > maxSVGBytes || len(l.hashes) > maxHashes {
			t.Errorf("%d octets of %d, %d hashes: over the limits", len(l.svg), len(l.data), len(l.hashes))
		}
		if _, ok := l.checkHashes(); ok && len(l.hashes) == 0 {
			t.Error("hashes hold where there are none")
		}
		// Made anew from what was read, it reads the same.
		back, err := parseLogotype(bimitest.LogotypeWith(l.svg, func(s *bimitest.Logo) { s.URI = bimitest.DataURI(l.data) }))
		if err != nil || !bytes.Equal(back.svg, l.svg) {
			t.Errorf("read again: %v, %d octets of %d", err, len(back.svg), len(l.svg))
		}
		if says, ok := back.checkHashes(); !ok {
			t.Errorf("its own hashes do not hold: %s", says)
		}
	})
}

func FuzzSCTs(f *testing.F) {
	m := newMint(f)
	ext, _, _ := extension(m.Leaf(nil), oidSCTList)
	f.Add(ext)
	f.Add([]byte{4, 2, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := parseSCTs(b)
		if len(list) > maxSCTs || err != nil && list != nil {
			t.Errorf("%d stamps, %v", len(list), err)
		}
		for _, s := range list {
			if s.at().Year() < 1970 {
				t.Errorf("at %v", s.at())
			}
		}
	})
}
