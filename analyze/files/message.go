package files

import (
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

const (
	// maxMessageParts and maxMessageDepth bound a message that is attached:
	// what is in it is looked at, but it is no original of its own here.
	maxMessageParts = 100
	maxMessageDepth = 8
)

// message lists the files of a message or of a saved page.
func (l *looker) message(f *found) {
	b := l.read(f.b)
	m := eml.ParseLimits(b, eml.Limits{Depth: maxMessageDepth, Parts: maxMessageParts, DecodedBytes: max(1, l.inflate(maxInflated))})
	parts := m.Attachments()
	if f.Type == analyze.FileMHTML && m.Root != nil {
		// The page is what is opened.
		m.Walk(func(p *eml.Part, _ int) bool {
			if p.MediaType == "text/html" && len(p.Children) == 0 {
				inner := &found{b: p.Decoded(), depth: f.depth}
				l.page(inner)
				f.add(inner.Traits...)
			}
			return true
		})
	}
	for _, p := range parts {
		if l.Files >= maxFiles {
			f.add(analyze.TraitNotAllLooked)
			return
		}
		content := p.Decoded()
		l.Inflated += len(content)
		l.hold(f, source{name: p.Filename, others: p.OtherNames, media: p.MediaType, content: content, size: int64(len(content))})
	}
}

const (
	// maxText is how much of a calendar or a shortcut is read: genuine ones are
	// some kilobytes, or a whole calendar that nobody is invited by.
	maxText = 1 << 20
)

// calendar tells what an iCalendar file wants (RFC 5545 section 3.7.2, RFC
// 5546 section 1.4).
func (l *looker) calendar(f *found) {
	b := l.read(f.b[:min(len(f.b), maxText)])
	text := strings.ToUpper(string(b))
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name == "METHOD" && (value == "REQUEST" || value == "ADD") {
			f.add(analyze.TraitInvite)
		}
	}
	// Lines are folded anywhere (RFC 5545 section 3.1).
	text = strings.NewReplacer("\r\n ", "", "\n ", "", "\r\n\t", "", "\n\t", "").Replace(text)
	if strings.Contains(text, "HTTP://") || strings.Contains(text, "HTTPS://") {
		f.add(analyze.TraitLinks)
	}
}

// shortcut tells whether a shortcut leads to a file on a server: a UNC path,
// WebDAV or file://host.
func (l *looker) shortcut(f *found) {
	b := l.read(f.b[:min(len(f.b), maxText)])
	text := strings.ToLower(string(b))
	if f.Type == analyze.FileLNK {
		// Strings are UTF-16: without its zeros it reads as ASCII.
		text = strings.ReplaceAll(text, "\x00", "")
	}
	for _, mark := range []string{`\\`, "file://", "@ssl", "davwwwroot", "http://", "https://"} {
		i := strings.Index(text, mark)
		for ; i >= 0 && mark == "file://" && strings.HasPrefix(text[i:], "file:///"); i = -1 {
		}
		if i >= 0 && (f.Type != analyze.FileURL || !strings.HasPrefix(mark, "http")) {
			f.add(analyze.TraitRemote)
		}
	}
}
