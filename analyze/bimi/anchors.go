package bimi

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"embed"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path"
	"time"
)

// ErrAnchors is returned when roots or logs cannot be read as such.
var ErrAnchors = errors.New("bimi: bad trust anchors")

// maxAnchors bounds a file of roots or logs, so that a wrong file given by
// mistake is named and not chewed on.
const maxAnchors = 1000

//go:embed roots/*.pem roots/logs.json
var shipped embed.FS

// Anchors are what a mark certificate is judged by: the roots it must lead
// to, and the Certificate Transparency logs that must have seen it. They are
// not changed after loading and are safe for concurrent use.
type Anchors struct {
	Roots []*x509.Certificate
	Logs  []Log

	pool *x509.CertPool
	logs map[[sha256.Size]byte]Log
}

// Log is one Certificate Transparency log.
type Log struct {
	Name    string
	ID      [sha256.Size]byte // SHA-256 of its key (RFC 6962 section 3.2)
	Key     any               // *ecdsa.PublicKey or *rsa.PublicKey
	Retired time.Time         // stamps of this time or later do not count; zero while it runs
}

// NewAnchors makes anchors of roots and logs.
func NewAnchors(roots []*x509.Certificate, logs []Log) *Anchors {
	a := &Anchors{Roots: roots, Logs: logs, pool: x509.NewCertPool(), logs: make(map[[sha256.Size]byte]Log)}
	for _, c := range roots {
		a.pool.AddCert(c)
	}
	for _, l := range logs {
		a.logs[l.ID] = l
	}
	return a
}

// root tells whether c is one of the roots, byte for byte.
func (a *Anchors) root(c *x509.Certificate) bool {
	for _, r := range a.Roots {
		if r.Equal(c) {
			return true
		}
	}
	return false
}

// DefaultAnchors gives the mark roots and logs that ship with the program:
// the DigiCert, Entrust (legacy), GlobalSign and SSL.com verified mark roots,
// and DigiCert's Gorgon log, the only one of its kind in 2026.
func DefaultAnchors() *Anchors {
	a, err := loadShipped()
	if err != nil {
		panic(err) // the program itself is broken; a test reads every file
	}
	return a
}

func loadShipped() (*Anchors, error) {
	files, err := shipped.ReadDir("roots")
	if err != nil {
		return nil, err
	}
	var pems bytes.Buffer
	var logs []byte
	for _, f := range files {
		b, err := shipped.ReadFile(path.Join("roots", f.Name()))
		if err != nil {
			return nil, err
		}
		if path.Ext(f.Name()) == ".json" {
			logs = b
			continue
		}
		pems.Write(b)
	}
	return ParseAnchors(pems.Bytes(), logs)
}

// LoadAnchors reads anchors from files: PEM certificates, and a log list in
// the form of ParseLogs. An empty name keeps what ships with the program.
func LoadAnchors(rootsFile, logsFile string) (*Anchors, error) {
	a, err := loadShipped()
	if err != nil {
		return nil, err
	}
	roots, logs := a.Roots, a.Logs
	if rootsFile != "" {
		b, err := os.ReadFile(rootsFile)
		if err != nil {
			return nil, fmt.Errorf("reading mark roots: %w", err)
		}
		if roots, err = ParseRoots(b); err != nil {
			return nil, fmt.Errorf("reading mark roots %s: %w", rootsFile, err)
		}
	}
	if logsFile != "" {
		b, err := os.ReadFile(logsFile)
		if err != nil {
			return nil, fmt.Errorf("reading mark logs: %w", err)
		}
		if logs, err = ParseLogs(b); err != nil {
			return nil, fmt.Errorf("reading mark logs %s: %w", logsFile, err)
		}
	}
	return NewAnchors(roots, logs), nil
}

// ParseAnchors reads PEM roots and a log list.
func ParseAnchors(roots, logs []byte) (*Anchors, error) {
	certs, err := ParseRoots(roots)
	if err != nil {
		return nil, err
	}
	list, err := ParseLogs(logs)
	if err != nil {
		return nil, err
	}
	return NewAnchors(certs, list), nil
}

// ParseRoots reads PEM certificates, each of which must be a CA.
func ParseRoots(b []byte) ([]*x509.Certificate, error) {
	var out []*x509.Certificate
	for len(out) < maxAnchors {
		block, rest := pem.Decode(b)
		if block == nil {
			break
		}
		b = rest
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("%w: a PEM block of type %q", ErrAnchors, block.Type)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrAnchors, err)
		}
		if !c.BasicConstraintsValid || !c.IsCA {
			return nil, fmt.Errorf("%w: %q is no CA", ErrAnchors, c.Subject)
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: no root certificate", ErrAnchors)
	}
	return out, nil
}

// logList is the part that is used of a log list, version 3 of the form that
// Chrome and crt.sh publish.
type logList struct {
	Operators []struct {
		Name string `json:"name"`
		Logs []struct {
			Description string `json:"description"`
			LogID       string `json:"log_id"`
			Key         string `json:"key"`
			State       map[string]struct {
				Timestamp time.Time `json:"timestamp"`
			} `json:"state"`
		} `json:"logs"`
	} `json:"operators"`
}

// ParseLogs reads a log list in JSON (version 3 of the form that Chrome and
// crt.sh publish). Logs that are pending or rejected are left out.
func ParseLogs(b []byte) ([]Log, error) {
	var list logList
	if err := json.Unmarshal(b, &list); err != nil {
		return nil, fmt.Errorf("%w: log list: %w", ErrAnchors, err)
	}
	var out []Log
	for _, op := range list.Operators {
		for _, l := range op.Logs {
			if len(out) >= maxAnchors {
				return nil, fmt.Errorf("%w: over %d logs", ErrAnchors, maxAnchors)
			}
			if _, no := l.State["rejected"]; no {
				continue
			}
			if _, no := l.State["pending"]; no {
				continue
			}
			log, err := parseLog(l.Description, l.LogID, l.Key)
			if err != nil {
				return nil, err
			}
			log.Retired = l.State["retired"].Timestamp
			out = append(out, log)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: the log list names no log", ErrAnchors)
	}
	return out, nil
}

func parseLog(name, id, key string) (Log, error) {
	spki, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return Log{}, fmt.Errorf("%w: key of log %q: %w", ErrAnchors, name, err)
	}
	pub, err := x509.ParsePKIXPublicKey(spki)
	if err != nil {
		return Log{}, fmt.Errorf("%w: key of log %q: %w", ErrAnchors, name, err)
	}
	switch pub.(type) {
	case *ecdsa.PublicKey, *rsa.PublicKey:
	default:
		return Log{}, fmt.Errorf("%w: key of log %q is a %T", ErrAnchors, name, pub)
	}
	sum := sha256.Sum256(spki)
	if base64.StdEncoding.EncodeToString(sum[:]) != id {
		return Log{}, fmt.Errorf("%w: the id of log %q is not the hash of its key", ErrAnchors, name)
	}
	return Log{Name: name, ID: sum, Key: pub}, nil
}
