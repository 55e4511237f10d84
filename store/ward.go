package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"reportascam/analyze"
)

// Passed is what is remembered of a message that the relay judged.
type Passed struct {
	ID        analyze.ID    `json:"id"`
	At        time.Time     `json:"at"`
	MessageID string        `json:"message_id,omitempty"` // without <>
	Level     analyze.Level `json:"verdict"`
	Score     float64       `json:"score"`
	Brand     string        `json:"claimed_brand,omitempty"`
	From      string        `json:"from_domain,omitempty"`
	Subject   string        `json:"subject,omitempty"`
	Client    string        `json:"client_ip,omitempty"`
	MailFrom  string        `json:"mail_from"`
	RcptTo    []string      `json:"rcpt_to"`
	Action    string        `json:"action"`         // the strictest that was done for a recipient
	Code      int           `json:"code,omitempty"` // the SMTP answer
	Hits      []string      `json:"checks,omitempty"`
}

// Held is a message that waits for a person to release or delete it. RcptTo are
// those that it is held for.
type Held struct {
	Passed
	UTF8 bool   `json:"utf8,omitempty"` // SMTPUTF8 was asked for
	Size int    `json:"size"`           // of Raw, octets
	Raw  []byte `json:"raw,omitempty"`  // as it is to be delivered; not in a list
}

// Ward keeps what the relay holds, and remembers what it has judged.
type Ward interface {
	// Hold keeps a message, durably.
	Hold(ctx context.Context, h *Held) error
	// ListHeld gives what is held, newest first, without Raw, at most MaxList.
	ListHeld(ctx context.Context) ([]Held, error)
	// HeldMessage gives one with Raw.
	HeldMessage(ctx context.Context, id analyze.ID) (*Held, error)
	// DropHeld forgets one for those recipients, or for all where none is given:
	// it was released, or deleted.
	DropHeld(ctx context.Context, id analyze.ID, rcpt ...string) error
	// Remember notes what was judged.
	Remember(ctx context.Context, list []Passed) error
	// FindPassed gives what was judged under a Message-ID, newest first.
	FindPassed(ctx context.Context, messageID string) ([]Passed, error)
	// Live gives what the running server tells of itself, as JSON.
	// ErrNotFound where none runs.
	Live(ctx context.Context) (json.RawMessage, error)
}

const (
	// MaxPassed is how long the relay's messages are remembered: most reports
	// come within days of the mail, and a month is a holiday.
	MaxPassed = 30 * 24 * time.Hour
	// forgetPassed bounds what one Remember forgets, beyond what it notes.
	forgetPassed = 100
)

var (
	bucketHeld    = []byte("held")       // ID -> Held without Raw
	bucketHeldRaw = []byte("held-raw")   // ID -> codec, message
	bucketPassed  = []byte("passed")     // ID -> Passed
	idxPassed     = []byte("idx/passed") // Message-ID 0 ID -> 1
	wardBuckets   = [][]byte{bucketHeld, bucketHeldRaw, bucketPassed, idxPassed}
)

// Hold keeps a message.
func (b *Bolt) Hold(ctx context.Context, h *Held) error {
	if !validID(h.ID) {
		return fmt.Errorf("%w: %q", ErrBadID, h.ID)
	}
	if len(h.Raw) > MaxRaw {
		return fmt.Errorf("%w: message of %d octets", ErrTooLarge, len(h.Raw))
	}
	meta := *h
	meta.Raw, meta.Size = nil, len(h.Raw)
	v, err := json.Marshal(meta)
	if err != nil {
		return fmt.Errorf("store: held %s: %w", h.ID, err)
	}
	packed := b.codec.pack(h.Raw)
	return b.update(ctx, func(tx *bbolt.Tx) error {
		if err := tx.Bucket(bucketHeldRaw).Put([]byte(h.ID), packed); err != nil {
			return err
		}
		return tx.Bucket(bucketHeld).Put([]byte(h.ID), v)
	})
}

// ListHeld gives what is held.
func (b *Bolt) ListHeld(ctx context.Context) ([]Held, error) {
	out := []Held{}
	err := b.view(ctx, func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketHeld).Cursor()
		for k, v := c.Last(); k != nil && len(out) < MaxList; k, v = c.Prev() {
			var h Held
			if err := json.Unmarshal(v, &h); err != nil {
				return fmt.Errorf("store: held %s: %w", k, err)
			}
			out = append(out, h)
		}
		return nil
	})
	return out, err
}

// HeldMessage gives one with Raw. The ID may be its beginning.
func (b *Bolt) HeldMessage(ctx context.Context, id analyze.ID) (*Held, error) {
	h := new(Held)
	var packed []byte
	err := b.view(ctx, func(tx *bbolt.Tx) error {
		prefix := []byte(strings.ToLower(string(id)))
		c := tx.Bucket(bucketHeld).Cursor()
		k, v := c.Seek(prefix)
		if len(prefix) == 0 || k == nil || !bytes.HasPrefix(k, prefix) {
			return fmt.Errorf("%w: no held message %q", ErrNotFound, id)
		}
		if err := json.Unmarshal(v, h); err != nil {
			return fmt.Errorf("store: held %s: %w", k, err)
		}
		packed = bytes.Clone(tx.Bucket(bucketHeldRaw).Get(k))
		if next, _ := c.Next(); next != nil && bytes.HasPrefix(next, prefix) {
			return fmt.Errorf("%w: %q", ErrAmbiguous, id)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if h.Raw, err = b.codec.unpack(packed); err != nil {
		return nil, fmt.Errorf("store: held %s: %w", h.ID, err)
	}
	return h, nil
}

// DropHeld forgets one, for some of its recipients or for all.
func (b *Bolt) DropHeld(ctx context.Context, id analyze.ID, rcpt ...string) error {
	return b.update(ctx, func(tx *bbolt.Tx) error {
		v := tx.Bucket(bucketHeld).Get([]byte(id))
		if v == nil {
			return refuse(fmt.Errorf("%w: no held message %q", ErrNotFound, id))
		}
		var h Held
		if err := json.Unmarshal(v, &h); err != nil {
			return refuse(fmt.Errorf("store: held %s: %w", id, err))
		}
		h.RcptTo = slices.DeleteFunc(h.RcptTo, func(r string) bool { return len(rcpt) == 0 || slices.Contains(rcpt, r) })
		if len(h.RcptTo) > 0 {
			left, err := json.Marshal(h)
			if err != nil {
				return refuse(fmt.Errorf("store: held %s: %w", id, err))
			}
			return tx.Bucket(bucketHeld).Put([]byte(id), left)
		}
		if err := tx.Bucket(bucketHeldRaw).Delete([]byte(id)); err != nil {
			return err
		}
		return tx.Bucket(bucketHeld).Delete([]byte(id))
	})
}

// Remember notes what was judged, and forgets what is too old.
func (b *Bolt) Remember(ctx context.Context, list []Passed) error {
	values := make([][]byte, len(list))
	for i, p := range list {
		if !validID(p.ID) {
			return fmt.Errorf("%w: %q", ErrBadID, p.ID)
		}
		v, err := json.Marshal(p)
		if err != nil {
			return fmt.Errorf("store: passed %s: %w", p.ID, err)
		}
		values[i] = v
	}
	oldest := []byte(idAt(b.o.Now().Add(-MaxPassed)))
	return b.update(ctx, func(tx *bbolt.Tx) error {
		for i, p := range list {
			if err := tx.Bucket(bucketPassed).Put([]byte(p.ID), values[i]); err != nil {
				return err
			}
			if p.MessageID != "" {
				if err := tx.Bucket(idxPassed).Put(indexKey(p.MessageID, p.ID), mark); err != nil {
					return err
				}
			}
		}
		return dropPassed(tx, oldest, len(list)+forgetPassed)
	})
}

// dropPassed forgets up to most messages below an ID.
func dropPassed(tx *bbolt.Tx, oldest []byte, most int) error {
	c := tx.Bucket(bucketPassed).Cursor()
	for k, v := c.First(); k != nil && most > 0 && bytes.Compare(k, oldest) < 0; k, v = c.First() {
		most--
		var p Passed
		if err := json.Unmarshal(v, &p); err == nil && p.MessageID != "" {
			if err := tx.Bucket(idxPassed).Delete(indexKey(p.MessageID, p.ID)); err != nil {
				return err
			}
		}
		if err := tx.Bucket(bucketPassed).Delete(bytes.Clone(k)); err != nil {
			return err
		}
	}
	return nil
}

// maxSame bounds what FindPassed gives: a newsletter has one Message-ID for
// thousands.
const maxSame = 20

// FindPassed gives what was judged under a Message-ID.
func (b *Bolt) FindPassed(ctx context.Context, messageID string) ([]Passed, error) {
	out := []Passed{}
	if messageID == "" {
		return out, nil
	}
	prefix := indexKey(messageID, "")
	err := b.view(ctx, func(tx *bbolt.Tx) error {
		c := tx.Bucket(idxPassed).Cursor()
		last := append(bytes.Clone(prefix), 0xff)
		k, _ := c.Seek(last)
		if k == nil {
			k, _ = c.Last()
		} else {
			k, _ = c.Prev()
		}
		for ; k != nil && bytes.HasPrefix(k, prefix) && len(out) < maxSame; k, _ = c.Prev() {
			var p Passed
			v := tx.Bucket(bucketPassed).Get(k[len(prefix):])
			if err := json.Unmarshal(v, &p); err != nil {
				return fmt.Errorf("store: passed %s: %w", k[len(prefix):], err)
			}
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

// SetLive says what Live gives from now on.
func (b *Bolt) SetLive(f func() any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.live = f
}

// Live gives what the running server tells of itself.
func (b *Bolt) Live(context.Context) (json.RawMessage, error) {
	b.mu.Lock()
	f := b.live
	b.mu.Unlock()
	if f == nil {
		return nil, fmt.Errorf("%w: no server runs", ErrNotFound)
	}
	v, err := json.Marshal(f())
	if err != nil {
		return nil, fmt.Errorf("store: live: %w", err)
	}
	return v, nil
}

// The client's.

// Hold is for the server alone: nothing else takes mail in.
func (c *Client) Hold(context.Context, *Held) error { return errRequest }

// Remember is for the server alone.
func (c *Client) Remember(context.Context, []Passed) error { return errRequest }

// ListHeld gives what is held.
func (c *Client) ListHeld(ctx context.Context) ([]Held, error) {
	return ask[[]Held](ctx, c, "held", controlRequest{})
}

// HeldMessage gives one with Raw.
func (c *Client) HeldMessage(ctx context.Context, id analyze.ID) (*Held, error) {
	return ask[*Held](ctx, c, "held-message", controlRequest{ID: id})
}

// DropHeld forgets one.
func (c *Client) DropHeld(ctx context.Context, id analyze.ID, rcpt ...string) error {
	_, err := ask[struct{}](ctx, c, "held-drop", controlRequest{ID: id, Rcpt: rcpt})
	return err
}

// FindPassed gives what was judged under a Message-ID.
func (c *Client) FindPassed(ctx context.Context, messageID string) ([]Passed, error) {
	return ask[[]Passed](ctx, c, "passed", controlRequest{Prefix: messageID})
}

// Live gives what the server tells of itself.
func (c *Client) Live(ctx context.Context) (json.RawMessage, error) {
	return ask[json.RawMessage](ctx, c, "live", controlRequest{})
}
