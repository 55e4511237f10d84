package reply

import (
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

// Refuse tells whether the outer message must not be answered, and why: a
// stable word, a colon and a sentence. It looks at the outer message alone;
// what the originals carry (a reported newsletter has a List-Id, a reported
// bounce is Auto-Submitted) does not count.
func Refuse(o Outer, c Config) (reason string, refused bool) {
	if o.Report == nil {
		return "malformed: there is no report.", true
	}
	for _, rule := range rules() {
		if reason = rule(o, c); reason != "" {
			return reason, true
		}
	}
	return "", false
}

// Word gives the stable word of a reason.
func Word(reason string) string {
	word, _, _ := strings.Cut(reason, ":")
	return word
}

// rules are asked in order; the first that gives a reason decides. What is
// cheap and certain comes first.
func rules() []func(Outer, Config) string {
	return []func(Outer, Config) string{
		envelope, ownSender, robotSender, automatic, conversation, machineSubject, list, precedence, suppressed, notification,
		malformed, redirect, authenticated, addressedToUs, recipient,
	}
}

// envelope: RFC 3834 section 2, no answer to the null sender; RFC 5321
// section 4.5.5. A sender that is no address at all is as good as none.
func envelope(o Outer, _ Config) string {
	from := o.Report.Envelope.MailFrom
	if from == "" || from == "<>" {
		return "null-sender: the report came from the null sender, as bounces do."
	}
	if o.Header.Get("Return-Path") == "<>" {
		// A server on the way had the null sender, and another lost it.
		return "null-sender: the report was once sent from the null sender, as bounces are."
	}
	if local, domain := split(from); local == "" || domain == "" || strings.ContainsFunc(from, odd) {
		return "bad-sender: the envelope sender is not an address."
	}
	return ""
}

// odd: what no reverse-path holds outside of quotes.
func odd(r rune) bool { return r <= 0x20 || r == 0x7f || r == '<' || r == '>' || r == 0xfffd }

// ownSender: two desks must not talk to each other, nor one to itself.
func ownSender(o Outer, c Config) string {
	for _, a := range senders(o) {
		if c.ours(a) {
			return "own-address: the report came from an address of this desk."
		}
	}
	return ""
}

// senders lists every address that the report names as its source.
func senders(o Outer) []string {
	out := []string{o.Report.Envelope.MailFrom}
	for _, f := range []string{"From", "Sender", "Resent-From", "Resent-Sender"} {
		for _, a := range o.Header.Addresses(f) {
			out = append(out, a.Addr())
		}
	}
	return out
}

// robotSender: RFC 3834 section 2 and RFC 5230 section 4.6 name the local
// parts behind which no person reads.
func robotSender(o Outer, _ Config) string {
	for _, a := range senders(o) {
		if local, _ := split(a); robot(local) {
			return "robot-sender: the sender's address is one that no person reads."
		}
	}
	return ""
}

func robot(local string) bool {
	local = strings.Trim(local, `"`)
	base, _, _ := strings.Cut(local, "+")
	squeezed := strings.NewReplacer("-", "", "_", "", ".", "").Replace(base)
	switch squeezed {
	case "mailerdaemon", "listserv", "listproc", "majordomo", "mailman", "autoreply", "autoresponder",
		"bounce", "bounces", "devnull", "nobody", "mdaemon", "symantecav":
		return true
	}
	for _, p := range []string{"noreply", "donotreply", "dontreply", "donotrespond", "noresponse", "nepasrepondre", "nichtantworten", "noresponder",
		"naoresponda", "naoresponder", "nonrispondere", "nietbeantwoorden", "nieodpowiadaj", "yanitlamayin", "unmonitored"} {
		if strings.HasPrefix(squeezed, p) || strings.HasSuffix(squeezed, p) {
			return true
		}
	}
	for _, p := range []string{"owner-", "bounce-", "bounces-", "bounce_", "bounces_"} {
		if strings.HasPrefix(base, p) {
			return true
		}
	}
	for _, s := range []string{"-request", "-owner", "-bounce", "-bounces", "-daemon"} {
		if strings.HasSuffix(base, s) {
			return true
		}
	}
	return false
}

// keyword gives the first word of a structured value: comments (RFC 5322
// section 3.2.2) and parameters are left out, lower case.
func keyword(v string) string {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '\\' && depth > 0:
			i++
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
		case c == ';':
			return strings.ToLower(strings.TrimSpace(b.String()))
		default:
			b.WriteByte(c)
		}
	}
	return strings.ToLower(strings.TrimSpace(b.String()))
}

// list: RFC 3834 section 2 and RFC 5230 section 4.6: any field of RFC 2369
// or RFC 2919 marks a list, and the answer would go to all of it.
func list(o Outer, _ Config) string {
	for _, f := range []string{"List-Id", "List-Owner", "List-Subscribe", "List-Post", "List-Unsubscribe",
		"List-Help", "List-Archive", "List-Unsubscribe-Post", "Mailing-List", "X-Mailing-List"} {
		if o.Header.Has(f) {
			return "mailing-list: the report came through a mailing list."
		}
	}
	return ""
}

// precedence: not in any RFC but in all of them as custom (RFC 3834 section
// 3.1.8).
func precedence(o Outer, _ Config) string {
	for _, v := range o.Header.Values("Precedence") {
		switch keyword(v) {
		case "junk", "bulk", "list", "auto_reply":
			return "bulk: the report was sent as bulk mail."
		}
	}
	return ""
}

// suppressed: MS-OXCMAIL section 2.1.3.2.20. DR, RN and NRN ask for no
// receipts, which an answer is not.
func suppressed(o Outer, _ Config) string {
	for _, v := range o.Header.Values("X-Auto-Response-Suppress") {
		for w := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\t' }) {
			switch strings.ToLower(w) {
			case "all", "oof", "autoreply":
				return "suppressed: the sender asked for no automatic replies."
			}
		}
	}
	return ""
}

// notification: bounces and read receipts (RFC 3461, 8098), and the feedback
// reports of providers (RFC 5965), are multipart/report.
func notification(o Outer, _ Config) string {
	for _, v := range o.Header.Values("Content-Type") {
		switch strings.ReplaceAll(keyword(v), " ", "") {
		case "multipart/report", "message/delivery-status", "message/disposition-notification", "message/global-delivery-status":
			return "notification: the report is a delivery notice or a receipt."
		}
	}
	return ""
}

// Limits of a header that a person's program wrote.
const (
	maxFields = 500     // the corpora's largest have about 150
	maxHeader = 1 << 17 // 128 KiB; Exchange stays under 64 KiB by its own limit
)

// malformed: who a message is from must not depend on who reads it.
func malformed(o Outer, _ Config) string {
	h := o.Header
	if len(h.Fields) == 0 || len(h.Fields) > maxFields || len(h.Raw) > maxHeader {
		return "malformed: the header is empty or far too large."
	}
	// RFC 5322 section 3.6: at most one of each.
	for _, f := range []string{"From", "Sender", "Reply-To", "Date", "Message-ID", "Subject", "Content-Type", "MIME-Version"} {
		if h.Count(f) > 1 {
			return "malformed: the field " + f + " is there more than once."
		}
	}
	if strings.IndexByte(string(h.Raw), 0) >= 0 {
		return "malformed: the header holds NUL."
	}
	if o.Reporter.By != ByNetwork && o.Reporter.Auth.FromFault != "" {
		return "malformed: the report has no single readable author."
	}
	return ""
}

// redirect: what was resent is the scam itself, and its From the scammer's.
func redirect(o Outer, _ Config) string {
	if resent(o.Header) || redirected(o.Originals) {
		_, reason := Recipient(o)
		return reason
	}
	return ""
}

// authenticated: A forged report must not make mail for
// whom it names.
func authenticated(o Outer, _ Config) string {
	if !o.Reporter.Proven {
		return "not-authenticated: nothing proves who sent the report."
	}
	switch o.Reporter.By {
	case ByNetwork:
		if !o.Report.Envelope.Trusted {
			return "not-authenticated: the report did not come from a trusted network."
		}
		return ""
	case ByDKIM, BySPF:
	default:
		return "not-authenticated: nothing proves who sent the report."
	}
	if dmarcFails(o.Reporter.Auth) {
		return "dmarc-fail: the author's domain disowns the report."
	}
	if !proves(o.Reporter.Auth) {
		return "not-authenticated: nothing that we checked proves the author's domain."
	}
	return ""
}

// dmarcFails counts only what we checked: a line in the report that says so
// is the reporter's to forge.
func dmarcFails(a analyze.Auth) bool {
	for _, r := range a.Results {
		if r.Method == analyze.MethodDMARC && r.Witness == analyze.WitnessVerified && r.Result == analyze.ResultFail {
			return true
		}
	}
	return false
}

// proves tells whether an aligned pass of our own stands behind the From
// domain.
func proves(a analyze.Auth) bool {
	_, w, ok := a.Proven()
	return ok && w == analyze.WitnessVerified
}

// addressedToUs: RFC 3834 section 2: a message that does not name us as its
// recipient was redirected, copied blind or replayed; its author may be the
// scammer, proven by the scammer's own domain. A trusted network's mail is
// taken as it is.
func addressedToUs(o Outer, c Config) string {
	if o.Reporter.By == ByNetwork {
		return ""
	}
	for _, f := range []string{"To", "Cc"} {
		for _, a := range o.Header.Addresses(f) {
			if c.ours(a.Addr()) || accepted(o.Report.Envelope, a) {
				return ""
			}
		}
	}
	return "not-addressed: the report does not name this desk as its recipient."
}

// accepted tells whether the address is one for which the server took the
// report.
func accepted(e analyze.Envelope, a eml.Address) bool {
	for _, r := range e.RcptTo {
		if strings.EqualFold(r, a.Addr()) {
			return true
		}
	}
	return false
}

// recipient: there must be exactly one address to answer, and it must be
// none of ours.
func recipient(o Outer, c Config) string {
	addr, reason := Recipient(o)
	if reason != "" {
		return reason
	}
	if c.ours(addr) {
		return "own-address: the report came from an address of this desk."
	}
	local, domain := split(addr)
	if robot(local) {
		return "robot-sender: the sender's address is one that no person reads."
	}
	if !strings.Contains(domain, ".") && o.Reporter.By != ByNetwork {
		return "odd-address: the reporter's domain is not a public one."
	}
	return ""
}
