package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"reportascam/analyze"
	"reportascam/smtpd/reply"
	"reportascam/smtpd/send"
)

// checkReply lists what is wrong with the replies' settings.
func (c *Config) checkReply() []error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	r := c.Reply
	if r.From != "" && send.CheckAddress(r.From) != nil {
		bad("reply: from = %q is not a plain mailbox", r.From)
	}
	if strings.ContainsFunc(r.Name, unicode.IsControl) {
		bad("reply: name holds control characters")
	}
	if err := c.look().Check(); err != nil {
		bad("reply: %w", err)
	}
	words, err := c.words()
	switch {
	case err != nil:
		bad("reply: catalogue: %w", err)
	case r.Country != "" && !words.HasCentres(r.Country):
		bad("reply: country = %q: there are no centres of it; it is two capital letters, such as DE", r.Country)
	case !words.Has(r.Language):
		bad("reply: language = %q is none of %s", r.Language, strings.Join(words.Languages(), ", "))
	}
	return errs
}

// words are the texts of replies, with the operator's over ours.
func (c *Config) words() (*reply.Catalogues, error) {
	if c.Reply.Catalogue == "" {
		return reply.DefaultCatalogues(), nil
	}
	return reply.ReadCatalogues(c.Reply.Catalogue)
}

// look is what the operator changes of the replies' looks.
func (c *Config) look() reply.Look {
	l := reply.Look{Logo: c.Reply.Logo, Colours: map[analyze.Level]string{}}
	for level, colour := range map[analyze.Level]string{analyze.Scam: c.Reply.ScamColour, analyze.Suspicious: c.Reply.SuspiciousColour,
		analyze.Unclear: c.Reply.UnclearColour, analyze.Authentic: c.Reply.AuthenticColour} {
		if colour != "" {
			l.Colours[level] = colour
		}
	}
	return l
}

// replies is how answers are written; nil where they are off.
func (c *Config) replies(j *judge) (*reply.Config, error) {
	if !c.Reply.Enabled {
		return nil, nil
	}
	words, err := c.words()
	if err != nil {
		return nil, err
	}
	r := &reply.Config{From: c.Reply.From, Name: c.Reply.Name, Hostname: c.hostname(), Addresses: c.Addresses, Now: now,
		Lang: c.Reply.Language, Country: c.Reply.Country, Look: c.look(), Catalogues: words,
		Brand: func(key string) (reply.Brand, bool) {
			b, ok := j.known.Load().brands.Get(key)
			return reply.Brand{Name: b.Name, HelpPage: b.HelpPage, ReportTo: b.ReportTo}, ok
		}}
	if r.From == "" && !strings.ContainsAny(c.Addresses[0], "*") && !strings.HasPrefix(c.Addresses[0], "@") {
		r.From = c.Addresses[0]
	}
	key, err := c.signer()
	if err != nil {
		return nil, err
	}
	if key != nil {
		r.Signer = key
	}
	return r, nil
}

type configTextsCmd struct {
	Name string `arg:"" optional:"" default:"en" help:"A language, such as de, or centres."`
}

// Run prints a file of texts, from which an operator's own can be made.
func (c *configTextsCmd) Run(w *world) error {
	text, err := reply.ShippedCatalogue(c.Name)
	if err != nil {
		return fmt.Errorf("%w: there are no texts %q; there are centres, %s", errUsage, c.Name,
			strings.Join(reply.DefaultCatalogues().Languages(), ", "))
	}
	_, err = io.WriteString(w.out, text)
	return err
}
