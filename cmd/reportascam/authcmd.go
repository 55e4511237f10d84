package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/auth"
	"reportascam/analyze/dns"
)

type authCmd struct {
	File     string `arg:"" help:"The message; - is standard input." type:"string"`
	JSON     bool   `help:"One JSON object."`
	IP       string `name:"ip" help:"The client that handed the message over, for SPF."`
	Helo     string `help:"What that client said in HELO."`
	MailFrom string `name:"mail-from" help:"The envelope sender."`
	Historic bool   `help:"Also read old mail by the rules of its time: DomainKeys, drafts of DKIM, SHA-1, small keys, g=. It proves nothing today."`
	Trust    string `name:"trust-authserv" placeholder:"ID|topmost" help:"Believe the authentication results of this provider, or of the last receiving hop."`
	dnsFlags
}

func (c *authCmd) Run(w *world) error {
	raw, err := readFile(w, c.File)
	if err != nil {
		return err
	}
	resolver, err := c.resolver()
	if err != nil {
		return err
	}
	in := auth.Input{Raw: raw, Grade: analyze.GradeFull, At: receivedAt(raw), Trust: trustOf(c.Trust)}
	if c.IP != "" {
		ip, err := netip.ParseAddr(c.IP)
		if err != nil {
			return fmt.Errorf("%w: --ip: %q is not an IP address", errUsage, c.IP)
		}
		in.Session = &auth.Session{ClientIP: ip, Helo: c.Helo, MailFrom: strings.Trim(c.MailFrom, "<>")}
	}
	ctx, cancel := context.WithTimeout(w.ctx, fileDeadline)
	defer cancel()
	checker, session := &auth.Checker{}, dns.NewSession(resolver, dnsBudget)
	a := checker.Check(ctx, session, in)
	var old []analyze.AuthResult
	if c.Historic {
		old = checker.Historic(ctx, session, raw, in.At)
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	if c.JSON {
		return jsonLine(w.out, struct {
			File string `json:"file"`
			analyze.Auth
			Historic []analyze.AuthResult `json:"historic,omitempty"`
			Header   string               `json:"authentication_results"`
		}{c.File, a, old, auth.Header(host, a)})
	}
	p := newPaint(w.out, w.environ)
	text := showAuth(p, a)
	if c.Historic {
		text += showHistoric(p, old)
	}
	_, err = fmt.Fprint(w.out, text+auth.Header(host, a)+"\n")
	return err
}

// showAuth writes the picture for people.
func showAuth(p paint, a analyze.Auth) string {
	var b strings.Builder
	from := a.FromDomain
	if from == "" {
		from = "(no single From: " + a.FromFault + ")"
	}
	fmt.Fprintf(&b, "From domain: %s\n", p.bold(clean(from)))
	if d, witness, ok := a.Proven(); ok {
		fmt.Fprintf(&b, "Proven:      yes, %s (%s)\n", clean(d), witness)
	} else {
		fmt.Fprintf(&b, "Proven:      no\n")
	}
	if a.Policy != nil {
		fmt.Fprintf(&b, "Policy:      %s at %s\n", clean(a.Policy.Effective), clean(a.Policy.Domain))
	}
	for _, r := range a.Results {
		b.WriteString(showResult(p, r))
	}
	if a.Boundary != nil {
		fmt.Fprintf(&b, "Boundary:    received by %s from %s\n", clean(a.Boundary.By), a.Boundary.ClientIP)
	}
	for _, f := range a.Forged {
		fmt.Fprintf(&b, "Forged:      %s\n", clean(f))
	}
	return b.String()
}

// showResult writes one line of the picture.
func showResult(p paint, r analyze.AuthResult) string {
	line := fmt.Sprintf("  %-10s %-10s %-9s %s", r.Method, r.Result, r.Witness, clean(r.Domain))
	if r.Aligned {
		line += ", aligned"
	}
	for _, more := range []string{r.Reason, r.Gap} {
		if more != "" {
			line += "  " + p.dim(clean(more))
		}
	}
	return line + "\n"
}

// showHistoric writes what the signatures were worth in their time.
func showHistoric(p paint, list []analyze.AuthResult) string {
	text := "By the rules of its time, which prove nothing today:\n"
	if len(list) == 0 {
		text += "  no signature\n"
	}
	for _, r := range list {
		text += showResult(p, r)
	}
	return text
}
