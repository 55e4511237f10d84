package eml

import (
	"bytes"
	"reflect"
	"testing"
)

const headerText = "Received: one\r\n\tby two\r\nreceived:three\r\nSubject: =?utf-8?Q?J=C3=BC?=\r\n =?utf-8?Q?rgen?=\r\n" +
	"To: a@b.example,\r\n c@d.example\r\nTO: e@f.example\r\nX-Empty:\r\nFrom: J\xFC <a@b.example>\r\n"

func TestHeader(t *testing.T) {
	raw := []byte(headerText + "\r\nbody\r\n")
	h, body, defects := ParseHeader(raw)
	if got := string(raw[body:]); got != "body\r\n" {
		t.Errorf("ParseHeader: body %q, want %q", got, "body\r\n")
	}
	if string(h.Raw) != headerText {
		t.Errorf("Raw = %q, want %q", h.Raw, headerText)
	}
	if len(defects) != 1 || defects[0].Kind != DefectRaw8Bit {
		t.Errorf("ParseHeader notes %v, want %s only", defects, DefectRaw8Bit)
	}
	if got, want := h.Values("RECEIVED"), []string{"one\tby two", "three"}; !reflect.DeepEqual(got, want) {
		t.Errorf("Values(RECEIVED) = %q, want %q", got, want)
	}
	for _, test := range []struct{ name, get, text string }{
		{"subject", "=?utf-8?Q?J=C3=BC?= =?utf-8?Q?rgen?=", "Jürgen"},
		{"x-empty", "", ""},
		{"absent", "", ""},
		{"from", "J\xFC <a@b.example>", "Jü <a@b.example>"},
	} {
		if got := h.Get(test.name); got != test.get {
			t.Errorf("Get(%q) = %q, want %q", test.name, got, test.get)
		}
		if got := h.Text(test.name); got != test.text {
			t.Errorf("Text(%q) = %q, want %q", test.name, got, test.text)
		}
	}
	if h.Count("to") != 2 || h.Count("absent") != 0 || !h.Has("x-empty") || h.Has("absent") {
		t.Errorf("Count or Has is wrong: %d, %d, %v, %v", h.Count("to"), h.Count("absent"), h.Has("x-empty"), h.Has("absent"))
	}
	var addrs []string
	for _, a := range h.Addresses("To") {
		addrs = append(addrs, a.Addr())
	}
	if want := []string{"a@b.example", "c@d.example", "e@f.example"}; !reflect.DeepEqual(addrs, want) {
		t.Errorf("Addresses(To) = %q, want %q", addrs, want)
	}
	var again []byte
	for i := range h.Fields {
		again = append(again, h.RawField(i)...)
	}
	if !bytes.Equal(again, h.Raw) {
		t.Errorf("the raw fields together = %q, want %q", again, h.Raw)
	}
	if h.RawField(-1) != nil || h.RawField(len(h.Fields)) != nil {
		t.Error("RawField out of range is not nil")
	}
}

func TestParams(t *testing.T) {
	for _, test := range []struct{ in, main, name, want string }{
		{`text/plain; charset=utf-8`, "text/plain", "charset", "utf-8"},
		{`Text / Plain ; Charset = "utf-8" (x)`, "text/plain", "charset", "utf-8"},
		{`a/b; name=my file.pdf; x=y`, "a/b", "name", "my file.pdf"},
		{`a/b; name="my;file.pdf"`, "a/b", "name", "my;file.pdf"},
		{`a/b; name="a\"b"`, "a/b", "name", `a"b`},
		{`a/b; name="C:\tmp\x.pdf"`, "a/b", "name", `C:\tmp\x.pdf`},
		{`a/b; name*=utf-8''J%C3%BC.pdf`, "a/b", "name", "Jü.pdf"},
		{`a/b; name*=iso-8859-1'de'J%FC.pdf`, "a/b", "name", "Jü.pdf"},
		{`a/b; name*=J%C3%BC.pdf`, "a/b", "name", "Jü.pdf"},
		{`a/b; name*0="long "; name*1="name.pdf"`, "a/b", "name", "long name.pdf"},
		{`a/b; name*1="b.pdf"; name*0="a"`, "a/b", "name", "ab.pdf"},
		{`a/b; name*0*=utf-8'en'J%C3; name*1*=%BC; name*2=".pdf"`, "a/b", "name", "Jü.pdf"},
		{`a/b; name=plain.pdf; name*=utf-8''J%C3%BC.pdf`, "a/b", "name", "Jü.pdf"},
		{`a/b; name="=?utf-8?Q?J=C3=BC.pdf?="`, "a/b", "name", "Jü.pdf"},
		{`a/b; name==?utf-8?Q?J=C3=BC.pdf?=`, "a/b", "name", "Jü.pdf"},
		{"a/b; name=J\xFC.pdf", "a/b", "name", "Jü.pdf"},
		{`a/b;; ;name=x`, "a/b", "name", "x"},
		{`a/b name=x`, "a/b", "name", "x"},
		{`a/b; x="open; name=x`, "a/b", "name", "x"},
		{`a/b; x=1 name=y`, "a/b", "name", "y"},
		{`name=x`, "", "name", "x"},
	} {
		st := parseStructured(test.in)
		if got := st.params()[test.name]; st.main != test.main || got != test.want {
			t.Errorf("parseStructured(%q) = %q, %s=%q, want %q, %q", test.in, st.main, test.name, got, test.main, test.want)
		}
	}
}
