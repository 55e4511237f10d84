//go:debug rsa1024min=0
package auth

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/dns/dnstest"
	"reportascam/analyze/eml"
)

// fakeDNS reads the suite's table of "name record" lines.
func fakeDNS(t *testing.T, path string) dnstest.Zone {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	z := dnstest.Zone{}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimRight(line, "\n")
		name, rec, ok := strings.Cut(line, " ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		switch rec = strings.TrimLeft(rec, " "); rec {
		case "~~Query timed out~~":
			rec = "TIMEOUT"
		case "~~SERVFAIL~~":
			rec = "SERVFAIL"
		case `""`:
			rec = ""
		}
		z["TXT "+dns.Normalize(name)] = []string{rec}
	}
	return z
}

func dkimRun(t *testing.T, r dns.Resolver, raw []byte, legacy bool) []dkimOutcome {
	t.Helper()
	h, start, _ := eml.ParseHeader(raw)
	d := &dkimCheck{raw: raw, header: h, body: raw[start:], grade: analyze.GradeFull, legacy: legacy,
		clock: clock{at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), live: true}}
	return d.run(t.Context(), r)
}

// differs are the messages on which we and the suite's own library differ,
// each by the standard that came after it.
var differs = map[string]string{
	// RFC 4870 (DomainKeys) is historic since RFC 4871: no verifier reads it.
	"good_dk_gmail.txt": "invalid", "good_dk_yahoo.txt": "invalid", "good_dk_1.txt": "invalid",
	"good_dk_2.txt": "invalid", "good_dk_3.txt": "invalid", "good_dk_4.txt": "invalid", "good_dk_5.txt": "invalid",
	"good_dk_6.txt": "invalid", "good_dk_7.txt": "invalid", "dk_headers_1.txt": "invalid", "dk_headers_2.txt": "invalid",
	"dk_multiple_1.txt": "invalid",
	// RFC 6376 appendix C.2 took g= out of key records: it no longer limits.
	"badkey_8.txt": "pass", "badkey_9.txt": "pass", "badkey_12.txt": "pass", "badkey_13.txt": "pass",
}

// strict are the messages that test v= and q=, and so must be read as the
// program reads them. The others predate RFC 4871 and RFC 8301: versions 0.5
// and none, SHA-1, keys of 512 bits. We refuse these, but read them here,
// since their canonical forms must come out right.
var strict = map[string]bool{"ignore_1.txt": true, "ignore_5.txt": true, "ignore_6.txt": true}

// mailDKIMSuite runs the messages of Mail-DKIM under its DNS.
func mailDKIMSuite(t *testing.T) (cases int) {
	dir := suitePath(t, "dkim", "mail-dkim")
	zone := fakeDNS(t, filepath.Join(dir, "FAKE_DNS.dat"))
	table, err := os.ReadFile(filepath.Join(dir, "expected.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(table)) {
		name, want, _ := strings.Cut(strings.TrimSpace(line), "\t")
		cases++
		if ours, ok := differs[name]; ok {
			want = ours
		}
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(dir, "corpus", name))
			if err != nil {
				t.Fatal(err)
			}
			got := "invalid"
			var why []string
			for _, o := range dkimRun(t, zone, raw, !strict[name]) {
				why = append(why, string(o.Result)+": "+o.Reason)
				switch o.Result {
				case analyze.ResultPass:
					got = "pass"
				case analyze.ResultFail:
					if got != "pass" {
						got = "fail"
					}
				}
			}
			if got != want {
				t.Errorf("= %s %q, want %s", got, why, want)
			}
		})
	}
	return cases
}

// mailauthSuite verifies the example of RFC 8463 appendix A, as mailauth
// signed it: Ed25519 and RSA side by side.
func mailauthSuite(t *testing.T) (cases int) {
	dir := suitePath(t, "dkim", "mailauth", "dkim", "ec", "fixtures")
	b, err := os.ReadFile(filepath.Join(dir, "dns.json"))
	if err != nil {
		t.Fatal(err)
	}
	var table map[string]map[string][][]string
	if err := json.Unmarshal(b, &table); err != nil {
		t.Fatal(err)
	}
	zone := dnstest.Zone{}
	for name, types := range table {
		for typ, records := range types {
			for _, parts := range records {
				zone[typ+" "+name] = append(zone[typ+" "+name], strings.Join(parts, ""))
			}
		}
	}
	raw, err := os.ReadFile(filepath.Join(dir, "signed.eml"))
	if err != nil {
		t.Fatal(err)
	}
	got := dkimRun(t, zone, raw, false)
	if len(got) != 2 || got[0].Result != analyze.ResultPass || got[1].Result != analyze.ResultPass {
		t.Fatalf("= %+v, want two passes", got)
	}
	if got[0].Algorithm == got[1].Algorithm {
		t.Errorf("both signatures are %s, want one each", got[0].Algorithm)
	}
	return len(got)
}
