package analyze

import (
	"encoding/json"
	"fmt"
	"time"
)

// Status is the outcome of a check. Unknown is never clear, and never guilt.
type Status string

// The outcomes.
const (
	Hit     Status = "hit"
	Clear   Status = "clear"
	Unknown Status = "unknown"
)

// Cite names the source of a rule.
type Cite string

// RFC cites a section of an RFC: RFC(9989, "4.7").
func RFC(n int, section string) Cite { return Cite(fmt.Sprintf("RFC %d section %s", n, section)) }

// Span is where in an original something stands: a field and octet offsets
// into it.
type Span struct {
	Field string `json:"field"` // header field name, "text", "html", or "raw"
	Start int    `json:"start"`
	End   int    `json:"end"`
}

// Finding is the outcome of one check on one original.
type Finding struct {
	Check  string  `json:"check"`
	Status Status  `json:"status"`
	Says   string  `json:"says"` // one plain sentence; holds text from the message only where it was made safe
	Cites  []Cite  `json:"cites"`
	Spans  []Span  `json:"spans,omitempty"`
	Weight float64 `json:"weight"` // what it added to the score
}

// Outcome is what a check's function gives back.
type Outcome struct {
	Status Status
	Says   string
	Spans  []Span
}

// Check is one question asked of the evidence. Find is pure: same evidence,
// same outcome.
type Check struct {
	Name, Doc string
	Cites     []Cite
	Weight    float64 // of a hit, in the score; negative speaks for the message; zero only informs
	Find      func(*Evidence) Outcome
}

// Level is the verdict's word.
type Level string

// The levels.
const (
	Scam       Level = "scam"
	Suspicious Level = "suspicious"
	Unclear    Level = "unclear"
	Authentic  Level = "authentic"
)

// Warns tells whether a verdict tells its reader to keep away. A verdict that
// changes on one side of that line changes nothing for him.
func (l Level) Warns() bool { return l == Scam || l == Suspicious }

// Rank orders levels by how bad they are: authentic 0, unclear 1, suspicious
// 2, scam 3. An unknown word ranks as unclear.
func (l Level) Rank() int {
	switch l {
	case Scam:
		return 3
	case Suspicious:
		return 2
	case Authentic:
		return 0
	}
	return 1
}

// Verdict is the judgement of one original.
type Verdict struct {
	Level    Level     `json:"verdict"`
	Score    float64   `json:"score"` // 0..1, how much speaks for a scam
	Brand    string    `json:"claimed_brand,omitempty"`
	Findings []Finding `json:"findings"`
	Ruleset  string    `json:"ruleset"`
}

// DNSStatus tells the ways in which a look-up ends.
type DNSStatus string

// The ways in which a look-up ends.
const (
	DNSOK        DNSStatus = "ok"
	DNSNoData    DNSStatus = "nodata"
	DNSNXDomain  DNSStatus = "nxdomain"
	DNSTempError DNSStatus = "temperror" // SERVFAIL, timeout, refused, over budget, offline
)

// DNSAnswer is one question and its answer, kept with the verdict so that it
// can be judged again from the answers alone.
type DNSAnswer struct {
	Name    string    `json:"name"` // lower case, no final dot
	Type    string    `json:"type"` // A, AAAA, TXT, MX, PTR, CNAME
	Status  DNSStatus `json:"status"`
	Records [][]byte  `json:"records,omitempty"` // TXT: joined strings; A/AAAA: text form; MX: "10 host"; PTR, CNAME: host
	TTL     uint32    `json:"ttl,omitempty"`     // seconds, the lowest
	AD      bool      `json:"ad,omitempty"`      // the resolver says DNSSEC validated it
	Reason  string    `json:"reason,omitempty"`  // of a temperror
}

// Reporter is who sent a report, and how well that is known.
type Reporter struct {
	Address  string   `json:"address"` // the address to answer; empty when there is none
	Name     string   `json:"name,omitempty"`
	Domain   string   `json:"domain,omitempty"`
	Proven   bool     `json:"proven"`             // aligned DKIM or SPF, or a trusted network
	By       string   `json:"by,omitempty"`       // dkim, spf, network
	Provider []string `json:"provider,omitempty"` // domains whose word on this reporter's mail is believed
	Lang     string   `json:"lang,omitempty"`
	Auth     Auth     `json:"auth"` // of the outer message
}

// JudgedOriginal is an original with its evidence and verdict, as stored.
type JudgedOriginal struct {
	How      How       `json:"how"`
	Grade    Grade     `json:"grade"`
	Client   string    `json:"client,omitempty"`
	From     []Mailbox `json:"from"`
	Subject  string    `json:"subject"`
	Date     string    `json:"date,omitempty"`
	Lost     []string  `json:"lost,omitempty"`
	Relayed  []Relayed `json:"relayed,omitempty"` // when it came in by the relay, newest first
	Evidence Evidence  `json:"evidence"`
	Verdict
}

// Relayed says that the relay let a message with the Message-ID of an original
// in. Anybody can write a Message-ID: it is a hint where to look, and no proof.
type Relayed struct {
	ID     ID        `json:"id"` // the relay's reference
	At     time.Time `json:"at"`
	Level  Level     `json:"verdict"` // of then
	Action string    `json:"action"`  // pass, tag, quarantine or reject
	RcptTo []string  `json:"rcpt_to"`
}

// Judgement is all that was found out about a report: what the store keeps.
type Judgement struct {
	ID        ID               `json:"id"`
	At        time.Time        `json:"at"` // receipt of the report
	JudgedAt  time.Time        `json:"judged_at"`
	Level     Level            `json:"verdict"` // the worst of the originals; unclear when there is none
	Score     float64          `json:"score"`
	Brand     string           `json:"claimed_brand,omitempty"`
	Subject   string           `json:"subject"` // of the first original, else of the report
	Reporter  Reporter         `json:"reporter"`
	Originals []JudgedOriginal `json:"originals"`
	Ruleset   string           `json:"ruleset"`
	DNS       []DNSAnswer      `json:"dns,omitempty"`
	Web       json.RawMessage  `json:"web,omitempty"` // what was fetched, as package bimi keeps it
	Reply     string           `json:"reply"`         // "queued", or why there is none
	Faults    []string         `json:"faults,omitempty"`

	Correction *Correction `json:"correction,omitempty"` // an analyst's word, which decides Level
}
