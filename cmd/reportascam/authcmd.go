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
	a := (&auth.Checker{}).Check(ctx, dns.NewSession(resolver, dnsBudget), in)
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	if c.JSON {
		return jsonLine(w.out, struct {
			File string `json:"file"`
			analyze.Auth
			Header string `json:"authentication_results"`
		}{c.File, a, auth.Header(host, a)})
	}
	_, err = fmt.Fprint(w.out, showAuth(newPaint(w.out, w.environ), a)+auth.Header(host, a)+"\n")
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
		aligned := ""
		if r.Aligned {
			aligned = ", aligned"
		}
		fmt.Fprintf(&b, "  %-8s %-10s %-9s %s%s", r.Method, r.Result, r.Witness, clean(r.Domain), aligned)
		for _, more := range []string{r.Reason, r.Gap} {
			if more != "" {
				fmt.Fprintf(&b, "  %s", p.dim(clean(more)))
			}
		}
		b.WriteByte('\n')
	}
	if a.Boundary != nil {
		fmt.Fprintf(&b, "Boundary:    received by %s from %s\n", clean(a.Boundary.By), a.Boundary.ClientIP)
	}
	for _, f := range a.Forged {
		fmt.Fprintf(&b, "Forged:      %s\n", clean(f))
	}
	return b.String()
}
