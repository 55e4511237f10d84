package auth

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

// brief writes evidence as "method=result domain scope", one a result.
func brief(list []analyze.AuthResult) string {
	var out []string
	for _, a := range list {
		s := string(a.Method) + "=" + string(a.Result)
		for _, w := range []string{a.Domain, a.Scope, a.Selector} {
			if w != "" {
				s += " " + w
			}
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func evidenceOf(r Results) []analyze.AuthResult {
	var out []analyze.AuthResult
	for i := range r.Results {
		if a, ok := r.Results[i].auth(r.AuthServ, analyze.WitnessClaimed); ok {
			out = append(out, a)
		}
	}
	return out
}

func TestParseResultsDialects(t *testing.T) {
	for _, tt := range []struct{ name, in, id, want string }{
		{"Microsoft", "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a.example; dkim=pass (signature was verified) header.d=a.example;dmarc=pass action=none header.from=a.example;compauth=pass reason=100",
			"", "spf=pass a.example mailfrom, dkim=pass a.example, dmarc=pass a.example, compauth=pass"},
		{"Microsoft unsigned", "spf=softfail (sender IP is 192.0.2.1) smtp.mailfrom=a.example; dkim=none (message not signed) header.d=none;dmarc=bestguesspass action=none header.from=a.example;compauth=softfail reason=201",
			"", "spf=softfail a.example mailfrom, dkim=none, dmarc=none a.example, compauth=softfail"},
		{"Microsoft 2016", "spf=none (sender IP is ) smtp.helo=h.example; outlook.com; dkim=none (message not signed) header.d=none;outlook.com; dmarc=none action=none header.from=a.example;",
			"", "spf=none h.example helo, dkim=none, dmarc=none a.example"},
		{"Microsoft empty From", "spf=none (sender IP is 192.0.2.1)\r\n smtp.helo=h.example; dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=;",
			"", "spf=none h.example helo, dkim=none, dmarc=none"},
		{"Google", "mx.google.com;\r\n       dkim=pass header.i=@a.example header.s=s1 header.b=IXqKizrT;\r\n       arc=pass (i=1);\r\n       spf=pass (google.com: domain of x@a.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=x@a.example;\r\n       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=a.example",
			"mx.google.com", "dkim=pass a.example s1, arc=pass, spf=pass a.example mailfrom, dmarc=pass a.example"},
		{"Google 2012", "mx.google.com; spf=pass (google.com: domain of x@a.example designates 192.0.2.1 as permitted sender) smtp.mail=x@a.example; dkim=pass header.i=@a.example",
			"mx.google.com", "spf=pass a.example mailfrom, dkim=pass a.example"},
		{"Yahoo", "atlas206.aol.mail.ne1.yahoo.com;\n dkim=pass header.i=@a.example header.s=s1 arc_overridden_status=NOT_OVERRIDDEN;\n spf=pass smtp.mailfrom=a.example;\n dmarc=pass(p=NONE,sp=QUARANTINE) header.from=a.example;",
			"atlas206.aol.mail.ne1.yahoo.com", "dkim=pass a.example s1, spf=pass a.example mailfrom, dmarc=pass a.example"},
		{"Yahoo unknown", "atlas206.aol.mail.ne1.yahoo.com;\n dkim=unknown;\n spf=none smtp.mailfrom=a.example;\n dmarc=success(p=REJECT) header.from=a.example;",
			"atlas206.aol.mail.ne1.yahoo.com", "dkim=unknown, spf=none a.example mailfrom, dmarc=unknown a.example"},
		{"Yahoo 2013", "mta1013.mail.gq1.yahoo.com  from=a.example; domainkeys=neutral (no sig);  from=a.example; dkim=pass (ok)",
			"mta1013.mail.gq1.yahoo.com", "dkim=pass"},
		{"Fastmail", "mx6.messagingengine.com;\n    arc=none (no signatures found);\n    bimi=skipped (DMARC Policy is not at enforcement);\n    dkim=pass (2048-bit rsa key sha256) header.d=a.example header.i=@a.example header.b=NOCxOQ header.a=rsa-sha256 header.s=s1 x-bits=2048;\n    dmarc=pass policy.published-domain-policy=none policy.applied-disposition=none (p=none,d=none) policy.policy-from=p header.from=a.example;\n    iprev=pass smtp.remote-ip=192.0.2.1 (mx.a.example);\n    spf=pass smtp.mailfrom=x@a.example smtp.helo=mx.a.example;\n    x-ptr=pass smtp.helo=mx.a.example policy.ptr=mx.a.example",
			"mx6.messagingengine.com", "arc=none, bimi=none, dkim=pass a.example s1, dmarc=pass a.example, spf=pass a.example mailfrom"},
		{"Proton", "mailin034.protonmail.ch; dkim=pass (Good 2048\n    bit rsa-sha256 signature) header.d=a.example header.a=rsa-sha256",
			"mailin034.protonmail.ch", "dkim=pass a.example"},
		{"Proton failure", "mailin037.protonmail.ch; dkim=fail (body hash\n    mismatch (got b'Hfh=', expected\n    b'3b8='))\n    header.d=b.example",
			"mailin037.protonmail.ch", "dkim=fail b.example"},
		{"Mimecast", "relay.mimecast.com;\n\tdkim=pass header.d=a.example header.s=s1 header.b=abc;\n\tdmarc=pass (policy=reject) header.from=a.example;\n\tspf=pass (relay.mimecast.com: domain of x@a.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=x@a.example",
			"relay.mimecast.com", "dkim=pass a.example s1, dmarc=pass a.example, spf=pass a.example mailfrom"},
		{"Proofpoint", "ppops.net; spf=pass smtp.mailfrom=x@a.example; dkim=pass header.s=s1 header.d=a.example; dmarc=pass header.from=a.example",
			"ppops.net", "spf=pass a.example mailfrom, dkim=pass a.example s1, dmarc=pass a.example"},
		{"GMX", "gmx.net; dkim=pass header.i=@a.example", "gmx.net", "dkim=pass a.example"},
		{"Zoho", "mx.zohomail.eu;\n\tdkim=pass;\n\tspf=pass (zohomail.eu: domain of _spf.a.example designates 192.0.2.1 as permitted sender)  smtp.mailfrom=x@a.example;\n\tdmarc=pass header.from=<x@a.example> (p=none dis=none)",
			"mx.zohomail.eu", "dkim=pass, spf=pass a.example mailfrom, dmarc=pass a.example"},
		{"Mail.ru", "mxs.mail.ru; spf=pass (mx273.i.mail.ru: domain of a.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=x@a.example smtp.helo=mx.a.example;\n\t dkim=pass header.d=a.example; dmarc=pass header.from=x@a.example",
			"mxs.mail.ru", "spf=pass a.example mailfrom, dkim=pass a.example, dmarc=pass a.example"},
		{"Yandex", "vla1-f55d97afef99.qloud-c.yandex.net; spf=pass (vla1-f55d97afef99.qloud-c.yandex.net: domain of a.example designates 2001:db8::1 as permitted sender, rule=[ip6:2001:db8::/36]) smtp.mail=x@a.example; dkim=pass header.i=@a.example",
			"vla1-f55d97afef99.qloud-c.yandex.net", "spf=pass a.example mailfrom, dkim=pass a.example"},
		{"iCloud BIMI", `bimi.icloud.com; bimi=skipped reason="insufficient dmarc"`, "bimi.icloud.com", "bimi=none"},
		{"iCloud DMARC", "dmarc.icloud.com; dmarc=pass header.from=a.example", "dmarc.icloud.com", "dmarc=pass a.example"},
		{"OpenDKIM", "mx.b.example;\n\tdkim=pass (2048-bit key; unprotected) header.d=a.example header.i=@a.example header.b=\"Ngf1X5eN\";\n\tdkim-atps=neutral",
			"mx.b.example", "dkim=pass a.example"},
		{"OpenDKIM failure", "mx.b.example;\n\tdkim=fail reason=\"signature verification failed (x)\" (2048-bit key; unprotected) header.d=a.example", "mx.b.example", "dkim=fail a.example"},
		{"rspamd", "mx.b.example;\n\tdkim=fail (\"body hash did not verify\") header.d=a.example header.s=s1 header.b=YrWh;\n\tspf=pass (mx.b.example: domain of \"l-bounces+x=c.example@a.example\" designates 192.0.2.1 as permitted sender) smtp.mailfrom=\"l-bounces+x=c.example@a.example\"",
			"mx.b.example", "dkim=fail a.example s1, spf=pass a.example mailfrom"},
		{"white space", "mx.b.example 1 ; dkim = pass header.d = a.example", "mx.b.example", "dkim=pass a.example"},
		{"none", "mx.b.example; none", "mx.b.example", ""},
		{"only an id", "mx.b.example;", "mx.b.example", ""},
		{"comments everywhere", "foo.example (foobar) 1 (baz);\n dkim (Because I like it) / 1 (One yay) = (wait for it) fail\n policy (A dot can go here) . (like that) expired\n (this surprised me) = (as I wasn't expecting it) 1362471462", "foo.example", "dkim=fail"},
		{"U-labels", "mx.b.example; dmarc=pass header.from=bücher.example", "mx.b.example", "dmarc=pass xn--bcher-kva.example"},
		{"upper case", "MX.B.Example; DMARC=Pass Header.From=A.Example", "mx.b.example", "dmarc=pass a.example"},
		{"error words", "mx.b.example; spf=tempfail smtp.mailfrom=a.example; dkim=timeout header.d=a.example; dmarc=permfail header.from=a.example", "mx.b.example", "spf=temperror a.example mailfrom, dkim=temperror a.example, dmarc=permerror a.example"},
	} {
		r, err := ParseResults(tt.in)
		if err != nil {
			t.Errorf("%s: ParseResults: %v", tt.name, err)
		}
		if got := brief(evidenceOf(r)); r.AuthServ != tt.id || got != tt.want {
			t.Errorf("%s: ParseResults = %q, %s; want %q, %s", tt.name, r.AuthServ, got, tt.id, tt.want)
		}
	}
}

// Injections: none of these may give a pass for bank.example, the name that
// the sender slips in, nor for anything that is said in two ways.
func TestParseResultsInjection(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"quote in comment", `mx.b.example; spf=fail (domain of "x; dmarc=pass header.from=bank.example"@evil.example does not designate 192.0.2.1) smtp.mailfrom=evil.example`, "spf=fail evil.example mailfrom"},
		{"parenthesis in a quoted local part in a comment", `mx.b.example; spf=pass (domain of "x) smtp.mailfrom=evil.example; dmarc=pass header.from=bank.example ("@evil.example designates 192.0.2.1) smtp.mailfrom=evil.example; dmarc=fail header.from=evil.example`, "spf=pass evil.example mailfrom, dmarc=unknown bank.example, dmarc=fail evil.example"},
		{"parenthesis that changes the subject", `mx.b.example; spf=pass (domain of "x) smtp.mailfrom=bank.example ("@evil.example designates 192.0.2.1) smtp.helo=evil.example`, "spf=unknown bank.example mailfrom"},
		{"backslash before the end of a comment", `mx.b.example; spf=fail (x\) smtp.mailfrom=e.example; dmarc=pass header.from=bank.example (y) smtp.mailfrom=e.example`, "spf=fail"},
		{"quoted value", `mx.b.example; spf=fail smtp.mailfrom="x; dmarc=pass header.from=bank.example"@evil.example`, "spf=fail evil.example mailfrom"},
		{"backslash in quotes", `mx.b.example; spf=fail smtp.mailfrom="x\"; dmarc=pass header.from=bank.example; y=\"z"@evil.example`, "spf=fail evil.example mailfrom"},
		{"backslash that escapes nothing", `mx.b.example; spf=fail smtp.mailfrom="x\"; dmarc=pass header.from=bank.example`, "spf=fail mailfrom"},
		{"unescaped local part", `mx.b.example; spf=pass smtp.mailfrom=x; dmarc=pass header.from=bank.example; y=@evil.example; dmarc=fail header.from=bank.example`, "spf=unknown mailfrom, dmarc=unknown bank.example, dmarc=fail bank.example"},
		{"parenthesis in a domain", "mx.b.example; spf=pass smtp.mailfrom=any@bank.example(.evil.example; dkim=none; dmarc=fail header.from=bank.example", "spf=unknown bank.example mailfrom"},
		{"closed parenthesis in a domain", "mx.b.example; dkim=pass header.d=bank.example(.x).evil.example", "dkim=unknown bank.example"},
		{"single quote in a domain", "mx.b.example; dkim=pass header.d=bank.example'.evil.example", "dkim=unknown"},
		{"double quote in a domain", `mx.b.example; dkim=pass header.d=bank.example".evil.example; x="y"`, "dkim=unknown"},
		{"NUL in a selector", "mx.b.example; dkim=pass header.d=bank.example header.s=s1._domainkey.evil.example.\x00.any", "dkim=unknown bank.example s1._domainkey.evil.example.\x00.any"},
		{"two From domains", "mx.b.example; dmarc=pass header.from=bank.example header.from=evil.example", "dmarc=unknown"},
		{"the same From domain twice", "mx.b.example; dmarc=pass header.from=a.example header.from=A.example", "dmarc=pass a.example"},
		{"two senders", "mx.b.example; spf=pass smtp.mailfrom=x@bank.example smtp.mailfrom=x@evil.example", "spf=unknown mailfrom"},
		{"two @", "mx.b.example; spf=pass smtp.mailfrom=x@bank.example@evil.example", "spf=unknown mailfrom"},
		{"AUID elsewhere", "mx.b.example; dkim=pass header.d=evil.example header.i=@bank.example", "dkim=unknown evil.example"},
		{"result within a property", "mx.b.example; spf=fail dmarc=pass header.from=bank.example", "spf=fail"},
		{"result within the id", "mx.b.example dmarc=pass header.from=bank.example; spf=fail", "spf=fail"},
		{"comment without end", "mx.b.example; spf=pass smtp.mailfrom=a.example (x; dmarc=pass header.from=bank.example", "spf=unknown a.example mailfrom"},
		{"quote without end", `mx.b.example; spf=pass smtp.mailfrom=a.example; dkim=pass header.d="bank.example`, "spf=pass a.example mailfrom, dkim=unknown bank.example"},
		{"stray word", "mx.b.example; dmarc=pass is not what we found header.from=bank.example", "dmarc=unknown bank.example"},
		{"two verdicts", "mx.b.example; dmarc=pass header.from=bank.example; dmarc=fail header.from=bank.example", "dmarc=unknown bank.example, dmarc=fail bank.example"},
		{"list of addresses", "mx.b.example; dmarc=pass header.from=x@bank.example, y@evil.example", "dmarc=unknown"},
		{"in an id's comment", "mx.b.example (; dmarc=pass header.from=bank.example); spf=none", "spf=none"},
		{"in an id's quotes", `"x; dmarc=pass header.from=bank.example"; spf=none`, "spf=none"},
	} {
		r, _ := ParseResults(tt.in)
		got := evidenceOf(r)
		for i := range got {
			if got[i].Method == analyze.MethodSPF && got[i].Domain == "" && got[i].Scope == "helo" {
				got[i].Scope = ""
			}
		}
		if brief(got) != tt.want {
			t.Errorf("%s: ParseResults(%q) = %s, want %s", tt.name, tt.in, brief(got), tt.want)
		}
	}
}

func TestParseResultsErrors(t *testing.T) {
	for in, bad := range map[string]bool{
		"mx.b.example; spf=pass smtp.mailfrom=a.example":     false,
		"mx.b.example; none":                                 false,
		`mx.b.example; dkim=pass header.b="x`:                true,
		"mx.b.example; dkim=pass (x":                         true,
		"mx.b.example; dkim=pass header.d=a\x00b":            true,
		"mx.b.example; dkim=pass stray header.d=a.example":   true,
		"mx.b.example; " + strings.Repeat("dkim=pass;", 1e4): true,
	} {
		if _, err := ParseResults(in); errors.Is(err, ErrResults) != bad || err != nil != bad {
			t.Errorf("ParseResults(%.60q) gives error %v, want one: %v", in, err, bad)
		}
	}
}

func TestParseResultsKeeps(t *testing.T) {
	r, err := ParseResults("mx.b.example 1; dkim/1=fail reason=\"no \\\"key\\\"\" (a comment) header.i=@a.example header.b=abc= header.a=rsa-sha256")
	want := MethodResult{Method: "dkim", Version: "1", Result: "fail", Reason: `no "key"`, Comment: "a comment",
		Props: []Prop{{"header", "i", "@a.example"}, {"header", "b", "abc="}, {"header", "a", "rsa-sha256"}}}
	if err != nil || r.Version != "1" || len(r.Results) != 1 || r.Results[0].key() != want.key() || r.Results[0].Comment != want.Comment {
		t.Errorf("ParseResults = %+v, %v; want %+v", r, err, want)
	}
	const line = `mx.b.example 1; dkim/1=fail reason="no \"key\"" header.i=@a.example header.b="abc=" header.a=rsa-sha256`
	if got := r.String(); got != line {
		t.Errorf("String = %s, want %s", got, line)
	}
	a, _ := r.Results[0].auth("mx.b.example", analyze.WitnessBoundary)
	if a.Algorithm != "rsa-sha256" || a.Reason != `no "key"` || a.AuthServ != "mx.b.example" || a.Witness != analyze.WitnessBoundary {
		t.Errorf("auth = %+v", a)
	}
	r, _ = ParseResults("dmarc=fail (p=reject dis=none) action=oreject header.from=a.example;compauth=fail reason=000")
	for i, want := range []string{"p=reject dis=none; action=oreject", "reason=000"} {
		if a, _ := r.Results[i].auth("", analyze.WitnessBoundary); a.Reason != want {
			t.Errorf("Reason of %s = %q, want %q", a.Method, a.Reason, want)
		}
	}
}

func TestParseReceivedSPF(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"pass (google.com: domain of x@a.example designates 192.0.2.1 as permitted sender) client-ip=192.0.2.1;", "spf=pass helo"},
		{"Pass (mx.b.example: domain of a.example designates 192.0.2.1 as permitted sender)\r\n receiver=mx.b.example; identity=mailfrom; client-ip=192.0.2.1 helo=mx.a.example; envelope-from=<bounce+x@a.example>", "spf=pass a.example mailfrom"},
		{`pass client-ip="192.0.2.1"; envelope-from="x@a.example"; helo=h.example; mechanism="include:_n.a.example"; identity=mailfrom`, "spf=pass a.example mailfrom"},
		{"None (no SPF) identity=helo; helo=h.example; envelope-from=x@a.example", "spf=none h.example helo"},
		{`fail (domain of "x) envelope-from=x@bank.example; ("@e.example) envelope-from=x@e.example`, "spf=fail mailfrom"},
		{`pass (x) envelope-from="x" bank.example`, "spf=unknown mailfrom"},
		{"pass envelope-from=x@bank.example envelope-from=x@e.example", "spf=unknown mailfrom"},
		{"", "spf=unknown helo"},
	} {
		a, _ := parseReceivedSPF(tt.in).auth("", analyze.WitnessBoundary)
		if got := brief([]analyze.AuthResult{a}); got != tt.want {
			t.Errorf("parseReceivedSPF(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

// resultsSuite reads the header forms of the dkim_verifier suite, by what its
// own tests expect of the newest field.
func resultsSuite(t *testing.T) (cases int) {
	dir := suitePath(t, "authres", "dkim_verifier", "arh")
	want := map[string]string{
		"dkim-unknown_result.eml":                   "dkim=temperror example.com",
		"rfc6376-A.2-arh-valid.eml":                 "dkim=pass example.com",
		"rfc6376-A.2-arh-valid-auid.eml":            "dkim=pass football.example.com",
		"multiple_dkim_results.eml":                 "dkim=fail example.com, dkim=pass unrelated.org, dkim=pass example.com, dkim=fail example.com, dkim=fail unrelated.org, dkim=fail example.com, dkim=pass example.org",
		"multiple_arh-newest_no_result.eml":         "",
		"rfc6376-A.2-arh-failed.eml":                "dkim=fail example.com",
		"alignment-auid_not_in_sdid.eml":            "dkim=unknown example.net",
		"rfc6376-A.2-arh-valid-no_sdid_or_auid.eml": "dkim=pass",
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		h, _, _ := eml.ParseHeader(raw)
		fields := readResultFields(h)
		if len(fields) == 0 {
			t.Errorf("%s: no field read", f.Name())
			continue
		}
		ev := slices.DeleteFunc(evidenceOf(fields[0].res), func(a analyze.AuthResult) bool { return a.Method != analyze.MethodDKIM })
		got := brief(ev)
		if w, ok := want[f.Name()]; ok && got != w {
			t.Errorf("%s: newest field = %s, want %s", f.Name(), got, w)
		}
		delete(want, f.Name())
	}
	if len(want) > 0 {
		t.Errorf("files that are not there: %v", want)
	}
	return len(files)
}

func FuzzResults(f *testing.F) {
	for _, s := range []string{
		"mx.google.com; dkim=pass header.i=@a.example; spf=pass (domain of x@a.example) smtp.mailfrom=x@a.example; dmarc=pass (p=NONE) header.from=a.example",
		"spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=x; dkim=pass header.d=x;dmarc=pass action=none header.from=x;compauth=pass reason=100",
		`a; spf=fail (domain of "x; dmarc=pass header.from=b"@e) smtp.mailfrom="q\"; dmarc=pass"@e`,
		"foo.example (foobar) 1 (baz); dkim (x) / 1 (y) = (z) fail policy (A) . (b) expired = 1362471462",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, _ := ParseResults(s)
		bare := outsideQuotes(s)
		for _, m := range r.Results {
			a, ok := m.auth(r.AuthServ, analyze.WitnessClaimed)
			if !ok || a.Result != analyze.ResultPass {
				continue
			}
			if !strings.Contains(bare, m.Method) {
				t.Errorf("ParseResults(%q) found %s within quotes or comments", s, m.Method)
			}
		}
		line := r.String()
		again, _ := ParseResults(line)
		if got := again.String(); got != line {
			t.Errorf("String is not stable: %q, then %q", line, got)
		}
	})
}

// outsideQuotes gives what stands outside quotes and comments, in lower case,
// read as RFC 5322 section 3.2 says.
func outsideQuotes(s string) string {
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && (depth > 0 || quoted):
			i++
		case quoted:
			quoted = c != '"'
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
		case c == '"':
			quoted = true
		default:
			b.WriteByte(c)
		}
	}
	return strings.ToLower(b.String())
}
