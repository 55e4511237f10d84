package smtpd

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxHelo is the longest name that a client may give itself: a domain's.
const maxHelo = maxDomain

// command acts on one line of the client's.
func (g *gate) command(line []byte) {
	verb, arg, ok := splitCommand(line)
	if !ok || !isASCII(arg) && verb != "MAIL" && verb != "RCPT" {
		g.c.reply(501, "5.5.2", "Control characters and raw 8-bit are not accepted")
		return
	}
	switch verb {
	case "HELO", "EHLO":
		g.hello(verb, arg)
	case "MAIL", "RSET", "NOOP", "VRFY", "QUIT":
		g.pass(verb, arg)
	case "RCPT":
		g.pass(verb, fullPostmaster(arg, g.c.srv.host))
	case "DATA":
		g.data(arg)
	case "BDAT":
		g.bdat(arg)
	case "STARTTLS":
		g.startTLS(arg)
	case "AUTH", "EXPN", "HELP", "TURN", "ETRN", "SEND", "SOML", "SAML":
		g.c.reply(502, "5.5.1", "Command not implemented")
	case "GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "PROXY":
		// A browser that was sent here, or a header from where none is trusted: what
		// follows is no SMTP.
		g.c.bye("not SMTP", 500, "5.5.2", "This is SMTP, closing")
	default:
		g.c.reply(500, "5.5.2", "Command not recognized")
	}
}

// splitCommand gives the verb in upper case and its argument. It gives false
// when the line holds what no command holds: control characters, a CR that is
// not part of its end, or octets that are not UTF-8. A bare LF as the end is
// accepted: people type it, and only in DATA does it matter.
func splitCommand(line []byte) (verb, arg string, ok bool) {
	s := strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r")
	if !utf8.ValidString(s) {
		return "", "", false
	}
	for _, r := range s {
		if r != ' ' && !unicode.IsPrint(r) {
			return "", "", false
		}
	}
	verb, arg, _ = strings.Cut(strings.TrimRight(s, " "), " ")
	if !isASCII(verb) {
		return "", "", false
	}
	return strings.ToUpper(verb), strings.TrimLeft(arg, " "), true
}

func (g *gate) hello(verb, arg string) {
	name, _, _ := strings.Cut(arg, " ")
	if name == "" || len(name) > maxHelo {
		g.c.reply(501, "5.5.4", "Your name is needed, of at most "+strconv.Itoa(maxHelo)+" octets")
		return
	}
	g.c.helo, g.c.extended = name, verb == "EHLO"
	g.pass(verb, name)
}

// fullPostmaster gives <Postmaster> a domain, without which go-smtp does not
// read it (RFC 5321 section 4.1.1.3).
func fullPostmaster(arg, host string) string {
	const to, bare = "TO:", "<postmaster>"
	if len(arg) < len(to) || !strings.EqualFold(arg[:len(to)], to) {
		return arg
	}
	path := strings.TrimLeft(arg[len(to):], " ")
	if len(path) < len(bare) || !strings.EqualFold(path[:len(bare)], bare) {
		return arg
	}
	end := len(bare) - 1
	return to + path[:end] + "@" + host + path[end:]
}

// startTLS answers STARTTLS (RFC 3207) and moves the session inside.
func (g *gate) startTLS(arg string) {
	c := g.c
	switch {
	case arg != "":
		c.reply(501, "5.5.4", "STARTTLS takes no argument")
		return
	case c.srv.certs == nil:
		c.reply(502, "5.5.1", "TLS is not available")
		return
	case c.version != "":
		c.reply(503, "5.5.1", "TLS is already in use")
		return
	case c.in.Buffered() > 0:
		// Said in clear, to be taken as said inside: RFC 3207 section 4 has STARTTLS
		// last in its group.
		c.bye("commands after STARTTLS", 554, "5.5.0", "Nothing may follow STARTTLS, closing")
		return
	}
	c.reply(220, "2.0.0", "Ready to start TLS")
	if err := c.startTLS(); err != nil {
		c.gone = true
		c.srv.refuse("TLS", "client", c.remote, "error", quote(err.Error()))
		return
	}
	c.tx.end(c.srv)
	g.detached = true
	select {
	case c.run.secure <- &gate{c: c, swallow: 1}: // the greeting
	case <-c.run.done:
		c.finish()
	}
}
