package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"

	"go.etcd.io/bbolt"

	"reportascam/analyze"
)

var errSum = errors.New("store: message does not have the checksum that it had")

// findReport reads a report without Raw.
func findReport(tx *bbolt.Tx, id analyze.ID) (s storedReport, err error) {
	v := tx.Bucket(bucketReport).Get([]byte(id))
	if v == nil {
		return s, fmt.Errorf("%w: report %s", ErrNotFound, id)
	}
	if err := json.Unmarshal(v, &s); err != nil {
		return s, fmt.Errorf("store: report %s: %w", id, err)
	}
	return s, nil
}

// load reads a report with Raw, and the sum that Raw had.
func (b *Bolt) load(ctx context.Context, id analyze.ID) (*analyze.Report, string, uint32, error) {
	var s storedReport
	var packed []byte
	err := b.view(ctx, func(tx *bbolt.Tx) (err error) {
		if s, err = findReport(tx, id); err != nil {
			return err
		}
		packed = bytes.Clone(tx.Bucket(bucketRaw).Get([]byte(id)))
		return nil
	})
	if err != nil {
		return nil, "", 0, err
	}
	if s.Raw, err = b.codec.unpack(packed); err != nil {
		return nil, "", 0, fmt.Errorf("store: message %s: %w", id, err)
	}
	return &s.Report, string(s.Trace), s.Sum, nil
}

// Report gives a report and its trace.
func (b *Bolt) Report(ctx context.Context, id analyze.ID) (*analyze.Report, string, error) {
	if !validID(id) {
		return nil, "", fmt.Errorf("%w: %q", ErrBadID, id)
	}
	r, trace, sum, err := b.load(ctx, id)
	if err != nil {
		return nil, "", err
	}
	if crc32.Checksum(r.Raw, castagnoli) != sum {
		return nil, "", fmt.Errorf("%w: %s", errSum, id)
	}
	return r, trace, nil
}

// Judgement gives what was found out about a report.
func (b *Bolt) Judgement(ctx context.Context, id analyze.ID) (*analyze.Judgement, error) {
	if !validID(id) {
		return nil, fmt.Errorf("%w: %q", ErrBadID, id)
	}
	var packed []byte
	err := b.view(ctx, func(tx *bbolt.Tx) error {
		v := tx.Bucket(bucketJudged).Get([]byte(id))
		if v == nil {
			return fmt.Errorf("%w: judgement %s", ErrNotFound, id)
		}
		packed = bytes.Clone(v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	j := new(analyze.Judgement)
	if err := b.codec.unpackJSON(packed, j); err != nil {
		return nil, fmt.Errorf("store: judgement %s: %w", id, err)
	}
	return j, nil
}

// ResolvePrefix gives the one report whose ID begins so.
func (b *Bolt) ResolvePrefix(ctx context.Context, prefix string) (id analyze.ID, err error) {
	p := strings.ToLower(prefix)
	if p == "" || len(p) > idLen || !plainID(p) {
		return "", fmt.Errorf("%w: %q", ErrBadID, cut(prefix, 64))
	}
	err = b.view(ctx, func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketReport).Cursor()
		k, _ := c.Seek([]byte(p))
		if !bytes.HasPrefix(k, []byte(p)) {
			return fmt.Errorf("%w: no report %s…", ErrNotFound, p)
		}
		id = analyze.ID(k)
		if k, _ = c.Next(); bytes.HasPrefix(k, []byte(p)) {
			return fmt.Errorf("%w: %s", ErrAmbiguous, p)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return id, nil
}
