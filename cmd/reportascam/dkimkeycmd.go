package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/smtpd/send"
)

type dkimKeyCmd struct {
	File     string `arg:"" optional:"" help:"The file that gets the private key; it must not exist." type:"string"`
	Domain   string `help:"The domain that signs."`
	Selector string `help:"The selector: the key's name in the DNS."`
	Kind     string `enum:"rsa,ed25519" default:"rsa" help:"rsa or ed25519. Not every receiver verifies ed25519 yet."`
	Bits     int    `default:"2048" help:"Size of an RSA key."`
	Check    bool   `help:"Make no key, but ask the DNS whether those of the configuration are published as they should be."`
	configFlag
	dnsFlags
}

func (c *dkimKeyCmd) Run(w *world) error {
	if c.Check {
		return c.check(w)
	}
	if c.File == "" || c.Domain == "" || c.Selector == "" {
		return fmt.Errorf("%w: a file, --domain and --selector are needed to make a key", errUsage)
	}
	key, text, err := send.GenerateKey(c.Kind, c.Bits)
	if err != nil {
		return err
	}
	line, err := send.ZoneLine(c.Domain, c.Selector, key)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists: a key is never overwritten", c.File)
	}
	if err != nil {
		return fmt.Errorf("making the key file: %w", err)
	}
	if _, err = f.Write(text); err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("writing the key file: %w", err)
	}
	_, err = fmt.Fprintf(w.out, "%s\n", line)
	return err
}

// check compares the keys of the configuration with the DNS.
func (c *dkimKeyCmd) check(w *world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	if cfg.Send.DKIMKey == "" {
		return fmt.Errorf("%w: the configuration has no send.dkim_key", errUsage)
	}
	resolver, err := c.dkimResolver(cfg)
	if err != nil {
		return err
	}
	bad := 0
	for _, k := range []struct{ use, file, selector string }{{"signs now", cfg.Send.DKIMKey, cfg.Send.DKIMSelector}, {"signs next", cfg.Send.NextKey, cfg.Send.NextSelector}} {
		if k.file == "" {
			continue
		}
		key, err := send.LoadKey(k.file)
		if err != nil {
			return err
		}
		name := k.selector + "._domainkey." + cfg.Send.DKIMDomain
		a := resolver.Resolve(w.ctx, name, "TXT")
		said := "published as it should be"
		if a.Status == analyze.DNSTempError {
			err = fmt.Errorf("the DNS does not answer: %s", a.Reason)
		} else {
			err = send.CheckPublished(key, dns.TXT(a))
		}
		if err != nil {
			bad, said = bad+1, err.Error()
		}
		fmt.Fprintf(w.out, "%s (%s): %s\n", clean(name), k.use, clean(said))
	}
	if bad > 0 {
		return fmt.Errorf("%d key(s) would not be verified", bad)
	}
	return nil
}

// dkimResolver is the name server of the flags, else the configuration's.
func (c *dkimKeyCmd) dkimResolver(cfg *Config) (dns.Resolver, error) {
	if c.Offline || c.DNS != "" || len(cfg.DNS.Servers) == 0 {
		return c.resolver()
	}
	return dns.NewClient(dns.Options{Servers: cfg.DNS.Servers, Timeout: cfg.DNS.Timeout})
}
