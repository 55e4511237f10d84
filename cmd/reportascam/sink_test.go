package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"reportascam/analyze"
	"reportascam/store"
)

// sink is a smart host that counts what it has taken, by the reference number
// in the subject.
type sink struct {
	addr string
	mu   sync.Mutex
	took map[analyze.ID]int
}

var referenceIn = regexp.MustCompile(`(?m)^Subject: .*\(([0-9a-z]{26})\)\r$`)

func newSink(t *testing.T) *sink {
	t.Helper()
	k := &sink{took: map[analyze.ID]int{}}
	s := smtp.NewServer(k)
	s.Domain, s.ReadTimeout, s.WriteTimeout = "sink.example", time.Minute, time.Minute
	s.ErrorLog = log.New(io.Discard, "", 0) // it is told of every kill
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	k.addr = l.Addr().String()
	ended := make(chan struct{})
	go func() { defer close(ended); _ = s.Serve(l) }() // ends with Close
	t.Cleanup(func() {
		s.Close()
		l.Close()
		<-ended
	})
	return k
}

func (k *sink) NewSession(*smtp.Conn) (smtp.Session, error) { return k, nil }
func (k *sink) Mail(string, *smtp.MailOptions) error        { return nil }
func (k *sink) Rcpt(string, *smtp.RcptOptions) error        { return nil }
func (k *sink) Reset()                                      {}
func (k *sink) Logout() error                               { return nil }

func (k *sink) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err // cut off by a kill
	}
	m := referenceIn.FindSubmatch(raw)
	if m == nil {
		return fmt.Errorf("no reference in %q", raw)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.took[analyze.ID(m[1])]++
	return nil
}

// count tells how often each was taken so far.
func (k *sink) count() map[analyze.ID]int {
	k.mu.Lock()
	defer k.mu.Unlock()
	out := map[analyze.ID]int{}
	for id, n := range k.took {
		out[id] = n
	}
	return out
}

// deliveryKills is how often TestDeliveriesOutliveKills kills.
const deliveryKills = 12

// TestDeliveriesOutliveKills kills the server while it delivers by SMTP. Each
// answer arrives. One arrives twice only where the kill came between the other
// host's 250 and our note of it: never in one life, and never when the note
// was there.
func TestDeliveriesOutliveKills(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a server many times")
	}
	dir := t.TempDir()
	bin, data, k := build(t, dir), filepath.Join(dir, "data"), newSink(t)
	env := []string{"REPORTASCAM_SEND_SMARTHOST=" + k.addr, "REPORTASCAM_SEND_TLS=none"}
	l := &load{accepted: map[string]string{}}
	noted, before, twice := map[analyze.ID]bool{}, map[analyze.ID]int{}, 0
	check := func() {
		t.Helper()
		after := k.count()
		for id, n := range after {
			switch more := n - before[id]; {
			case more > 1:
				t.Errorf("answer %s was delivered %d times in one life", id, more)
			case more == 1 && noted[id]:
				t.Errorf("answer %s was delivered again, though it was noted as delivered", id)
			case more == 1 && n > 1:
				twice++
			}
		}
		before = after
		st, err := store.Open(data, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		list, err := st.ListOutgoing(t.Context(), store.OutDelivered)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range list {
			noted[o.ID] = true
			if after[o.ID] == 0 {
				t.Errorf("answer %s is noted as delivered and was not", o.ID)
			}
		}
	}
	for life := range deliveryKills {
		l.live(t, start(t, bin, data, env...), (life+1)*40)
		check()
	}
	p := start(t, bin, data, env...)
	settle(t, data, len(l.accepted))
	p.stop(t)
	check()
	st, err := store.Open(data, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	found, err := st.Verify(t.Context())
	if err != nil || !found.OK() {
		t.Errorf("Verify = %+v, %v, want no problems", found, err)
	}
	list, err := st.ListOutgoing(t.Context(), store.OutAny)
	if err != nil || len(list) == 0 {
		t.Fatalf("ListOutgoing = %d, %v, want some", len(list), err)
	}
	for _, o := range list {
		if before[o.ID] == 0 || o.State != store.OutDelivered {
			t.Errorf("answer %s is %s and was delivered %d times", o.ID, o.State, before[o.ID])
		}
	}
	t.Logf("%d answers over %d kills, %d of them delivered twice", len(list), deliveryKills, twice)
}
