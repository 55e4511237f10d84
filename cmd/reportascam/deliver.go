package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"reportascam/analyze"
	"reportascam/smtpd/send"
	"reportascam/store"
)

// replyQueue shows the store's replies to the sender of mail.
type replyQueue struct {
	store interface {
		store.Outbox
		store.Courier
	}
	wake chan struct{}
}

func newReplyQueue(s store.Store) *replyQueue {
	return &replyQueue{store: s, wake: make(chan struct{}, 1)}
}

// Lease never says when the next will be due: watch wakes its user then.
func (q *replyQueue) Lease(ctx context.Context, now time.Time, hold time.Duration) (*send.Item, time.Time, error) {
	d, err := q.store.LeaseOutgoing(ctx, now, hold)
	if errors.Is(err, store.ErrNone) {
		return nil, time.Time{}, nil
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	return &send.Item{Message: send.Message{ID: string(d.ID), From: d.From, To: d.To, Raw: d.Raw, Attempts: d.Attempts - 1},
		Since: d.Created, Token: d.Token}, time.Time{}, nil
}

// watch wakes the sender whenever something may be due, until ctx ends.
func (q *replyQueue) watch(ctx context.Context) {
	for q.store.WaitOutgoing(ctx) == nil {
		select {
		case q.wake <- struct{}{}:
		case <-ctx.Done():
			return
		}
	}
}

func (q *replyQueue) Wake() <-chan struct{} { return q.wake }

// delivery is the store's word for an item that it leased.
func delivery(it *send.Item) *store.Delivery {
	return &store.Delivery{Outgoing: store.Outgoing{ID: analyze.ID(it.ID)}, Token: it.Token}
}

func (q *replyQueue) Delivered(ctx context.Context, it *send.Item) error {
	return q.store.Delivered(ctx, delivery(it))
}

func (q *replyQueue) Defer(ctx context.Context, it *send.Item, due time.Time, why string) error {
	return q.store.Defer(ctx, delivery(it), due, why)
}

func (q *replyQueue) Postpone(ctx context.Context, it *send.Item, due time.Time) error {
	return q.store.Postpone(ctx, delivery(it), due)
}

func (q *replyQueue) Fail(ctx context.Context, it *send.Item, why string) error {
	return q.store.Fail(ctx, delivery(it), why)
}

// hostname is our own name.
func (c *Config) hostname() string {
	if c.Hostname != "" {
		return c.Hostname
	}
	if h, err := os.Hostname(); err == nil && h != "" {
		return h
	}
	return "localhost"
}

// signer loads the DKIM key; nil without one.
func (c *Config) signer() (*send.DKIM, error) {
	if c.Send.DKIMKey == "" {
		return nil, nil
	}
	key, err := send.LoadKey(c.Send.DKIMKey)
	if err != nil {
		return nil, fmt.Errorf("reading the DKIM key: %w", err)
	}
	return &send.DKIM{Domain: c.Send.DKIMDomain, Selector: c.Send.DKIMSelector, Key: key}, nil
}
