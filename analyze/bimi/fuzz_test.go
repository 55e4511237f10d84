package bimi

import (
	"bytes"
	"errors"
	"testing"
)

func FuzzBundle(f *testing.F) {
	m := newMint(f)
	f.Add(pemOf(m.leaf(nil), m.inter, m.root))
	f.Add(pemOf(m.inter, m.leaf(nil)))
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"))
	c := &Checker{Anchors: m.anchors}
	lists := web{crlURL: okay(m.crl(nil))}
	f.Fuzz(func(t *testing.T, b []byte) {
		certs, err := ParseBundle(b)
		if err != nil && !errors.Is(err, ErrBundle) {
			t.Errorf("%v is no ErrBundle", err)
		}
		if len(certs) > maxCerts {
			t.Errorf("%d certificates", len(certs))
		}
		if err == nil { // written out again it reads the same
			back, err := ParseBundle(pemOf(certs...))
			if err != nil || len(back) != len(certs) || !back[0].Equal(certs[0]) {
				t.Errorf("read again: %d certificates, %v; want %d", len(back), err, len(certs))
			}
		}
		r := c.ValidateFiles(t.Context(), lists, Files{Cert: append([]byte{}, b...), Domain: bankDomain, At: noon()})
		if len(r.Checks) == 0 || r.Checks[0].Name != CheckBundle || (r.Checks[0].Status == Pass) != (err == nil) {
			t.Errorf("checks %+v, ParseBundle %v", r.Checks, err)
		}
		if (r.Authority == AuthorityPass) != (len(statuses(r)) == 0) {
			t.Errorf("authority %s with %q", r.Authority, statuses(r))
		}
		// No fuzzer can sign: whatever passes is what the mint made.
		if r.Authority == AuthorityPass && !bytes.Equal(certs[1].Raw, m.inter.Raw) {
			t.Error("a chain passes that was not minted")
		}
	})
}

func FuzzLogotype(f *testing.F) {
	f.Add(logotypeOf([]byte(goodSVG)))
	f.Add(logotypeWith([]byte(goodSVG), func(l *logoSpec) { l.images = 2 }))
	f.Add(logotypeWith([]byte(goodSVG), func(l *logoSpec) { l.uri = dataURI([]byte(goodSVG)) }))
	f.Add(logotypeWith(nil, func(l *logoSpec) { l.indirect = true }))
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
		back, err := parseLogotype(logotypeWith(l.svg, func(s *logoSpec) { s.uri = dataURI(l.data) }))
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
	ext, _, _ := extension(m.leaf(nil), oidSCTList)
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
