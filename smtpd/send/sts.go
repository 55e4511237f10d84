package send

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Limits of MTA-STS policies.
const (
	// MaxPolicy is the longest policy in octets (RFC 8461 section 3.3).
	MaxPolicy = 64 << 10
	// maxPatterns are the mx patterns of a policy that are kept; the longest
	// seen have ten.
	maxPatterns = 200
	// maxAge bounds how long a policy is kept (RFC 8461 section 3.2).
	maxAge = 31557600 * time.Second
	// maxPolicyID is RFC 8461 section 3.1.
	maxPolicyID = 32
)

// ErrSTS is returned for a policy or a record that is malformed.
var ErrSTS = errors.New("send: not an MTA-STS policy")

// Mode says what a policy asks for.
type Mode string

// The modes of RFC 8461 section 5.
const (
	ModeEnforce Mode = "enforce" // TLS with a checked certificate, or no mail
	ModeTesting Mode = "testing" // only to be reported
	ModeNone    Mode = "none"    // no policy any more
)

// Policy is an MTA-STS policy (RFC 8461 section 3.2).
type Policy struct {
	ID      string    `json:"id"` // of the record under which it was fetched
	Mode    Mode      `json:"mode"`
	MX      []string  `json:"mx"` // lower case, without final dot; "*." in front stands for one label
	Fetched time.Time `json:"fetched"`
	Expires time.Time `json:"expires"`

	maxAge time.Duration
}

// enforced tells whether a host must be as the policy says; no policy asks
// for nothing.
func (p *Policy) enforced() bool { return p != nil && p.Mode == ModeEnforce }

// Allows tells whether a mail host, lower case without final dot, is one that
// the policy names.
func (p *Policy) Allows(host string) bool {
	for _, pattern := range p.MX {
		if pattern == host {
			return true
		}
		if suffix, wild := strings.CutPrefix(pattern, "*"); wild {
			// RFC 8461 section 4.1: one label, the leftmost, and all of it.
			if label, found := strings.CutSuffix(host, suffix); found && label != "" && !strings.Contains(label, ".") {
				return true
			}
		}
	}
	return false
}

// ParsePolicy reads a policy. Fields that it does not know are passed over;
// of one that may stand once the first counts (RFC 8461 section 3.2).
func ParsePolicy(text []byte) (*Policy, error) {
	if len(text) > MaxPolicy {
		return nil, fmt.Errorf("%w: over %d octets", ErrSTS, MaxPolicy)
	}
	p, seen := &Policy{}, map[string]string{}
	for line := range strings.SplitSeq(string(text), "\n") {
		key, value, found := strings.Cut(strings.TrimRight(line, "\r"), ":")
		key, value = strings.TrimRight(key, " \t"), strings.Trim(value, " \t")
		if !found {
			if strings.TrimSpace(line) != "" {
				return nil, fmt.Errorf("%w: a line without a colon", ErrSTS)
			}
			continue
		}
		if key != "mx" {
			if _, again := seen[key]; !again {
				seen[key] = value
			}
			continue
		}
		mx := strings.ToLower(strings.TrimSuffix(value, "."))
		if !isHost(strings.TrimPrefix(mx, "*.")) || len(p.MX) >= maxPatterns {
			return nil, fmt.Errorf("%w: mx", ErrSTS)
		}
		p.MX = append(p.MX, mx)
	}
	if seen["version"] != "STSv1" {
		return nil, fmt.Errorf("%w: version", ErrSTS)
	}
	switch p.Mode = Mode(seen["mode"]); p.Mode {
	case ModeEnforce, ModeTesting:
		if len(p.MX) == 0 {
			return nil, fmt.Errorf("%w: no mx", ErrSTS)
		}
	case ModeNone:
	default:
		return nil, fmt.Errorf("%w: mode", ErrSTS)
	}
	age := seen["max_age"]
	n, err := strconv.ParseUint(age, 10, 32)
	if err != nil || len(age) > 10 {
		return nil, fmt.Errorf("%w: max_age", ErrSTS)
	}
	p.maxAge = min(time.Duration(n)*time.Second, maxAge)
	return p, nil
}

// policyID reads the TXT records of _mta-sts: "" unless just one of them is a
// record of MTA-STS (RFC 8461 section 3.1).
func policyID(texts []string) string {
	id, n := "", 0
	for _, t := range texts {
		rest, found := strings.CutPrefix(t, "v=STSv1")
		if rest = strings.TrimLeft(rest, " \t"); !found || !strings.HasPrefix(rest, ";") {
			continue
		}
		n++
		for field := range strings.SplitSeq(rest, ";") {
			key, value, _ := strings.Cut(strings.Trim(field, " \t"), "=")
			if strings.TrimRight(key, " \t") == "id" && id == "" {
				id = strings.Trim(value, " \t")
			}
		}
	}
	if n != 1 || id == "" || len(id) > maxPolicyID || strings.ContainsFunc(id, func(c rune) bool { return c > 'z' || !isLDH(byte(c)) || c == '-' }) {
		return ""
	}
	return id
}
