package analyze

import (
	"net/netip"
	"time"
)

// Witness says who vouches for a fact.
type Witness string

// The witnesses, best first.
const (
	WitnessVerified Witness = "verified" // we checked it ourselves, now
	WitnessBoundary Witness = "boundary" // the reporter's own provider said so
	WitnessClaimed  Witness = "claimed"  // the message says so: worth nothing

	// WitnessHistoric is of a signature read by the rules of its time (auth
	// --historic), which today's refuse for good reason. No Evidence holds
	// such results, and no verdict may stand on one.
	WitnessHistoric Witness = "historic"
)

// Believed tells whether a verdict may stand on what this witness says.
func (w Witness) Believed() bool { return w == WitnessVerified || w == WitnessBoundary }

// Result is the outcome of an authentication mechanism (RFC 8601 section
// 2.7). ResultUnknown is ours: it could not be checked, and says nothing.
type Result string

// The results of RFC 8601, and unknown.
const (
	ResultNone      Result = "none"
	ResultPass      Result = "pass"
	ResultFail      Result = "fail"
	ResultSoftFail  Result = "softfail"
	ResultNeutral   Result = "neutral"
	ResultPolicy    Result = "policy"
	ResultTempError Result = "temperror"
	ResultPermError Result = "permerror"
	ResultUnknown   Result = "unknown"
)

// Method is an authentication mechanism, by its RFC 8601 name.
type Method string

// The mechanisms.
const (
	MethodSPF      Method = "spf"
	MethodDKIM     Method = "dkim"
	MethodDMARC    Method = "dmarc"
	MethodARC      Method = "arc"
	MethodCompAuth Method = "compauth" // Microsoft's own composite word
	MethodBIMI     Method = "bimi"

	MethodDomainKeys Method = "domainkeys" // RFC 4870, only ever historic
)

// AuthResult is one mechanism's result, with the witness who gives it.
type AuthResult struct {
	Method    Method  `json:"method"`
	Result    Result  `json:"result"`
	Witness   Witness `json:"witness"`
	Domain    string  `json:"domain,omitempty"`      // the domain that was authenticated: d=, MAIL FROM or HELO, From; lower-case A-labels
	Selector  string  `json:"selector,omitempty"`    // DKIM s=
	Algorithm string  `json:"algorithm,omitempty"`   // DKIM a=
	KeyBits   int     `json:"key_bits,omitempty"`    // size of the DKIM key in bits
	Scope     string  `json:"scope,omitempty"`       // SPF: mailfrom or helo
	Aligned   bool    `json:"aligned"`               // with the From domain, by DMARC's rules
	Reason    string  `json:"reason,omitempty"`      // why, in plain words
	AuthServ  string  `json:"authserv_id,omitempty"` // who wrote it, for boundary and claimed
	Gap       string  `json:"gap,omitempty"`         // DKIM: what a passing signature leaves open (l=, unsigned Subject, no oversigning)
}

// DMARCPolicy is the published record (RFC 9989 section 4.7).
type DMARCPolicy struct {
	Domain    string `json:"domain"`            // where it was found
	P         string `json:"p"`                 // none, quarantine, reject
	SP        string `json:"sp,omitempty"`      // for subdomains
	NP        string `json:"np,omitempty"`      // for subdomains that do not exist
	ADKIM     string `json:"adkim,omitempty"`   // r or s
	ASPF      string `json:"aspf,omitempty"`    // r or s
	Testing   bool   `json:"testing,omitempty"` // t=y
	Pct       int    `json:"pct"`               // RFC 7489 pct=, 100 when absent
	Effective string `json:"effective"`         // the policy that applies to this From domain
	Record    string `json:"record"`            // the text itself
}

// Boundary is the hop at which an original entered the provider whose word
// is believed.
type Boundary struct {
	By       string     `json:"by"` // the provider's host that received it
	AuthServ string     `json:"authserv_id,omitempty"`
	ClientIP netip.Addr `json:"client_ip"` // who handed it over
	Helo     string     `json:"helo,omitempty"`
	MailFrom string     `json:"mail_from,omitempty"` // as recorded by that provider
	At       time.Time  `json:"at"`                  // zero when not stated
}

// Auth is all that is known of who sent a message.
type Auth struct {
	FromDomain string       `json:"from_domain"`          // of the single From, A-labels; empty when there is not exactly one
	OrgDomain  string       `json:"org_domain,omitempty"` // its organizational domain (RFC 9989 section 4.10)
	FromFault  string       `json:"from_fault,omitempty"` // why there is no single From
	Results    []AuthResult `json:"results"`
	Policy     *DMARCPolicy `json:"policy,omitempty"`
	Boundary   *Boundary    `json:"boundary,omitempty"`
	Forged     []string     `json:"forged,omitempty"` // results or trace lines that pretend to be a trusted provider's
}

// DMARC gives the best-witnessed DMARC result that is not unknown, or unknown.
func (a *Auth) DMARC() AuthResult { return a.best(MethodDMARC) }

// Best gives the best-witnessed result of a mechanism: verified before
// boundary, pass before any other, and never a claimed one.
func (a *Auth) best(m Method) AuthResult {
	out := AuthResult{Method: m, Result: ResultUnknown}
	for _, w := range []Witness{WitnessVerified, WitnessBoundary} {
		found := false
		for _, r := range a.Results {
			if r.Method != m || r.Witness != w || r.Result == ResultUnknown || r.Result == ResultTempError {
				continue
			}
			if !found || r.Result == ResultPass {
				out, found = r, true
			}
			if r.Result == ResultPass {
				return out
			}
		}
		if found {
			return out
		}
	}
	return out
}

// Proven gives the From domain if DMARC-aligned authentication proves it, and
// by whose witness. An aligned DKIM or SPF pass proves it even where no DMARC
// record is published.
func (a *Auth) Proven() (domain string, w Witness, ok bool) {
	if a.FromDomain == "" {
		return "", "", false
	}
	for _, w := range []Witness{WitnessVerified, WitnessBoundary} {
		for _, r := range a.Results {
			if r.Witness != w || r.Result != ResultPass {
				continue
			}
			switch r.Method {
			case MethodDMARC, MethodDKIM, MethodSPF:
				if r.Aligned {
					return a.FromDomain, w, true
				}
			}
		}
	}
	return "", "", false
}

// Link is one address that a reader could follow.
type Link struct {
	URL    string `json:"url"`            // as written
	Scheme string `json:"scheme"`         // lower case
	Host   string `json:"host"`           // as a browser would go, lower-case A-labels or an IP; empty for mailto: and the like
	Text   string `json:"text,omitempty"` // what the reader sees
	// Source is where it stands: text, html, form, header, image (loaded, not
	// followed), attachment (an attached page or text), pdf, ics, svg, rtf, qr.
	Source string   `json:"source"`
	Shown  string   `json:"shown,omitempty"`  // the host that the link text shows, if it shows one
	Asks   string   `json:"asks,omitempty"`   // forms: the secret that a field of it asks for: password, card or code
	Hidden bool     `json:"hidden,omitempty"` // no reader sees it
	Via    []string `json:"via,omitempty"`    // the hosts that pass the reader on to it, the first first; the address that was written stands before it as a link of its own
}

// BrandClaim says that a reader would take the message to be from a brand.
type BrandClaim struct {
	Brand    string  `json:"brand"`    // the registry's key
	Name     string  `json:"name"`     // its name as people write it
	Where    string  `json:"where"`    // display-name, local-part, domain, subject, body, footer, alt-text, link-text
	Text     string  `json:"text"`     // what was found there
	Strength float64 `json:"strength"` // 0..1
	Disguise bool    `json:"disguise"` // written with look-alike characters or zero-width tricks
}

// Resemblance says that a domain looks like a protected one that it is not.
type Resemblance struct {
	Name      string  `json:"name"`   // the domain looked at
	Where     string  `json:"where"`  // from, reply-to, return-path, dkim, link, shown, header, via
	Target    string  `json:"target"` // the protected domain
	Brand     string  `json:"brand,omitempty"`
	Technique string  `json:"technique"`
	Distance  int     `json:"distance"`
	Score     float64 `json:"score"` // 0..1
}

// IndicatorKind is a kind of indicator.
type IndicatorKind string

// The kinds of indicator.
const (
	IndicatorDomain  IndicatorKind = "domain"
	IndicatorURL     IndicatorKind = "url"
	IndicatorAddress IndicatorKind = "address"
	IndicatorIP      IndicatorKind = "ip"
	IndicatorPhone   IndicatorKind = "phone"
	IndicatorWallet  IndicatorKind = "wallet"
	IndicatorIBAN    IndicatorKind = "iban"
	IndicatorHash    IndicatorKind = "hash"
)

// Indicator is a thing taken from an original by which it can be found again.
type Indicator struct {
	Kind  IndicatorKind `json:"kind"`
	Value string        `json:"value"` // normalised
}

// DomainInfo is what the brand registry says of one domain in the message.
type DomainInfo struct {
	Domain string `json:"domain"`          // registrable domain
	Brand  string `json:"brand,omitempty"` // the brand that owns it

	House     string `json:"house,omitempty"`     // the brand of many houses that it could be one of: it proves nothing
	Unchecked bool   `json:"unchecked,omitempty"` // that it does rests on one source: it proves nothing authentic

	Free     bool     `json:"free,omitempty"`      // anyone can get an address or a page there
	Sender   bool     `json:"sender,omitempty"`    // a service that sends or tracks mail for others
	SendsFor []string `json:"sends_for,omitempty"` // the brands that name it as one that sends their mail

	Shortener bool `json:"shortener,omitempty"` // its short addresses lead anywhere
	Page      bool `json:"page,omitempty"`      // anyone can put a page or a file there, in minutes and without a name
	Form      bool `json:"form,omitempty"`      // anyone can put a form there
	Random    bool `json:"random,omitempty"`    // the name is a row of random letters
}

// Mark is what came of the From domain's brand indicator (BIMI) and its mark
// certificate. It is worth something only when Verified.
type Mark struct {
	Status       string   `json:"status"`                 // pass, none, fail, temperror, declined, skipped
	Reason       string   `json:"reason,omitempty"`       // why not pass
	Domain       string   `json:"domain"`                 // the author domain asked about
	Selector     string   `json:"selector,omitempty"`     // under which the record was found
	Authority    string   `json:"authority"`              // none, pass or fail: the certificate
	Verified     bool     `json:"verified"`               // DMARC passed, and every check of the certificate with it
	SelfAsserted bool     `json:"self_asserted"`          // a logo for which nobody else stands
	Kind         string   `json:"kind,omitempty"`         // VMC or CMC
	Organisation string   `json:"organisation,omitempty"` // the holder, as the certificate names it
	Country      string   `json:"country,omitempty"`      // where the mark is registered
	Issuer       string   `json:"issuer,omitempty"`       // the certificate authority
	LogoHash     string   `json:"logo_sha256,omitempty"`
	Failed       []string `json:"failed,omitempty"` // names of the checks that failed
}

// Trademark tells whether an authority has checked that the sender holds the
// mark: verified, and by a VMC. A CMC only says that the logo was in use.
func (m *Mark) Trademark() bool { return m != nil && m.Verified && m.Kind == "VMC" }

// Evidence is what is known of one original. Gatherers fill it; checks read it.
type Evidence struct {
	Original     *Original             `json:"-"`
	At           time.Time             `json:"at"` // receipt of the report
	Auth         Auth                  `json:"auth"`
	ReturnPath   string                `json:"return_path,omitempty"` // by the boundary or the session
	Doubled      []string              `json:"doubled,omitempty"`     // header fields that stand more often than RFC 5322 section 3.6 allows, and do not say the same
	Links        []Link                `json:"links,omitempty"`
	Files        []File                `json:"files,omitempty"`        // what is attached, as it truly is
	Mark         *Mark                 `json:"mark,omitempty"`         // nil when it was not asked for
	MarkForged   []string              `json:"mark_forged,omitempty"`  // BIMI-* fields that only a receiver may write, from the sender
	BrandMarked  string                `json:"brand_marked,omitempty"` // the claimed brand's own domain whose record names a mark certificate
	Claims       []BrandClaim          `json:"claims,omitempty"`
	Resemblances []Resemblance         `json:"resemblances,omitempty"`
	Domains      map[string]DomainInfo `json:"domains,omitempty"` // by host as it stands in Links and addresses
	Indicators   []Indicator           `json:"indicators,omitempty"`
	Calls        []string              `json:"calls,omitempty"`    // telephone numbers that the message tells its reader to call, as in Indicators
	Lures        []Lure                `json:"lures,omitempty"`    // what it wants from its reader, the strongest first
	Language     string                `json:"language,omitempty"` // it is mostly written in, BCP 47; empty when there is too little text to tell
	Oddities     []Oddity              `json:"oddities,omitempty"` // of sender, recipients, header and make
	Writing      *Writing              `json:"writing,omitempty"`  // nil in evidence of earlier days
	Faults       []string              `json:"faults,omitempty"`   // what could not be gathered, and why
}
