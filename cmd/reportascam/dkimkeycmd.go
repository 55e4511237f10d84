package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"reportascam/smtpd/send"
)

type dkimKeyCmd struct {
	File     string `arg:"" help:"The file that gets the private key; it must not exist." type:"string"`
	Domain   string `required:"" help:"The domain that signs."`
	Selector string `required:"" help:"The selector: the key's name in the DNS."`
	Kind     string `enum:"rsa,ed25519" default:"rsa" help:"rsa or ed25519. Not every receiver verifies ed25519 yet."`
	Bits     int    `default:"2048" help:"Size of an RSA key."`
}

func (c *dkimKeyCmd) Run(w *world) error {
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
