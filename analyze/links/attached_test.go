package links

import (
	"strings"
	"testing"

	"reportascam/analyze"
)

func sources(o *analyze.Original) string {
	ls, _, _ := Gather(o)
	var got []string
	for _, l := range ls {
		s := l.Source + " " + l.URL
		if l.Hidden {
			s += " (hidden)"
		}
		got = append(got, s)
	}
	return strings.Join(got, "|")
}

func TestAttachedFiles(t *testing.T) {
	tests := []struct{ name, media, content, want string }{
		{"a.html", "application/octet-stream", `<a href="https://evil.com/a">x</a><script>location="https:\/\/evil.com\/b"</script>`, "attachment https://evil.com/a|attachment https://evil.com/b (hidden)"},
		{"noname", "application/octet-stream", `<!DOCTYPE html><a href="https://evil.com/a">x</a>`, "attachment https://evil.com/a"},
		{"a.ics", "text/calendar", "BEGIN:VCALENDAR\r\nDESCRIPTION:go to https://evil.c\r\n om/a\\nnow\r\nEND:VCALENDAR", "ics https://evil.com/a"},
		{"a.svg", "image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg"><a xlink:href="https://evil.com/a"><text>x</text></a></svg>`, "svg https://evil.com/a"},
		{"a.rtf", "application/msword", `{\rtf1{\field{\*\fldinst{HYPERLINK "https://evil.com/a"}}{\fldrslt{\ul Cli\'63k \u104?ere}}}}`, "rtf https://evil.com/a"},
		{"a.txt", "text/plain", "see https://evil.com/a", "attachment https://evil.com/a"},
		{"a.url", "application/octet-stream", "[InternetShortcut]\r\nURL=https://evil.com/a", "attachment https://evil.com/a"},
		{"a.pdf", "application/octet-stream", "%PDF-1.4\n<< /S /URI /URI (https://evil.com/a) >>", "pdf https://evil.com/a"},
		{"x.eml", "message/rfc822", "Subject: x\r\nContent-Type: text/html\r\n\r\n<a href=https://evil.com/a>x</a>", "attachment https://evil.com/a"},
		{"a.bin", "application/octet-stream", "https://evil.com/a", ""},
		{"utf16.html", "text/html", "\xff\xfe<\x00a\x00 \x00h\x00r\x00e\x00f\x00=\x00/\x00/\x00a\x00.\x00c\x00o\x00>\x00", "attachment //a.co"},
	}
	for _, tt := range tests {
		o := &analyze.Original{Attachments: []analyze.Attachment{{Name: tt.name, MediaType: tt.media, Content: []byte(tt.content)}}}
		if got := sources(o); got != tt.want {
			t.Errorf("%s: links = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestOtherPlaces(t *testing.T) {
	tests := []struct{ name, html, want string }{
		{"hidden link", `<div style="display:none"><a href="https://a.com/">x</a> https://b.com/</div>`, "html https://a.com/ (hidden)|text https://b.com/ (hidden)"},
		{"own style", `<a style="display:none" href="https://a.com/">x</a>`, "html https://a.com/ (hidden)"},
		{"srcset", `<img src="https://a.com/1" srcset="https://a.com/2 2x, data:x 3x">`, "image https://a.com/1|image https://a.com/2"},
		{"style sheet", `<style>p{background:URL("https://a.com/b")}</style><p style="background:url(//c.com/d)">`, "image https://a.com/b|image //c.com/d"},
		{"event", `<td onclick="window.open('https://a.com/b')">x</td>`, "html https://a.com/b"},
		{"frame's own page", `<iframe srcdoc="<a href='https://a.com/'>x</a>"></iframe>`, "html https://a.com/"},
		{"drawing in the page", `<svg><a xlink:href="https://a.com/"><text>x</text></a></svg>`, "html https://a.com/"},
		{"film", `<video poster="https://a.com/p" src="https://a.com/v"></video>`, "image https://a.com/p|image https://a.com/v"},
	}
	for _, tt := range tests {
		if got := sources(&analyze.Original{HTML: tt.html}); got != tt.want {
			t.Errorf("%s: links = %q, want %q", tt.name, got, tt.want)
		}
	}
	o := &analyze.Original{Raw: []byte("List-Unsubscribe: <https://a.com/u>,\r\n <mailto:x@a.com>\r\nSubject: x\r\n\r\nList-Help: <https://no.com/>")}
	if got, want := sources(o), "header https://a.com/u"; got != want {
		t.Errorf("links of the header = %q, want %q", got, want)
	}
}

func TestVia(t *testing.T) {
	o := &analyze.Original{HTML: `<a href="https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Fevil.com%252F">x</a>`}
	ls, _, _ := Gather(o)
	if len(ls) != 2 || ls[1].Host != "evil.com" || strings.Join(ls[1].Via, " ") != "eur02.safelinks.protection.outlook.com www.google.com" {
		t.Errorf("Gather = %+v, want the target with both hosts on the way", ls)
	}
}

func FuzzAttached(f *testing.F) {
	f.Add("a.rtf", []byte(`{\rtf1\bin99999 \u-1?\'zz\par{\field`))
	f.Add("a.ics", []byte("BEGIN:VCALENDAR\r\n \\n\\"))
	f.Add("a.eml", []byte("Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\n"))
	f.Add("a.svg", []byte(`<svg><a xlink:href="//a.com"><image href="b"`))
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		if len(b) > 32<<10 {
			return
		}
		ls, _, _ := Gather(&analyze.Original{Attachments: []analyze.Attachment{{Name: name, Content: b}}})
		for _, l := range ls {
			if l.Source == "" || l.URL == "" {
				t.Errorf("a link without a source or an address: %+v", l)
			}
		}
	})
}
