package smtpd

import "time"

// Limits bounds what clients may use. A zero field takes its value from
// DefaultLimits; nothing can be without limit.
type Limits struct {
	MessageBytes int64 // of one message, after dot-unstuffing; this many are accepted, one more is 552
	MemoryBytes  int64 // of all messages being received or stored, together; beyond it 452
	DrainBytes   int64 // of a message that is refused already; beyond it the connection is closed
	DataLine     int   // octets of one line of a message sent by DATA, with its CRLF
	CommandLine  int   // octets of one command, with its CRLF; at most 8192
	Recipients   int   // of one message
	Connections  int   // in all
	PerAddress   int   // connections of one IPv4 address or IPv6 /64; trusted networks are exempt
	Commands     int   // of one session
	Errors       int   // replies of 400 and above in one session

	Idle      time.Duration // from a reply to the end of the next command
	DataIdle  time.Duration // between two packets of a message
	DataTotal time.Duration // for one message
	Session   time.Duration // for all of a connection
	Handshake time.Duration // for a TLS handshake
	Proxy     time.Duration // for a PROXY header
	Write     time.Duration // until the client takes a reply
	Accept    time.Duration // for the Handler
	Shutdown  time.Duration // from the end of Serve's context to the closing of all connections

	RatePerMinute int // messages of one IPv4 /24 or IPv6 /64; trusted networks are exempt
	RateBurst     int // messages that may come at once
	RateClients   int // networks that are remembered
}

const (
	// Message size: what Gmail, Outlook and Postfix-based providers let their users
	// send, 25 MB encoded; a forward as attachment is not larger than its original.
	defaultMessageBytes = 25 << 20
	// Twenty messages of the largest size, or thousands of usual ones.
	defaultMemoryBytes = 512 << 20
	// Lets a sender that is a little over the limit read its 552.
	defaultDrainBytes = 4 << 20
	// Real mail has lines far beyond the 1,000 of RFC 5321 section 4.5.3.1.6.
	defaultDataLine = 1 << 20
	// RFC 5321 section 4.5.3.1.4 asks for 512, extensions add some hundreds.
	defaultCommandLine = 2048
	// RFC 5321 section 4.5.3.1.8: at least 100.
	defaultRecipients = 100
	// Each costs 30 KB while idle.
	defaultConnections = 500
	// Large providers open up to about ten from one address.
	defaultPerAddress = 20
	// 250 messages in a session; a sender with more connects again.
	defaultCommands = 1000
	// Postfix's smtpd_hard_error_limit.
	defaultErrors = 20

	// RFC 5321 section 4.5.3.2.7: at least 5 minutes.
	defaultIdle = 5 * time.Minute
	// RFC 5321 section 4.5.3.2.5: 3 minutes for a block.
	defaultDataIdle = 3 * time.Minute
	// 25 MiB at 22 KB/s; slower than any mail server today.
	defaultDataTotal = 20 * time.Minute
	// A bound on slots that are held by sessions which do just enough.
	defaultSession = time.Hour
	// A few round trips; a peer that needs longer is stalling.
	defaultHandshake = 30 * time.Second
	// The proxy sends it in its first packet.
	defaultProxy = 5 * time.Second
	// A reply is one packet.
	defaultWrite = time.Minute
	// RFC 5321 section 4.5.3.2.6: clients wait 10 minutes for the last reply.
	defaultAccept = 5 * time.Minute
	// Container engines kill after 10 to 30 seconds.
	defaultShutdown = 9 * time.Second

	// Ten a second from one network is a busy provider's whole pool.
	defaultRatePerMinute = 600
	defaultRateBurst     = 600
	// About 100 bytes each.
	defaultRateClients = 1 << 16

	// readBuffer is each connection's input buffer. A command must fit into it
	// whole; messages of usual size come in two or three reads.
	readBuffer = 16 << 10
	// maxCommandLine keeps a command well inside readBuffer.
	maxCommandLine = readBuffer / 2
	// firstBytes and mostFirstBytes bound the memory taken for a message before
	// its octets arrive, whatever SIZE it declares.
	firstBytes     = 16 << 10
	mostFirstBytes = 256 << 10
	// flushAt bounds the replies that wait for the end of a pipelined group.
	flushAt = 4 << 10
	// farewell is how long a client that is sent away may take to read why.
	farewell = 2 * time.Second
	// afterClose is how long Serve waits for its sessions to end once it has
	// closed their sockets: only a Handler that ignores its context is still there.
	afterClose = 2 * time.Second
)

// DefaultLimits gives the limits that hold where a field is zero.
func DefaultLimits() Limits {
	return Limits{
		MessageBytes: defaultMessageBytes, MemoryBytes: defaultMemoryBytes, DrainBytes: defaultDrainBytes,
		DataLine: defaultDataLine, CommandLine: defaultCommandLine, Recipients: defaultRecipients,
		Connections: defaultConnections, PerAddress: defaultPerAddress,
		Commands: defaultCommands, Errors: defaultErrors,
		Idle: defaultIdle, DataIdle: defaultDataIdle, DataTotal: defaultDataTotal, Session: defaultSession,
		Handshake: defaultHandshake, Proxy: defaultProxy, Write: defaultWrite, Accept: defaultAccept,
		Shutdown:      defaultShutdown,
		RatePerMinute: defaultRatePerMinute, RateBurst: defaultRateBurst, RateClients: defaultRateClients,
	}
}

// withDefaults gives l with its zero fields filled.
func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	fill(&l.MessageBytes, d.MessageBytes)
	fill(&l.MemoryBytes, d.MemoryBytes)
	fill(&l.DrainBytes, d.DrainBytes)
	fill(&l.DataLine, d.DataLine)
	fill(&l.CommandLine, d.CommandLine)
	fill(&l.Recipients, d.Recipients)
	fill(&l.Connections, d.Connections)
	fill(&l.PerAddress, d.PerAddress)
	fill(&l.Commands, d.Commands)
	fill(&l.Errors, d.Errors)
	fill(&l.Idle, d.Idle)
	fill(&l.DataIdle, d.DataIdle)
	fill(&l.DataTotal, d.DataTotal)
	fill(&l.Session, d.Session)
	fill(&l.Handshake, d.Handshake)
	fill(&l.Proxy, d.Proxy)
	fill(&l.Write, d.Write)
	fill(&l.Accept, d.Accept)
	fill(&l.Shutdown, d.Shutdown)
	fill(&l.RatePerMinute, d.RatePerMinute)
	fill(&l.RateBurst, d.RateBurst)
	fill(&l.RateClients, d.RateClients)
	l.CommandLine = min(l.CommandLine, maxCommandLine)
	return l
}

func fill[T int | int64 | time.Duration](v *T, d T) {
	if *v <= 0 {
		*v = d
	}
}
