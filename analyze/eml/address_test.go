package eml

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseAddresses(t *testing.T) {
	for _, test := range []struct {
		in     string
		want   []string // name|local|domain
		defect string   // the one that is noted; none when empty
	}{
		{"a@b.example", []string{"|a|b.example"}, ""},
		{"<a@B.Example>", []string{"|a|b.example"}, ""},
		{"Joe Doe <a@b.example>", []string{"Joe Doe|a|b.example"}, ""},
		{`"Doe, Joe" <a@b.example>, c@d.example`, []string{"Doe, Joe|a|b.example", "|c|d.example"}, ""},
		{`"A \"B\" C" <a@b.example>`, []string{`A "B" C|a|b.example`}, ""},
		{"a@b.example (Joe Doe)", []string{"Joe Doe|a|b.example"}, ""},
		{"<a@b.example> (Joe (the) Doe)", []string{"Joe (the) Doe|a|b.example"}, ""},
		{"Team: a@b.example, Joe <c@d.example>;, e@f.example", []string{"|a|b.example", "Joe|c|d.example", "|e|f.example"}, ""},
		{"undisclosed-recipients:;", nil, ""},
		{`"joe doe"@b.example`, []string{"|joe doe|b.example"}, ""},
		{`<"joe>doe"@b.example>`, []string{"|joe>doe|b.example"}, ""},
		{"a@[192.0.2.1]", []string{"|a|[192.0.2.1]"}, ""},
		{"<a@[IPv6:2001:db8::1]>", []string{"|a|[ipv6:2001:db8::1]"}, ""},
		{"Joe [IT: desk] <a@b.example>", []string{"Joe [IT: desk]|a|b.example"}, ""},
		{"Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", []string{"Pete|pete|silly.test"}, ""},
		{"joe . d @ example . com", []string{"|joe.d|example.com"}, ""},
		{"=?utf-8?Q?J=C3=BCrgen?= <a@b.example>", []string{"Jürgen|a|b.example"}, ""},
		{"=?utf-8?Q?PayPal,?= =?utf-8?Q?_Inc.?= <a@b.example>", []string{"PayPal, Inc.|a|b.example"}, ""},
		{`"=?utf-8?Q?J=C3=BC?=" <a@b.example>`, []string{"Jü|a|b.example"}, ""},
		{"Jürgen <jürgen@bücher.example>", []string{"Jürgen|jürgen|bücher.example"}, ""},
		{"", nil, ""},
		{" , ,", nil, ""},
		{"support@paypal.com <a@b.example>", []string{"support@paypal.com|a|b.example"}, ""},
		{`"support@paypal.com" <a@b.example>`, []string{"support@paypal.com|a|b.example"}, ""},
		{"Dr. J. Doe <a@b.example>", []string{"Dr. J. Doe|a|b.example"}, ""},

		{"A <a@b.example> <c@d.example>", []string{"A|a|b.example", "|c|d.example"}, DefectTwoAngles},
		{"PayPal, Inc. <a@b.example>", []string{"PayPal, Inc.|a|b.example"}, DefectComma},
		{"J\xFCrgen <a@b.example>", []string{"Jürgen|a|b.example"}, ""},
		{"<@x.example,@y.example:a@b.example>", []string{"|a|b.example"}, DefectRoute},
		{"Joe a@b.example", []string{"Joe|a|b.example"}, DefectNoAngle},
		{"a@b.example c@d.example", []string{"|a|b.example", "|c|d.example"}, DefectNoAngle},
		{"a@b.example <Joe>", []string{"Joe|a|b.example"}, DefectNoAngle},
		{"a@b.example; c@d.example", []string{"|a|b.example", "|c|d.example"}, DefectSemicolon},
		{"Joe <a@b.example", []string{"Joe|a|b.example"}, DefectOpenAngle},
		{"Joe <a@b.example, c@d.example", []string{"Joe|a|b.example", "|c|d.example"}, DefectOpenAngle},
		{`"Joe <a@b.example>`, []string{"Joe|a|b.example"}, DefectUnterminated},
		{"Joe (x <a@b.example>", []string{"Joe x|a|b.example"}, DefectOpenComment},
		{"<=?utf-8?Q?a=40b.example?=>", []string{"|a|b.example"}, DefectEncodedAddr},
		{"=?utf-8?Q?a=40b.example?=", []string{"|a|b.example"}, DefectEncodedAddr},
		{"=?utf-8?Q?Joe_=3Ca=40b.example=3E?= <c@d.example>", []string{"Joe <a@b.example>|c|d.example"}, ""},
		{"root", []string{"|root|"}, DefectNoAddress},
		{"Joe Doe", []string{"Joe Doe||"}, DefectNoAddress},
		{"root, a@b.example", []string{"|root|", "|a|b.example"}, DefectNoAddress},
		{"<>", []string{"||"}, DefectNoAddress},
		{"PayPal: Service <a@b.example>", []string{"PayPal: Service|a|b.example"}, DefectColon},
		{"PayPal, <a@b.example>", []string{"PayPal|a|b.example"}, DefectComma},
		{`"help@paypal.com", <a@b.example>`, []string{"help@paypal.com|a|b.example"}, DefectComma},
		{"PayPal Desk;<a@b.example>", []string{"PayPal Desk|a|b.example"}, DefectSemicolon},
		{"Joe <a@b,example>", []string{"Joe|a|b,example"}, DefectDomain},
		{"mailto:a@b.example", []string{"|a|b.example"}, ""},
		{"<mailto:a@b.example>", []string{"|a|b.example"}, ""},
		{"a@b@c.example", []string{"|a@b|c.example"}, ""},
		{"a@", []string{"|a|"}, DefectDomain},
		{"<a@b.example.>", []string{"|a|b.example"}, ""},
		{"A <a@b.example> c@d.example", []string{"A|a|b.example", "|c|d.example"}, DefectText},
	} {
		list, defects := ParseAddresses(test.in)
		var got []string
		for _, a := range list {
			got = append(got, a.Name+"|"+a.Local+"|"+a.Domain)
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("ParseAddresses(%q) = %q, want %q", test.in, got, test.want)
		}
		var kinds []string
		for _, d := range defects {
			kinds = append(kinds, d.Kind)
		}
		if test.defect == "" && len(kinds) > 0 || test.defect != "" && !slices.Contains(kinds, test.defect) {
			t.Errorf("ParseAddresses(%q) notes %q, want %q", test.in, kinds, test.defect)
		}
	}
}

func TestAddressFields(t *testing.T) {
	list, _ := ParseAddresses("x@y.example, Joe <a@b.example>")
	if len(list) != 2 || list[1].Raw != "Joe <a@b.example>" || list[1].Addr() != "a@b.example" {
		t.Fatalf("ParseAddresses = %+v", list)
	}
	if m := list[1].Mailbox(); m.Name != "Joe" || m.Address != "a@b.example" {
		t.Errorf("Mailbox() = %+v", m)
	}
}

func FuzzAddresses(f *testing.F) {
	for _, s := range []string{
		"Joe <a@b.example>", `"Doe, Joe" <a@b.example>, c@d.example`, "Team: a@b.example;", "A <a@b> <c@d>",
		"=?utf-8?Q?a=40b.example?=", `<"joe>doe"@b.example>`, "J\xFC <a@b", "joe . d @ example . com", "<@x,@y:a@b>", "(a(b", `"\`, "a@b,,;:<>[](",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, defects := ParseAddresses(s)
		if len(list) > maxAddresses || len(defects) > maxDefects+1 {
			t.Fatalf("%d addresses, %d defects", len(list), len(defects))
		}
		for _, a := range list {
			for _, v := range []string{a.Name, a.Local, a.Domain, a.Raw} {
				if !utf8.ValidString(v) {
					t.Fatalf("ParseAddresses(%q) gives %q, which is not UTF-8", s, v)
				}
			}
			if !dotAtom(a.Local) || !dotAtom(a.Domain) {
				continue
			}
			again, _ := ParseAddresses(a.Addr())
			if len(again) != 1 || again[0].Local != a.Local || again[0].Domain != a.Domain {
				t.Fatalf("ParseAddresses(%q) = %+v, want the address again", a.Addr(), again)
			}
		}
	})
}

// dotAtom says whether s is a dot-atom of RFC 5322 section 3.2.3, in ASCII.
func dotAtom(s string) bool {
	for _, word := range strings.Split(s, ".") {
		if word == "" {
			return false
		}
		for _, c := range word {
			alnum := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
			if !alnum && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", c) {
				return false
			}
		}
	}
	return !strings.Contains(s, "=?")
}
