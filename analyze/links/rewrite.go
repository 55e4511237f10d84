package links

import (
	"encoding/base64"
	"net/url"
	"strings"

	"reportascam/analyze"
)

// maxRewrites is how many rewriters around one another are undone: mail that
// was forwarded between organisations passes two or three.
const maxRewrites = 4

// Unwrap undoes a link rewriter: services of the recipient's side (Safe Links,
// URL Defense, …) and open redirectors of big sites put their own host in
// front of the true target. It reports false when l is none of them. Source,
// Text and Shown are kept; URL and Host are the target's.
func Unwrap(l analyze.Link) (analyze.Link, bool) {
	out := l
	for n := 0; n < maxRewrites; n++ {
		target := rewritten(out)
		if target == "" {
			return out, n > 0
		}
		next, ok := ParseURL(target)
		if !ok || next.Host == "" {
			return out, n > 0
		}
		out.URL, out.Scheme, out.Host = next.URL, next.Scheme, next.Host
	}
	return out, true
}

// rewritten gives the target inside a rewritten address, or "".
func rewritten(l analyze.Link) string {
	if l.Host == "" || l.Scheme != "http" && l.Scheme != "https" {
		return ""
	}
	rest := refang(l.URL)
	path, query := "", ""
	if i := strings.Index(rest, "//"); i >= 0 {
		rest = rest[i+2:]
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		path = rest[i:]
	}
	path, _, _ = strings.Cut(path, "#")
	full := path
	path, query, _ = strings.Cut(path, "?")
	switch host := l.Host; {
	case under(host, "safelinks.protection.outlook.com"), under(host, "safelinks.protection.office365.us"):
		return param(query, "url")
	case host == "urldefense.com" || host == "urldefense.us" || under(host, "urldefense.proofpoint.com"):
		return proofpoint(full, path, query)
	case isGoogle(host) && path == "/url":
		return webOnly(param(query, "q", "url"))
	case under(host, "facebook.com") && (path == "/l.php" || path == "/flx/warn/"), host == "l.instagram.com":
		return webOnly(param(query, "u"))
	case under(host, "linkedin.com") && (strings.HasPrefix(path, "/redir/redirect") || strings.HasPrefix(path, "/safety/go")):
		return webOnly(param(query, "url"))
	case under(host, "youtube.com") && path == "/redirect":
		return webOnly(param(query, "q"))
	case under(host, "linkprotect.cudasvc.com"):
		return param(query, "a")
	case host == "secure-web.cisco.com":
		return cisco(path)
	case under(host, "protection.sophos.com"):
		return decodeBase64(param(query, "u"))
	}
	return ""
}

// under reports whether host is domain or below it.
func under(host, domain string) bool {
	return host == domain || strings.HasSuffix(host, "."+domain)
}

// isGoogle reports www.google.TLD for any country.
func isGoogle(host string) bool {
	name, ok := strings.CutPrefix(strings.TrimPrefix(host, "www."), "google.")
	suffix, _ := Suffix(host)
	return ok && suffix == name
}

// param gives the first of the named query parameters that is there. The
// query is never given to url.ParseQuery: it refuses semicolons.
func param(query string, names ...string) string {
	for pair := range strings.SplitSeq(strings.ReplaceAll(query, "&amp;", "&"), "&") {
		key, value, _ := strings.Cut(pair, "=")
		for _, name := range names {
			if strings.EqualFold(key, name) {
				if plain, err := url.QueryUnescape(value); err == nil {
					return plain
				}
				return value
			}
		}
	}
	return ""
}

// webOnly gives s if it is a web address: the redirectors of big sites take
// search words in the same parameter.
func webOnly(s string) string {
	if startsFold(s, "http://") || startsFold(s, "https://") {
		return s
	}
	return ""
}

// proofpoint undoes the three versions of URL Defense.
func proofpoint(full, path, query string) string {
	switch {
	case strings.HasPrefix(path, "/v1/url"):
		return param(query, "u")
	case strings.HasPrefix(path, "/v2/url"):
		// Version 2 writes %2F as _ and % as -.
		u := param(query, "u")
		plain, err := url.PathUnescape(strings.NewReplacer("-", "%", "_", "/").Replace(u))
		if err != nil {
			return ""
		}
		return plain
	case strings.HasPrefix(path, "/v3/__"):
		return proofpoint3(strings.TrimPrefix(full, "/v3/__"))
	}
	return ""
}

// proofpoint3 undoes version 3: __URL__;BASE64!!…, where each * of the URL
// stands for the next octet of the decoded BASE64, and **X for a run of them
// whose length is X's place in the alphabet plus two.
func proofpoint3(s string) string {
	end := strings.LastIndex(s, "__;")
	if end < 0 {
		return ""
	}
	target, rest := s[:end], s[end+3:]
	coded, _, _ := strings.Cut(rest, "!")
	hidden := decodeBase64(coded)
	var b strings.Builder
	for i := 0; i < len(target); i++ {
		if target[i] != '*' {
			b.WriteByte(target[i])
			continue
		}
		run := 1
		if i+2 < len(target) && target[i+1] == '*' {
			if n := strings.IndexByte(runAlphabet, target[i+2]); n >= 0 {
				run, i = n+2, i+2
			}
		}
		if run > len(hidden) {
			b.WriteByte('*')
			continue
		}
		b.WriteString(hidden[:run])
		hidden = hidden[run:]
	}
	out := b.String()
	// Some gateways on the way make one slash of two.
	for _, scheme := range []string{"http:/", "https:/"} {
		if tail, ok := strings.CutPrefix(out, scheme); ok && !strings.HasPrefix(tail, "/") {
			return scheme + "/" + tail
		}
	}
	return out
}

const runAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// cisco takes the target off the end of Cisco's path: /TOKEN/https%3A%2F%2F….
func cisco(path string) string {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return ""
	}
	plain, err := url.PathUnescape(path[i+1:])
	if err != nil {
		return ""
	}
	return webOnly(plain)
}

// decodeBase64 reads either alphabet, padded or not; "" when it cannot.
func decodeBase64(s string) string {
	s = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(s, "="))
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return ""
	}
	return string(b)
}
