package store

import (
	"errors"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"reportascam/analyze"
)

// TestDatabaseFull lets no file grow above a limit, as a full disk does, until
// neither the database nor the journal takes more; then lifts it. Nothing that
// was accepted is lost, and the work goes on.
func TestDatabaseFull(t *testing.T) {
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var was unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_FSIZE, &was))
	lift := func() { must(t, unix.Setrlimit(unix.RLIMIT_FSIZE, &was)) }
	defer lift()
	b := open(t, t.TempDir(), Options{})
	accept(t, b, noon, "one")
	st, err := os.Stat(b.db.Path())
	must(t, err)
	must(t, unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: uint64(st.Size()), Max: was.Max}))

	r := rand.NewChaCha8([32]byte{1})
	raw := make([]byte, 1<<20)
	_, _ = r.Read(raw)
	var taken []analyze.ID
	for full := 0; full < 2; {
		rep := report(b, time.Now(), string(raw))
		switch err := b.Accept(t.Context(), rep, ""); {
		case err == nil:
			taken = append(taken, rep.ID)
		case errors.Is(err, ErrFull):
			full++
		default:
			t.Fatalf("Accept() = %v, want nil or ErrFull", err)
		}
		if len(taken) > 100 {
			t.Fatal("the limit does not hold")
		}
	}
	if err := b.Drain(t.Context()); !errors.Is(err, ErrFull) {
		t.Errorf("Drain(full) = %v, want ErrFull", err)
	}
	c, err := b.Verify(t.Context())
	wantClean(t, c, err)
	lift()
	must(t, b.Drain(t.Context()))
	for _, id := range taken {
		if _, _, err := b.Report(t.Context(), id); err != nil {
			t.Errorf("Report(%s) = %v, want what was accepted", id, err)
		}
	}
	if _, err := b.Lease(t.Context(), time.Now(), time.Minute); err != nil {
		t.Errorf("Lease() = %v, want the work to go on", err)
	}
}
