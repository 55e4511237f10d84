package links

import (
	"strings"
	"testing"

	"reportascam/analyze"
)

func TestReadHTMLText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"blocks", "<p>a</p><p>b<br>c</p><div>d</div>e", "a\nb\nc\nd\ne"},
		{"cells", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>", "a b\nc"},
		{"white space", "  a \n\t b&nbsp;&nbsp;c ", "a b c"},
		{"entities", "Tom &amp; J&eacute;r&ocirc;me &#x41;&#66;", "Tom & Jérôme AB"},
		{"not text", "<title>t</title><style>s{}</style><script>x()</script><template>q</template><!-- c -->a", "a"},
		{"display none", "a<span style='display: NONE !important'>b<b>c</b></span>d", "ad"},
		{"hidden attribute", "a<div hidden>b</div>c", "a\nc"},
		{"visibility undone", "<div style='visibility:hidden'>a<span style='visibility:visible'>b</span></div>", "b"},
		{"font size undone", "<td style='font-size:0px'>a<span style='font-size:16px'>b</span>", "b"},
		{"relative to zero", "<td style='font-size:0'><span style='font-size:2em'>b</span>", ""},
		{"flat and clipped", "<div style='max-height:0;overflow:hidden'>a</div>b", "b"},
		{"flat but not clipped", "<div style='height:0'>a</div>", "a"},
		{"unclosed hidden paragraph", "<p style='display:none'>a<p>b", "b"},
		{"unclosed hidden cell", "<table><tr><td style='display:none'>a<td>b</table>", "b"},
		{"hidden cell keeps its table", "<table><tr><td style='display:none'><table><tr><td>a</table></td><td>b</table>", "b"},
		{"unclosed hidden list item", "<ul><li style='display:none'>a<li>b</ul>", "b"},
		{"noscript is seen", "<noscript>a <b>b</b></noscript>", "a b"},
		{"text area is seen", "<textarea>a<b></textarea>", "a<b>"},
		{"Outlook's own", "a<!--[if mso]><td>b</td><![endif]-->c<![if !mso]>d<![endif]>", "acd"},
		{"Outlook's end tags", "<div style='display:none'>a<!--[if mso]></div><![endif]-->b</div>c", "c"},
		{"pre", "<pre>a\nb</pre>", "a\nb"},
		{"preview padding", "a&zwnj;&nbsp;&#847;&zwnj;&nbsp;&zwnj; b", "a b"},
		{"zero width inside a word", "Pay&#8203;Pal", "Pay\u200bPal"},
		{"button", "<input type=submit value='Log in'>", "Log in"},
	}
	for _, tt := range tests {
		if got := ReadHTML(tt.in).Text; got != tt.want {
			t.Errorf("%s: ReadHTML(%q).Text = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestReadHTMLLinks(t *testing.T) {
	type l struct{ source, host, text, shown string }
	tests := []struct {
		name, in string
		want     []l
	}{
		{"text and target", `<a href="https://evil.test/x">https://www.paypal.com/login</a>`, []l{{"html", "evil.test", "https://www.paypal.com/login", "www.paypal.com"}}},
		{"shows a bare name", `<a href="https://evil.test/x"><b>PayPal</b>.com</a>`, []l{{"html", "evil.test", "PayPal.com", "paypal.com"}}},
		{"shows words", `<a href="https://evil.test/x">Amazon.com Services</a>`, []l{{"html", "evil.test", "Amazon.com Services", ""}}},
		{"shows a mail address", `<a href="https://evil.test/x">info@paypal.com</a>`, []l{{"html", "evil.test", "info@paypal.com", ""}}},
		{"base", `<base href="https://evil.test/a/"><a href="b">x</a><form action="/c">`, []l{{"html", "evil.test", "x", ""}, {"form", "evil.test", "", ""}}},
		{"base after the link", `<a href="b">x</a><base href="https://evil.test/">`, []l{{"html", "evil.test", "x", ""}}},
		{"no scheme", `<a href="www.evil.com/x">x</a>`, []l{{"html", "www.evil.com", "x", ""}}},
		{"relative without base", `<a href="x/y">x</a>`, []l{{"html", "", "x", ""}}},
		{"map", `<map><area href="https://evil.test/" alt="Sign in"></map>`, []l{{"html", "evil.test", "Sign in", ""}}},
		{"button", `<button formaction="https://evil.test/">x</button>`, []l{{"form", "evil.test", "", ""}}},
		{"refresh", `<meta http-equiv="Refresh" content="0; URL='https://evil.test/'">`, []l{{"html", "evil.test", "", ""}}},
		{"image", `<img src="https://cdn.test/a.png" alt="x">`, []l{{"image", "cdn.test", "", ""}}},
		{"image in a link", `<a href="https://evil.test/"><img src="cid:1" alt="Sign in"></a>`, []l{{"html", "evil.test", "Sign in", ""}, {"image", "", "", ""}}},
		{"Outlook's button", `<a href="https://a.test/">x<!--[if mso]><v:roundrect href="https://b.test/"></v:roundrect><![endif]-->y</a>`, []l{{"html", "a.test", "xy", ""}, {"html", "b.test", "", ""}}},
		{"nothing to follow", `<a href="#top">x</a><a>y</a><a href="">z</a>`, nil},
		{"other schemes", `<a href="javascript:x()">x</a><a href="data:text/html,y">y</a>`, []l{{"html", "", "x", ""}, {"html", "", "y", ""}}},
		{"in noscript", `<noscript><a href="https://evil.test/">x</a></noscript>`, []l{{"html", "evil.test", "x", ""}}},
		{"link ends the one before", `<a href="https://a.test/">x<a href="https://b.test/">y</a>z`, []l{{"html", "a.test", "x", ""}, {"html", "b.test", "y", ""}}},
	}
	for _, tt := range tests {
		var got []l
		for _, k := range ReadHTML(tt.in).Links {
			got = append(got, l{k.Source, k.Host, k.Text, k.Shown})
		}
		if len(got) != len(tt.want) {
			t.Errorf("%s: ReadHTML(%q).Links = %q, want %q", tt.name, tt.in, got, tt.want)
			continue
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("%s: ReadHTML(%q).Links[%d] = %q, want %q", tt.name, tt.in, i, got[i], tt.want[i])
			}
		}
	}
}

// TestReadHTMLDeep: html.Parse gives no tree beyond 512 open elements.
func TestReadHTMLDeep(t *testing.T) {
	for _, tag := range []string{"div", "b", "table"} {
		page := ReadHTML(strings.Repeat("<"+tag+">", 5000) + `<a href="https://evil.test/">x</a>`)
		if len(page.Links) != 1 || page.Links[0].Host != "evil.test" {
			t.Errorf("ReadHTML(5000 <%s>).Links = %v, want evil.test", tag, page.Links)
		}
		if len(page.Defects) != 1 {
			t.Errorf("ReadHTML(5000 <%s>).Defects = %q, want one", tag, page.Defects)
		}
	}
}

func TestReadHTMLLimits(t *testing.T) {
	page := ReadHTML(strings.Repeat(`<a href="https://a.test/">x</a>`, maxLinks+1))
	if len(page.Links) != maxLinks || !page.Truncated {
		t.Errorf("links = %d truncated %v, want %d true", len(page.Links), page.Truncated, maxLinks)
	}
	page = ReadHTML(strings.Repeat("ab ", maxText))
	if len(page.Text) > maxText || !page.Truncated {
		t.Errorf("text = %d octets truncated %v, want at most %d true", len(page.Text), page.Truncated, maxText)
	}
	page = ReadHTML(strings.Repeat("x", maxHTML+1))
	if !page.Truncated {
		t.Error("truncated = false, want true")
	}
	page = ReadHTML("<p>short")
	if page.Truncated {
		t.Error("truncated = true, want false")
	}
}

func TestFindText(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{"see https://www.example.com/a?b=c.", []string{"www.example.com"}},
		{"(https://example.com/a_(b)) and <http://b.example.org>", []string{"example.com", "b.example.org"}},
		{"“https://example.com/x”, she said", []string{"example.com"}},
		{"hxxps://evil[.]com/a hXXp://evil(.)org", []string{"evil.com", "evil.org"}},
		{"hxxp[:]//evil[.]com", []string{"evil.com"}},
		{"www.example.com/x and www[.]evil[.]com", []string{"www.example.com", "www.evil.com"}},
		{"https://a.com,https://b.com;http://c.com", []string{"a.com", "b.com", "c.com"}},
		{"Go to paypal.com or login.example.co.uk/x now", []string{"paypal.com", "login.example.co.uk"}},
		{"[text](https://example.com)", []string{"example.com"}},
		{"evil[.]com is bad", []string{"evil.com"}},
		{"ログインhttps://example.com/a?b=cにアクセス", []string{"example.com"}},
		{"http://1.2.3.4/x http://0x7f.1/", []string{"1.2.3.4", "127.0.0.1"}},
		{"https://paypal.com@evil.com/", []string{"evil.com"}},
		{"http://bücher.com", []string{"xn--bcher-kva.com"}},
		{"https://a.example/", []string{"a.example"}},
		{"EBAY.COM PayPal.com", []string{"ebay.com", "paypal.com"}},
		// Guards: no host name, or none that is meant as an address.
		{"a@example.com mail.to@example.com", nil},
		{"invoice.zip main.py file.txt a.exe", nil},
		{"The end.It was late. e.g. z.B. 3.14 1.2.3.4 v1.2", nil},
		{"ftp is a protocol: see http:// and www.", nil},
		{"x.unlisted", nil},
		{"www.localhost", nil},
		{"...:// .. a.. .com", nil},
	}
	for _, tt := range tests {
		var got []string
		for _, l := range FindText(tt.in) {
			got = append(got, l.Host)
			if l.Source != "text" || l.URL == "" {
				t.Errorf("FindText(%q) gave %+v, want source text and a URL", tt.in, l)
			}
		}
		if strings.Join(got, " ") != strings.Join(tt.want, " ") {
			t.Errorf("FindText(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestFindTextLimit(t *testing.T) {
	if got := len(FindText(strings.Repeat("https://a.com/ ", maxLinks+5))); got != maxLinks {
		t.Errorf("FindText gave %d links, want %d", got, maxLinks)
	}
}

func FuzzReadHTML(f *testing.F) {
	for _, s := range []string{"<a href=x>y", "<p style=display:none>a<p>b", "<!--[if mso]><a href=x></td><![endif]-->", "<noscript><noscript><a href=//b>",
		"<base href=//a><form action=b>", "<table><tr><td><td><li><dd><option><p>", "<svg><style><a href=x>", "&#0;&#xD800;\xff<a href='\xff'>\xff</a>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		page := ReadHTML(s)
		if len(page.Links) > maxLinks || len(page.Text) > maxText {
			t.Errorf("ReadHTML gave %d links and %d octets", len(page.Links), len(page.Text))
		}
		for _, l := range page.Links {
			checkLink(t, l)
		}
		if page.Text != strings.ToValidUTF8(page.Text, "?") {
			t.Errorf("ReadHTML(%q).Text is not UTF-8", s)
		}
	})
}

func FuzzFindText(f *testing.F) {
	for _, s := range []string{"https://a.com", "www.a.com,www.b.com", "hxxp[:]//a[.]b", "日本https://a.com/日本", "((((", "a.b.c.d/?#", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "+1 (888) 555-0100"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, l := range FindText(s) {
			checkLink(t, l)
			if !strings.Contains(s, l.URL) {
				t.Errorf("FindText(%q) gave %q, which is not in it", s, l.URL)
			}
		}
		_, found, _ := Gather(&analyze.Original{Text: s, HTML: s})
		if len(found) > maxIndicators {
			t.Errorf("Gather gave %d indicators", len(found))
		}
	})
}

func checkLink(t *testing.T, l analyze.Link) {
	if l.Host != strings.ToLower(l.Host) || len(l.Host) > maxHost || len(l.Text) > maxURL || l.Source == "" {
		t.Errorf("link %+v is out of its bounds", l)
	}
}
