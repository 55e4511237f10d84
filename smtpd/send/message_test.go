package send

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// note is a message that can go out as it is.
func note() Message {
	return Message{ID: "01JD0000000000000000000000", To: "ann@home.example",
		Raw: []byte("From: <help@desk.example>\r\nTo: <ann@home.example>\r\nSubject: Hi\r\n\r\n.dot\r\n..dots\r\n\r\nend\r\n")}
}

func TestCheckAddress(t *testing.T) {
	tests := []struct {
		in   string
		want bool
	}{
		{"ann@home.example", true}, {"a.b+c=d!#$%&'*/?^_`{|}~@x-1.home.example", true}, {"ann@localhost", true},
		{"", false}, {"ann", false}, {"@home.example", false}, {"ann@", false}, {"ann@home..example", false}, {"ann@.example", false},
		{".ann@home.example", false}, {"ann.@home.example", false}, {"a..b@home.example", false}, {"a@b@home.example", false},
		{`"open@relay.test> ORCPT=rfc822;x"@home.example`, false}, {"open@relay.test> ORCPT=rfc822;x@home.example", false},
		{`"ann"@home.example`, false}, {"ann@[192.0.2.1]", false}, {"ann @home.example", false}, {"ann@home.example\r\nRCPT TO:<x@y>", false},
		{"änn@home.example", false}, {"ann@höme.example", false}, {"ann@-home.example", false}, {"ann@home-.example", false}, {"ann@home_x.example", false},
		{"a\x00b@home.example", false}, {strings.Repeat("a", 65) + "@home.example", false}, {"a@" + strings.Repeat("a", 64) + ".example", false},
		{"a@" + strings.Repeat("abcdefgh.", 30) + "example", false},
	}
	for _, tt := range tests {
		if err := CheckAddress(tt.in); (err == nil) != tt.want || err != nil && !errors.Is(err, ErrAddress) {
			t.Errorf("CheckAddress(%q) = %v, want ok %v", tt.in, err, tt.want)
		}
	}
}

func TestCheckRaw(t *testing.T) {
	tests := []struct {
		name, raw string
		want      bool
	}{
		{"plain", "A: b\r\n\r\nx\r\n", true},
		{"998 octets", strings.Repeat("x", 998) + "\r\n", true},
		{"999 octets", strings.Repeat("x", 999) + "\r\n", false},
		{"bare LF", "a\nb\r\n", false}, {"first LF", "\na\r\n", false}, {"bare CR", "a\rb\r\n", false},
		{"CR CR LF", "a\r\r\n", false}, {"NUL", "a\x00\r\n", false}, {"8 bit", "\xc3\xa4\r\n", false},
		{"smuggled end", "a\n.\r\nMAIL FROM:<>\r\n", false}, {"no line ending", "a", false}, {"ends in CR", "a\r", false}, {"nothing", "", false},
	}
	for _, tt := range tests {
		if err := checkRaw([]byte(tt.raw)); (err == nil) != tt.want {
			t.Errorf("checkRaw(%s) = %v, want ok %v", tt.name, err, tt.want)
		}
	}
}

func TestPermanent(t *testing.T) {
	tests := []struct {
		err  error
		want bool
	}{
		{&Refused{Stage: stageRcpt, Code: 550}, true}, {&Refused{Stage: stageMail, Code: 554}, true},
		{&Refused{Stage: stageData, Code: 503}, true}, {&Refused{Stage: stageEnd, Code: 552}, true},
		{fmt.Errorf("outer: %w", &Refused{Stage: stageEnd, Code: 550}), true},
		{&Refused{Stage: stageRcpt, Code: 451}, false}, {&Refused{Stage: stageEnd, Code: 421}, false},
		{&Refused{Stage: stageConnect, Code: 554}, false}, {&Refused{Stage: stageEHLO, Code: 550}, false},
		{&Refused{Stage: stageAuth, Code: 535}, false}, {&Refused{Stage: stageTLS, Code: 502}, false},
		{ErrAddress, true}, {ErrID, true}, {ErrMessage, true}, {ErrTLS, false}, {ErrAuth, false}, {ErrGarbage, false}, {errors.New("x"), false}, {nil, false},
	}
	for _, tt := range tests {
		if got := Permanent(tt.err); got != tt.want {
			t.Errorf("Permanent(%v) = %v, want %v", tt.err, got, tt.want)
		}
	}
}

func TestCleanText(t *testing.T) {
	if got, want := cleanText("no\x1b[31m \r\nway\xff"), "no?[31m ? way?"; got != want {
		t.Errorf("cleanText = %q, want %q", got, want)
	}
	if got := cleanText(strings.Repeat("x", 10_000)); len(got) != maxText {
		t.Errorf("cleanText(long) has %d octets, want %d", len(got), maxText)
	}
}
