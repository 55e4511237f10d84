package store

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"reportascam/analyze"
)

// The control protocol is HTTP/1.1 over the unix socket: POST /v1/METHOD with
// a JSON object, answered with a JSON object. Only processes of one user speak
// it, from one release: it is no public interface.

// Limits of the control socket. It serves people at a terminal and scripts.
const (
	// controlRequests at once; more are told ErrBusy.
	controlRequests = 16
	// controlHeavy bounds those that read the whole database at once.
	controlHeavy = 2
	// controlConns at once; more wait to be accepted.
	controlConns = 64
	// controlBody is the longest request, in octets: a query is below 1 KB.
	controlBody = 64 << 10
	// controlHeader is the longest header, in octets.
	controlHeader = 8 << 10
	// controlRead is how long a request may take to arrive.
	controlRead = 5 * time.Second
	// controlStall is how long a write may stand still before the reader is
	// given up: someone who looks at an export in a pager has that long a
	// page. A backup holds a read transaction meanwhile.
	controlStall = 2 * time.Minute
	// controlIdle is how long an unused connection is kept.
	controlIdle = 10 * time.Second
	// controlStop is how long requests have to end when the server stops.
	controlStop = 3 * time.Second
)

// wireError is an error on its way through the socket.
type wireError struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// errorCode is the word of an error that both ends know, and its status.
type errorCode struct {
	code   string
	err    error
	status int
}

func errorCodes() []errorCode {
	return []errorCode{
		{"not-found", ErrNotFound, http.StatusNotFound},
		{"ambiguous", ErrAmbiguous, http.StatusConflict},
		{"bad-id", ErrBadID, http.StatusBadRequest},
		{"full", ErrFull, http.StatusInsufficientStorage},
		{"io", ErrIO, http.StatusInternalServerError},
		{"in-delivery", ErrInDelivery, http.StatusConflict},
		{"closed", ErrClosed, http.StatusServiceUnavailable},
		{"busy", ErrBusy, http.StatusServiceUnavailable},
		{"request", errRequest, http.StatusBadRequest},
	}
}

// toWire makes an error ready to travel.
func toWire(err error) (wireError, int) {
	for _, c := range errorCodes() {
		if errors.Is(err, c.err) {
			return wireError{c.code, err.Error()}, c.status
		}
	}
	return wireError{"", err.Error()}, http.StatusInternalServerError
}

// remoteError is an error of the server, as the client sees it.
type remoteError struct {
	text string
	kind error // one of ours, or nil
}

func (e *remoteError) Error() string { return e.text }
func (e *remoteError) Unwrap() error { return e.kind }

func (w wireError) err() error {
	e := &remoteError{text: w.Text}
	for _, c := range errorCodes() {
		if c.code == w.Code {
			e.kind = c.err
		}
	}
	if e.text == "" {
		e.text = fmt.Sprintf("store: the server failed (%s)", w.Code)
	}
	return e
}

// Requests and answers. What a method does not need is left out.
type (
	controlRequest struct {
		ID     analyze.ID `json:"id,omitempty"`
		Prefix string     `json:"prefix,omitempty"`
		Rcpt   []string   `json:"rcpt,omitempty"`
		Reason string     `json:"reason,omitempty"`
		State  OutState   `json:"state,omitempty"`
		Since  time.Time  `json:"since,omitzero"`
		Query  Query      `json:"query,omitzero"`

		Judgement *analyze.Judgement `json:"judgement,omitempty"`
		Note      *controlOut        `json:"note,omitempty"`
	}
	// controlOut is a reply with what its own JSON leaves out.
	controlOut struct {
		Outgoing
		Raw    []byte  `json:"raw,omitempty"`
		Limits []Limit `json:"limits,omitempty"`
	}
	controlReport struct {
		Report *analyze.Report `json:"report"`
		Raw    []byte          `json:"raw"`
		Trace  []byte          `json:"trace"`
	}
	// controlLine is one line of an export. The last one says End: a stream
	// without it was cut off.
	controlLine struct {
		Judgement *analyze.Judgement `json:"judgement,omitempty"`
		Error     *wireError         `json:"error,omitempty"`
		End       bool               `json:"end,omitempty"`
	}
)

// trailerEnd is the trailer that a whole backup ends with: "ok", or why not.
const trailerEnd = "Store-End"

func toWireOut(o *Outgoing) *controlOut {
	if o == nil {
		return nil
	}
	return &controlOut{*o, o.Raw, o.Limits}
}

// out gives the reply that was sent, nil for none.
func (c *controlOut) out() *Outgoing {
	if c == nil {
		return nil
	}
	o := c.Outgoing
	o.Raw, o.Limits = c.Raw, c.Limits
	return &o
}
