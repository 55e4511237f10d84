package main

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/dns/dnstest"
)

// TestAuthHistoric: old mail is read by old rules where that is asked for, and
// nothing else in the picture changes.
func TestAuthHistoric(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	msg := "From: Bank <news@bank.example>\r\nDate: Tue, 10 Oct 2006 12:30:27 -0700\r\nSubject: News\r\n\r\nHello.\r\n"
	sum := sha1.Sum([]byte(msg)) // c=simple and no h=: all as it stands
	sig, err := rsa.SignPKCS1v15(nil, key, crypto.SHA1, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "old.eml")
	msg = "DomainKey-Signature: q=dns; c=simple; d=bank.example; s=s1;\r\n\tb=" + base64.StdEncoding.EncodeToString(sig) + "\r\n" + msg
	if err := os.WriteFile(file, []byte(msg), 0o600); err != nil {
		t.Fatal(err)
	}
	server := dnstest.Zone{
		"TXT s1._domainkey.bank.example": {"k=rsa; p=" + base64.StdEncoding.EncodeToString(der)},
		"TXT _dmarc.bank.example":        {"v=DMARC1; p=reject"},
	}.Serve(t)
	auth := func(args ...string) string {
		var out, errs bytes.Buffer
		if code := run(t.Context(), append([]string{"auth", "--dns", server}, args...), nil, nil, &out, &errs); code != 0 {
			t.Fatalf("auth %v exited with %d: %s", args, code, errs.String())
		}
		return out.String()
	}
	plain, both := auth(file), auth("--historic", file)
	added := "By the rules of its time, which prove nothing today:\n  domainkeys pass       historic  bank.example\n"
	if strings.Contains(plain, "historic") || !strings.Contains(both, added) || strings.Replace(both, added, "", 1) != plain {
		t.Errorf("auth --historic = %s\nwant, beside %q: %s", both, added, plain)
	}
	if !strings.Contains(both, "Proven:      no\n") {
		t.Errorf("auth --historic = %s\nwant nothing proven", both)
	}
	var got struct {
		Results, Historic []analyze.AuthResult
		Header            string `json:"authentication_results"`
	}
	if err := json.Unmarshal([]byte(auth("--json", "--historic", file)), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Historic) != 1 || got.Historic[0].Result != analyze.ResultPass || got.Historic[0].Witness != analyze.WitnessHistoric {
		t.Errorf("historic = %+v, want one pass", got.Historic)
	}
	if strings.Contains(got.Header, "domainkeys") {
		t.Errorf("line for others: %s", got.Header)
	}
}
