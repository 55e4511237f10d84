package files

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"reportascam/analyze"
)

const (
	// maxPage is how much of a page is read, after what no reader sees was
	// taken out. Saved pages with their pictures have some megabytes.
	maxPage = 4 << 20

	// longRun is from where on letters without a break are a payload and no
	// text: they are cut to it before a page that is too large is read.
	longRun = 4096

	// longLiteral is from where on a string in a script is content: a whole
	// page or file. Keys and hashes are shorter.
	longLiteral = 1000

	// shortLiteral is the shortest string that is decoded to see whether it is
	// a page, and maxLiterals how many are.
	shortLiteral = 80
	maxLiterals  = 50

	// maxLayers is how often a page may be packed in a page's script.
	maxLayers = 3
)

// page looks at what a page would do when opened.
func (l *looker) page(f *found) {
	text := f.b
	if len(text) >= 2 && (text[0] == 0xFF && text[1] == 0xFE || text[0] == 0xFE && text[1] == 0xFF) {
		text = []byte(wideText(text[:min(len(text), 2*maxPage)]))
	}
	if len(text) > maxPage {
		// The end of it too: a script stands behind what it unpacks.
		head, whole := shorten(l.read(text), maxPage*3/4)
		if text = append(head, text[len(text)-maxPage/4:]...); !whole {
			f.add(analyze.TraitNotAllLooked)
		}
	}
	p := pageReader{l: l, f: f}
	p.read(text, 0)
	p.decide()
}

// shorten cuts the long runs without any mark-up or spaces in a page, up to
// limit octets of what is left, and tells whether that was all.
func shorten(b []byte, limit int) (out []byte, whole bool) {
	out = make([]byte, 0, limit+maxPage/4)
	run := 0
	for _, c := range b {
		switch {
		case len(out) >= limit:
			return out, false
		case c == '<', c == '>', c == '"', c == '\'', run < longRun && (c == ' ' || c == '\n'):
			run = 0
		default:
			run++
		}
		if run <= longRun {
			out = append(out, c)
		}
	}
	return out, true
}

// pageReader collects what a page and the pages in its scripts do.
type pageReader struct {
	l        *looker
	f        *found
	literals int

	script, decodes, builds, writes, goes, sends, payload bool
	download, form, password                              bool
}

func (p *pageReader) read(b []byte, layer int) {
	b = p.l.read(b)
	z := html.NewTokenizer(bytes.NewReader(b))
	inScript := false
	attrs := map[string]string{}
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			if inScript {
				p.code(z.Text(), layer)
			}
		case html.EndTagToken:
			inScript = false
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			tag := string(name)
			inScript = tag == "script" || strings.HasSuffix(tag, ":script")
			if inScript {
				p.script = true
			}
			clear(attrs)
			for n := 0; more && n < 64; n++ {
				var k, v []byte
				k, v, more = z.TagAttr()
				if key := string(k); attrs[key] == "" {
					attrs[key] = string(v)
				}
			}
			p.tag(tag, attrs, layer)
		}
	}
}

// tag looks at one start tag.
func (p *pageReader) tag(tag string, attrs map[string]string, layer int) {
	switch tag {
	case "input":
		what := strings.ToLower(attrs["name"] + " " + attrs["id"] + " " + attrs["placeholder"])
		if strings.EqualFold(attrs["type"], "password") || !strings.EqualFold(attrs["type"], "hidden") && strings.Contains(what, "passw") {
			p.password = true
		}
	case "form":
		action := strings.ToLower(strings.TrimSpace(attrs["action"]))
		p.form = p.form || strings.HasPrefix(action, "http") || strings.HasPrefix(action, "//")
	case "meta":
		if strings.EqualFold(attrs["http-equiv"], "refresh") && strings.Contains(strings.ToLower(attrs["content"]), "url") {
			p.f.add(analyze.TraitRedirects)
		}
	case "iframe", "frame", "embed", "object":
		src := strings.ToLower(strings.TrimSpace(attrs["src"] + attrs["data"]))
		if strings.HasPrefix(src, "http") || strings.HasPrefix(src, "//") || strings.HasPrefix(src, "data:text/html") || attrs["srcdoc"] != "" {
			p.f.add(analyze.TraitForeignPage)
		}
		if strings.HasPrefix(src, "data:") && layer < maxLayers {
			p.literal(src[strings.IndexByte(src, ',')+1:], layer)
		}
		if doc := attrs["srcdoc"]; doc != "" && layer < maxLayers {
			p.read([]byte(doc), layer+1)
		}
	case "foreignobject":
		p.f.add(analyze.TraitForeignPage)
	}
	_, named := attrs["download"]
	for k, v := range attrs {
		start := strings.ToLower(strings.TrimSpace(v[:min(len(v), 32)]))
		switch {
		case strings.HasPrefix(k, "on") && len(k) > 3:
			p.script = true
			p.code([]byte(v), layer)
		case strings.HasPrefix(start, "javascript:"):
			p.script = true
			p.code([]byte(v), layer)
		case named && (strings.HasPrefix(start, "data:") || strings.HasPrefix(start, "blob:")):
			p.download = true
		}
	}
}

// What a script may do, by the words that do it.
var (
	decodeWords = words("atob(", "unescape(", "decodeURIComponent(", "decodeURI(", "fromCharCode", "charCodeAt", "parseInt(", "FromBase64", "\\x", "CryptoJS", ".decrypt(", "'atob'", "\"atob\"")
	buildWords  = words("new Blob", "createObjectURL", "msSaveOrOpenBlob", "msSaveBlob", "Blob([", "new File(", "application/octet-stream", ".download")
	writeWords  = words("document.write", "innerHTML", "outerHTML", "insertAdjacentHTML", "createContextualFragment", "eval(", "Function(", "document['write']", "document[\"write\"]", "srcdoc")
	goWords     = words("location.href", "location.replace", "location.assign", "window.location", "document.location", "top.location", "self.location", "location=", "location =", "window.open(")
	sendWords   = words("XMLHttpRequest", "fetch(", "$.ajax", "$.post", "jQuery.ajax", "axios", "sendBeacon", "WebSocket", "api.telegram.org")
)

func words(list ...string) [][]byte {
	out := make([][]byte, len(list))
	for i, w := range list {
		out[i] = []byte(w)
	}
	return out
}

func anyOf(b []byte, list [][]byte) bool {
	for _, w := range list {
		if bytes.Contains(b, w) {
			return true
		}
	}
	return false
}

// code looks at a script's text, and into the strings in it.
func (p *pageReader) code(b []byte, layer int) {
	b = p.l.read(b)
	p.decodes = p.decodes || anyOf(b, decodeWords)
	p.builds = p.builds || anyOf(b, buildWords)
	p.writes = p.writes || anyOf(b, writeWords)
	p.goes = p.goes || anyOf(b, goWords)
	p.sends = p.sends || anyOf(b, sendWords)
	for len(b) > 0 {
		i := bytes.IndexAny(b, "\"'`")
		if i < 0 {
			return
		}
		quote := b[i]
		b = b[i+1:]
		end := bytes.IndexByte(b, quote)
		if end < 0 {
			end = len(b)
		}
		if end >= shortLiteral && layer < maxLayers {
			p.literal(string(b[:end]), layer)
		}
		b = b[min(end+1, len(b)):]
	}
}

// literal looks whether a string in a script is a packed page or file.
func (p *pageReader) literal(s string, layer int) {
	if p.literals >= maxLiterals {
		return
	}
	p.literals++
	if len(s) >= longLiteral && packed(s) {
		p.payload = true
	}
	var inner []byte
	switch {
	case strings.Count(s[:min(len(s), 300)], "%") > 10:
		// What cannot be unescaped is taken as it is, as unescape() does.
		if u, err := url.PathUnescape(s); err == nil {
			inner = []byte(u)
		}
	case strings.Count(s[:min(len(s), 300)], `\x`) > 10:
		inner = unhex(s)
	case strings.ContainsRune(s, '<'):
		inner = []byte(s)
	default:
		inner = unbase64(s)
	}
	if len(inner) == 0 || len(inner) > p.l.inflate(maxPage) {
		return
	}
	p.l.Inflated += len(inner)
	switch is := sniff(inner); {
	case is.Class() == analyze.ClassPage, bytes.Contains(inner[:min(len(inner), sniffSize)], []byte("</")):
		p.read(inner, layer+1)
	case is.Class() == analyze.ClassArchive, is.Class().Runs():
		p.payload, p.builds, p.decodes = true, true, true
	case is == analyze.FileText && layer+1 < maxLayers && anyOf(inner, goWords):
		p.code(inner, layer+1)
	}
}

// packed tells whether a string is letters and digits throughout, as base64,
// hexadecimal digits and lists of numbers are.
func packed(s string) bool {
	other := 0
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '=' || c == '%' || c == '\\' || c == '-' || c == '_' || c == ',') {
			other++
		}
	}
	return other < len(s)/50
}

func unbase64(s string) []byte {
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == ' ' || r == '\\' {
			return -1
		}
		return r
	}, s)
	s = strings.TrimRight(s, "=")
	b, err := base64.RawStdEncoding.DecodeString(s[:len(s)/4*4])
	if err != nil {
		return nil
	}
	return b
}

// unhex undoes \x41 in a string.
func unhex(s string) []byte {
	out := make([]byte, 0, len(s)/4)
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) && s[i+1] == 'x' {
			if h, l := hexDigit(s[i+2]), hexDigit(s[i+3]); h >= 0 && l >= 0 {
				out = append(out, byte(h<<4|l))
				i += 3
				continue
			}
		}
		out = append(out, s[i])
	}
	return out
}

// hexDigit gives the value of a digit, -1 for what is none.
func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// decide turns what was seen into traits.
func (p *pageReader) decide() {
	for _, t := range []struct {
		is    bool
		trait analyze.FileTrait
	}{
		{p.script, analyze.TraitHasScript},
		{p.password, analyze.TraitPassword},
		{p.form || p.password && p.sends, analyze.TraitForm},
		{p.goes, analyze.TraitRedirects},
		{p.builds && (p.payload || p.decodes) || p.download, analyze.TraitSmuggles},
		{p.payload && (p.decodes || p.writes) || p.writes && p.decodes, analyze.TraitObfuscated},
	} {
		if t.is {
			p.f.add(t.trait)
		}
	}
}
