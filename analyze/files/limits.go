package files

const (
	// maxDepth is how deep files in files are opened: a document in an archive
	// in an archive in a message, and one more. 42.zip has six levels.
	maxDepth = 4

	// maxFiles is how many files of one original are looked at and listed in
	// all. What a person attaches has fewer; more says no more about it.
	maxFiles = 200

	// maxDirectory is how many entries of one archive are read at all. They are
	// counted and compared; only maxFiles are listed.
	maxDirectory = 5000

	// maxInflated is how many octets are decompressed for one original in all:
	// over the 25 MiB that mail providers take.
	maxInflated = 32 << 20

	// maxEntry is how many octets of one file in an archive are looked at. What
	// is larger is looked at as far as that.
	maxEntry = 8 << 20

	// peekSize is how many octets of a file in an archive are decompressed to
	// see what it is.
	peekSize = 4096

	// maxRead is how many octets all readers together may look at for one
	// original. Each reads a file once or twice; 100 MiB take half a second.
	maxRead = 100 << 20

	// maxName is how many octets of a name are kept, and maxNameRead how many
	// are looked at. File systems allow 255.
	maxName     = 255
	maxNameRead = 4096

	// bombSize and bombRatio: what is both larger and more densely packed is
	// made to fill a disk. Text seldom packs better than 1:30.
	bombSize  = 512 << 20
	bombRatio = 100

	// paddedSize is from where on a program that is mostly nothing is taken to
	// be made too large for scanners, and paddedShare the part, in percent.
	paddedSize  = 2 << 20
	paddedShare = 80
)

// Cost is what looking at one original took. It grows to its limits and no
// further, whatever the files are.
type Cost struct {
	Files    int // listed
	Inflated int // octets decompressed
	Read     int // octets looked at
}

// inflate gives how many octets may be decompressed, at most want.
func (c *Cost) inflate(want int) int { return max(0, min(want, maxInflated-c.Inflated)) }

// read takes the right to look at b, and gives as much of it as there is left.
func (c *Cost) read(b []byte) []byte {
	n := max(0, min(len(b), maxRead-c.Read))
	c.Read += n
	return b[:n]
}
