package send

import (
	"errors"
	"strings"
	"testing"
)

func TestCheckPublished(t *testing.T) {
	for _, kind := range []string{"rsa", "ed25519"} {
		key, _, err := GenerateKey(kind, 0)
		if err != nil {
			t.Fatal(err)
		}
		parts, err := Record(key)
		if err != nil {
			t.Fatal(err)
		}
		record := strings.Join(parts, "")
		_, p, _ := strings.Cut(record, "p=")
		other, _, _ := GenerateKey(kind, 0)
		others, _ := Record(other)
		for _, tt := range []struct {
			name  string
			texts []string
			want  string // empty: published
		}{
			{"as it was printed", []string{record}, ""},
			{"with white space", []string{" v = DKIM1 ; k=" + kind + "; p=" + p[:20] + " \t" + p[20:] + " ; "}, ""},
			{"with other digests too", []string{strings.Replace(record, "h=sha256", "h=sha1:sha256", 1)}, ""},
			{"a tag twice", []string{record + "; h=sha1:sha256"}, "no DKIM key"},
			{"no record", nil, "no TXT record"},
			{"two", []string{record, record}, "2 TXT records"},
			{"SPF in its place", []string{"v=spf1 -all"}, "no DKIM key"},
			{"text", []string{"hello"}, "no DKIM key"},
			{"revoked", []string{"v=DKIM1; p="}, "revokes"},
			{"another", []string{strings.Join(others, "")}, "another key"},
			{"cut", []string{record[:len(record)-10]}, "another key"},
			{"another kind", []string{"v=DKIM1; k=dsa; p=" + p}, "another key"},
			{"sha1 alone", []string{"v=DKIM1; k=" + kind + "; h=sha1; p=" + p}, "sha256"},
			{"for something else", []string{"v=DKIM1; k=" + kind + "; s=tlsrpt; p=" + p}, "mail"},
			{"a test", []string{"v=DKIM1; k=" + kind + "; t=s:y; p=" + p}, "test"},
			{"endless", []string{record + strings.Repeat(";", maxKeyRecord)}, "no DKIM key"},
		} {
			err := CheckPublished(key, tt.texts)
			if tt.want == "" && err != nil || tt.want != "" && (!errors.Is(err, ErrPublished) || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("CheckPublished(%s, %s) = %v, want %q", kind, tt.name, err, tt.want)
			}
		}
	}
}
