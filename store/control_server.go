package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/net/netutil"

	"reportascam/analyze"
)

var errRequest = errors.New("store: malformed control request")

// ServeControl serves a store, which this process has open in dir, on the
// control socket there, until ctx ends; it then returns nil.
func ServeControl(ctx context.Context, dir string, s Reader) error {
	l, err := listen(dir)
	if err != nil {
		return err
	}
	defer os.Remove(filepath.Join(dir, socketName))
	srv := &http.Server{
		Handler:           newControl(s),
		ReadHeaderTimeout: controlRead,
		ReadTimeout:       controlRead,
		IdleTimeout:       controlIdle,
		MaxHeaderBytes:    controlHeader,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(netutil.LimitListener(l, controlConns)) }()
	select {
	case err := <-ended:
		return fmt.Errorf("store: control socket: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), controlStop)
	defer cancel()
	if srv.Shutdown(stop) != nil {
		srv.Close()
	}
	<-ended
	return nil
}

// control answers the requests.
type control struct {
	s     Reader
	all   chan struct{} // one place a request
	heavy chan struct{}
}

type method func(w http.ResponseWriter, r *http.Request, q controlRequest) error

// newControl gives the handler of a store's control socket.
func newControl(s Reader) http.Handler {
	c := &control{s: s, all: make(chan struct{}, controlRequests), heavy: make(chan struct{}, controlHeavy)}
	mux := http.NewServeMux()
	light := map[string]func(ctx context.Context, q controlRequest) (any, error){
		"report":       c.report,
		"judgement":    func(ctx context.Context, q controlRequest) (any, error) { return s.Judgement(ctx, q.ID) },
		"resolve":      func(ctx context.Context, q controlRequest) (any, error) { return s.ResolvePrefix(ctx, q.Prefix) },
		"list":         func(ctx context.Context, q controlRequest) (any, error) { return s.List(ctx, q.Query) },
		"stats":        func(ctx context.Context, q controlRequest) (any, error) { return s.Stats(ctx, q.Since) },
		"parked":       func(ctx context.Context, _ controlRequest) (any, error) { return s.Parked(ctx) },
		"outgoing":     func(ctx context.Context, q controlRequest) (any, error) { return s.ListOutgoing(ctx, q.State) },
		"retry":        func(ctx context.Context, q controlRequest) (any, error) { return struct{}{}, s.Retry(ctx, q.ID) },
		"corrections":  func(ctx context.Context, _ controlRequest) (any, error) { return s.Corrections(ctx) },
		"held":         func(ctx context.Context, _ controlRequest) (any, error) { return s.ListHeld(ctx) },
		"held-message": func(ctx context.Context, q controlRequest) (any, error) { return s.HeldMessage(ctx, q.ID) },
		"held-drop": func(ctx context.Context, q controlRequest) (any, error) {
			return struct{}{}, s.DropHeld(ctx, q.ID, q.Rcpt...)
		},
		"passed": func(ctx context.Context, q controlRequest) (any, error) { return s.FindPassed(ctx, q.Prefix) },
		"live":   func(ctx context.Context, _ controlRequest) (any, error) { return s.Live(ctx) },
		"outgoing-one": func(ctx context.Context, q controlRequest) (any, error) {
			o, err := s.Outgoing(ctx, q.ID)
			if err != nil {
				return nil, err
			}
			return toWireOut(o), nil
		},
		"outgoing-retry": func(ctx context.Context, q controlRequest) (any, error) {
			return struct{}{}, s.RetryOutgoing(ctx, q.ID)
		},
		"outgoing-drop": func(ctx context.Context, q controlRequest) (any, error) {
			return struct{}{}, s.DropOutgoing(ctx, q.ID, q.Reason)
		},
		"park": func(ctx context.Context, q controlRequest) (any, error) {
			return struct{}{}, s.ParkReport(ctx, q.ID, q.Reason)
		},
	}
	for name, f := range light {
		mux.HandleFunc("POST /v1/"+name, c.wrap(c.all, answer(f)))
	}
	verify := func(ctx context.Context, _ controlRequest) (any, error) { return s.Verify(ctx) }
	mux.HandleFunc("POST /v1/verify", c.wrap(c.heavy, answer(verify)))
	mux.HandleFunc("POST /v1/backup", c.wrap(c.heavy, c.backup))
	put := func(ctx context.Context, q controlRequest) (any, error) {
		if q.Judgement == nil {
			return nil, fmt.Errorf("%w: no judgement", errRequest)
		}
		return s.Revise(ctx, q.Judgement, q.Note.out())
	}
	mux.HandleFunc("POST /v1/put", c.wrapLong(c.heavy, maxJudgement+2*MaxReply+controlBody, answer(put)))
	mux.HandleFunc("POST /v1/export", c.wrap(c.all, c.export))
	return mux
}

// wrap gives a request a place, reads it, and answers when it fails.
func (c *control) wrap(places chan struct{}, m method) http.HandlerFunc {
	return c.wrapLong(places, controlBody, m)
}

// wrapLong is wrap for requests of up to size octets.
func (c *control) wrapLong(places chan struct{}, size int64, m method) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
		default:
			writeError(w, ErrBusy)
			return
		}
		var q controlRequest
		d := json.NewDecoder(http.MaxBytesReader(w, r.Body, size))
		d.DisallowUnknownFields()
		if err := d.Decode(&q); err != nil {
			writeError(w, fmt.Errorf("%w: %w", errRequest, err))
			return
		}
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			writeError(w, fmt.Errorf("%w: more than one object", errRequest))
			return
		}
		// The server's read deadline would end the context of whatever takes
		// longer than the request took to arrive.
		rc := http.NewResponseController(w)
		_ = rc.SetReadDeadline(time.Time{}) // a test's writer has none
		out := &rolling{ResponseWriter: w, rc: rc}
		if err := m(out, r, q); err != nil {
			writeError(out, err)
		}
	}
}

// rolling moves the deadline on with each write: what counts is that the
// reader reads, not how long it all takes.
type rolling struct {
	http.ResponseWriter
	rc *http.ResponseController
}

func (w *rolling) Write(p []byte) (int, error) {
	// A writer that has no deadlines (a test's) is one that does not stall.
	_ = w.rc.SetWriteDeadline(time.Now().Add(controlStall))
	return w.ResponseWriter.Write(p)
}

func (w *rolling) flush() error {
	_ = w.rc.SetWriteDeadline(time.Now().Add(controlStall))
	return w.rc.Flush()
}

func writeError(w http.ResponseWriter, err error) {
	we, status := toWire(err)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(we) // the client is gone, or has it
}

// answer makes a method of a function that gives one value.
func answer(f func(ctx context.Context, q controlRequest) (any, error)) method {
	return func(w http.ResponseWriter, r *http.Request, q controlRequest) error {
		v, err := f(r.Context(), q)
		if err != nil {
			return err
		}
		b, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("store: answer: %w", err)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(b) // the client is gone, or has it
		return nil
	}
}

func (c *control) report(ctx context.Context, q controlRequest) (any, error) {
	r, trace, err := c.s.Report(ctx, q.ID)
	if err != nil {
		return nil, err
	}
	return controlReport{r, r.Raw, []byte(trace)}, nil
}

// export writes one line a judgement, and a last one that says how it ended.
func (c *control) export(w http.ResponseWriter, r *http.Request, q controlRequest) error {
	w.Header().Set("Content-Type", "application/x-ndjson")
	enc := json.NewEncoder(w)
	err := c.s.Export(r.Context(), q.Query, func(j *analyze.Judgement) error {
		return enc.Encode(controlLine{Judgement: j})
	})
	last := controlLine{End: true}
	if err != nil {
		we, _ := toWire(err)
		last = controlLine{Error: &we}
	}
	_ = enc.Encode(last) // the client is gone, or has it
	return nil
}

// backup writes the database, and in a trailer how it ended.
func (c *control) backup(w http.ResponseWriter, r *http.Request, _ controlRequest) error {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Trailer", trailerEnd)
	w.WriteHeader(http.StatusOK)
	if f, ok := w.(*rolling); ok {
		_ = f.flush() // so that the answer is chunked, and has its trailer
	}
	end := "ok"
	if err := c.s.Backup(r.Context(), w); err != nil {
		end = fmt.Sprintf("failed: %q", err)
	}
	w.Header().Set(trailerEnd, end)
	return nil
}
