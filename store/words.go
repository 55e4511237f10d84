package store

import (
	"time"

	"reportascam/analyze"
)

// Lease is one report handed out to be judged.
type Lease struct {
	ID       analyze.ID
	Attempt  int             // 1 for the first
	Released int             // how often it was given back with an error
	Token    string          // proves that the lease is the caller's
	Until    time.Time       // when it runs out
	LastErr  string          // why it was given back last
	Report   *analyze.Report // with Raw
	Trace    string
}

// Limit bounds how many replies with this kind and value are sent in a
// window: {"hash", sha256, 1, MaxMemory}, {"sender", address, 5, time.Hour},
// {"total", "", 500, time.Hour}. Max 0 only counts.
type Limit struct {
	Kind   string // letters
	Value  string
	Max    int
	Window time.Duration // up to MaxMemory
}

// Finished says what became of the reply.
type Finished struct {
	Queued bool
	Limit  *Limit // the limit that the reply would have passed: it is dropped, and the judgement's Reply says so
}

// OutState is where a reply stands.
type OutState string

// The states of a reply.
const (
	OutAny       OutState = ""
	OutWaiting   OutState = "waiting"
	OutDelivered OutState = "delivered"
	OutFailed    OutState = "failed"
)

// Outgoing is one reply, at most one a report, or a note that follows it.
type Outgoing struct {
	ID       analyze.ID `json:"id"` // the report's, for a note with -2 and so on behind it; set by Finish and Revise
	ReportID analyze.ID `json:"report_id"`
	From     string     `json:"from"` // envelope sender; empty is the null sender
	To       string     `json:"to"`
	Raw      []byte     `json:"-"` // dropped once delivered

	Told analyze.Level `json:"told,omitempty"` // the verdict that it tells
	Desk string        `json:"desk,omitempty"` // as whom the desk wrote it, in its own words

	NotBefore time.Time `json:"not_before"`
	Attempts  int       `json:"attempts"`
	LastError string    `json:"last_error,omitempty"`
	State     OutState  `json:"state"`
	Created   time.Time `json:"created"`
	Changed   time.Time `json:"changed"`
	Limits    []Limit   `json:"-"` // checked, and counted, when it is queued
}

// Delivery is one reply handed out to be sent.
type Delivery struct {
	Outgoing
	Token string
	Until time.Time
}

// Parked is a report that was taken out of the queue.
type Parked struct {
	ID       analyze.ID `json:"id"`
	At       time.Time  `json:"at"`        // receipt
	ParkedAt time.Time  `json:"parked_at"` //
	Attempts int        `json:"attempts"`
	Reason   string     `json:"reason"`
	MailFrom string     `json:"mail_from"`
	Size     int        `json:"size"`
}

// Query asks for judged reports; all that is set must fit. Since and Until
// compare with the time in the ID, which is the time of receipt.
type Query struct {
	Level     analyze.Level `json:"verdict,omitempty"`
	Brand     string        `json:"brand,omitempty"`     // registry key
	Reporter  string        `json:"reporter,omitempty"`  // address, or @domain
	Domain    string        `json:"domain,omitempty"`    // of a sender, or its organizational domain
	Indicator string        `json:"indicator,omitempty"` // the value, of any kind
	Since     time.Time     `json:"since,omitzero"`      // not before
	Until     time.Time     `json:"until,omitzero"`      // before
	Corrected bool          `json:"corrected,omitempty"` // only what an analyst has corrected
	Text      string        `json:"text,omitempty"`      // in subject, sender, reporter, brand, domains or ID; any case
	Limit     int           `json:"limit,omitempty"`
	Before    analyze.ID    `json:"before,omitempty"` // older than this one: the next page
}

// Summary is a judged report in one line.
type Summary struct {
	ID        analyze.ID      `json:"id"`
	At        time.Time       `json:"at"`
	JudgedAt  time.Time       `json:"judged_at"`
	Level     analyze.Level   `json:"verdict"`
	Score     float64         `json:"score"`
	Brand     string          `json:"claimed_brand,omitempty"`
	Subject   string          `json:"subject"`
	From      analyze.Mailbox `json:"from"` // of the first original
	Reporter  string          `json:"reporter,omitempty"`
	Domains   []string        `json:"domains,omitempty"` // of the senders
	How       analyze.How     `json:"how,omitempty"`     // of the first original
	Originals int             `json:"originals"`
	Corrected analyze.Label   `json:"corrected,omitempty"` // by an analyst
	Reply     string          `json:"reply"`
	Size      int             `json:"size"` // of the report, octets
}

// Count is how often a name was counted.
type Count struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// DayStats is one day, UTC.
type DayStats struct {
	Day     string                `json:"day"` // 2026-01-31
	Reports int                   `json:"reports"`
	Levels  map[analyze.Level]int `json:"verdicts"`
}

// Stats are counts of judged reports by day of receipt, and what waits now.
type Stats struct {
	Since     time.Time             `json:"since"`
	Reports   int                   `json:"reports"` // judged
	Levels    map[analyze.Level]int `json:"verdicts"`
	Days      []DayStats            `json:"days"`    // oldest first, those with reports
	Brands    []Count               `json:"brands"`  // most first, at most topCounts
	Domains   []Count               `json:"domains"` // of senders, the same
	Pending   int                   `json:"pending"` // now, whatever since says
	Parked    int                   `json:"parked"`
	Waiting   int                   `json:"replies_waiting"`
	Delivered int                   `json:"replies_delivered"` // ever
	Failed    int                   `json:"replies_failed"`    // ever
}

// Checked is what Verify found.
type Checked struct {
	Reports   int      `json:"reports"`
	Judged    int      `json:"judged"`
	Pending   int      `json:"pending"`
	Parked    int      `json:"parked"`
	Outgoing  int      `json:"outgoing"`
	Journal   int      `json:"journal"`  // records not imported yet
	Problems  []string `json:"problems"` // none: all is well
	Truncated bool     `json:"truncated,omitempty"`
}

// OK reports whether nothing was found wrong.
func (c *Checked) OK() bool { return len(c.Problems) == 0 }
