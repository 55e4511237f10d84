package send

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
)

// Sizes of RSA keys.
const (
	// MinRSABits: RFC 8301 section 3.2 wants signers to use 2048, and
	// forbids less than 1024.
	MinRSABits = 2048
	// MaxRSABits: RFC 8301 section 3.2, what every verifier must take.
	MaxRSABits = 4096
	// maxKeyFile is far above the PEM of the largest key taken.
	maxKeyFile = 64 << 10
)

// ErrKey is returned for a key file or a kind of key that cannot be used.
var ErrKey = errors.New("send: not a usable DKIM key")

// DKIM signs replies (RFC 6376). It is safe for concurrent use.
type DKIM struct {
	Domain   string // d=, the domain of From
	Selector string // s=
	Key      crypto.Signer
}

// signed are the fields a signature covers, where they are there, and once
// more each, so that nobody can add another of the name in front (RFC 6376
// section 5.4 and 8.15).
func signed() []string {
	fields := []string{"From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
		"Auto-Submitted", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
		"Cc", "Reply-To", "Sender", "X-Auto-Response-Suppress"}
	once := map[string]bool{"Cc": true, "Reply-To": true, "Sender": true, "Content-Transfer-Encoding": true}
	out := make([]string, 0, 2*len(fields))
	for _, f := range fields {
		out = append(out, f)
		if !once[f] { // those we never write: once in h= is one more than there are
			out = append(out, f)
		}
	}
	return out
}

// Sign gives raw with a DKIM-Signature in front, relaxed/relaxed. raw has
// CRLF line endings.
func (d *DKIM) Sign(raw []byte) ([]byte, error) {
	if d.Key == nil || !dotAtom(d.Domain, isLDH) || !dotAtom(d.Selector, isLDH) {
		return nil, fmt.Errorf("signing for %q with selector %q: %w", d.Domain, d.Selector, ErrKey)
	}
	var out bytes.Buffer
	err := dkim.Sign(&out, bytes.NewReader(raw), &dkim.SignOptions{
		Domain:                 strings.ToLower(d.Domain),
		Selector:               d.Selector,
		Signer:                 d.Key,
		Hash:                   crypto.SHA256,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed,
		BodyCanonicalization:   dkim.CanonicalizationRelaxed,
		HeaderKeys:             signed(),
	})
	if err != nil {
		return nil, fmt.Errorf("signing for %s: %w", d.Domain, err)
	}
	return out.Bytes(), nil
}

// LoadKey reads a private key from a PEM file: PKCS#8 (RSA or Ed25519) or
// PKCS#1 (RSA).
func LoadKey(file string) (crypto.Signer, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("reading the DKIM key: %w", err)
	}
	if info.Size() > maxKeyFile {
		return nil, fmt.Errorf("%s: too large: %w", file, ErrKey)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the DKIM key: %w", err)
	}
	key, err := ParseKey(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}

// ParseKey reads a private key from PEM bytes; the first block that is a
// private key counts.
func ParseKey(b []byte) (crypto.Signer, error) {
	for {
		var block *pem.Block
		if block, b = pem.Decode(b); block == nil {
			return nil, fmt.Errorf("no PEM block PRIVATE KEY or RSA PRIVATE KEY: %w", ErrKey)
		}
		var key any
		var err error
		switch block.Type {
		case "PRIVATE KEY":
			key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
		case "RSA PRIVATE KEY":
			key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
		default:
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrKey, err)
		}
		return usable(key)
	}
}

func usable(key any) (crypto.Signer, error) {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if n := k.N.BitLen(); n < MinRSABits || n > MaxRSABits {
			return nil, fmt.Errorf("RSA key of %d bits, want %d to %d: %w", n, MinRSABits, MaxRSABits, ErrKey)
		}
		return k, nil
	case ed25519.PrivateKey:
		return k, nil
	}
	return nil, fmt.Errorf("a %T: %w", key, ErrKey)
}

// GenerateKey makes a private key, "rsa" of that many bits (0: 2048) or
// "ed25519", and its PKCS#8 PEM. Not every receiver verifies ed25519
// (RFC 8463), so rsa is the one to use alone.
func GenerateKey(kind string, bits int) (crypto.Signer, []byte, error) {
	var key any
	var err error
	switch kind {
	case "rsa":
		if bits == 0 {
			bits = MinRSABits
		}
		if bits < MinRSABits || bits > MaxRSABits {
			return nil, nil, fmt.Errorf("RSA key of %d bits, want %d to %d: %w", bits, MinRSABits, MaxRSABits, ErrKey)
		}
		key, err = rsa.GenerateKey(rand.Reader, bits)
	case "ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	default:
		return nil, nil, fmt.Errorf("kind %q, want rsa or ed25519: %w", kind, ErrKey)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("making a DKIM key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("making a DKIM key: %w", err)
	}
	signer, err := usable(key)
	return signer, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}

// maxString is the length of one string of a TXT record (RFC 1035 section
// 3.3.14).
const maxString = 255

// Record gives the strings of the TXT record that publishes the key (RFC 6376
// section 3.6.1, RFC 8463 section 4), none over 255 octets. Joined without
// anything between them they are the record.
func Record(key crypto.Signer) ([]string, error) {
	var kind string
	var pub []byte
	switch k := key.Public().(type) {
	case *rsa.PublicKey:
		der, err := x509.MarshalPKIXPublicKey(k)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrKey, err)
		}
		kind, pub = "rsa", der
	case ed25519.PublicKey:
		kind, pub = "ed25519", k // the bare key, no ASN.1 around it
	default:
		return nil, fmt.Errorf("a %T: %w", k, ErrKey)
	}
	txt := "v=DKIM1; h=sha256; k=" + kind + "; p=" + base64.StdEncoding.EncodeToString(pub)
	var out []string
	for len(txt) > maxString {
		out, txt = append(out, txt[:maxString]), txt[maxString:]
	}
	return append(out, txt), nil
}

// ZoneLine gives the record as a line of a zone file, for people to paste.
func ZoneLine(domain, selector string, key crypto.Signer) (string, error) {
	parts, err := Record(key)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s._domainkey.%s. IN TXT ( \"%s\" )", selector, domain, strings.Join(parts, "\"\n\t\"")), nil
}
