package relay

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
)

// errTooManyFiles is what Accept says when we are out of descriptors: that
// passes, and the listener is as good as before.
const errTooManyFiles = syscall.EMFILE

// Limits bounds what clients may use. A zero field takes its default.
type Limits struct {
	Message    int64 // octets of one message
	Recipients int   // of one message
	Sessions   int   // open at the same time
	Judges     int   // messages judged at the same time
	Memory     int64 // octets of messages being judged or passed on, together
	Spool      int   // octets of a message kept in memory while it comes in; beyond, a file
	Errors     int   // refused commands in one session

	Deadline time.Duration // for judging, waiting for a turn included
	Idle     time.Duration // for the client's next command
	Data     time.Duration // between two packets of a message
	Total    time.Duration // for one message to come in
	Connect  time.Duration // for the connection to the next hop
	Command  time.Duration // for its answer to a command
	Final    time.Duration // for its answer to the message
	Write    time.Duration // until a peer takes what we say
	Shutdown time.Duration // for messages on their way when we stop
}

const (
	// Twice what the large providers send; the next hop's own SIZE counts too.
	defaultMessage = 50 << 20
	// RFC 5321 section 4.5.3.1.8 asks for 100; Postfix sends up to 1,000.
	defaultRecipients = 1000
	// Postfix's default_process_limit is 100; several servers may share us.
	defaultSessions = 400
	// Five of the largest messages, or ten thousand usual ones.
	defaultMemory = 256 << 20
	// Nine of ten real messages are below it.
	defaultSpool = 256 << 10
	// Postfix's smtpd_hard_error_limit.
	defaultErrors = 20

	// Postfix's smtpd_proxy_timeout is 100 s; what remains is the next hop's.
	defaultDeadline = 30 * time.Second
	// RFC 5321 section 4.5.3.2.7.
	defaultIdle = 5 * time.Minute
	// RFC 5321 section 4.5.3.2.5.
	defaultData = 3 * time.Minute
	// 50 MiB at 44 KB/s.
	defaultTotal = 20 * time.Minute
	// The next hop is near.
	defaultConnect = 10 * time.Second
	// Below Postfix's smtpd_proxy_timeout.
	defaultCommand = 60 * time.Second
	// RFC 5321 section 4.5.3.2.6 has clients wait 10 minutes for us.
	defaultFinal = 9 * time.Minute
	// A reply is one packet; a message comes in many.
	defaultWrite = time.Minute
	// Container engines kill after 10 to 30 seconds.
	defaultShutdown = 9 * time.Second

	// acceptPause lets descriptors become free.
	acceptPause = 100 * time.Millisecond
	// farewell is how long a client that is sent away may take to read why.
	farewell = 2 * time.Second
	// maxCommand is the longest command line: RFC 5321 section 4.5.3.1.4 has
	// 512, extensions add some hundreds, XFORWARD the most.
	maxCommand = 8 << 10
	// maxReplyLine and maxReplyLines bound an answer of the next hop: RFC 5321
	// section 4.5.3.1.5 has 512 octets a line.
	maxReplyLine  = 2 << 10
	maxReplyLines = 100
)

func (l Limits) withDefaults() Limits {
	fill(&l.Message, defaultMessage)
	fill(&l.Recipients, defaultRecipients)
	fill(&l.Sessions, defaultSessions)
	fill(&l.Judges, 4*runtime.GOMAXPROCS(0)) // most of the time they wait for DNS
	fill(&l.Memory, defaultMemory)
	fill(&l.Spool, defaultSpool)
	fill(&l.Errors, defaultErrors)
	fill(&l.Deadline, defaultDeadline)
	fill(&l.Idle, defaultIdle)
	fill(&l.Data, defaultData)
	fill(&l.Total, defaultTotal)
	fill(&l.Connect, defaultConnect)
	fill(&l.Command, defaultCommand)
	fill(&l.Final, defaultFinal)
	fill(&l.Write, defaultWrite)
	fill(&l.Shutdown, defaultShutdown)
	l.Memory = max(l.Memory, l.Message) // one message must fit
	return l
}

func fill[T int | int64 | time.Duration](v *T, d T) {
	if *v <= 0 {
		*v = d
	}
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// caught turns a panic of ours into the end of a session.
func (s *Server) caught() {
	if p := recover(); p != nil {
		s.panics.Add(1)
		s.Log.Error("panic", "value", fmt.Sprintf("%.200q", fmt.Sprint(p)), "stack", string(debug.Stack()))
	}
}
