package bimi

import "strings"

// CheckStatus is the outcome of one check.
type CheckStatus string

// The outcomes. Unknown is never a pass.
const (
	Pass    CheckStatus = "pass"
	Fail    CheckStatus = "fail"
	Unknown CheckStatus = "unknown"
)

// Check is one question asked, for people to read.
type Check struct {
	Name   string      `json:"name"`
	Status CheckStatus `json:"status"`
	Says   string      `json:"says"`
}

// The names of the checks, in the order in which they are made.
const (
	CheckDMARC      = "dmarc"       // enforced, and passed by the message
	CheckSelector   = "selector"    // the BIMI-Selector field
	CheckRecord     = "record"      // the assertion record
	CheckLogo       = "logo"        // l= can be fetched
	CheckLogoSVG    = "logo-svg"    // l= keeps the profile
	CheckEvidence   = "evidence"    // a= can be fetched
	CheckBundle     = "bundle"      // PEM, order, nothing twice
	CheckAlgorithm  = "algorithm"   // keys and signatures are strong enough
	CheckPath       = "path"        // signatures up to a mark root
	CheckValidity   = "validity"    // every certificate, at the time
	CheckConstraint = "constraints" // no authority, no name constraints, not too long-lived
	CheckEKU        = "key-purpose" // leaf and issuers are for marks
	CheckPolicy     = "policy"      // the policy of mark certificates
	CheckSCT        = "sct"         // a log has seen it
	CheckRevocation = "revocation"  // not on the issuer's list
	CheckSubject    = "subject"     // all fields are there
	CheckMarkType   = "mark-type"   // a known type, with its proof
	CheckSAN        = "san"         // it is this domain's
	CheckLogotype   = "logotype"    // it holds one image
	CheckLogoHash   = "logo-hash"   // whose hashes hold
	CheckMarkSVG    = "mark-svg"    // the image keeps the profile
	CheckLogoMatch  = "logo-match"  // l= is that image
)

// add notes a check.
func (r *Result) add(name string, s CheckStatus, says string) {
	r.Checks = append(r.Checks, Check{name, s, says})
}

// ask notes a check that passes unless there is an error.
func (r *Result) ask(name string, err error, says string) bool {
	if err != nil {
		r.add(name, Fail, strings.TrimPrefix(err.Error(), "bimi: "))
		return false
	}
	r.add(name, Pass, says)
	return true
}

// worst gives the first check that fails, else the first that is unknown.
func worst(checks []Check) Check {
	out := Check{Status: Pass}
	for _, c := range checks {
		if worse(c.Status, out.Status) {
			out = c
		}
	}
	return out
}

// Failed gives the checks that fail.
func (r *Result) Failed() []Check { return r.with(Fail) }

// Unknown gives the checks that could not be made.
func (r *Result) Unknown() []Check { return r.with(Unknown) }

func (r *Result) with(s CheckStatus) []Check {
	var out []Check
	for _, c := range r.Checks {
		if c.Status == s {
			out = append(out, c)
		}
	}
	return out
}
