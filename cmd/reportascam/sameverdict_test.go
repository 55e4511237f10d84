package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
	"unicode/utf16"

	"reportascam/analyze"
	"reportascam/analyze/cfb/cfbtest"
	"reportascam/analyze/dns"
	"reportascam/analyze/eml"
	"reportascam/smtpd/forward"
	"reportascam/smtpd/forward/mapi"
	"reportascam/smtpd/forward/wrap"
	"reportascam/testdata/suites"
)

// msgOf makes the .msg file that Outlook would store of a message: its header
// as it came, its texts and its attachments (MS-OXMSG section 2).
func msgOf(raw []byte) []byte {
	o := forward.Direct(raw, analyze.HowDirect)
	h, _, _ := eml.ParseHeader(raw)
	root := msgStorage("", 32, map[mapi.ID]string{mapi.MessageClass: "IPM.Note", mapi.Subject: o.Subject,
		mapi.TransportMessageHeaders: string(h.Raw), mapi.Body: o.Text}, map[mapi.ID][]byte{mapi.HTML: []byte(o.HTML)})
	for i, a := range o.Attachments {
		root.Nodes = append(root.Nodes, msgStorage(fmt.Sprintf("__attach_version1.0_#%08X", i), 8,
			map[mapi.ID]string{mapi.AttachLongFilename: a.Name, mapi.AttachMIMETag: a.MediaType}, map[mapi.ID][]byte{mapi.AttachData: a.Content}))
	}
	return cfbtest.Build(root)
}

// msgStorage makes a storage of properties; head is the size of its table's
// own header. What is empty is left out.
func msgStorage(name string, head int, texts map[mapi.ID]string, binaries map[mapi.ID][]byte) *cfbtest.Node {
	n := &cfbtest.Node{Name: name, Nodes: []*cfbtest.Node{}}
	table := make([]byte, head)
	add := func(id mapi.ID, typ mapi.Type, data []byte) {
		if len(data) == 0 {
			return
		}
		for _, v := range []uint16{uint16(typ), uint16(id), 6, 0} {
			table = binary.LittleEndian.AppendUint16(table, v)
		}
		table = binary.LittleEndian.AppendUint64(table, uint64(len(data)))
		n.Nodes = append(n.Nodes, &cfbtest.Node{Name: fmt.Sprintf("__substg1.0_%04X%04X", id, typ), Data: data})
	}
	for id, s := range texts {
		var wide []byte
		for _, c := range utf16.Encode([]rune(s)) {
			wide = binary.LittleEndian.AppendUint16(wide, c)
		}
		add(id, mapi.Unicode, wide)
	}
	for id, b := range binaries {
		add(id, mapi.Binary, b)
	}
	if head == 32 {
		for id, v := range map[mapi.ID]uint64{mapi.InternetCodepage: 65001, mapi.MessageCodepage: 65001} {
			for _, w := range []uint16{uint16(mapi.Int32), uint16(id), 6, 0} {
				table = binary.LittleEndian.AppendUint16(table, w)
			}
			table = binary.LittleEndian.AppendUint64(table, v)
		}
	}
	n.Nodes = append(n.Nodes, &cfbtest.Node{Name: "__properties_version1.0", Data: table})
	return n
}

// withMsg makes a report with a .msg file attached.
func withMsg(raw []byte) []byte {
	var b bytes.Buffer
	b.WriteString("From: Pat <pat@reporter.example>\r\nTo: <reportascam@desk.example>\r\nSubject: FW: this\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=\"=_msg-4c1d\"\r\n\r\n--=_msg-4c1d\r\nContent-Type: text/plain\r\n\r\nIs this real?\r\n--=_msg-4c1d\r\n" +
		"Content-Type: application/vnd.ms-outlook\r\nContent-Disposition: attachment; filename=\"this.msg\"\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	text := base64.StdEncoding.EncodeToString(msgOf(raw))
	for line := range slices.Chunk([]byte(text), 76) {
		b.Write(line)
		b.WriteString("\r\n")
	}
	b.WriteString("--=_msg-4c1d--\r\n")
	return b.Bytes()
}

// sampled takes every so many of the files, so that a test over real mail ends
// soon.
const sampled = 12

// contraryMsg is the share of messages whose verdict may differ when they come
// in a .msg file: it keeps texts, not the message's own parts.
const contraryMsg = 0.02

// TestSameVerdictInEveryForm: a message gives the same verdict attached and
// redirected as by itself (the score may differ redirected, which tells whom
// it was sent to), nearly always so in a .msg file, and no form calls
// authentic what another calls worse than unclear.
func TestSameVerdictInEveryForm(t *testing.T) {
	l := labelFlags{Labels: filepath.Join(suites.Dir(t), "corpora", "labels.tsv")}
	files, err := l.files()
	if err != nil {
		t.Fatal(err)
	}
	j, err := newJudge("", nil)
	if err != nil {
		t.Fatal(err)
	}
	by := wrap.By{At: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	judged := func(as string, raw []byte) (analyze.Verdict, int) {
		s := &sitting{judge: j, resolver: dns.Offline{}, trust: trustOf("topmost"), as: as, us: analyze.Mailboxes{wrap.Desk}}
		found, err := s.sit(t.Context(), raw)
		if err != nil {
			t.Error(err)
		}
		if i := worstOriginal(found); i >= 0 {
			return found[i].Verdict, len(found)
		}
		return analyze.Verdict{Level: analyze.Unclear}, 0
	}
	n, differ := 0, 0
	for i := 0; i < len(files); i += sampled {
		raw, err := os.ReadFile(files[i].file)
		if err != nil {
			t.Fatal(err)
		}
		n++
		want, _ := judged("original", raw)
		o := forward.Direct(raw, analyze.HowDirect)
		for form, report := range map[string][]byte{"attached": wrap.Attached(raw, o.Subject, by), "redirected": wrap.Redirected(raw, by), "msg": withMsg(raw)} {
			got, found := judged("report", report)
			if a, b := min(got.Level.Rank(), want.Level.Rank()), max(got.Level.Rank(), want.Level.Rank()); a == 0 && b > 1 {
				t.Errorf("%s: %s by itself, %s %s", files[i].name, want.Level, form, got.Level)
			}
			switch {
			case form == "msg" && got.Level != want.Level:
				differ++
				t.Logf("%s: %s (%v) by itself, %s (%v) in a .msg file: %v", files[i].name, want.Level, want.Score, got.Level, got.Score, differing(want, got))
			case form == "redirected" && found == 1 && got.Level != want.Level || form == "attached" && found == 1 && got.Score != want.Score:
				t.Errorf("%s: %s (%v) by itself, %s (%v) %s: %v", files[i].name, want.Level, want.Score, got.Level, got.Score, form, differing(want, got))
			}
		}
	}
	if float64(differ) > contraryMsg*float64(n) {
		t.Errorf("%d of %d messages have another verdict in a .msg file", differ, n)
	}
	t.Logf("%d messages, %d with another verdict in a .msg file", n, differ)
}

// differing lists the checks that ended differently.
func differing(a, b analyze.Verdict) []string {
	var out []string
	for i, f := range a.Findings {
		if i < len(b.Findings) && b.Findings[i].Status != f.Status {
			out = append(out, fmt.Sprintf("%s %s, %s", f.Check, f.Status, b.Findings[i].Status))
		}
	}
	return out
}
