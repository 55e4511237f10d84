package bimi

import (
	"context"
	"crypto/x509"
	"testing"

	"reportascam/analyze/bimi/bimitest"
)

// mint is a test authority, with the anchors by which it is believed.
type mint struct {
	*bimitest.Mint
	tb      testing.TB
	anchors *Anchors
}

func newMint(tb testing.TB) *mint {
	tb.Helper()
	m := bimitest.New(tb)
	return &mint{Mint: m, tb: tb,
		anchors: NewAnchors([]*x509.Certificate{m.Root}, []Log{{Name: "Test Log", ID: m.LogID, Key: m.LogKey.Public()}})}
}

// zip is short for tests of images.
func zip(b []byte) []byte { return bimitest.Zip(b) }

func rawCert(der []byte) *x509.Certificate { return &x509.Certificate{Raw: der} }

// web is a fetcher over a table.
type web map[string]Fetched

func (w web) Fetch(_ context.Context, req Request) Fetched {
	if f, ok := w[req.URL]; ok {
		f.URL, f.Kind = req.URL, req.Kind
		return f
	}
	return unfetched(req, FetchAbsent, "the server said 404")
}

func okay(b []byte) Fetched { return Fetched{Status: FetchOK, Code: 200, Body: b} }
