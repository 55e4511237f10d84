package reply

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"reportascam/analyze"
)

// Scope is what a count of answers is kept by.
type Scope string

// The scopes.
const (
	ScopeReporter Scope = "reporter" // key: the address, lower case
	ScopeDomain   Scope = "domain"   // key: its domain
	ScopeNetwork  Scope = "network"  // key: the client's /24 or /48
	ScopeAll      Scope = "all"      // key: empty
)

// Memory knows who was answered. It keeps what it is told for 7 days at
// least (RFC 5230 section 4.2), and survives a restart.
type Memory interface {
	// Answers counts the answers recorded under scope and key since then.
	Answers(scope Scope, key string, since time.Time) (int, error)
	// Seen tells whether an answer was recorded under this mark since then.
	Seen(mark string, since time.Time) (bool, error)
}

// Entry is what is recorded of one answer: the store keeps it in the same
// transaction in which it queues the answer.
type Entry struct {
	At    time.Time
	Keys  map[Scope]string
	Marks []string
}

// Limits. One answer is one report's due; the caps are far above what people
// do and far below what would trouble anybody's mailbox or our reputation.
const (
	PerReporterHour = 20   // somebody who works through a full spam folder
	PerReporterDay  = 100  // a security team's forwarding address
	PerDomainHour   = 200  // a whole firm during a wave; also any one free-mail provider
	PerNetworkHour  = 500  // a provider's outbound pool, shared by many domains
	TotalHour       = 2000 // what a small smart host carries without being taken for a spammer
	// AnswerOnce: the same report is answered once in this time (RFC 5230
	// section 4.2 has 7 days as its default).
	AnswerOnce = 7 * 24 * time.Hour
)

// limit is one cap.
type limit struct {
	scope Scope
	count int
	per   time.Duration
	words string
}

func limits() []limit {
	return []limit{
		{ScopeReporter, PerReporterHour, time.Hour, "this reporter was answered %d times within the hour"},
		{ScopeReporter, PerReporterDay, 24 * time.Hour, "this reporter was answered %d times within the day"},
		{ScopeDomain, PerDomainHour, time.Hour, "this domain was answered %d times within the hour"},
		{ScopeNetwork, PerNetworkHour, time.Hour, "this network was answered %d times within the hour"},
		{ScopeAll, TotalHour, time.Hour, "the desk gave %d answers within the hour"},
	}
}

// Record gives what is to be remembered of an answer to the report, sent to
// that address at that time.
func Record(o Outer, to string, at time.Time) Entry {
	_, domain := split(to)
	return Entry{At: at, Marks: marks(o, to), Keys: map[Scope]string{
		ScopeReporter: strings.ToLower(to),
		ScopeDomain:   domain,
		ScopeNetwork:  network(o.Report.Envelope.ClientIP),
		ScopeAll:      "",
	}}
}

// marks are the hashes by which a report is known again: of its bytes, and
// of author and Message-ID. The second stops a signed report that is sent
// again and again with another Received line.
func marks(o Outer, to string) []string {
	sum := sha256.Sum256(o.Report.Raw)
	out := []string{"raw:" + hex.EncodeToString(sum[:])}
	if id := messageID(o.Header.Get("Message-ID")); id != "" {
		sum = sha256.Sum256([]byte(strings.ToLower(to) + "\n" + id))
		out = append(out, "mid:"+hex.EncodeToString(sum[:]))
	}
	return out
}

// network gives the /24 or /48 of a client: what one owner can change at
// will counts as one.
func network(ip netip.Addr) string {
	if !ip.IsValid() {
		return "unknown"
	}
	ip = ip.Unmap().WithZone("")
	bits := 48
	if ip.Is4() {
		bits = 24
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return p.String()
}

// Caps tells whether the memory forbids an answer that Refuse would allow. A
// memory that fails gives an error, and then nobody is answered: silence
// harms no one. Messages from the loopback count like any other, but not as
// one network.
func Caps(m Memory, o Outer, to string, now time.Time) (reason string, refused bool, err error) {
	e := Record(o, to, now)
	for _, mark := range e.Marks {
		seen, err := m.Seen(mark, now.Add(-AnswerOnce))
		if err != nil {
			return "", true, fmt.Errorf("asking the memory of answers: %w", err)
		}
		if seen {
			return "answered: this report was answered already.", true, nil
		}
	}
	for _, l := range limits() {
		if l.scope == ScopeNetwork && o.Reporter.By == ByNetwork {
			continue // it is the operator's own
		}
		n, err := m.Answers(l.scope, e.Keys[l.scope], now.Add(-l.per))
		if err != nil {
			return "", true, fmt.Errorf("asking the memory of answers: %w", err)
		}
		if n >= l.count {
			return "cap-" + string(l.scope) + ": " + fmt.Sprintf(l.words, n) + ".", true, nil
		}
	}
	return "", false, nil
}

// Prepare is the whole decision: whether the report is answered, to whom,
// and if not, why not.
func Prepare(m Memory, o Outer, c Config) (to, reason string, err error) {
	if reason, refused := Refuse(o, c); refused {
		return "", reason, nil
	}
	to, reason = Recipient(o)
	if reason != "" {
		return "", reason, nil
	}
	reason, refused, err := Caps(m, o, to, c.now())
	if err != nil || refused {
		return "", reason, err
	}
	return to, "", nil
}

// level is used where an original has no verdict of its own.
func level(j *analyze.Judgement) analyze.Level {
	if j.Level == "" {
		return analyze.Unclear
	}
	return j.Level
}
