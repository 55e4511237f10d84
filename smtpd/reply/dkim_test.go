package reply

import (
	"bytes"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"reportascam/analyze"
	"reportascam/smtpd/send"
)

// TestSigned holds that an answer verifies as the desk's, by a verifier that
// is not ours, and is still an answer of the right form.
func TestSigned(t *testing.T) {
	key, _, err := send.GenerateKey("ed25519", 0)
	if err != nil {
		t.Fatal(err)
	}
	record, err := send.Record(key)
	if err != nil {
		t.Fatal(err)
	}
	c := renderDesk()
	c.Signer = &send.DKIM{Domain: "desk.example", Selector: "s1", Key: key}
	m, err := Render(judgement(judged(analyze.Scam, analyze.GradeFull)), goodOuter(goodHeader), c)
	if err != nil {
		t.Fatal(err)
	}
	lookup := func(string) ([]string, error) { return []string{strings.Join(record, "")}, nil }
	v, err := dkim.VerifyWithOptions(bytes.NewReader(m.Raw), &dkim.VerifyOptions{LookupTXT: lookup})
	if err != nil || len(v) != 1 || v[0].Err != nil || v[0].Domain != "desk.example" {
		t.Errorf("verification = %+v, %v, want a pass for desk.example", v, err)
	}
	want := append([]string{"Dkim-Signature"}, wantFields()...)
	if a := open(t, m.Raw); !strings.EqualFold(strings.Join(a.fields, " "), strings.Join(want, " ")) {
		t.Errorf("fields = %q, want %q", a.fields, want)
	}
	out := &send.Outbox{Dir: t.TempDir()}
	if err := out.Send(t.Context(), send.Message{ID: "01JD", From: m.From, To: m.To, Raw: m.Raw}); err != nil {
		t.Errorf("Outbox.Send(answer) = %v, want it to be plain", err)
	}
}
