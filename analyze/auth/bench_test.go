package auth

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"slices"
	"strings"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns/dnstest"
	"reportascam/analyze/eml"
)

// benchMail gives a signed message of about n octets of text.
func benchMail(b *testing.B, n int) ([]byte, dnstest.Zone) {
	b.Helper()
	line := "Dear customer, your statement for this month is ready to be read online.\r\n"
	msg := plainMail + strings.Repeat(line, n/len(line))
	return []byte(rsaSigner().sign(b, msg)), dnstest.Zone{"TXT s1._domainkey.bank.example": {keyRecord(b, testKeys().rsa)}}
}

// BenchmarkDKIM10K verifies a 10 KB message, in turn with what no verifier can
// do without: hashing 10 KB and verifying one RSA-2048 signature. Taken in
// turn, and by the lower quartile, the ratio holds on a busy machine too. The
// key has been read before, as that of most mail has.
func BenchmarkDKIM10K(b *testing.B) {
	raw, zone := benchMail(b, 10_000)
	sum := sha256.Sum256(raw)
	sig, err := testKeys().rsa.Sign(nil, sum[:], crypto.SHA256)
	if err != nil {
		b.Fatal(err)
	}
	cache := &keyCache{}
	var floor, whole []time.Duration
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		s := sha256.Sum256(raw)
		if rsa.VerifyPKCS1v15(&testKeys().rsa.PublicKey, crypto.SHA256, s[:], sig) != nil {
			b.Fatal("does not verify")
		}
		middle := time.Now()
		h, at, _ := eml.ParseHeader(raw)
		d := &dkimCheck{raw: raw, header: h, body: raw[at:], grade: analyze.GradeFull, cache: cache, clock: clock{at: judged, live: true, fresh: true}}
		if got := d.run(b.Context(), zone); got[0].Result != analyze.ResultPass {
			b.Fatal(got)
		}
		floor, whole = append(floor, middle.Sub(start)), append(whole, time.Since(middle))
	}
	slices.Sort(floor)
	slices.Sort(whole)
	f, w := floor[len(floor)/4], whole[len(whole)/4]
	b.ReportMetric(float64(f), "floor-ns")
	b.ReportMetric(float64(w), "dkim-ns")
	b.ReportMetric(float64(w)/float64(f), "x-floor")
}

// BenchmarkCheck10K is the whole check of a 10 KB message.
func BenchmarkCheck10K(b *testing.B) {
	raw, zone := benchMail(b, 10_000)
	zone["TXT _dmarc.bank.example"] = []string{"v=DMARC1; p=reject"}
	b.ReportAllocs()
	for b.Loop() {
		if a := checker(b).Check(b.Context(), zone, Input{Raw: raw, At: judged}); a.DMARC().Result != analyze.ResultPass {
			b.Fatal(a)
		}
	}
}

// BenchmarkCanon reads bodies that are made to be slow: each must cost about
// as much at 8 MB as 8 times 1 MB.
func BenchmarkCanon(b *testing.B) {
	for name, unit := range map[string]string{"CRLF": "\r\n", "LF": "\n", "CR": "\r", "spaces": " ", "tabs": "\t\r\n", "a-space": "a  ", "text": "plain words of text here\r\n"} {
		for _, mb := range []int{1, 8} {
			body := append(bytes.Repeat([]byte(unit), mb<<20/len(unit)), 'x')
			for _, c := range []canon{canonSimple, canonRelaxed} {
				b.Run(name+"/"+c.String()+"/"+string(rune('0'+mb))+"MB", func(b *testing.B) {
					b.SetBytes(int64(len(body)))
					for b.Loop() {
						canonBody(c, body, noLimit, sha256.New())
					}
				})
			}
		}
	}
}
