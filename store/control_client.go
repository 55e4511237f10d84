package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"reportascam/analyze"
)

const (
	// openPatience is how long OpenOrDial tries both ways: a server that
	// starts or stops holds the lock for a moment without a socket.
	openPatience = 3 * time.Second
	// openTry is how long it waits for the lock each time.
	openTry = 100 * time.Millisecond
)

// Client is a store that another process has open. Its methods give the same
// as the store's own.
type Client struct{ http *http.Client }

var _ Reader = (*Client)(nil)

// Dial connects to the server that has the store in dir open. ErrNoStore when
// none answers there.
func Dial(dir string) (*Client, error) {
	first, err := connect(dir)
	if err != nil {
		return nil, fmt.Errorf("%w: no server answers: %w", ErrNoStore, err)
	}
	first.Close()
	t := &http.Transport{
		DialContext:        func(context.Context, string, string) (net.Conn, error) { return connect(dir) },
		DisableCompression: true,
		MaxIdleConns:       1,
		IdleConnTimeout:    controlIdle / 2, // before the server ends it
	}
	return &Client{&http.Client{Transport: t}}, nil
}

// OpenOrDial gives the store in dir: through its server when one runs, else by
// opening it, which keeps a server from starting until Close. ErrNoStore when
// there is none.
func OpenOrDial(dir string) (Reader, error) {
	for end := time.Now().Add(openPatience); ; {
		c, err := Dial(dir)
		if err == nil {
			return c, nil
		}
		b, err := Open(dir, Options{Timeout: openTry})
		if err == nil {
			return drained(b)
		}
		if !errors.Is(err, ErrLocked) || time.Now().After(end) {
			return nil, err
		}
	}
}

// drained imports what a server that was killed had accepted last.
func drained(b *Bolt) (Reader, error) {
	if err := b.Drain(context.Background()); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// Close ends the connection.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	return nil
}

// post sends a request, and gives an answer that is no error.
func (c *Client) post(ctx context.Context, name string, q controlRequest) (*http.Response, error) {
	body, err := json.Marshal(q)
	if err != nil {
		return nil, fmt.Errorf("store: request: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://store/v1/"+name, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("store: request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("store: asking the server: %w", err)
	}
	if res.StatusCode == http.StatusOK {
		return res, nil
	}
	defer res.Body.Close()
	var we wireError
	if err := json.NewDecoder(io.LimitReader(res.Body, controlBody)).Decode(&we); err != nil {
		return nil, fmt.Errorf("store: the server answered %s", res.Status)
	}
	return nil, we.err()
}

// ask sends a request and reads the one value of its answer.
func ask[T any](ctx context.Context, c *Client, name string, q controlRequest) (v T, err error) {
	res, err := c.post(ctx, name, q)
	if err != nil {
		return v, err
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil {
		return v, fmt.Errorf("store: answer to %s: %w", name, err)
	}
	return v, nil
}

// Report gives a report and its trace.
func (c *Client) Report(ctx context.Context, id analyze.ID) (*analyze.Report, string, error) {
	v, err := ask[controlReport](ctx, c, "report", controlRequest{ID: id})
	if err != nil {
		return nil, "", err
	}
	if v.Report == nil {
		return nil, "", errors.New("store: the server gave no report")
	}
	v.Report.Raw = v.Raw
	return v.Report, string(v.Trace), nil
}

// Judgement gives what was found out about a report.
func (c *Client) Judgement(ctx context.Context, id analyze.ID) (*analyze.Judgement, error) {
	return ask[*analyze.Judgement](ctx, c, "judgement", controlRequest{ID: id})
}

// ResolvePrefix gives the one report whose ID begins so.
func (c *Client) ResolvePrefix(ctx context.Context, prefix string) (analyze.ID, error) {
	return ask[analyze.ID](ctx, c, "resolve", controlRequest{Prefix: prefix})
}

// List gives judged reports, newest first.
func (c *Client) List(ctx context.Context, q Query) ([]Summary, error) {
	return ask[[]Summary](ctx, c, "list", controlRequest{Query: q})
}

// Stats counts judged reports.
func (c *Client) Stats(ctx context.Context, since time.Time) (Stats, error) {
	return ask[Stats](ctx, c, "stats", controlRequest{Since: since})
}

// Parked lists the parked reports.
func (c *Client) Parked(ctx context.Context) ([]Parked, error) {
	return ask[[]Parked](ctx, c, "parked", controlRequest{})
}

// Retry queues a parked report anew.
func (c *Client) Retry(ctx context.Context, id analyze.ID) error {
	_, err := ask[struct{}](ctx, c, "retry", controlRequest{ID: id})
	return err
}

// ParkReport takes a waiting report out of the queue.
func (c *Client) ParkReport(ctx context.Context, id analyze.ID, reason string) error {
	_, err := ask[struct{}](ctx, c, "park", controlRequest{ID: id, Reason: cut(reason, maxReason)})
	return err
}

// ListOutgoing gives replies, newest first.
func (c *Client) ListOutgoing(ctx context.Context, state OutState) ([]Outgoing, error) {
	return ask[[]Outgoing](ctx, c, "outgoing", controlRequest{State: state})
}

// Outgoing gives one reply.
func (c *Client) Outgoing(ctx context.Context, id analyze.ID) (*Outgoing, error) {
	o, err := ask[*controlOut](ctx, c, "outgoing-one", controlRequest{ID: id})
	if err != nil {
		return nil, err
	}
	return o.out(), nil
}

// RetryOutgoing makes a reply due now.
func (c *Client) RetryOutgoing(ctx context.Context, id analyze.ID) error {
	_, err := ask[struct{}](ctx, c, "outgoing-retry", controlRequest{ID: id})
	return err
}

// DropOutgoing gives a waiting reply up.
func (c *Client) DropOutgoing(ctx context.Context, id analyze.ID, reason string) error {
	_, err := ask[struct{}](ctx, c, "outgoing-drop", controlRequest{ID: id, Reason: cut(reason, maxReason)})
	return err
}

// PutJudgement replaces a judgement.
func (c *Client) PutJudgement(ctx context.Context, j *analyze.Judgement) error {
	_, err := c.Revise(ctx, j, nil)
	return err
}

// Revise replaces a judgement, and queues a note about it.
func (c *Client) Revise(ctx context.Context, j *analyze.Judgement, note *Outgoing) (Finished, error) {
	return ask[Finished](ctx, c, "put", controlRequest{Judgement: j, Note: toWireOut(note)})
}

// Corrections gives what analysts said.
func (c *Client) Corrections(ctx context.Context) ([]analyze.Correction, error) {
	return ask[[]analyze.Correction](ctx, c, "corrections", controlRequest{})
}

// Verify has the server check the store.
func (c *Client) Verify(ctx context.Context) (Checked, error) {
	return ask[Checked](ctx, c, "verify", controlRequest{})
}

// Export calls f with each judgement.
func (c *Client) Export(ctx context.Context, q Query, f func(*analyze.Judgement) error) error {
	res, err := c.post(ctx, "export", controlRequest{Query: q})
	if err != nil {
		return err
	}
	defer res.Body.Close()
	for d := json.NewDecoder(res.Body); ; {
		var line controlLine
		if err := d.Decode(&line); err != nil {
			return fmt.Errorf("store: the export was cut off: %w", err)
		}
		switch {
		case line.End:
			return nil
		case line.Error != nil:
			return line.Error.err()
		case line.Judgement == nil:
			return errors.New("store: an empty line in the export")
		}
		if err := f(line.Judgement); err != nil {
			return err
		}
	}
}

// Backup writes the whole database.
func (c *Client) Backup(ctx context.Context, w io.Writer) error {
	res, err := c.post(ctx, "backup", controlRequest{})
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(w, res.Body); err != nil {
		return fmt.Errorf("store: the backup was cut off: %w", err)
	}
	if end := res.Trailer.Get(trailerEnd); end != "ok" {
		return fmt.Errorf("store: the backup was not finished: %s", cut(end, maxReason))
	}
	return nil
}
