package eml

// Limits bound what one message may cost. A zero field takes its default.
type Limits struct {
	Depth        int // levels of multiparts and embedded messages together
	Parts        int // parts of all levels together
	HeaderBytes  int // octets of one header, of the message or of a part
	Fields       int // fields of one header; all headers together may hold fieldsFactor times that
	DecodedBytes int // octets of all decoded bodies together
}

const (
	// DefaultDepth allows a report that was forwarded several times over, each
	// step adding a mixed and a message level. Genuine mail stays below 12.
	DefaultDepth = 20
	// DefaultParts allows a message of several hundred pictures.
	DefaultParts = 1000
	// DefaultHeaderBytes is far over what MTAs take (Postfix: 102,400).
	DefaultHeaderBytes = 1 << 20
	// DefaultFields is ten times the longest header of genuine mail.
	DefaultFields = 2000
	// DefaultDecodedBytes is over twice the 25 MiB that mail providers take,
	// since embedded messages are decoded at each level.
	DefaultDecodedBytes = 64 << 20

	// fieldsFactor bounds the memory of all field lists: 100,000 by default.
	fieldsFactor = 50
	// extraFields is how many MIME fields are still read after Fields is
	// reached, so that padding cannot hide a Content-Type.
	extraFields = 16
	// maxCandidates bounds the boundaries honoured for one multipart, since
	// each delimiter-like line is compared with all of them.
	maxCandidates = 4
	// maxGuesses bounds the boundaries taken from a body, and guessBytes the
	// octets read a second time to do so.
	maxGuesses = 8
	guessBytes = 32 << 20
	// maxDashLines bounds how many lines that start with two hyphens are looked
	// at where no boundary is known. A signed and quoted text has a dozen.
	maxDashLines = 50000
	// maxWords bounds the words of one mailbox without angle brackets.
	maxWords = 1000
	// maxBoundary is over the 70 octets of RFC 2046 section 5.1.1; longer ones
	// are met, up to a line.
	maxBoundary = 998
	// maxParams bounds the parameters of one field; genuine ones have five.
	maxParams = 100
	// maxDefects and maxSameKind bound what is noted of one message: the first
	// few of a kind say it all.
	maxDefects  = 200
	maxSameKind = 10
	// maxDetail bounds the text of a defect, in octets.
	maxDetail = 80
	// longLine is where a line is noted: RFC 5322 section 2.1.1 says 998, but
	// newsletters of 30,000 are common.
	longLine = 64 << 10
	// maxAddresses bounds one address list; SMTP takes far fewer recipients.
	maxAddresses = 10000
	// maxLocal bounds how far a quote in an address is looked for its end; RFC
	// 5321 section 4.5.3.1.1 allows 64 octets.
	maxLocal = 256
	// maxEncodedWords bounds the words of one piece of text that are decoded,
	// since each may name another charset; RFC 2047 allows 76 octets to a word.
	maxEncodedWords = 20000
)

// DefaultLimits gives the limits that Parse uses.
func DefaultLimits() Limits {
	return Limits{
		Depth:        DefaultDepth,
		Parts:        DefaultParts,
		HeaderBytes:  DefaultHeaderBytes,
		Fields:       DefaultFields,
		DecodedBytes: DefaultDecodedBytes,
	}
}

// filled gives l with its defaults in place.
func (l Limits) filled() Limits {
	d := DefaultLimits()
	for _, p := range []struct {
		have *int
		def  int
	}{
		{&l.Depth, d.Depth}, {&l.Parts, d.Parts}, {&l.HeaderBytes, d.HeaderBytes},
		{&l.Fields, d.Fields}, {&l.DecodedBytes, d.DecodedBytes},
	} {
		if *p.have <= 0 {
			*p.have = p.def
		}
	}
	return l
}
