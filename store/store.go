package store

import (
	"context"
	"errors"
	"io"
	"time"

	"reportascam/analyze"
)

// Errors. Test for them with errors.Is.
var (
	// ErrNone is returned when no lease is due.
	ErrNone = errors.New("store: nothing due")
	// ErrStale is returned when a lease is no longer the caller's: it ran out
	// and was taken again, or its work is finished already. Nothing was changed.
	ErrStale = errors.New("store: lease is stale")
	// ErrNotFound is returned when there is no such record.
	ErrNotFound = errors.New("store: not found")
	// ErrAmbiguous is returned when a prefix fits several IDs.
	ErrAmbiguous = errors.New("store: several IDs begin so")
	// ErrBadID is returned for text that is not an ID.
	ErrBadID = errors.New("store: not an ID")
	// ErrTooLarge is returned for a message that no mail host would take.
	ErrTooLarge = errors.New("store: too large")
	// ErrFull is returned when the disk has no room: answer 451.
	ErrFull = errors.New("store: disk full")
	// ErrIO is returned when the disk failed, or did so before and can no
	// longer be believed: answer 451.
	ErrIO = errors.New("store: disk failed")
	// ErrLocked is returned when another process holds the store.
	ErrLocked = errors.New("store: in use by another process")
	// ErrNoStore is returned when a directory holds no store.
	ErrNoStore = errors.New("store: no store here")
	// ErrSchema is returned when the store was written by a later version.
	ErrSchema = errors.New("store: written by a later version")
	// ErrInDelivery is returned for a reply that is in delivery now.
	ErrInDelivery = errors.New("store: in delivery now")
	// ErrClosed is returned once the store was closed.
	ErrClosed = errors.New("store: closed")
	// ErrBusy is returned when the control socket serves as many as it can.
	ErrBusy = errors.New("store: too many requests")
)

// Intake takes reports in.
type Intake interface {
	// NewID makes an ID for a report received at t. IDs sort by t.
	NewID(t time.Time) analyze.ID
	// Accept keeps a report. It is durable once nil is returned; after an
	// error the sender must keep it. The trace is what we would write above
	// the message (Received), apart from Raw.
	Accept(ctx context.Context, r *analyze.Report, trace string) error
}

// Queue hands out the reports that wait for judgement.
type Queue interface {
	// Lease hands out the report that has been due for longest, and keeps it
	// from others until now+hold. The attempt is counted, durably, before.
	// ErrNone when nothing is due.
	Lease(ctx context.Context, now time.Time, hold time.Duration) (*Lease, error)
	// Wait returns nil as soon as Lease may have something, else ctx's error.
	// After any other error of Lease than ErrNone something may still be due:
	// pause before waiting again.
	Wait(ctx context.Context) error
}

// Bench ends leases. Every method returns ErrStale, and changes nothing, when
// the lease is no longer the caller's.
type Bench interface {
	// Finish stores a judgement and queues its reply, which may be nil, in
	// one transaction: a report is judged once and answered once.
	Finish(ctx context.Context, l *Lease, j *analyze.Judgement, out *Outgoing) (Finished, error)
	// Release gives a report back to be leased again at retryAt. It does not
	// count towards MaxAttempts: those are for work that was never given back.
	Release(ctx context.Context, l *Lease, why string, retryAt time.Time) error
	// Crashed is Release for work that ended in a panic: the attempt counts,
	// and after MaxAttempts of them the report is parked.
	Crashed(ctx context.Context, l *Lease, why string, retryAt time.Time) error
	// Park takes a report out of the queue until Retry.
	Park(ctx context.Context, l *Lease, reason string) error
}

// Memory remembers what was answered.
type Memory interface {
	// CountAnswers tells how many replies were queued since a time with a
	// Limit of this kind and value.
	CountAnswers(ctx context.Context, kind, value string, since time.Time) (int, error)
}

// Outbox hands out the replies that wait for delivery.
type Outbox interface {
	// LeaseOutgoing is Lease for replies. There is no limit of attempts.
	LeaseOutgoing(ctx context.Context, now time.Time, hold time.Duration) (*Delivery, error)
	// WaitOutgoing is Wait for replies.
	WaitOutgoing(ctx context.Context) error
	// NextOutgoing tells when the next reply is due; zero when none waits.
	NextOutgoing(ctx context.Context) (time.Time, error)
	// OutgoingWake gives a channel that holds a value after replies were
	// queued. It serves one listener; WaitOutgoing serves any number.
	OutgoingWake() <-chan struct{}
}

// Courier ends deliveries. Every method returns ErrStale when the delivery is
// no longer the caller's.
type Courier interface {
	Delivered(ctx context.Context, d *Delivery) error
	Defer(ctx context.Context, d *Delivery, until time.Time, why string) error
	// Postpone is Defer for what was not tried: the attempt does not count.
	Postpone(ctx context.Context, d *Delivery, until time.Time) error
	Fail(ctx context.Context, d *Delivery, why string) error
}

// Archive gives single records.
type Archive interface {
	// Report gives a report and its trace. Raw is byte for byte what Accept got.
	Report(ctx context.Context, id analyze.ID) (*analyze.Report, string, error)
	Judgement(ctx context.Context, id analyze.ID) (*analyze.Judgement, error)
	// ResolvePrefix gives the one report whose ID begins so, in any case.
	ResolvePrefix(ctx context.Context, prefix string) (analyze.ID, error)
}

// Finder finds judged reports.
type Finder interface {
	// List gives the newest first, at most MaxList of them.
	List(ctx context.Context, q Query) ([]Summary, error)
	// Export calls f with each judgement, newest first, without a bound
	// other than a Limit above zero. An error of f ends it and is returned.
	Export(ctx context.Context, q Query, f func(*analyze.Judgement) error) error
	// Stats counts since the start of the day (UTC) of since.
	Stats(ctx context.Context, since time.Time) (Stats, error)
}

// Desk shows what waits, and lets a person step in.
type Desk interface {
	Parked(ctx context.Context) ([]Parked, error)
	// Retry queues a parked report anew.
	Retry(ctx context.Context, id analyze.ID) error
	// ParkReport takes a waiting report out of the queue, leased or not.
	ParkReport(ctx context.Context, id analyze.ID, reason string) error
	// ListOutgoing gives replies, newest first, without Raw, at most MaxList.
	ListOutgoing(ctx context.Context, state OutState) ([]Outgoing, error)
	// Outgoing gives one, with Raw unless it was delivered.
	Outgoing(ctx context.Context, id analyze.ID) (*Outgoing, error)
	// RetryOutgoing makes a reply that waits or was given up due now, and
	// DropOutgoing gives one up that waits. ErrInDelivery for one in delivery.
	RetryOutgoing(ctx context.Context, id analyze.ID) error
	DropOutgoing(ctx context.Context, id analyze.ID, reason string) error
}

// Teacher changes what was judged, and tells what analysts said of it.
type Teacher interface {
	// PutJudgement replaces the judgement of a judged report; no reply. The
	// Correction in it is the one that Corrections gives; none takes back an
	// earlier one.
	PutJudgement(ctx context.Context, j *analyze.Judgement) error
	// Revise is PutJudgement with a note about it, queued in the same
	// transaction: if the reply was delivered, to the same address, and told
	// the opposite (scam or suspicious against unclear or authentic), no
	// Limit of the note is passed, and fewer than MaxNotes were queued. It
	// may be nil. A note that waits and is made wrong is dropped in any case.
	Revise(ctx context.Context, j *analyze.Judgement, note *Outgoing) (Finished, error)
	// Corrections gives the newest, at most MaxCorrections.
	Corrections(ctx context.Context) ([]analyze.Correction, error)
}

// Keeper looks after the store itself.
type Keeper interface {
	// Verify reads everything and tells what is wrong.
	Verify(ctx context.Context) (Checked, error)
	// Backup writes a whole database, which Open takes when it stands in an
	// empty directory under the name DatabaseName.
	Backup(ctx context.Context, w io.Writer) error
}

// Reader is what the command line needs. It is the same through the control
// socket of a running server and on the files themselves.
type Reader interface {
	Archive
	Finder
	Desk
	Keeper
	Teacher
	Ward
	io.Closer
}

// Store is everything. Users ask for the parts that they need.
type Store interface {
	Intake
	Queue
	Bench
	Memory
	Outbox
	Courier
	Reader
	// WaitCorrections returns nil once there may be other corrections than
	// when before was given, else ctx's error; now is to be given next time.
	WaitCorrections(ctx context.Context, before int) (now int, err error)
}

// Limits of what is stored and given.
const (
	// MaxRaw is the longest message in octets; the SMTP server's limit is
	// below it, and the journal's above.
	MaxRaw = 48 << 20
	// MaxTrace bounds what we ourselves write about the session, in octets.
	MaxTrace = 64 << 10
	// MaxEnvelope bounds the envelope as JSON, in octets: 1,000 recipients
	// of 254 octets each, and room.
	MaxEnvelope = 1 << 20
	// MaxReply is the longest reply in octets; replies are a few KB.
	MaxReply = 1 << 20
	// MaxAttempts is how often a report is leased without being given back
	// before it is parked: what crashes the analysis three times will again.
	MaxAttempts = 3
	// MaxDeaths is how often the process may end with a report leased, before
	// that is parked: one that takes the whole process with it must not do so
	// for ever, but a host that is switched off often is no fault of the report.
	MaxDeaths = 10
	// MaxList is the most that List and ListOutgoing give at once; a page of
	// 1,000 summaries is below 1 MB.
	MaxList = 1000
	// MaxCorrections is the most that Corrections gives: the learner looks at
	// the newest, and each is below 4 KB.
	MaxCorrections = 10_000
	// DefaultList is what List gives when it is not told: a screenful.
	DefaultList = 50
	// MaxMemory is how long answers are remembered (RFC 5230 section 4.1
	// has 7 days for the same purpose).
	MaxMemory = 7 * 24 * time.Hour
)
