package smtpd

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// makeCert gives a self-signed certificate for name, and its key, in PEM.
func makeCert(t *testing.T, name string) (cert, key []byte) {
	t.Helper()
	priv, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &priv.PublicKey, priv)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(priv)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
}

// certFiles gives the names of two files with a certificate for name.
func certFiles(t *testing.T, name string) (certFile, keyFile string) {
	t.Helper()
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	cert, key := makeCert(t, name)
	writeFile(t, certFile, cert)
	writeFile(t, keyFile, key)
	return certFile, keyFile
}

// subject gives the name on the certificate that the server shows now.
func subject(t *testing.T, addr string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	for _, step := range []struct{ say, until string }{{"", "220 "}, {"EHLO x\r\n", "250 "}, {"STARTTLS\r\n", "220 "}} {
		if _, err := io.WriteString(conn, step.say); err != nil {
			t.Fatal(err)
		}
		for line := ""; !strings.HasPrefix(line, step.until); {
			if line, err = in.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
	}
	c := tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
	if err := c.Handshake(); err != nil {
		t.Fatal(err)
	}
	return c.ConnectionState().PeerCertificates[0].Subject.CommonName
}

func TestCertificateReload(t *testing.T) {
	cfg := testConfig()
	cfg.TLSCert, cfg.TLSKey = certFiles(t, "one.test")
	var skip atomic.Int64 // seconds
	cfg.Now = func() time.Time { return time.Unix(1e9+skip.Load(), 0) }
	d := start(t, cfg, nil)
	want := func(name string) {
		t.Helper()
		if got := subject(t, d.addr); got != name {
			t.Errorf("certificate of %q, want %q", got, name)
		}
	}
	notReloaded := func(n int) {
		t.Helper()
		if got := strings.Count(d.log.String(), "not reloaded"); got != n {
			t.Errorf("log says %d times that it was not reloaded, want %d", got, n)
		}
	}
	want("one.test")
	cert, key := makeCert(t, "two.test")
	writeFile(t, cfg.TLSCert, cert)
	writeFile(t, cfg.TLSKey, key)
	want("one.test") // looked at within this second already
	skip.Add(1)
	want("two.test")
	cert, key = makeCert(t, "three.test")
	writeFile(t, cfg.TLSCert, cert)
	skip.Add(1)
	want("two.test") // the new certificate does not fit the old key
	notReloaded(1)
	skip.Add(1)
	want("two.test")
	notReloaded(1) // once for one change
	writeFile(t, cfg.TLSKey, key)
	skip.Add(1)
	want("three.test")
	writeFile(t, cfg.TLSCert, []byte("-----BEGIN NONSENSE"))
	skip.Add(1)
	want("three.test")
	notReloaded(2)
	writeFile(t, cfg.TLSCert, cert)
	skip.Add(1)
	want("three.test")
}

func TestCertificateFileGone(t *testing.T) {
	certFile, keyFile := certFiles(t, "one.test")
	now := time.Unix(1e9, 0)
	log := &lockedBuffer{}
	c, err := newCerts(certFile, keyFile, func() time.Time { return now }, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	before := c.get()
	c.keyFile = keyFile + ".gone"
	for range 3 {
		now = now.Add(time.Minute)
		if c.get() != before {
			t.Fatal("the certificate went with its file")
		}
	}
	if n := strings.Count(log.String(), "not reloaded"); n != 1 {
		t.Errorf("log says %d times that it was not reloaded, want 1", n)
	}
	c.keyFile = keyFile
	now = now.Add(time.Minute)
	if c.get() == before {
		t.Error("the certificate was not read again when its file came back")
	}
}

func TestNoOldTLS(t *testing.T) {
	cfg := testConfig()
	cfg.TLSCert, cfg.TLSKey = certFiles(t, "one.test")
	d := start(t, cfg, nil)
	conn, err := net.Dial("tcp", d.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	if _, err := in.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "STARTTLS\r\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := in.ReadString('\n'); err != nil || !strings.HasPrefix(line, "220 ") {
		t.Fatalf("STARTTLS = %q, %v, want 220", line, err)
	}
	c := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	if err := c.Handshake(); err == nil {
		t.Error("handshake with TLS 1.1 succeeded")
	}
}
