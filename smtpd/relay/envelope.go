package relay

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// path takes "FROM:<a@b> SIZE=1" apart: the path as it is written between the
// angle brackets, and the parameters. Nothing is unquoted: the next hop reads
// what the client wrote.
func path(arg, keyword string) (p, params string, ok bool) {
	if len(arg) < len(keyword) || !strings.EqualFold(arg[:len(keyword)], keyword) {
		return "", "", false
	}
	rest := strings.TrimLeft(arg[len(keyword):], " ")
	if rest == "" || rest[0] != '<' {
		return "", "", false
	}
	quoted := false
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == '<' && !quoted:
			return "", "", false
		case c == '>' && !quoted:
			p, params = rest[1:i], rest[i+1:]
			if params != "" && params[0] != ' ' {
				return "", "", false
			}
			return p, strings.TrimSpace(params), true
		}
	}
	return "", "", false
}

// allowed tells whether the parameters belong to what was offered.
func (x *session) allowed(params string) bool {
	for _, w := range strings.Fields(params) {
		name, value, _ := strings.Cut(w, "=")
		need := ""
		switch strings.ToUpper(name) {
		case "SIZE":
			need = "SIZE"
		case "BODY":
			if need = "8BITMIME"; strings.EqualFold(value, "BINARYMIME") {
				return false // there is no BDAT to bring it
			}
		case "SMTPUTF8":
			need = "SMTPUTF8"
		case "RET", "ENVID", "NOTIFY", "ORCPT":
			need = "DSN"
		default:
			return false
		}
		if _, ok := x.hop.ext[need]; !ok {
			return false
		}
	}
	return true
}

// vetted checks a path line before the next hop sees it.
func (x *session) vetted(arg, keyword string) (p, params string, ok bool) {
	p, params, ok = path(arg, keyword)
	switch {
	case !ok || !utf8.ValidString(arg):
		x.fault(501, "5.5.4 Bad address syntax")
	case !x.allowed(params):
		x.fault(555, "5.5.4 Unsupported parameter")
		ok = false
	}
	return p, params, ok
}

func (x *session) from(arg string) {
	if x.hop == nil {
		x.fault(503, "5.5.1 Say EHLO first")
		return
	}
	if x.mail {
		x.fault(503, "5.5.1 Sender already given")
		return
	}
	p, params, ok := x.vetted(arg, "FROM:")
	if !ok {
		return
	}
	if n, ok := sizeOf(params); ok && n > x.s.Limits.Message {
		x.fault(552, "5.3.4 Message too large") // RFC 1870 section 6.1
		return
	}
	r, err := x.hop.ask("MAIL " + arg)
	if err != nil {
		x.lost("MAIL", err)
		return
	}
	if x.answer(r) {
		x.mail, x.facts = true, x.who
		x.mailLine, x.rcptLines = "MAIL "+arg, map[string]string{}
		x.facts.MailFrom = p
		x.facts.UTF8 = strings.Contains(" "+strings.ToUpper(params)+" ", " SMTPUTF8 ")
	}
}

func (x *session) to(arg string) {
	if !x.mail {
		x.fault(503, "5.5.1 Say MAIL first")
		return
	}
	p, _, ok := x.vetted(arg, "TO:")
	if !ok {
		return
	}
	if n := len(x.facts.RcptTo); n >= x.s.Limits.Recipients || n > 0 && x.hop.lmtp && !x.lmtp {
		// An LMTP next hop answers for each recipient, and SMTP takes one answer
		// only: so it has one recipient at a time (RFC 5321 section 4.5.3.1.10).
		x.reply(452, "4.5.3 Too many recipients, send the rest in another transaction")
		return
	}
	r, err := x.hop.ask("RCPT " + arg)
	if err != nil {
		x.lost("RCPT", err)
		return
	}
	if x.answer(r) {
		if _, twice := x.rcptLines[p]; !twice || x.lmtp {
			x.facts.RcptTo = append(x.facts.RcptTo, p) // by LMTP each RCPT has its answer
		}
		x.rcptLines[p] = "RCPT " + arg
	}
}

// sizeOf gives what SIZE= announces.
func sizeOf(params string) (int64, bool) {
	for _, w := range strings.Fields(params) {
		if name, value, _ := strings.Cut(w, "="); strings.EqualFold(name, "SIZE") {
			n, err := strconv.ParseInt(value, 10, 64)
			return n, err == nil
		}
	}
	return 0, false
}
