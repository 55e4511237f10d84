package bimi

import "testing"

// BenchmarkCached is the full validation of a message whose logo, certificate
// and revocation list are already here: the DNS, parsing, every signature.
func BenchmarkCached(b *testing.B) {
	s := newScene(b)
	c := &Checker{Anchors: s.m.anchors}
	b.ReportAllocs()
	for b.Loop() {
		if r := c.Validate(b.Context(), s.zone, s.web, s.in); !r.Verified() {
			b.Fatal(r.Reason)
		}
	}
}

// BenchmarkReal is the same for real certificates, without revocation lists.
func BenchmarkReal(b *testing.B) {
	for _, m := range realMarks() {
		pem, logo, at := suite(b, "vmc", "test", "fixtures", m.file), suite(b, "logos", m.logo), date(b, m.at)
		b.Run(m.file, func(b *testing.B) {
			c := new(Checker)
			b.ReportAllocs()
			for b.Loop() {
				if r := c.ValidateFiles(b.Context(), nil, Files{Cert: pem, Domain: m.domain, Logo: logo, At: at}); r.Mark == nil {
					b.Fatal(r.Reason)
				}
			}
		})
	}
}

func BenchmarkSVG(b *testing.B) {
	logo := suite(b, "logos", "globalsign-vmc.svg")
	b.SetBytes(int64(len(logo)))
	b.ReportAllocs()
	for b.Loop() {
		CheckSVG(logo)
	}
}
