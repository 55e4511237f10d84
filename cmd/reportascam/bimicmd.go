package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"reportascam/analyze/auth"
	"reportascam/analyze/bimi"
	"reportascam/analyze/dns"
)

// fetchTime bounds one fetch of the command line's.
const fetchTime = 10 * time.Second

type bimiCmd struct {
	Domain   string `arg:"" optional:"" help:"The domain to look at."`
	JSON     bool   `help:"One JSON object."`
	Cert     string `placeholder:"FILE" type:"string" help:"Check this mark certificate (PEM, leaf first) instead of what a domain publishes."`
	For      string `name:"domain" placeholder:"DOMAIN" help:"With --cert: the domain for which it must be."`
	Selector string `help:"The selector instead of default."`
	Logo     string `placeholder:"FILE" type:"string" help:"With --cert: the logo that it must hold."`
	PNG      string `name:"png" placeholder:"FILE" type:"string" help:"Draw the logo into this file, which must not exist."`
	At       string `placeholder:"TIME" help:"Judge at this time: 2026-01-31 or 2026-01-31T10:00:00Z."`
	dnsFlags
	configFlag // for the mark roots, and how to fetch
}

func (c *bimiCmd) Run(w *world) error {
	at, err := when(c.At, time.Now())
	if err != nil {
		return fmt.Errorf("%w: --at: %w", errUsage, err)
	}
	if at.IsZero() {
		at = time.Now()
	}
	if (c.Cert == "") == (c.Domain == "") {
		return fmt.Errorf("%w: name a domain, or a file with --cert and --domain", errUsage)
	}
	checker, resolver, fetcher, err := c.parts(w)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(w.ctx, 4*fetchTime)
	defer cancel()
	var res bimi.Result
	if c.Cert != "" {
		res, err = c.files(ctx, checker, fetcher, at)
		if err != nil {
			return err
		}
	} else {
		res = checker.Inspect(ctx, resolver, fetcher, bimi.Query{Domain: c.Domain, At: at, Selector: c.Selector,
			OrgDomain: auth.OrgDomain(ctx, resolver, dns.Normalize(c.Domain))})
	}
	if c.JSON {
		err = jsonLine(w.out, res)
	} else {
		_, err = fmt.Fprint(w.out, showMark(newPaint(w.out, w.environ), res))
	}
	if err != nil {
		return err
	}
	if c.PNG != "" {
		if err := writeLogo(c.PNG, res); err != nil {
			return err
		}
	}
	if res.Status != bimi.StatusPass {
		return errors.New("not valid: " + string(res.Status))
	}
	return nil
}

// logoPixels is the side of a drawn logo: what mail programs show, twice.
const logoPixels = 256

// writeLogo draws the logo of the certificate, else of the record. Nothing
// but shapes is drawn, and nothing fetched.
func writeLogo(file string, r bimi.Result) error {
	svg := r.Logo()
	if r.Mark != nil && r.Mark.Logo() != nil {
		svg = r.Mark.Logo()
	}
	if svg == nil {
		return errors.New("there is no logo to draw")
	}
	img, err := bimi.RenderPNG(svg, logoPixels)
	if err != nil {
		return fmt.Errorf("drawing the logo: %w", err)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("writing the logo: %w", err)
	}
	_, err = f.Write(img)
	return errors.Join(err, f.Close())
}

// world gives what questions go to. Offline, nothing is asked or fetched.
func (f dnsFlags) world() (dns.Resolver, bimi.Fetcher, error) {
	resolver, err := f.resolver()
	if err != nil || f.Offline {
		return resolver, bimi.Offline{}, err
	}
	return resolver, bimi.NewClient(bimi.Options{Resolver: resolver, Timeout: fetchTime}), nil
}

// parts gives what judges, and what questions go to, with the roots and the
// exceptions of the configuration.
func (c *bimiCmd) parts(w *world) (*bimi.Checker, dns.Resolver, bimi.Fetcher, error) {
	cfg, err := c.load(w)
	if err != nil {
		return nil, nil, nil, err
	}
	checker := &bimi.Checker{}
	if checker.Anchors, err = cfg.anchors(); err != nil {
		return nil, nil, nil, err
	}
	resolver, err := c.resolver()
	if err != nil || c.Offline {
		return checker, resolver, bimi.Offline{}, err
	}
	cfg.BIMI.Enabled, cfg.BIMI.Timeout = true, fetchTime // who calls this asks for it
	web, err := cfg.web(resolver, slog.New(slog.DiscardHandler))
	return checker, resolver, web, err
}

func (c *bimiCmd) files(ctx context.Context, checker *bimi.Checker, f bimi.Fetcher, at time.Time) (bimi.Result, error) {
	in := bimi.Files{Domain: c.For, Selector: c.Selector, At: at}
	var err error
	if in.Cert, err = os.ReadFile(c.Cert); err != nil {
		return bimi.Result{}, fmt.Errorf("reading the certificate: %w", err)
	}
	if c.Logo != "" {
		if in.Logo, err = os.ReadFile(c.Logo); err != nil {
			return bimi.Result{}, fmt.Errorf("reading the logo: %w", err)
		}
	}
	return checker.ValidateFiles(ctx, f, in), nil
}

// showMark writes each check on a line.
func showMark(p paint, r bimi.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s", p.bold(clean(r.Domain)), p.bold(string(r.Status)))
	if r.Reason != "" {
		fmt.Fprintf(&b, ": %s", clean(r.Reason))
	}
	b.WriteByte('\n')
	if m := r.Mark; m != nil {
		fmt.Fprintf(&b, "  %s (%s) of %s, registered in %s, issued by %s\n", m.Kind, clean(string(m.Type)), clean(m.Organisation), clean(m.Country), clean(m.Issuer))
		fmt.Fprintf(&b, "  valid %s to %s, for %s\n", m.NotBefore.Format(time.DateOnly), m.NotAfter.Format(time.DateOnly), clean(strings.Join(m.Domains, ", ")))
	}
	for _, c := range r.Checks {
		fmt.Fprintf(&b, "  %-8s %-12s %s\n", c.Status, c.Name, p.dim(clean(c.Says)))
	}
	return b.String()
}
