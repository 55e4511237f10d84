package bimi

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"strings"
	"time"
)

// MarkType is what kind of mark a certificate is about (Mark Certificate
// Requirements v1.7 section 7.1.4.2.2).
type MarkType string

// The mark types.
const (
	RegisteredMark         MarkType = "Registered Mark"
	GovernmentMark         MarkType = "Government Mark"
	PriorUseMark           MarkType = "Prior Use Mark"
	ModifiedRegisteredMark MarkType = "Modified Registered Mark"
	PendingMark            MarkType = "Pending Registration Mark"
)

// CertKind tells verified mark certificates, whose mark an office or a law
// backs, from common mark certificates, whose mark was only seen in use.
type CertKind string

// The kinds of mark certificate.
const (
	VMC CertKind = "VMC"
	CMC CertKind = "CMC"
)

// Kind gives the kind of certificate that a mark type belongs to, or "".
func (m MarkType) Kind() CertKind {
	switch m {
	case RegisteredMark, GovernmentMark:
		return VMC
	case PriorUseMark, ModifiedRegisteredMark, PendingMark:
		return CMC
	}
	return ""
}

// Subject is whom and what a mark certificate is about. All of it was checked
// by the authority that issued it, and by nobody else.
type Subject struct {
	CommonName       string   `json:"common_name,omitempty"` // some authorities leave it out
	Organisation     string   `json:"organisation"`
	Street           []string `json:"street,omitempty"`
	Locality         string   `json:"locality,omitempty"`
	State            string   `json:"state,omitempty"`
	Country          string   `json:"country,omitempty"`              // of its seat, ISO 3166
	Jurisdiction     string   `json:"jurisdiction,omitempty"`         // country in which the organisation is registered
	Category         string   `json:"business_category,omitempty"`    // "Private Organization"
	Registration     string   `json:"registration_number,omitempty"`  // of the organisation
	LEI              string   `json:"lei,omitempty"`                  // legal entity identifier
	TrademarkOffice  string   `json:"trademark_office,omitempty"`     // name or URL
	TrademarkCountry string   `json:"trademark_country,omitempty"`    // or region: EM is the European Union
	TrademarkID      string   `json:"trademark_identifier,omitempty"` // number of the registration
	WordMark         string   `json:"word_mark,omitempty"`
	StatuteCountry   string   `json:"statute_country,omitempty"` // of a government mark
	StatuteCitation  string   `json:"statute_citation,omitempty"`
	PriorUseURL      string   `json:"prior_use_url,omitempty"` // where a common mark was seen
}

// parseSubject reads the fields of a subject. A field that decides (and may
// stand only once) given twice is a fault.
func parseSubject(name pkix.Name) (s Subject, mark MarkType, fault string) {
	seen := make(map[string]bool)
	for _, attr := range name.Names {
		v, ok := attr.Value.(string)
		if !ok {
			continue
		}
		oid := attr.Type.String()
		if oid == "2.5.4.9" {
			s.Street = append(s.Street, v)
			continue
		}
		if oid == "1.3.6.1.4.1.53087.1.13" {
			mark = MarkType(v)
		} else if field := s.field(oid); field != nil {
			*field = v
		} else {
			continue
		}
		if seen[oid] && fault == "" {
			fault = "the subject says " + oid + " twice"
		}
		seen[oid] = true
	}
	return s, mark, fault
}

// field gives where an attribute is kept: X.520, the CA/Browser Forum's EV
// Guidelines section 7.1.4.2, and Mark Certificate Requirements v1.7.
func (s *Subject) field(oid string) *string {
	switch oid {
	case "2.5.4.3":
		return &s.CommonName
	case "2.5.4.5":
		return &s.Registration
	case "2.5.4.6":
		return &s.Country
	case "2.5.4.7":
		return &s.Locality
	case "2.5.4.8":
		return &s.State
	case "2.5.4.10":
		return &s.Organisation
	case "2.5.4.15":
		return &s.Category
	case "1.3.6.1.4.1.311.60.2.1.3":
		return &s.Jurisdiction
	case "1.3.6.1.4.1.53087.1.2":
		return &s.TrademarkOffice
	case "1.3.6.1.4.1.53087.1.3":
		return &s.TrademarkCountry
	case "1.3.6.1.4.1.53087.1.4":
		return &s.TrademarkID
	case "1.3.6.1.4.1.53087.1.5":
		return &s.LEI
	case "1.3.6.1.4.1.53087.1.6":
		return &s.WordMark
	case "1.3.6.1.4.1.53087.3.2":
		return &s.StatuteCountry
	case "1.3.6.1.4.1.53087.3.5":
		return &s.StatuteCitation
	case "1.3.6.1.4.1.53087.5.1":
		return &s.PriorUseURL
	}
	return nil
}

// lacks names the first field that a subject must have and has not.
func (s Subject) lacks() string {
	for _, f := range []struct{ name, value string }{
		{"organisation", s.Organisation},
		{"street", strings.Join(s.Street, "")},
		{"country", s.Country},
		{"business category", s.Category},
		{"registration number", s.Registration},
		{"country of registration", s.Jurisdiction},
		{"locality or state", s.Locality + s.State},
	} {
		if f.value == "" {
			return f.name
		}
	}
	return ""
}

// country gives where the mark has its right: the trademark's country, that
// of the statute, or where the organisation is registered.
func (s Subject) country() string {
	for _, c := range []string{s.TrademarkCountry, s.StatuteCountry, s.Jurisdiction, s.Country} {
		if c != "" {
			return c
		}
	}
	return ""
}

// markTypeOf judges the mark type. Certificates of 2021 and 2022 state none:
// all of them were for registered trademarks, and name the registration.
func markTypeOf(s Subject, stated MarkType) (mark MarkType, says string, ok bool) {
	if stated == "" {
		if s.TrademarkID == "" || s.TrademarkCountry == "" {
			return "", "neither a mark type nor a trademark is stated", false
		}
		return RegisteredMark, "no mark type is stated; the trademark is named, so a Registered Mark (VMC)", true
	}
	if stated.Kind() == "" {
		return stated, fmt.Sprintf("the mark type %q is not known", string(stated)), false
	}
	switch {
	case stated == RegisteredMark && (s.TrademarkID == "" || s.TrademarkCountry == ""):
		return stated, "a Registered Mark without a trademark", false
	case stated == GovernmentMark && s.StatuteCountry == "":
		return stated, "a Government Mark without a statute", false
	}
	return stated, fmt.Sprintf("%s (%s)", stated, stated.Kind()), true
}

// sanSet gives the names of which a certificate must hold one, in canonical
// form: the author and organisational domain, and the selector under either.
func sanSet(author, org, selector string) []string {
	var out []string
	for _, d := range []string{author, org} {
		if d = canonical(d); d != "" {
			out = append(out, d, strings.ToLower(selector)+"._bimi."+d)
		}
	}
	return out
}

// matchSAN tells whether a certificate holds one of the names.
func matchSAN(c *x509.Certificate, want []string) (name string, ok bool) {
	for _, n := range c.DNSNames {
		n = canonical(n)
		for _, w := range want {
			if n == w {
				return n, true
			}
		}
	}
	return "", false
}

// pilotEnd is when the pilot identifier was to be gone from new certificates
// (Mark Certificate Requirements v1.7).
func pilotEnd() time.Time { return time.Date(2025, 3, 15, 0, 0, 0, 0, time.UTC) }
