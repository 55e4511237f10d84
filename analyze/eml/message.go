package eml

import "strings"

// Walk calls f for every part, a parent before its children. It does not enter
// embedded messages. Where f gives false, the children of that part are left
// out.
func (m *Message) Walk(f func(p *Part, depth int) bool) {
	if m.Root != nil {
		walk(m.Root, 0, f)
	}
}

// walk recurses no deeper than Limits.Depth.
func walk(p *Part, depth int, f func(p *Part, depth int) bool) {
	if !f(p, depth) {
		return
	}
	for _, c := range p.Children {
		walk(c, depth+1, f)
	}
}

// TextBody gives the text/plain that a reader is shown: the best alternative,
// several inline texts one below the other, no attachments. It is empty where
// there is none.
func (m *Message) TextBody() string { return m.body("text/plain") }

// HTMLBody gives the text/html that a reader is shown, as written.
func (m *Message) HTMLBody() string { return m.body("text/html") }

func (m *Message) body(kind string) string {
	if m.Root == nil {
		return ""
	}
	s := selector{kind: kind, root: m.Root, first: m.firstLeaf()}
	var texts []string
	for _, p := range s.pick(m.Root) {
		if t := p.Text(); t != "" {
			texts = append(texts, t)
		}
	}
	return strings.Join(texts, "\n")
}

// firstLeaf gives the part that a client shows first.
func (m *Message) firstLeaf() *Part {
	p := m.Root
	for p != nil && len(p.Children) > 0 && isMultipart(p.MediaType) {
		p = p.Children[0]
	}
	return p
}

// selector picks the parts to show.
type selector struct {
	kind  string // media type
	root  *Part
	first *Part
}

func (s *selector) pick(p *Part) []*Part {
	if p.attachedMultipart(s.root) {
		return nil
	}
	if !isMultipart(p.MediaType) {
		if p.MediaType == s.kind && !p.isFile(s.first) {
			return []*Part{p}
		}
		return nil
	}
	switch p.MediaType {
	case "multipart/alternative":
		// RFC 2046 section 5.1.4: the last one is the richest.
		for i := len(p.Children) - 1; i >= 0; i-- {
			if out := s.pick(p.Children[i]); len(out) > 0 {
				return out
			}
		}
		return nil
	case "multipart/related":
		if root := relatedRoot(p); root != nil {
			if out := s.pick(root); len(out) > 0 {
				return out
			}
		}
	}
	var out []*Part
	for _, c := range p.Children {
		out = append(out, s.pick(c)...)
	}
	return out
}

// relatedRoot gives the part that the start parameter names, or the first
// (RFC 2387 section 3.2).
func relatedRoot(p *Part) *Part {
	if len(p.Children) == 0 {
		return nil
	}
	if start := strings.Trim(p.Params["start"], "<> "); start != "" {
		for _, c := range p.Children {
			if strings.Trim(c.Header.Get("Content-ID"), "<> ") == start {
				return c
			}
		}
	}
	return p.Children[0]
}

// Attachments gives the parts that are files: those that say so, those with a
// name that are not the text itself, and those that no client shows as text.
// Embedded messages are among them. A file that any client would offer is here.
func (m *Message) Attachments() []*Part {
	if m.Root == nil {
		return nil
	}
	return m.Root.files(nil, m.Root, m.firstLeaf(), false)
}

// files adds the files at and below p to out. attached says that p is in a
// multipart that is an attachment as a whole.
func (p *Part) files(out []*Part, root, first *Part, attached bool) []*Part {
	leaf := !isMultipart(p.MediaType) || len(p.Children) == 0
	if p.isFile(first) || attached && leaf {
		out = append(out, p)
	}
	attached = attached || p.attachedMultipart(root)
	for _, c := range p.Children {
		out = c.files(out, root, first, attached)
	}
	return out
}

// attachedMultipart says whether p is a multipart that is an attachment as a
// whole. The message itself cannot be one.
func (p *Part) attachedMultipart(root *Part) bool {
	return p != root && p.Disposition == "attachment" && isMultipart(p.MediaType) && len(p.Children) > 0
}

// isFile says whether p is a file; first is the part that is shown first.
func (p *Part) isFile(first *Part) bool {
	if isMultipart(p.MediaType) && len(p.Children) > 0 {
		return false
	}
	switch p.Disposition {
	case "", "inline":
	default: // RFC 2183 section 2.8: what is unknown is an attachment
		return true
	}
	if p.Message != nil {
		return true
	}
	switch p.MediaType {
	case "text/plain", "text/html", "text/enriched", "text/richtext", "text/x-amp-html", "text/watch-html":
		// A named text that stands first is the text itself.
		return p.Filename != "" && p != first && p.Disposition != "inline"
	case "message/delivery-status", "message/disposition-notification", "message/feedback-report",
		"message/global-delivery-status", "text/rfc822-headers", "message/global-headers":
		return p.Filename != ""
	}
	return len(p.Raw()) > 0 || p.Filename != ""
}
