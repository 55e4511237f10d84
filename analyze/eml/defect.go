package eml

import "strings"

// Defect is one thing that is malformed.
type Defect struct {
	Kind   string // one of the Defect constants
	Offset int    // into the Raw of the Message, or the string, it was found in
	Detail string // what was found, shortened, valid UTF-8; may be empty
}

// The kinds of defect. The list is closed: nothing else is ever noted.
const (
	// The header.
	DefectMboxFrom         = "mbox-from"          // a "From " line of an mbox file
	DefectLeadingBlank     = "leading-blank-line" // blank lines before the header
	DefectLeadingSpace     = "leading-space"      // the first line is a continuation of nothing
	DefectJunkLine         = "junk-header-line"   // a line without a field name
	DefectFieldName        = "odd-field-name"     // 8-bit or control octets in a name
	DefectSpaceBeforeColon = "space-before-colon" // programs disagree whether this is a field
	DefectSpaceLine        = "space-line"         // a line of white space only inside the header
	DefectNoColon          = "field-without-colon"
	DefectNoBlankLine      = "no-blank-line" // the header runs into the body, or nothing follows it
	DefectNoHeader         = "no-header"
	DefectRaw8Bit          = "8bit-header" // not UTF-8 either
	DefectDuplicateField   = "duplicate-field"
	DefectAddress          = "malformed-address" // in From; the detail says how

	// Octets.
	DefectBareCR        = "bare-cr"
	DefectMixedNewlines = "mixed-newlines"
	DefectNUL           = "nul-octet"

	// Content-Type, Content-Disposition and their parameters.
	DefectMediaType       = "malformed-media-type"
	DefectParameter       = "malformed-parameter"
	DefectDuplicateParam  = "duplicate-parameter"
	DefectUnterminated    = "unterminated-quote"
	DefectFilenameDiffers = "filename-differs" // between the places that give it
	DefectCharset         = "odd-charset"      // unknown, quoted, or not fit for mail

	// Multiparts.
	DefectNoBoundary       = "no-boundary"        // no boundary parameter
	DefectEmptyBoundary    = "empty-boundary"     //
	DefectBoundary         = "odd-boundary"       // too long, or with octets that RFC 2046 forbids
	DefectSeveral          = "several-boundaries" // that differ
	DefectBoundaryNotFound = "boundary-not-found" // the declared boundary is not in the body
	DefectGuessed          = "boundary-guessed"   // parts were found by lines that look like a boundary
	DefectDelimiter        = "odd-delimiter"      // a delimiter with something after the boundary
	DefectNoFinalBoundary  = "no-final-boundary"
	DefectAfterEnd         = "part-after-end" // a part behind the final boundary
	DefectHiddenMultipart  = "hidden-multipart"
	DefectMIMEInBody       = "mime-in-body" // a leaf with what looks like parts in it
	DefectSameBoundary     = "same-boundary"
	DefectPartial          = "message-partial" // content is in other messages
	DefectUUBody           = "uuencoded-body"  // a file inside a text

	// Transfer encodings.
	DefectEncodingSyntax  = "malformed-encoding"
	DefectEncodingUnknown = "unknown-encoding"
	DefectEncodingSeveral = "several-encodings"
	DefectEncodingGuessed = "encoding-guessed"
	DefectEncodedParts    = "encoded-multipart" // RFC 2045 section 6.4 forbids it
	DefectEncodedMessage  = "encoded-message"   // RFC 2046 section 5.2.1 forbids it
	DefectBase64          = "malformed-base64"
	DefectQP              = "malformed-quoted-printable"

	// Addresses (ParseAddresses).
	DefectNoAngle     = "no-angle-brackets"
	DefectNoAddress   = "no-address"
	DefectTwoAngles   = "several-angle-addresses"
	DefectComma       = "unquoted-comma"
	DefectColon       = "unquoted-colon"
	DefectSemicolon   = "semicolon-separator"
	DefectOpenAngle   = "unterminated-angle"
	DefectOpenComment = "unterminated-comment"
	DefectEncodedAddr = "encoded-address"
	DefectRoute       = "source-route"
	DefectDomain      = "odd-domain"
	DefectText        = "stray-text" // behind or between addresses

	// Limits.
	DefectTooDeep     = "too-deep"
	DefectTooMany     = "too-many-parts"
	DefectHeaderBytes = "header-too-long"
	DefectFields      = "too-many-fields"
	DefectDecoded     = "too-much-to-decode"
	DefectLongLine    = "line-too-long"
	DefectAddresses   = "too-many-addresses"
	DefectMore        = "more-defects" // further ones were not noted
)

// notes collects defects, with caps.
type notes struct {
	list []Defect
	seen map[string]int
}

// room says whether one more of a kind would be kept.
func (n *notes) room(kind string) bool {
	return n.seen[kind] < maxSameKind && len(n.list) <= maxDefects
}

func (n *notes) add(kind string, offset int, detail string) {
	if n.seen == nil {
		n.seen = make(map[string]int, 8)
	}
	if n.seen[kind] >= maxSameKind {
		return
	}
	n.seen[kind]++
	switch {
	case len(n.list) == maxDefects:
		n.list = append(n.list, Defect{Kind: DefectMore, Offset: offset})
	case len(n.list) < maxDefects:
		n.list = append(n.list, Defect{Kind: kind, Offset: offset, Detail: shorten(detail)})
	}
}

// shorten gives valid UTF-8 of at most maxDetail octets.
func shorten(s string) string {
	if len(s) > maxDetail {
		s = s[:maxDetail]
	}
	return strings.ToValidUTF8(s, "")
}
