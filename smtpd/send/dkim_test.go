package send

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

// verify checks the signatures of raw against one published record.
func verify(t *testing.T, raw []byte, name string, record []string) []*dkim.Verification {
	t.Helper()
	v, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(domain string) ([]string, error) {
		if domain != name {
			t.Errorf("looked up %s, want %s", domain, name)
		}
		return []string{strings.Join(record, "")}, nil
	}})
	if err != nil {
		t.Fatalf("verifying: %v", err)
	}
	return v
}

func TestSign(t *testing.T) {
	for _, kind := range []string{"rsa", "ed25519"} {
		t.Run(kind, func(t *testing.T) {
			key, pemBytes, err := GenerateKey(kind, 0)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "key.pem")
			if err := os.WriteFile(file, pemBytes, 0o600); err != nil {
				t.Fatal(err)
			}
			loaded, err := LoadKey(file)
			if err != nil {
				t.Fatalf("LoadKey: %v", err)
			}
			record, err := Record(key)
			if err != nil {
				t.Fatal(err)
			}
			d := &DKIM{Domain: "Desk.example", Selector: "s1", Key: loaded}
			raw, err := d.Sign(note().Raw)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasSuffix(raw, note().Raw) || checkRaw(raw) != nil {
				t.Errorf("signed message is not the message with a field in front, or not plain:\n%s", raw)
			}
			const name = "s1._domainkey.desk.example"
			v := verify(t, raw, name, record)
			if len(v) != 1 || v[0].Err != nil || v[0].Domain != "desk.example" {
				t.Fatalf("verification = %+v, want a pass for desk.example", v)
			}
			// What the signature must not survive.
			for _, add := range []string{"From: x@evil.example", "Subject: You won", "To: y@evil.example", "Reply-To: x@evil.example", "Cc: x@evil.example", "Auto-Submitted: no", "References: <a@b>", "Sender: x@evil.example"} {
				i := bytes.Index(raw, []byte("From: "))
				changed := append(append(append([]byte{}, raw[:i]...), add+"\r\n"...), raw[i:]...)
				if v := verify(t, changed, name, record); len(v) != 1 || v[0].Err == nil {
					t.Errorf("signature survives an added %q", add)
				}
			}
			changed := append(bytes.Clone(raw), "more\r\n"...)
			if v := verify(t, changed, name, record); v[0].Err == nil {
				t.Errorf("signature survives an added line")
			}
			// Relaxed: what relays do to white space must not break it.
			relaxed := bytes.Replace(raw, []byte("Subject: Hi"), []byte("Subject:  Hi "), 1)
			if v := verify(t, relaxed, name, record); v[0].Err != nil {
				t.Errorf("signature does not survive white space: %v", v[0].Err)
			}
		})
	}
}

func TestRecord(t *testing.T) {
	for _, tt := range []struct {
		kind string
		bits int
		want string
	}{{"rsa", 2048, "v=DKIM1; h=sha256; k=rsa; p=MIIB"}, {"rsa", 3072, "v=DKIM1; h=sha256; k=rsa; p=MIIB"}, {"ed25519", 0, "v=DKIM1; h=sha256; k=ed25519; p="}} {
		key, _, err := GenerateKey(tt.kind, tt.bits)
		if err != nil {
			t.Fatal(err)
		}
		parts, err := Record(key)
		if err != nil || !strings.HasPrefix(strings.Join(parts, ""), tt.want) {
			t.Errorf("Record(%s %d) = %q, %v, want %s…", tt.kind, tt.bits, parts, err, tt.want)
		}
		for _, p := range parts {
			if len(p) == 0 || len(p) > 255 {
				t.Errorf("Record(%s %d): a string of %d octets", tt.kind, tt.bits, len(p))
			}
		}
		line, err := ZoneLine("desk.example", "s1", key)
		if err != nil || !strings.HasPrefix(line, "s1._domainkey.desk.example. IN TXT ( \"v=DKIM1;") || strings.Count(line, `"`) != 2*len(parts) {
			t.Errorf("ZoneLine = %q, %v", line, err)
		}
	}
}

func TestKeysRefused(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(small)})
	for name, b := range map[string][]byte{"1024 bits": pkcs1, "nothing": nil, "no PEM": []byte("key"), "broken": []byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
		"a certificate": []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")} {
		if _, err := ParseKey(b); !errors.Is(err, ErrKey) {
			t.Errorf("ParseKey(%s) = %v, want ErrKey", name, err)
		}
	}
	good, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	both := append([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(good)})...)
	if _, err := ParseKey(both); err != nil {
		t.Errorf("ParseKey(PKCS#1 behind a certificate) = %v, want a key", err)
	}
	for _, tt := range []struct {
		kind string
		bits int
	}{{"rsa", 1024}, {"rsa", 8192}, {"dsa", 0}, {"", 0}} {
		if _, _, err := GenerateKey(tt.kind, tt.bits); !errors.Is(err, ErrKey) {
			t.Errorf("GenerateKey(%q, %d) = %v, want ErrKey", tt.kind, tt.bits, err)
		}
	}
	if _, err := LoadKey("/dev/null/none"); err == nil {
		t.Errorf("LoadKey(no file) gives no error")
	}
	for _, d := range []*DKIM{{Domain: "desk.example", Selector: "s1"}, {Domain: "a; b=", Selector: "s1", Key: good}, {Domain: "desk.example", Selector: "", Key: crypto.Signer(good)}} {
		if _, err := d.Sign(note().Raw); !errors.Is(err, ErrKey) {
			t.Errorf("Sign(%q, %q) = %v, want ErrKey", d.Domain, d.Selector, err)
		}
	}
}
