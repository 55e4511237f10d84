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

func dkimRun(t *testing.T, r dns.Resolver, raw []byte) []dkimOutcome {
	t.Helper()
	h, start, _ := eml.ParseHeader(raw)
	d := &dkimCheck{raw: raw, header: h, body: raw[start:], grade: analyze.GradeFull,
		clock: clock{at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), live: true}}
	return d.run(t.Context(), r)
}

// mailDKIMSuite runs the messages of Mail-DKIM under its DNS. They are of the
// years 2005 to 2008 (DomainKeys, drafts of DKIM, SHA-1, keys of 512 bits, g=),
// so that they are read historically. "invalid" there is what is neither a pass
// nor a fail here.
func mailDKIMSuite(t *testing.T) (cases int) {
	t.Setenv("GODEBUG", "rsa1024min=1") // as in the program itself
	dir := suitePath(t, "dkim", "mail-dkim")
	zone := fakeDNS(t, filepath.Join(dir, "FAKE_DNS.dat"))
	table, err := os.ReadFile(filepath.Join(dir, "expected.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(table)) {
		name, want, _ := strings.Cut(strings.TrimSpace(line), "\t")
		cases++
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(dir, "corpus", name))
			if err != nil {
				t.Fatal(err)
			}
			got := "invalid"
			var why []string
			for _, o := range checker(t).Historic(t.Context(), zone, raw, judged) {
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
	got := dkimRun(t, zone, raw)
	if len(got) != 2 || got[0].Result != analyze.ResultPass || got[1].Result != analyze.ResultPass {
		t.Fatalf("= %+v, want two passes", got)
	}
	if got[0].Algorithm == got[1].Algorithm {
		t.Errorf("both signatures are %s, want one each", got[0].Algorithm)
	}
	return len(got)
}
