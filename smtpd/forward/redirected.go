package forward

import (
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/links"
)

// resent tells whether somebody put a message back into the mail as it was
// (RFC 5322 section 3.6.6): "redirect" in Apple Mail, "bounce" in mutt. QUIRK:
// SmartList (Debian's lists) resends all that it distributes: what came over a
// list counts only if it was resent to us.
func (f *finder) resent() bool {
	h := f.msg.Header
	if !h.Has("Resent-From") && !h.Has("Resent-To") && !h.Has("Resent-Sender") {
		return false
	}
	return !fromList(h) || f.namesUs("Resent-To", "Resent-Cc")
}

// namesUs tells whether one of our addresses is in one of the fields.
func (f *finder) namesUs(fields ...string) bool {
	for _, name := range fields {
		for _, a := range f.msg.Header.Addresses(name) {
			if f.us.Has(a.Addr()) {
				return true
			}
		}
	}
	return false
}

// redirected tells whether a report shows the marks of a redirect without
// Resent-* fields: it names us in neither To nor Cc, and its From is not of
// the domain that sent it. A file that was never sent has no envelope, and
// shows nothing.
func (f *finder) redirected() bool {
	sender := f.report.Envelope.MailFrom
	at := strings.LastIndexByte(sender, '@')
	if at < 0 || len(f.us) == 0 || f.namesUs("To", "Cc") {
		return false
	}
	from := f.msg.Header.Addresses("From")
	if len(from) == 0 {
		return false
	}
	for _, a := range from {
		if sameDomain(a.Domain, sender[at+1:]) {
			return false
		}
	}
	return true
}

func sameDomain(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	if a == b {
		return true
	}
	ra, rb := links.Registrable(a), links.Registrable(b)
	return ra != "" && ra == rb
}

// itself gives the report as an original that was redirected.
func (f *finder) itself() analyze.Original {
	o := fromMessage(f.whole, analyze.HowRedirected)
	o.Client = resentClient(f.whole.Header)
	return o
}

// redirectAddresses gives the reporter's addresses of a redirected message.
// Its From is the scammer's; the reporter is who it was delivered to and who
// resent it.
func (f *finder) redirectAddresses() []string {
	var out []string
	h := f.msg.Header
	for _, name := range []string{"Resent-From", "Resent-Sender", "Delivered-To", "X-Original-To", "To"} {
		for _, a := range h.Addresses(name) {
			out = f.addAddress(out, a.Addr())
		}
	}
	// A rewritten sender (SRS) hides the scammer's address in its local part.
	local, _, _ := strings.Cut(strings.ToLower(f.report.Envelope.MailFrom), "@")
	if !strings.HasPrefix(local, "srs0") && !strings.HasPrefix(local, "srs1") {
		out = f.addAddress(out, f.report.Envelope.MailFrom)
	}
	return out
}
