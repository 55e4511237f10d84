package bimi

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"reportascam/analyze/bimi/bimitest"
	"reportascam/testdata/suites"
)

// suite reads a file of the BIMI suite.
func suite(tb testing.TB, parts ...string) []byte {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join(append([]string{suites.Dir(tb), "suites", "bimi"}, parts...)...))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// realMark is a real mark certificate, with what its SOURCE says of it.
type realMark struct {
	file, logo, domain string
	org, country       string
	issuer, root       string
	kind               CertKind
	mark               MarkType
	at                 string // a day within its validity
	pilot              bool
}

func realMarks() []realMark {
	return []realMark{
		{"paypal_vmc.pem", "paypal_vmc.svg", "paypal.com", "PayPal, Inc.", "US", "DigiCert, Inc.", "DigiCert Verified Mark Root CA", VMC, RegisteredMark, "2025-03-01", false},
		{"cnn.pem", "cnn.svg", "cnn.com", "Cable News Network, Inc.", "US", "DigiCert, Inc.", "DigiCert Verified Mark Root CA", VMC, RegisteredMark, "2022-01-01", false},
		{"globalsign-vmc.pem", "globalsign-vmc.svg", "globalsign.com", "GMO GlobalSign Pte. Ltd.", "GB", "GlobalSign nv-sa", "GlobalSign Verified Mark Root R42", VMC, RegisteredMark, "2025-09-01", false},
		{"redshift.pem", "redshift.svg", "redsift.com", "RedSift, Ltd", "EM", "Entrust, Inc.", "Entrust Verified Mark Root Certification Authority - VMCR1", VMC, RegisteredMark, "2022-01-01", false},
		{"xometry_cmc.pem", "xometry_cmc.svg", "xometry.com", "XOMETRY, INC.", "US", "DigiCert, Inc.", "DigiCert Verified Mark Root CA", CMC, PriorUseMark, "2025-03-01", true},
	}
}

func date(tb testing.TB, s string) time.Time {
	tb.Helper()
	d, err := time.Parse("2006-01-02", s)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// statuses gives the names of the checks that did not pass, with status.
func statuses(r Result) string {
	var out []string
	for _, c := range r.Checks {
		if c.Status != Pass {
			out = append(out, c.Name+"="+string(c.Status))
		}
	}
	return strings.Join(out, " ")
}

func TestRealCertificates(t *testing.T) {
	c := new(Checker)
	for _, m := range realMarks() {
		t.Run(m.file, func(t *testing.T) {
			pem, logo := suite(t, "vmc", "test", "fixtures", m.file), suite(t, "logos", m.logo)
			r := c.ValidateFiles(t.Context(), nil, Files{Cert: pem, Domain: m.domain, Logo: logo, At: date(t, m.at)})
			if got, want := statuses(r), "revocation=unknown"; got != want {
				t.Errorf("ValidateFiles(%s) has %q beside what passes, want %q", m.file, got, want)
			}
			if r.Status != StatusTempError || r.Mark == nil {
				t.Fatalf("ValidateFiles(%s) = %s %s, want temperror for want of a revocation list, and a mark", m.file, r.Status, r.Reason)
			}
			got := realMark{m.file, m.logo, m.domain, r.Mark.Organisation, r.Mark.Country, r.Mark.Issuer, m.root, r.Mark.Kind, r.Mark.Type, m.at, r.Mark.Pilot}
			if got != m {
				t.Errorf("ValidateFiles(%s) = %+v, want %+v", m.file, got, m)
			}
			if i := slices.IndexFunc(r.Checks, func(c Check) bool { return c.Name == CheckPath }); !strings.Contains(r.Checks[i].Says, m.root) {
				t.Errorf("path says %q, want %q named", r.Checks[i].Says, m.root)
			}
			sum := sha256.Sum256(logo)
			if want := hex.EncodeToString(sum[:]); r.Mark.LogoHash != want || r.LogoHash != want {
				t.Errorf("logo hash %s and %s, want %s", r.Mark.LogoHash, r.LogoHash, want)
			}
			if !slices.Contains(r.Mark.Domains, m.domain) || !strings.Contains(r.Mark.LoggedBy, "Gorgon") {
				t.Errorf("domains %q, %q: want %s, logged by Gorgon", r.Mark.Domains, r.Mark.LoggedBy, m.domain)
			}
		})
	}
}

// TestRealExpired: all real certificates of the suite are out of their time
// by now, and are named so; nothing else is wrong with them.
func TestRealExpired(t *testing.T) {
	c := new(Checker)
	for _, m := range realMarks() {
		r := c.ValidateFiles(t.Context(), nil, Files{Cert: suite(t, "vmc", "test", "fixtures", m.file), Domain: m.domain, At: time.Now()})
		if got, want := statuses(r), "validity=fail revocation=unknown"; got != want {
			t.Errorf("%s now has %q, want %q", m.file, got, want)
		}
		if r.Mark == nil || !r.Mark.Expired || r.Status != StatusFail || !strings.Contains(r.Reason, "expired on") || r.Verified() {
			t.Errorf("%s now = %s %q, want fail, expired", m.file, r.Status, r.Reason)
		}
	}
}

// TestRealNegatives: what is no mark certificate at all.
func TestRealNegatives(t *testing.T) {
	c := new(Checker)
	for _, tt := range []struct{ file, at, want string }{
		{"catchall.delivery.pem", "2022-08-01", "path=fail key-purpose=fail policy=fail sct=fail revocation=unknown subject=fail mark-type=fail logotype=fail"},
		{"postal_vmc.pem", "2023-01-01", "path=fail key-purpose=fail policy=fail sct=unknown revocation=unknown subject=fail mark-type=fail logotype=fail"},
		{"digicert.pem", "2025-01-01", "bundle=fail path=fail constraints=fail key-purpose=fail policy=fail sct=unknown revocation=unknown subject=fail mark-type=fail logotype=fail"},
	} {
		r := c.ValidateFiles(t.Context(), nil, Files{Cert: suite(t, "vmc", "test", "fixtures", tt.file), At: date(t, tt.at)})
		if got := statuses(r); got != tt.want || r.Mark != nil {
			t.Errorf("%s has %q, mark %v; want %q and none", tt.file, got, r.Mark, tt.want)
		}
	}
}

// TestSuiteSVG: the images of the suite are all of the profile.
func TestSuiteSVG(t *testing.T) {
	files := [][]string{{"svg", "t", "data", "FM-good.svg"}}
	for _, m := range realMarks() {
		files = append(files, []string{"logos", m.logo})
	}
	for _, f := range files {
		if got := CheckSVG(suite(t, f...)); !got.OK() || got.Title == "" {
			t.Errorf("CheckSVG(%s) = %+v, want no faults and a title", f, got)
		}
	}
}

// TestOpenSSL: openssl agrees on every chain.
func TestOpenSSL(t *testing.T) {
	bin, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	for _, m := range realMarks() {
		b := suite(t, "vmc", "test", "fixtures", m.file)
		certs, err := ParseBundle(b)
		if err != nil {
			t.Fatal(err)
		}
		handled(certs[0], oidPilot)
		for _, a := range []*Anchors{DefaultAnchors(), nil} {
			var roots []*x509.Certificate
			if a != nil {
				roots = a.Roots
			} else { // roots that are not this certificate's
				for _, r := range DefaultAnchors().Roots {
					if r.Subject.CommonName != m.root {
						roots = append(roots, r)
					}
				}
			}
			at := date(t, m.at)
			_, err := findPath(certs, NewAnchors(roots, nil), at)
			ok := opensslVerify(t, bin, roots, certs, at)
			if (err == nil) != ok || ok != (a != nil) {
				t.Errorf("%s: ours %v, openssl %v, want %v", m.file, err, ok, a != nil)
			}
		}
	}
}

func opensslVerify(t *testing.T, bin string, roots, certs []*x509.Certificate, at time.Time) bool {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, certs ...*x509.Certificate) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, bimitest.PEM(certs...), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	cmd := exec.CommandContext(t.Context(), bin, "verify", "-no-CApath", "-no-CAstore", "-CAfile", write("roots", roots...),
		"-untrusted", write("issuers", certs[1:]...), "-attime", strconv.FormatInt(at.Unix(), 10), "-ignore_critical", write("leaf", certs[0]))
	out, err := cmd.CombinedOutput()
	if err != nil && !bytes.Contains(out, []byte("verification failed")) {
		t.Fatalf("openssl: %v %s", err, out)
	}
	return err == nil
}

// TestShippedRoots holds the fingerprints of the roots that ship, and that
// the suite's copies are the same.
func TestShippedRoots(t *testing.T) {
	want := map[string]string{
		"DigiCert Verified Mark Root CA":                             "504386c9ee8932fecc95fade427f69c3e2534b7310489e300fee448e33c46b42",
		"Entrust Verified Mark Root Certification Authority - VMCR1": "7831d95a47d42508cd5c9e6264f9096bac19f04eb9b7c8bdd35fffc71c189617",
		"GlobalSign Verified Mark Root R42":                          "cd122cb877c6928b9017b0f0b80dbd508196300bbd03cd7356c3beef524e7e0b",
		"SSL.com VMC RSA Root CA 2024":                               "8f9d1b7698886782a599b48510651c66a1aa0c5ca3192097bdc68534154bd30d",
		"SSL.com VMC ECC Root CA 2024":                               "1b82e7f4910b51e3e802a493acdc17ff58eac8b9eb7c09b52ac6cd2efb83598c",
	}
	a := DefaultAnchors()
	for _, r := range a.Roots {
		sum := sha256.Sum256(r.Raw)
		if got := hex.EncodeToString(sum[:]); got != want[r.Subject.CommonName] {
			t.Errorf("root %q has fingerprint %s, want %s", r.Subject.CommonName, got, want[r.Subject.CommonName])
		}
		if err := r.CheckSignatureFrom(r); err != nil {
			t.Errorf("root %q is not signed by itself: %v", r.Subject.CommonName, err)
		}
		delete(want, r.Subject.CommonName)
	}
	if len(want) > 0 {
		t.Errorf("roots missing: %v", want)
	}
	const gorgon = "555953ae309600806cd2eb5208a6c99e931828ac1056b4421c5536154c5f75ac"
	if len(a.Logs) != 1 || hex.EncodeToString(a.Logs[0].ID[:]) != gorgon {
		t.Errorf("logs = %+v, want one, %s", a.Logs, gorgon)
	}
}
