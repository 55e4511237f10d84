package reply

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"reportascam/analyze/links"
)

// Memory knows who was answered. It remembers for AnswerOnce at least, and
// over restarts.
type Memory interface {
	// CountAnswers counts the answers since then that were queued with a Cap
	// of this kind and value.
	CountAnswers(ctx context.Context, kind, value string, since time.Time) (int, error)
}

// Cap bounds the answers of one kind and value in a time. The store counts
// an answer under each Cap it is queued with, and may itself hold the caps in
// that transaction, so that two workers cannot both take the last place.
type Cap struct {
	Kind   string // letters
	Value  string
	Max    int
	Window time.Duration
}

// Reason is why a full cap forbids an answer, in the form of Refuse.
func (c Cap) Reason() string {
	if c.Max == 1 {
		return "answered: this report was answered already."
	}
	return fmt.Sprintf("cap-%s: %d answers of this kind were given in %s.", c.Kind, c.Max, c.Window)
}

// The kinds of Cap.
const (
	KindHash        = "hash"        // value: SHA-256 of the report's bytes
	KindMessage     = "message"     // value: SHA-256 of recipient and Message-ID
	KindReporter    = "reporter"    // value: the recipient, lower case, without a detail
	KindReporterDay = "reporterday" // the same, in the longer time
	KindDomain      = "domain"      // value: the recipient's registrable domain: names below it cost nothing
	KindNetwork     = "network"     // value: the client's /24 or /56
	KindTotal       = "total"       // value: empty
)

// Limits. One answer is one report's due; the caps are far above what people
// do and far below what would trouble anybody's mailbox or our reputation.
const (
	PerReporterHour = 20   // somebody who works through a full spam folder
	PerReporterDay  = 100  // a security team's forwarding address
	PerDomainHour   = 1000 // a whole firm during a wave, or the customers of one free-mail provider
	PerNetworkHour  = 1500 // a provider's outbound pool, shared by many domains
	TotalHour       = 2000 // what a small smart host carries without being taken for a spammer
	// AnswerOnce: the same report is answered once in this time (RFC 5230
	// section 4.2 has 7 days as its default).
	AnswerOnce = 7 * 24 * time.Hour
)

// Caps lists what bounds the answer to a report, sent to that address. The
// hash comes first, so that the reason given is the plainest.
func Caps(o Outer, to string) []Cap {
	reporter := mailboxOf(to)
	_, domain := split(to)
	if r := links.Registrable(domain); r != "" {
		domain = r
	}
	sum := sha256.Sum256(o.Report.Raw)
	caps := []Cap{{KindHash, hex.EncodeToString(sum[:]), 1, AnswerOnce}}
	// A signed report that is sent again and again with another Received line
	// has another hash each time, but the same Message-ID.
	if id := messageID(o.Header.Get("Message-ID")); id != "" {
		sum = sha256.Sum256([]byte(reporter + "\n" + id))
		caps = append(caps, Cap{KindMessage, hex.EncodeToString(sum[:]), 1, AnswerOnce})
	}
	caps = append(caps,
		Cap{KindReporter, reporter, PerReporterHour, time.Hour},
		Cap{KindReporterDay, reporter, PerReporterDay, 24 * time.Hour},
		Cap{KindDomain, domain, PerDomainHour, time.Hour})
	if o.Reporter.By != ByNetwork { // a trusted network is the operator's own
		caps = append(caps, Cap{KindNetwork, network(o.Report.Envelope.ClientIP), PerNetworkHour, time.Hour})
	}
	return append(caps, Cap{KindTotal, "", TotalHour, time.Hour})
}

// mailboxOf gives an address, lower case, without a detail: RFC 5233, one
// mailbox, however many details.
func mailboxOf(addr string) string {
	local, domain := split(addr)
	local, _, _ = strings.Cut(local, "+")
	return local + "@" + domain
}

// network gives the /24 or /56 of a client: what one customer of a provider
// can change at will counts as one (RFC 6177 section 2: a site gets a /56 or
// more).
func network(ip netip.Addr) string {
	if !ip.IsValid() {
		return "unknown"
	}
	ip = ip.Unmap().WithZone("")
	bits := 56
	if ip.Is4() {
		bits = 24
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return p.String()
}

// Capped tells whether the memory forbids the answer. A memory that fails
// gives an error, and then nobody is answered: silence harms no one.
func Capped(ctx context.Context, m Memory, caps []Cap, now time.Time) (reason string, refused bool, err error) {
	for _, c := range caps {
		n, err := m.CountAnswers(ctx, c.Kind, c.Value, now.Add(-c.Window))
		if err != nil {
			return "", true, fmt.Errorf("asking the memory of answers: %w", err)
		}
		if n >= c.Max {
			return c.Reason(), true, nil
		}
	}
	return "", false, nil
}

// Decide is the whole decision: to whom the report is answered, or why not.
func Decide(ctx context.Context, m Memory, o Outer, c Config) (to, reason string, err error) {
	if reason, refused := Refuse(o, c); refused {
		return "", reason, nil
	}
	to, _ = Recipient(o) // Refuse asked it too
	reason, refused, err := Capped(ctx, m, Caps(o, to), c.now())
	if err != nil || refused {
		return "", reason, err
	}
	return to, "", nil
}
