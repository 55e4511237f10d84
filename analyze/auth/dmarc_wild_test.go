package auth

import (
	"strconv"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/dns/dnstest"
)

// wildRecords are policy records in the forms in which they are found, read by
// RFC 9989 section 4.7 (the record) and 4.10 (which of several counts). Several
// records of one name stand apart by "|". want is "none" where no policy
// applies, else p, sp, np, the effective policy of the domain itself, adkim,
// aspf and pct, "-" for what is absent.
func wildRecords(t *testing.T) (cases int) {
	const rua = "; rua=mailto:d@bank.example"
	for _, tt := range []struct{ name, records, want string }{
		{"plain", "v=DMARC1; p=reject", "reject - - reject - - 100"},
		{"no spaces", "v=DMARC1;p=reject;sp=none;adkim=s;aspf=r;pct=50", "reject none - reject s r 50"},
		{"final semicolon", "v=DMARC1; p=reject;", "reject - - reject - - 100"},
		{"two semicolons", "v=DMARC1;; p=reject", "reject - - reject - - 100"},
		{"many semicolons", "v=DMARC1; ; ;p=reject; ;;", "reject - - reject - - 100"},
		{"semicolon before", ";v=DMARC1; p=reject", "none"},
		{"no semicolon", "v=DMARC1 p=reject", "none"},
		{"comma for semicolon", "v=DMARC1, p=reject", "none"},
		{"escaped semicolons", `v=DMARC1\; p=reject`, "none"},
		{"spaces around", "  v=DMARC1; p=reject  ", "reject - - reject - - 100"},
		{"spaces at signs", "v = DMARC1 ; p = reject ; pct = 20", "reject - - reject - - 20"},
		{"tabs", "v=DMARC1;\tp=reject;\tadkim=s", "reject - - reject s - 100"},
		{"line breaks", "v=DMARC1;\r\n p=reject", "reject - - reject - - 100"},
		{"tag names in capitals", "V=DMARC1; P=reject; PCT=10", "reject - - reject - - 10"},
		{"values in capitals", "v=DMARC1; p=REJECT; adkim=S", "reject - - reject s - 100"},
		{"mixed case", "v=DMARC1; p=Quarantine", "quarantine - - quarantine - - 100"},
		{"version in small letters", "v=dmarc1; p=reject", "none"},
		{"version 2", "v=DMARC2; p=reject", "none"},
		{"version with more", "v=DMARC1.0; p=reject", "none"},
		{"version without sign", "DMARC1; p=reject", "none"},
		{"version not first", "p=reject; v=DMARC1", "none"},
		{"version only", "v=DMARC1", "none"},
		{"version and semicolon", "v=DMARC1;", "none"},
		{"quoted", `"v=DMARC1; p=reject"`, "none"},
		{"empty", "", "none"},
		{"SPF", "v=spf1 -all", "none"},
		{"DKIM", "v=DKIM1; p=reject", "none"},
		{"p missing", "v=DMARC1; sp=reject", "none"},
		{"p missing, with rua", "v=DMARC1; sp=reject" + rua, "none - - none - - 100"},
		{"p empty", "v=DMARC1; p=", "none"},
		{"p empty, with rua", "v=DMARC1; p=" + rua, "none - - none - - 100"},
		{"p misspelt", "v=DMARC1; p=quarentine", "none"},
		{"p misspelt, with rua", "v=DMARC1; p=quarentine" + rua, "none - - none - - 100"},
		{"p of another kind, with rua", "v=DMARC1; p=monitor" + rua, "none - - none - - 100"},
		{"p with comma", "v=DMARC1; p=reject, pct=100", "none"},
		{"sp misspelt", "v=DMARC1; p=reject; sp=rejct", "none"},
		{"sp misspelt, with rua", "v=DMARC1; p=reject; sp=rejct" + rua, "none - - none - - 100"},
		{"p last", "v=DMARC1" + rua + "; p=reject", "reject - - reject - - 100"},
		{"p twice", "v=DMARC1; p=none; p=reject", "none - - none - - 100"},
		{"sp twice", "v=DMARC1; p=reject; sp=none; sp=reject", "reject none - reject - - 100"},
		{"v twice", "v=DMARC1; v=DMARC1; p=reject", "reject - - reject - - 100"},
		{"unknown tags", "v=DMARC1; p=reject; x=y; foo=bar; _z=1", "reject - - reject - - 100"},
		{"tag without value", "v=DMARC1; p=reject; junk; aspf=s", "reject - - reject - s 100"},
		{"sign without tag", "v=DMARC1; =x; p=reject", "reject - - reject - - 100"},
		{"pct out of range", "v=DMARC1; p=reject; pct=150", "reject - - reject - - 100"},
		{"pct with sign", "v=DMARC1; p=reject; pct=50%", "reject - - reject - - 100"},
		{"pct zero", "v=DMARC1; p=reject; pct=0", "reject - - reject - - 0"},
		{"adkim misspelt", "v=DMARC1; p=reject; adkim=strict", "reject - - reject - - 100"},
		{"rua without mailto", "v=DMARC1; p=reject; rua=d@bank.example", "reject - - reject - - 100"},
		{"rua with size", "v=DMARC1; p=oops; rua=mailto:d@bank.example!10m", "none - - none - - 100"},
		{"rua of https", "v=DMARC1; p=oops; rua=https://bank.example/d", "none"},
		{"fo, rf, ri of any kind", "v=DMARC1; p=reject; fo=0:1:d:s; rf=afrf; ri=86400; ruf=x", "reject - - reject - - 100"},
		{"np", "v=DMARC1; p=none; sp=quarantine; np=reject", "none quarantine reject none - - 100"},
		{"t=y", "v=DMARC1; p=reject; t=y", "reject - - quarantine - - 100"},
		{"t=y, quarantine", "v=DMARC1; p=quarantine; t=Y", "quarantine - - none - - 100"},
		{"t=n", "v=DMARC1; p=reject; t=n", "reject - - reject - - 100"},
		{"two records", "v=DMARC1; p=reject|v=DMARC1; p=none", "none"},
		{"the same twice", "v=DMARC1; p=reject|v=DMARC1; p=reject", "none"},
		{"beside others", "v=spf1 -all|v=DMARC1; p=reject|hello", "reject - - reject - - 100"},
		{"beside one that is none", "p=none; v=DMARC1|v=DMARC1; p=reject", "reject - - reject - - 100"},
		{"raw 8-bit", "v=DMARC1; p=reject; x=\xff\xfe", "reject - - reject - - 100"},
	} {
		cases++
		zone := dnstest.Zone{"TXT _dmarc.bank.example": strings.Split(tt.records, "|")}
		a := findAuthor(t.Context(), zone, "bank.example")
		got := "none"
		if p := a.policy; p != nil {
			got = strings.Join([]string{p.P, dash(p.SP), dash(p.NP), p.Effective, dash(p.ADKIM), dash(p.ASPF), strconv.Itoa(p.Pct)}, " ")
		}
		if got != tt.want {
			t.Errorf("%s: policy of %q = %s, want %s", tt.name, tt.records, got, tt.want)
		}
		// Whatever the record, mail that nothing authenticates is never a pass.
		none := evaluateDMARC(a, nil, nil, true)
		if want := map[bool]analyze.Result{true: analyze.ResultNone, false: analyze.ResultFail}[tt.want == "none"]; none.Result != want {
			t.Errorf("%s: dmarc of unauthenticated mail = %s, want %s", tt.name, none.Result, want)
		}
	}
	return cases
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
