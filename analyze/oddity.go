package analyze

// OddityKind names something about sender, recipients, header or make of a
// message that honest mail seldom shows.
type OddityKind string

// The kinds of oddity.
const (
	OddMergeLeftover    OddityKind = "merge-leftover"     // a placeholder that was never filled in
	OddRecipientHidden  OddityKind = "recipient-hidden"   // nobody in To or Cc
	OddGreetedByAddress OddityKind = "greeted-by-address" // greeted by the mail address, not by name
	OddRandomDomain     OddityKind = "random-domain"      // the sender's domain looks drawn by lot
	OddRandomLocal      OddityKind = "random-local"       // so does what stands before its @
	OddRandomName       OddityKind = "random-name"        // or the sender's name
	OddNameRecipient    OddityKind = "name-recipient"     // the sender takes the recipient's own domain as its name
	OddNameSymbols      OddityKind = "name-symbols"       // the sender's name is decorated
	OddSubjectNoise     OddityKind = "subject-noise"      // the subject ends in letters drawn by lot
	OddSubjectSymbols   OddityKind = "subject-symbols"    // the subject is decorated
	OddFakeReply        OddityKind = "fake-reply"         // an answer to nothing
	OddMessageID        OddityKind = "message-id"         // none, or none that a mail program writes
	OddDate             OddityKind = "date"               // none, or far from when it was received
	OddPriority         OddityKind = "priority"           // marked as urgent
	OddRawHeader        OddityKind = "raw-header"         // characters in the header that no program leaves as they are
	OddNeedlessEncoding OddityKind = "needless-encoding"  // plain text in base64
	OddPartsDiffer      OddityKind = "parts-differ"       // the plain text says something else than the HTML
	OddComments         OddityKind = "comments"           // long comments in the HTML
	OddPadding          OddityKind = "padding"            // rows of invisible characters
	OddNonsense         OddityKind = "nonsense"           // words drawn by lot, for filters to read
	OddReplyElsewhere   OddityKind = "reply-elsewhere"    // answers go to another domain
)

// Oddity is one of them, as it was found.
type Oddity struct {
	Kind OddityKind `json:"kind"`
	Text string     `json:"text,omitempty"` // what was found, as it stands in the message, cut
}
