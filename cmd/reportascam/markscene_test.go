package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"reportascam/analyze"
	"reportascam/analyze/bimi/bimitest"
	"reportascam/analyze/dns"
	"reportascam/analyze/dns/dnstest"
)

// markScene is a firm that no registry knows, with a verified mark: real web
// servers, a name server, a signed message, and the report that holds it.
// Change what is to be wrong, then judge.
type markScene struct {
	mint  *bimitest.Mint
	at    time.Time // of the report
	zone  dnstest.Zone
	site  *bimitest.Site // of logo and certificate
	lists *bimitest.Site // of the revocation list, by plain HTTP
	files map[string][]byte
	crl   []byte // nil: the server fails

	from   string // the From field
	lines  string // more fields, signed with the message
	tamper func(message string) string
	cfg    *Config
	names  *dnstest.Server // once judged
}

const (
	markWeb  = "logo." + bimitest.Domain
	markCRLs = "crl.mva.example"
	markTXT  = "TXT default._bimi." + bimitest.Domain
)

// newMarkScene makes a scene in which all holds. It plays now: the library
// that signs notes the time of the clock.
func newMarkScene(t *testing.T) *markScene {
	t.Helper()
	s := &markScene{mint: bimitest.New(t), at: time.Now().UTC().Truncate(time.Second), files: map[string][]byte{}, cfg: testConfig(t),
		from: `"Bank of Examples" <service@` + bimitest.Domain + ">", tamper: func(m string) string { return m }}
	s.lists = s.mint.NewSite(t, func(w http.ResponseWriter, _ *http.Request) {
		if s.crl == nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write(s.crl)
	})
	s.site = s.mint.NewSite(t, func(w http.ResponseWriter, r *http.Request) {
		b, found := s.files[r.URL.Path]
		if !found {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(b)
	}, markWeb)
	s.files["/logo.svg"] = []byte(bimitest.GoodSVG)
	s.certify(nil)
	s.revoke(nil)
	base := "https://" + markWeb + s.site.Port
	s.zone = dnstest.Zone{
		markTXT:                         {"v=BIMI1; l=" + base + "/logo.svg; a=" + base + "/vmc.pem"},
		"TXT _dmarc." + bimitest.Domain: {"v=DMARC1; p=reject"},
		"TXT s1._domainkey." + bimitest.Domain: {"v=DKIM1; k=ed25519; p=" +
			base64.StdEncoding.EncodeToString(markKey().Public().(ed25519.PublicKey))},
		"A " + markWeb:  {"127.0.0.1"},
		"A " + markCRLs: {"127.0.0.1"},
	}
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	c := &s.cfg.BIMI
	c.AllowPrivate = true
	c.Roots, c.Logs = write("roots.pem", bimitest.PEM(s.mint.Root)), write("logs.json", s.mint.LogList("usable"))
	c.WebRoots = write("web.pem", bimitest.PEM(s.site.CA))
	return s
}

func markKey() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
}

// certify publishes a certificate, valid around the time of the report, and
// its issuer. It gives the certificate.
func (s *markScene) certify(change func(l *bimitest.Leaf)) *x509.Certificate {
	leaf := s.mint.Leaf(func(l *bimitest.Leaf) {
		l.Template.NotBefore, l.Template.NotAfter = s.at.AddDate(0, -2, 0), s.at.AddDate(0, 6, 0)
		l.Template.CRLDistributionPoints = []string{"http://" + markCRLs + s.lists.Port + "/marks.crl"}
		if change != nil {
			change(l)
		}
	})
	s.files["/vmc.pem"] = s.mint.Chain(leaf)
	return leaf
}

// revoke publishes a list that names these certificates.
func (s *markScene) revoke(leaves []*x509.Certificate) {
	s.crl = s.mint.CRL(func(l *x509.RevocationList) {
		l.ThisUpdate, l.NextUpdate = s.at.Add(-time.Hour), s.at.AddDate(0, 0, 2)
		for _, c := range leaves {
			l.RevokedCertificateEntries = append(l.RevokedCertificateEntries,
				x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: s.at.Add(-2 * time.Hour)})
		}
	})
}

// raw is the report: the message, signed and then tampered with, attached.
func (s *markScene) raw(t *testing.T) []byte {
	t.Helper()
	date := s.at.Add(-time.Hour).Format(time.RFC1123Z)
	message := strings.ReplaceAll("From: "+s.from+"\nTo: ann@reporter.example\nSubject: Your statement is ready\nDate: "+date+
		"\nMessage-ID: <1@"+bimitest.Domain+">\n"+s.lines+"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nThe statement of May is in your account.\n", "\n", "\r\n")
	var signed bytes.Buffer
	err := dkim.Sign(&signed, strings.NewReader(message), &dkim.SignOptions{Domain: bimitest.Domain, Selector: "s1", Signer: markKey(),
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		HeaderKeys: []string{"From", "From", "To", "Subject", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"}})
	if err != nil {
		t.Fatal(err)
	}
	outer := "From: Ann Reader <ann@reporter.example>\nTo: reportascam@desk.example\nSubject: Fwd: Your statement is ready\nDate: " + date +
		"\nMessage-ID: <fwd@reporter.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"frontier\"\n\n" +
		"--frontier\nContent-Type: text/plain; charset=utf-8\n\nIs this real?\n--frontier\nContent-Type: message/rfc822\n\n"
	received := "Received: from mail." + bimitest.Domain + " (mail." + bimitest.Domain + " [198.51.100.20])\n" +
		"\tby mx.reporter.example (Postfix) with ESMTPS id 4XyZ12\n\tfor <ann@reporter.example>; " + date + "\n"
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	return []byte(crlf(outer) + s.tamper(crlf(received)+signed.String()) + crlf("\n--frontier--\n"))
}

// judge runs the desk over the servers, and gives it with its judgement.
func (s *markScene) judge(t *testing.T) (*desk, *analyze.Report, judged) {
	t.Helper()
	s.names = s.zone.Server(t)
	d, err := s.cfg.desk()
	if err != nil {
		t.Fatal(err)
	}
	resolver, err := dns.NewClient(dns.Options{Servers: []string{s.names.Addr}})
	if err != nil {
		t.Fatal(err)
	}
	web, err := s.cfg.web(resolver, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	r := &analyze.Report{ID: "test", At: s.at, Raw: s.raw(t),
		Envelope: analyze.Envelope{MailFrom: "ann@reporter.example", RcptTo: []string{"reportascam@desk.example"}, Trusted: true}}
	return d, r, d.judgeReport(t.Context(), r, resolver, web, s.at)
}

// environ is by which a server judges this scene.
func (s *markScene) environ() []string {
	c := s.cfg.BIMI
	return []string{"REPORTASCAM_DNS_SERVERS=" + s.names.Addr, "REPORTASCAM_ADDRESSES=reportascam@desk.example,reportascam@localhost",
		"REPORTASCAM_BIMI_ALLOW_PRIVATE=true", "REPORTASCAM_BIMI_ROOTS=" + c.Roots, "REPORTASCAM_BIMI_LOGS=" + c.Logs,
		"REPORTASCAM_BIMI_WEB_ROOTS=" + c.WebRoots}
}
