package reply

import (
	"net/mail"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/eml"
	"reportascam/smtpd/send"
)

// plain tells whether addr is a mailbox that replies can be sent to: what the
// sender of mail would refuse is no address to answer.
func plain(addr string) bool { return send.CheckAddress(addr) == nil }

// dotAtom tells whether s is one or more runs of ok octets with single dots
// between them (RFC 5322 section 3.2.3).
func dotAtom(s string, ok func(byte) bool) bool {
	prev := byte('.')
	for i := range len(s) {
		if s[i] == '.' && prev == '.' || s[i] != '.' && !ok(s[i]) {
			return false
		}
		prev = s[i]
	}
	return prev != '.'
}

func isAtext(c byte) bool {
	return isLDH(c) || strings.IndexByte("!#$%&'*+/=?^_`{|}~", c) >= 0
}

func isLDH(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-'
}

// split gives both sides of an address, lower case; the local part is what
// stands before the last @.
func split(addr string) (local, domain string) {
	addr = strings.ToLower(strings.TrimSpace(addr))
	if i := strings.LastIndexByte(addr, '@'); i >= 0 {
		return addr[:i], strings.TrimSuffix(addr[i+1:], ".")
	}
	return addr, ""
}

// ours tells whether addr is one of the desk's own. A tag (desk+x@) counts
// as the address without it.
func (c Config) ours(addr string) bool {
	return c.Addresses.Has(addr) || analyze.Mailboxes{c.From}.Has(addr)
}

// Recipient gives the one address that an answer to the report could go to,
// or why there is none. It reads From; of a trusted network's mail without a From
// it takes MAIL FROM. What was redirected has the scammer's From, and a rule in
// a mailbox redirects without anybody's will: nobody is answered.
func Recipient(o Outer) (addr string, reason string) {
	if resent(o.Header) || redirected(o.Originals) {
		return "", "redirected: the report is the suspicious message itself, so its author is not the reporter."
	}
	network := o.Reporter.By == ByNetwork
	froms := o.Header.Addresses("From")
	if network && !o.Header.Has("From") {
		return checked(o.Report.Envelope.MailFrom)
	}
	if len(froms) != 1 || o.Header.Count("From") != 1 || !agreed(o.Header.Get("From"), froms[0].Addr()) {
		return "", "malformed: the report has no single readable author."
	}
	if _, domain := split(froms[0].Addr()); !network && domain != strings.ToLower(o.Reporter.Auth.FromDomain) {
		return "", "not-authenticated: the author's domain is not the one that was checked."
	}
	return checked(froms[0].Addr())
}

// agreed tells whether a second, strict parser reads the same one address in
// a From field, or cannot read it at all. Where two readings differ, a
// receiver may have authenticated the other one.
func agreed(value, addr string) bool {
	list, err := mail.ParseAddressList(value)
	if err != nil {
		return strings.Count(value, "@") == 1 // nothing else could be meant
	}
	return len(list) == 1 && strings.EqualFold(list[0].Address, addr)
}

func checked(addr string) (string, string) {
	if !plain(addr) {
		return "", "odd-address: the reporter's address is not one that can be mailed safely."
	}
	return addr, ""
}

// The values of analyze.Reporter.By.
const (
	ByDKIM    = "dkim"
	BySPF     = "spf"
	ByNetwork = "network"
)

// resent tells whether the header carries any field of RFC 5322 section
// 3.6.6.
func resent(h eml.Header) bool {
	for _, f := range []string{"Resent-From", "Resent-Sender", "Resent-To", "Resent-Cc", "Resent-Bcc", "Resent-Date", "Resent-Message-ID"} {
		if h.Has(f) {
			return true
		}
	}
	return false
}

func redirected(originals []analyze.Original) bool {
	for _, o := range originals {
		if o.How == analyze.HowRedirected {
			return true
		}
	}
	return false
}
