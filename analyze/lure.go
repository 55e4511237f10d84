package analyze

import "slices"

// LureKind says what a message wants from its reader, or how it presses.
type LureKind string

// The kinds of lure. The last two are no lures of their own: they press the
// reader to follow one.
const (
	LureCredential LureKind = "credential"  // sign in, confirm who you are
	LureSuspension LureKind = "suspension"  // your account is or will be closed
	LureMailbox    LureKind = "mailbox"     // quota, password of the mailbox, held messages
	LurePayment    LureKind = "payment"     // a payment failed: new card details
	LureInvoice    LureKind = "invoice"     // pay this bill, see this order
	LureRefund     LureKind = "refund"      // money comes back to you
	LureTax        LureKind = "tax"         // the revenue service writes
	LureLegal      LureKind = "legal"       // a court, the police, a fine
	LureParcel     LureKind = "parcel"      // a delivery waits for a fee or an address
	LurePrize      LureKind = "prize"       // you have won, you were chosen
	LureSurvey     LureKind = "survey"      // answer questions for a reward
	LurePoints     LureKind = "points"      // bonus points that expire
	LureGiftCard   LureKind = "gift-card"   // a gift card for you, or buy some for me
	LureRenewal    LureKind = "renewal"     // a subscription that ended or renews
	LureVirus      LureKind = "virus"       // your device is infected or unprotected
	LureStorage    LureKind = "storage"     // your cloud is full, photos will be deleted
	LureCallback   LureKind = "callback"    // call this number
	LureWallet     LureKind = "wallet"      // a crypto wallet to be verified, synchronised
	LureCrypto     LureKind = "crypto"      // coins, airdrops and mining to be claimed
	LureDocument   LureKind = "document"    // a shared document to open
	LureBoss       LureKind = "boss"        // a superior needs a favour, new bank details
	LureExtortion  LureKind = "extortion"   // pay or be exposed
	LureAdvance    LureKind = "advance-fee" // an inheritance, a fund, a donation for you
	LureLoan       LureKind = "loan"        // credit without questions
	LureJob        LureKind = "job"         // easy work, high pay
	LureInvestment LureKind = "investment"  // riches without risk
	LureDating     LureKind = "dating"      // a stranger who longs for you
	LureGambling   LureKind = "gambling"    // casino bonus, free spins
	LureHealth     LureKind = "health"      // a miracle cure
	LureOffer      LureKind = "offer"       // quotes, subsidies and bargains of nobody in particular
	LureUrgency    LureKind = "urgency"     // at once, within hours
	LureThreat     LureKind = "threat"      // or else
)

var lureKinds = []LureKind{LureCredential, LureSuspension, LureMailbox, LurePayment, LureInvoice, LureRefund, LureTax, LureLegal,
	LureParcel, LurePrize, LureSurvey, LurePoints, LureGiftCard, LureRenewal, LureVirus, LureStorage, LureCallback, LureWallet,
	LureCrypto, LureDocument, LureBoss, LureExtortion, LureAdvance, LureLoan, LureJob, LureInvestment, LureDating, LureGambling,
	LureHealth, LureOffer, LureUrgency, LureThreat}

// Known tells whether k is one of the kinds.
func (k LureKind) Known() bool { return slices.Contains(lureKinds, k) }

// LureKinds gives all kinds, in the order in which they are told.
func LureKinds() []LureKind { return slices.Clone(lureKinds) }

// Lure says that a message tries to move its reader to something. Honest mail
// does so too.
type Lure struct {
	Kind     LureKind `json:"kind"`
	Lang     string   `json:"lang"`     // of the strongest words, BCP 47
	Strength float64  `json:"strength"` // 0..1, how clearly it is said
	Where    string   `json:"where"`    // field of the strongest words, as in Span
	Spans    []Span   `json:"spans,omitempty"`
}

// Writing is how a message is written: what it shows, and what it does so that
// filters do not read what people read.
type Writing struct {
	Words  int `json:"words"`            // that the reader sees, the subject's among them
	Styled int `json:"styled,omitempty"` // of them in decorated letters
	Broken int `json:"broken,omitempty"` // with characters of no width inside
	Mixed  int `json:"mixed,omitempty"`  // that mix scripts which look alike
	Spaced int `json:"spaced,omitempty"` // set apart by dots or dashes
	Hidden int `json:"hidden,omitempty"` // octets of text that the HTML part hides
	Faint  int `json:"faint,omitempty"`  // octets of text in the colour of its ground, or too small to read
	Images int `json:"images,omitempty"` // that the HTML part shows
	Body   int `json:"body"`             // words that the reader sees below the subject
}
