package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"reportascam/analyze/dns/dnstest"
	"reportascam/smtpd/send"
)

// TestDKIMKeyCheck: both keys of a rotation are compared with the DNS.
func TestDKIMKeyCheck(t *testing.T) {
	dir := t.TempDir()
	old, next := filepath.Join(dir, "old.pem"), filepath.Join(dir, "next.pem")
	record := func(file, selector string) string {
		t.Helper()
		var out, errOut bytes.Buffer
		if code := run(t.Context(), []string{"dkim-key", file, "--domain", "desk.example", "--selector", selector}, nil, nil, &out, &errOut); code != exitDone {
			t.Fatalf("dkim-key = %d, %s", code, errOut.String())
		}
		key, err := send.LoadKey(file)
		if err != nil {
			t.Fatal(err)
		}
		parts, err := send.Record(key)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(parts, "")
	}
	first, second := record(old, "a"), record(next, "b")
	for _, tt := range []struct {
		name string
		b    []string
		code int
		want string
	}{
		{"both", []string{second}, exitDone, "b._domainkey.desk.example (signs next): published as it should be"},
		{"next is not there", []string{"NXDOMAIN"}, exitFault, "there is no TXT record"},
		{"next is the old one", []string{first}, exitFault, "another key"},
		{"the DNS is down", []string{"SERVFAIL"}, exitFault, "does not answer"},
	} {
		addr := dnstest.Zone{"TXT a._domainkey.desk.example": {first}, "TXT b._domainkey.desk.example": tt.b}.Serve(t)
		env := []string{"REPORTASCAM_SEND_DKIM_KEY=" + old, "REPORTASCAM_SEND_DKIM_SELECTOR=a", "REPORTASCAM_SEND_DKIM_DOMAIN=desk.example",
			"REPORTASCAM_SEND_DKIM_NEXT_KEY=" + next, "REPORTASCAM_SEND_DKIM_NEXT_SELECTOR=b", "REPORTASCAM_DNS_SERVERS=" + addr}
		var out, errOut bytes.Buffer
		code := run(t.Context(), []string{"dkim-key", "--check"}, env, nil, &out, &errOut)
		if code != tt.code || !strings.Contains(out.String(), tt.want) || !strings.Contains(out.String(), "a._domainkey.desk.example (signs now): published") {
			t.Errorf("%s: dkim-key --check = %d, %q %q, want %d and %q", tt.name, code, out.String(), errOut.String(), tt.code, tt.want)
		}
	}
	var out, errOut bytes.Buffer
	if code := run(t.Context(), []string{"dkim-key", filepath.Join(dir, "x")}, nil, nil, &out, &errOut); code != exitUsage {
		t.Errorf("dkim-key without a domain = %d, want %d", code, exitUsage)
	}
	if code := run(t.Context(), []string{"dkim-key", "--check"}, nil, nil, &out, &errOut); code != exitUsage {
		t.Errorf("dkim-key --check without a key = %d, want %d", code, exitUsage)
	}
}
