package links

import (
	"encoding/base64"
	"net/url"
	"strings"
)

// rewriter knows one service that puts its own host in front of a target.
type rewriter struct {
	hosts  []string // it and what is below; none: google is
	google bool     // a Google site of any country
	find   func(w Written, host string) string
	guard  bool // works for the recipient, and says nothing of the sender
	only   bool // no other address in it is a target
	share  bool // passes nobody on
}

// is reports whether the host is the service's.
func (r *rewriter) is(host string) bool {
	for _, h := range r.hosts {
		if under(host, h) {
			return true
		}
	}
	return r.google && isGoogle(host)
}

// rewriters are known by what their addresses look like, as their makers
// document it or as mail shows it.
var rewriters = []rewriter{
	{guard: true, only: true, hosts: []string{"safelinks.protection.outlook.com", "safelinks.protection.office365.us"}, find: query("url")},
	{guard: true, only: true, hosts: []string{"urldefense.com", "urldefense.us", "urldefense.proofpoint.com"}, find: proofpoint},
	{guard: true, only: true, hosts: []string{"linkprotect.cudasvc.com"}, find: query("a")},
	{guard: true, only: true, hosts: []string{"secure-web.cisco.com"}, find: lastPart},
	{guard: true, only: true, hosts: []string{"protection.sophos.com"}, find: func(w Written, _ string) string { return decodeBase64(param(w.Query, "u")) }},
	{guard: true, only: true, hosts: []string{"mimecast.com", "mimecastprotect.com"}, find: mimecast},
	{guard: true, only: true, hosts: []string{"avanan.click", "protect.checkpoint.com"}, find: underlined},
	{guard: true, hosts: []string{"clicktime.symantec.com", "fireeye.com", "trellix.com", "urlsand.esvalabs.com"}, find: query("u")},
	{guard: true, hosts: []string{"trendmicro.com", "vadesecure.com", "deref-gmx.net", "deref-web.de", "deref-mail.com"}, find: query("url", "redirectUrl", "u")},
	{guard: true, hosts: []string{"linkscan.io", "cloud-protect.net"}, find: nothing},

	{google: true, only: true, find: google},
	{hosts: []string{"cdn.ampproject.org"}, find: amp},
	{hosts: []string{"translate.goog"}, find: translated},
	{hosts: []string{"doubleclick.net", "googleadservices.com", "googlesyndication.com"}, find: advert},
	{only: true, hosts: []string{"facebook.com", "instagram.com", "l.messenger.com", "l.wl.co", "l.threads.com", "l.threads.net"}, find: facebook},
	{only: true, hosts: []string{"linkedin.com"}, find: onPath(query("url"), "/redir/", "/safety/go")},
	{only: true, hosts: []string{"youtube.com"}, find: onPath(query("q"), "/redirect")},
	{hosts: []string{"bing.com"}, find: onPath(bing, "/ck/a", "/aclk", "/aclick")},
	{only: true, hosts: []string{"duckduckgo.com"}, find: onPath(query("uddg", "u3"), "/l/", "/y.js")},
	{hosts: []string{"search.yahoo.com"}, find: yahoo},
	{hosts: []string{"href.li", "anonym.to", "nullrefer.com", "dereferer.me"}, find: wholeQuery},
	{hosts: []string{"awstrack.me"}, find: awstrack},
	// Buttons to share a page name it, and do not lead to it.
	{only: true, share: true, hosts: []string{"twitter.com", "x.com", "pinterest.com", "tumblr.com", "wa.me", "api.whatsapp.com", "t.me", "validator.w3.org", "web.archive.org"}, find: nothing},
}

func nothing(Written, string) string { return "" }

func query(names ...string) func(Written, string) string {
	return func(w Written, _ string) string {
		if s := param(w.Query, names...); strings.Contains(s, ".") {
			return s
		}
		return ""
	}
}

// onPath is find for these paths, and only for web addresses.
func onPath(find func(Written, string) string, paths ...string) func(Written, string) string {
	return func(w Written, host string) string {
		for _, p := range paths {
			if strings.HasPrefix(w.Path, p) {
				return webOnly(find(w, host))
			}
		}
		return ""
	}
}

// google undoes /url?q=, the pages of its cache of fast pages, the
// translator's and the picture search's.
func google(w Written, _ string) string {
	switch {
	case w.Path == "/url" || w.Path == "/local_url" || strings.HasPrefix(w.Path, "/aclk"):
		return webOnly(param(w.Query, "q", "url", "adurl"))
	case strings.HasPrefix(w.Path, "/amp/"):
		return amp(Written{Path: w.Path}, "")
	case w.Path == "/translate" || w.Path == "/website":
		return param(w.Query, "u")
	case w.Path == "/imgres":
		return webOnly(param(w.Query, "imgrefurl", "imgurl"))
	}
	return ""
}

// amp undoes the cache of fast pages: /c/s/HOST/PATH, where s means https.
func amp(w Written, _ string) string {
	path := w.Path
	for _, lead := range []string{"/amp/", "/c/", "/v/", "/wp/", "/i/"} {
		if tail, ok := strings.CutPrefix(path, lead); ok {
			if rest, ok := strings.CutPrefix(tail, "s/"); ok {
				tail = rest
			}
			if host := bareHost(tail); host != "" {
				return "https://" + tail
			}
		}
	}
	return ""
}

// translated undoes the translator's host names: dots are hyphens, hyphens
// are doubled.
func translated(_ Written, host string) string {
	name, ok := strings.CutSuffix(host, ".translate.goog")
	if !ok {
		return ""
	}
	name = strings.NewReplacer("--", "-", "-", ".").Replace(name)
	return "https://" + name + "/"
}

// advert undoes Google's advertising: adurl=, ds_dest_url=, or the target
// behind a semicolon or question mark at the end.
func advert(w Written, _ string) string {
	if s := webOnly(param(w.Query, "adurl", "ds_dest_url", "r")); s != "" {
		return s
	}
	if s := webOnly(unescape(w.Query)); s != "" {
		return s
	}
	if i := strings.LastIndex(w.Path, ";http"); i >= 0 {
		return webOnly(unescape(w.Path[i+1:]))
	}
	return ""
}

func facebook(w Written, host string) string {
	if w.Path == "/l.php" || w.Path == "/flx/warn/" || w.Path == "/l" || strings.HasPrefix(host, "l.") || strings.HasPrefix(host, "lm.") {
		return webOnly(param(w.Query, "u"))
	}
	return ""
}

// bing undoes u=a1BASE64.
func bing(w Written, _ string) string {
	u := param(w.Query, "u")
	if coded, ok := strings.CutPrefix(u, "a1"); ok {
		return decodeBase64(coded)
	}
	return unescape(u)
}

// yahoo takes the target out of the path: …/RU=https%3a%2f%2f…/RK=….
func yahoo(w Written, _ string) string {
	_, rest, ok := strings.Cut(w.Path, "/RU=")
	if !ok {
		return ""
	}
	rest, _, _ = strings.Cut(rest, "/")
	return webOnly(unescape(rest))
}

func wholeQuery(w Written, _ string) string { return webOnly(unescape(w.Query)) }

// awstrack undoes Amazon's counter: /L0/https:%2F%2Fhost%2Fpath/1/….
func awstrack(w Written, _ string) string {
	for part := range strings.SplitSeq(w.Path, "/") {
		if s := webOnly(unescape(part)); s != "" {
			return s
		}
	}
	return ""
}

// lastPart takes the target off the end of a path: /TOKEN/https%3A%2F%2F….
func lastPart(w Written, _ string) string {
	i := strings.LastIndexByte(w.Path, '/')
	if i < 0 {
		return ""
	}
	plain, err := url.PathUnescape(w.Path[i+1:])
	if err != nil {
		return ""
	}
	return webOnly(plain)
}

// mimecast names the target's host alone, in domain=.
func mimecast(w Written, _ string) string {
	if d := param(w.Query, "domain"); d != "" && bareHost(d) != "" {
		return "https://" + d + "/"
	}
	return ""
}

// underlined undoes /v2/___https://host/path___.TOKEN; some write the scheme's
// characters with an r of their own before them, which nothing is made of.
func underlined(w Written, _ string) string {
	full := w.Path
	if w.Query != "" {
		full += "?" + w.Query
	}
	_, rest, ok := strings.Cut(full, "___")
	if !ok {
		return ""
	}
	rest, _, _ = strings.Cut(rest, "___")
	return webOnly(twoSlashes(rest))
}

// embedded finds the target in an address of a counter of clicks that is not
// known by name: a whole web address as a parameter's value or as the rest of
// the path, plain or in BASE64. Values that are only told to the site (a
// picture to show, where the reader came from) are not followed, so that only
// names that mean a target count.
func embedded(w Written) string {
	if strings.Contains(w.Query, "ttp") || strings.Contains(w.Query, webBase64) {
		for pair := range strings.SplitSeq(strings.ReplaceAll(w.Query, "&amp;", "&"), "&") {
			key, value, _ := strings.Cut(pair, "=")
			if !targetName(key) {
				continue
			}
			if s := plainOrBase64(unescape(value)); s != "" {
				return s
			}
		}
	}
	if i := strings.Index(w.Path, webBase64); i > 0 && w.Path[i-1] == '/' {
		part, _, _ := strings.Cut(w.Path[i:], "/")
		return webOnly(decodeBase64(part))
	}
	return ""
}

// webBase64 is how "http" begins in BASE64.
const webBase64 = "aHR0c"

func plainOrBase64(s string) string {
	if strings.HasPrefix(s, webBase64) {
		b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(s), "="))
		if err != nil {
			return ""
		}
		s = string(b)
	}
	return webOnly(s)
}

// targetName reports the names that sites give the parameter of a redirection.
func targetName(key string) bool {
	switch strings.ToLower(key) {
	case "url", "u", "uri", "target", "to", "dest", "destination", "redirect", "redirect_url", "redirecturl", "redir", "redirect_to", "redirectto", "r", "rurl",
		"goto", "go", "out", "link", "l", "href", "forward", "fwd", "jump", "exit", "away", "clickurl", "click", "murl", "mpre", "ued", "adurl", "landing",
		"lp", "lpurl", "location", "ds_dest_url", "deeplink", "desturl", "dest_url", "targeturl", "target_url", "linkurl":
		return true
	}
	return false
}
