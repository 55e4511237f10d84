package relay

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"
)

// maxMacros bounds what is kept of one stage's macros.
const maxMacros = 64

// milter is one connection of a mail server, which brings many sessions of
// many messages. What a session said stays when a message ends: RSET and the
// next MAIL have the same client. One goroutine uses it.
type milter struct {
	s    *Server
	conn net.Conn
	in   *packetReader
	out  *bufio.Writer

	proto   uint32                     // negotiated
	actions uint32                     //
	ready   bool                       // negotiated
	macros  map[byte]map[string]string // by command, the newest of each
	who     Facts                      // of the session
	login   bool                       // the client has authenticated

	facts   Facts // of the message
	mail    bool
	sp      *spool
	fault   error          // of the message, found while it came in
	forged  []change       // fields that claim to be ours, in the order in which they came
	seen    map[string]int // fields by lower-case name
	subject *string        // the first
	begun   time.Time
}

// change is a field to be taken out: the how-manieth of its name, from 1.
type change struct {
	name string
	nth  int
}

func newMilter(s *Server, c net.Conn) *milter {
	m := &milter{s: s, conn: c, in: &packetReader{in: bufio.NewReaderSize(c, 64<<10)}, out: bufio.NewWriterSize(c, 4<<10)}
	m.renew()
	return m
}

// renew forgets the session.
func (m *milter) renew() {
	m.clear()
	m.who, m.login, m.macros = Facts{}, false, map[byte]map[string]string{}
}

// clear forgets the message.
func (m *milter) clear() {
	if m.sp != nil {
		m.sp.close()
	}
	m.facts, m.mail, m.sp, m.fault, m.forged, m.subject = Facts{}, false, nil, nil, nil, nil
	m.seen = map[string]int{}
}

// run serves the connection until it ends.
func (m *milter) run(ctx context.Context) {
	defer m.clear()
	for {
		if st, ok := m.conn.(*stopper); ok && !st.work(m.mail) {
			if !m.mail {
				return
			}
		}
		if err := m.conn.SetReadDeadline(time.Now().Add(m.patience())); err != nil {
			return
		}
		p, err := m.in.next()
		if err != nil {
			if errors.Is(err, errMilter) {
				m.s.Log.Warn("milter", "error", err.Error())
			}
			return
		}
		ok, err := m.act(ctx, p)
		if err != nil {
			m.s.Log.Warn("milter", "error", printable(err.Error()))
		}
		if !ok || err != nil {
			return
		}
		if m.out.Buffered() > 0 {
			if err := m.conn.SetWriteDeadline(time.Now().Add(m.s.Limits.Write)); err != nil {
				return
			}
			if m.out.Flush() != nil {
				return
			}
		}
	}
}

// patience is how long the next packet may take: within a message the mail
// server waits for its client, and else for the next one.
func (m *milter) patience() time.Duration { return 2 * m.s.Limits.Idle }

// act carries out one packet. It gives false at the end of the connection.
func (m *milter) act(ctx context.Context, p packet) (bool, error) {
	if !m.ready && p.cmd != milterOptions && p.cmd != milterQuit {
		return false, fmt.Errorf("%w: %q before the options", errMilter, p.cmd)
	}
	switch p.cmd {
	case milterOptions:
		return true, m.negotiate(p.data)
	case milterMacro:
		return true, m.macro(p.data)
	case milterConnect:
		return true, m.connect(p.data)
	case milterHelo:
		list, err := cstrings(p.data)
		if err == nil && len(list) > 0 {
			m.who.Helo = list[0]
		}
		m.quiet(noReplyHelo)
		return true, err
	case milterMail:
		return true, m.from(p.data)
	case milterRcpt:
		return true, m.to(p.data)
	case milterHeader:
		return true, m.header(p.data)
	case milterEOH:
		m.keep([]byte("\r\n"))
		m.quiet(noReplyEOH)
	case milterBody:
		m.keep(p.data)
		m.quiet(noReplyBody)
	case milterEnd:
		if len(p.data) > 0 {
			m.keep(p.data) // the last piece of a body may come with it
		}
		m.end(ctx)
		m.clear()
	case milterAbort:
		m.clear()
	case milterQuitNew:
		m.renew()
	case milterQuit:
		return false, nil
	case milterData, milterUnknown:
		writePacket(m.out, answerContinue)
	default:
		return false, fmt.Errorf("%w: command %q", errMilter, p.cmd)
	}
	return true, nil
}

// quiet answers a step, unless the mail server does not wait for it.
func (m *milter) quiet(flag uint32) {
	if m.proto&flag == 0 {
		writePacket(m.out, answerContinue)
	}
}

// negotiate agrees on what both can.
func (m *milter) negotiate(data []byte) error {
	if len(data) < 12 {
		return fmt.Errorf("%w: options", errMilter)
	}
	version := binary.BigEndian.Uint32(data)
	if version < oldestVersion {
		return fmt.Errorf("%w: version %d", errMilter, version)
	}
	m.actions = binary.BigEndian.Uint32(data[4:]) & wantedActions
	m.proto = binary.BigEndian.Uint32(data[8:]) & wantedProtocol
	m.ready = true
	var b [12]byte
	binary.BigEndian.PutUint32(b[:], min(version, milterVersion))
	binary.BigEndian.PutUint32(b[4:], m.actions)
	binary.BigEndian.PutUint32(b[8:], m.proto)
	writePacket(m.out, milterOptions, b[:])
	return nil
}

// macro notes the macros of a stage. They stay until that stage comes anew.
func (m *milter) macro(data []byte) error {
	if len(data) == 0 {
		return fmt.Errorf("%w: macros", errMilter)
	}
	list, err := cstrings(data[1:])
	if err != nil {
		return err
	}
	set := map[string]string{}
	for i := 0; i+1 < len(list) && len(set) < maxMacros; i += 2 {
		set[strings.Trim(list[i], "{}")] = list[i+1]
	}
	m.macros[data[0]] = set
	if set["auth_authen"] != "" {
		m.login = true
	}
	return nil
}

// named gives the newest value of a macro.
func (m *milter) named(name string) string {
	for _, stage := range []byte{milterEnd, milterEOH, milterHeader, milterData, milterRcpt, milterMail, milterHelo, milterConnect} {
		if v := m.macros[stage][name]; v != "" {
			return v
		}
	}
	return ""
}

func (m *milter) connect(data []byte) error {
	macros := m.macros[milterConnect]
	m.renew() // a connection that is used again brings another client
	if macros != nil {
		m.macros[milterConnect] = macros
	}
	name, rest, ok := bytes.Cut(data, []byte{0})
	if !ok || len(rest) == 0 {
		return fmt.Errorf("%w: connect", errMilter)
	}
	m.who.Name = string(name)
	if family := rest[0]; family == '4' || family == '6' {
		if len(rest) < 4 {
			return fmt.Errorf("%w: connect", errMilter)
		}
		addr := strings.TrimPrefix(strings.ToLower(string(bytes.TrimRight(rest[3:], "\x00"))), "ipv6:")
		if ip, err := netip.ParseAddr(addr); err == nil {
			m.who.Client = ip.Unmap().WithZone("")
		}
	}
	m.quiet(noReplyConnect)
	return nil
}

// angled takes the brackets off an address.
func angled(s string) string { return strings.TrimSuffix(strings.TrimPrefix(s, "<"), ">") }

func (m *milter) from(data []byte) error {
	list, err := cstrings(data)
	if err != nil || len(list) == 0 {
		return fmt.Errorf("%w: MAIL", errMilter)
	}
	m.clear()
	m.mail, m.facts = true, m.who
	m.facts.MailFrom = angled(list[0])
	for _, a := range list[1:] {
		m.facts.UTF8 = m.facts.UTF8 || strings.EqualFold(a, "SMTPUTF8")
	}
	m.begun = time.Now()
	m.sp = &spool{bound: m.s.Limits.Spool}
	m.quiet(noReplyMail)
	return nil
}

func (m *milter) to(data []byte) error {
	list, err := cstrings(data)
	if err != nil || len(list) == 0 || !m.mail {
		return fmt.Errorf("%w: RCPT", errMilter)
	}
	// A mail server that does not wait tells us of recipients that it then
	// refuses: they get no say.
	if m.macros[milterRcpt]["rcpt_mailer"] != "error" && len(m.facts.RcptTo) < m.s.Limits.Recipients {
		m.facts.RcptTo = append(m.facts.RcptTo, angled(list[0]))
	}
	m.quiet(noReplyRcpt)
	return nil
}

// keep adds to the message. What is too large is not judged.
func (m *milter) keep(p []byte) {
	if m.sp == nil || m.fault != nil {
		return
	}
	if m.sp.size+int64(len(p)) > m.s.Limits.Message {
		m.fault = errTooLarge
		return
	}
	m.fault = m.sp.Write(p)
}

// header keeps a field as it was in the message. Where the mail server does
// not send the white space behind the colon, one space is what most write.
func (m *milter) header(data []byte) error {
	name, value, ok := bytes.Cut(data, []byte{0})
	if !ok || len(value) == 0 || value[len(value)-1] != 0 {
		return fmt.Errorf("%w: header", errMilter)
	}
	value = value[:len(value)-1]
	key := strings.ToLower(string(name))
	m.seen[key]++
	if m.s.claimsOurs(strings.TrimRight(string(name), " \t"), value) {
		m.forged = append(m.forged, change{string(name), m.seen[key]})
	}
	text := string(value)
	if key == "subject" && m.subject == nil {
		m.subject = &text
	}
	line := append(name[:len(name):len(name)], ':')
	if m.proto&leadingSpace == 0 {
		line = append(line, ' ')
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
	m.keep(append(append(line, text...), "\r\n"...))
	m.quiet(noReplyHeader)
	return nil
}
