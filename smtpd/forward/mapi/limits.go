package mapi

// The limits of DefaultLimits.
const (
	// maxDepth is how often a message may hold a message: hand-made forwards
	// have two or three.
	maxDepth = 8

	// maxAttachments is as many as Outlook shows in a message without
	// becoming unusable.
	maxAttachments = 500

	// maxRecipients: mailing to more is done with a list. The largest public
	// sample has 2,000.
	maxRecipients = 5000

	// maxProperties bounds what is kept of the properties of a whole file: a
	// recipient has up to 40, and a message up to 300.
	maxProperties = 400_000

	// maxDecoded bounds the bytes of the values of a whole file. A value can be
	// named many times, and so be far larger than its file.
	maxDecoded = 64 << 20

	// expansion is how many times larger than its file the values may be, over
	// freeDecoded: only a compressed body grows, by eight times at the most.
	expansion   = 4
	freeDecoded = 1 << 20

	// maxDefects: more than these tell nobody more.
	maxDefects = 20
)

// Limits bounds what is read from one file, with all the messages in it.
type Limits struct{ Depth, Attachments, Recipients, Properties, Decoded int }

// DefaultLimits are those of production.
func DefaultLimits() Limits {
	return Limits{maxDepth, maxAttachments, maxRecipients, maxProperties, maxDecoded}
}

// Budget is what is left of the limits while a file is read.
type Budget struct{ left Limits }

// NewBudget begins with the whole of the limits for a file of size bytes. What
// comes out of an honest file is hardly more than is in it.
func NewBudget(l Limits, size int) *Budget {
	l.Decoded = min(l.Decoded, expansion*size+freeDecoded)
	return &Budget{l}
}

func spend(left *int, n int) bool {
	if n < 0 || n > *left {
		return false
	}
	*left -= n
	return true
}

// Attachment takes one attachment; false if there are none left.
func (b *Budget) Attachment() bool { return spend(&b.left.Attachments, 1) }

// Recipient takes one recipient.
func (b *Budget) Recipient() bool { return spend(&b.left.Recipients, 1) }

// Property takes one property.
func (b *Budget) Property() bool { return spend(&b.left.Properties, 1) }

// Bytes takes n bytes of values.
func (b *Budget) Bytes(n int) bool { return spend(&b.left.Decoded, n) }

// BytesLeft gives how many may still be taken.
func (b *Budget) BytesLeft() int { return b.left.Decoded }

// Enter goes one message deeper; Leave must follow if it is true.
func (b *Budget) Enter() bool { return spend(&b.left.Depth, 1) }

// Leave comes back from a message.
func (b *Budget) Leave() { b.left.Depth++ }
