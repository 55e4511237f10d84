package links

import (
	"encoding/base64"
	"net/url"
	"strings"

	"reportascam/analyze"
)

// maxRewrites is how many rewriters around one another are undone: mail that
// was forwarded between organisations passes two or three, and scams put two
// open redirectors behind them.
const maxRewrites = 6

// Unwrap undoes what stands between a link and its target: rewriters of the
// recipient's side (Safe Links, URL Defense, …), redirectors of big sites, and
// counters of clicks whose address holds the target. It reports false when l
// is none of them. Source, Text, Shown and Hidden are kept; URL, Scheme and
// Host are the target's, and Via names the hosts on the way. Nothing is asked
// of the network: a target that the address does not hold stays unknown.
func Unwrap(l analyze.Link) (analyze.Link, bool) {
	out := l
	out.Via = nil
	for n := 0; n < maxRewrites; n++ {
		target := rewritten(out)
		if target == "" {
			break
		}
		next, ok := ParseURL(target)
		if !ok || next.Host == "" || next.URL == out.URL {
			break
		}
		out.Via = append(out.Via, out.Host)
		out.URL, out.Scheme, out.Host = next.URL, next.Scheme, next.Host
	}
	return out, len(out.Via) > 0
}

// rewritten gives the target inside a rewritten address, or "".
func rewritten(l analyze.Link) string {
	if l.Host == "" || l.Scheme != "http" && l.Scheme != "https" {
		return ""
	}
	w := Take(l)
	if !mayHold(w) && !strings.HasSuffix(l.Host, ".translate.goog") {
		return ""
	}
	for i := range rewriters {
		if r := &rewriters[i]; r.is(l.Host) {
			if target := r.find(w, l.Host); target != "" {
				return target
			}
			if r.only {
				return ""
			}
		}
	}
	return embedded(w)
}

// mayHold is a cheap look at whether an address can hold another.
func mayHold(w Written) bool {
	if w.Query == "" && len(w.Path) < len("/http/x.yz") {
		return false
	}
	return len(w.Query)+len(w.Path)+len(w.Fragment) >= len("u=x.yz")
}

// Rewriter reports the hosts of services on the recipient's side that put
// themselves in front of every link: they say nothing of the sender.
func Rewriter(host string) bool {
	for i := range rewriters {
		if rewriters[i].guard && rewriters[i].is(host) {
			return true
		}
	}
	return false
}

// Redirector reports the sites that are known to pass anyone on to anywhere:
// scams borrow their names.
func Redirector(host string) bool {
	for i := range rewriters {
		if r := &rewriters[i]; !r.guard && !r.share && r.is(host) {
			return true
		}
	}
	return false
}

// under reports whether host is domain or below it.
func under(host, domain string) bool {
	return host == domain || len(host) > len(domain) && host[len(host)-len(domain)-1] == '.' && strings.HasSuffix(host, domain)
}

// isGoogle reports www.google.TLD for any country, and Google's other sites
// of that name.
func isGoogle(host string) bool {
	i := strings.Index(host, "google.")
	if i < 0 || i > 0 && host[i-1] != '.' {
		return false
	}
	suffix, _ := Suffix(host)
	return suffix == host[i+len("google."):]
}

// param gives the first of the named query parameters that is there. The
// query is never given to url.ParseQuery: it refuses semicolons.
func param(query string, names ...string) string {
	for pair := range strings.SplitSeq(strings.ReplaceAll(query, "&amp;", "&"), "&") {
		key, value, _ := strings.Cut(pair, "=")
		for _, name := range names {
			if strings.EqualFold(key, name) {
				return unescape(value)
			}
		}
	}
	return ""
}

func unescape(value string) string {
	if strings.IndexByte(value, '%') < 0 && strings.IndexByte(value, '+') < 0 {
		return value
	}
	if plain, err := url.QueryUnescape(value); err == nil {
		return plain
	}
	return value
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
func proofpoint(w Written, _ string) string {
	switch {
	case strings.HasPrefix(w.Path, "/v1/url"):
		return param(w.Query, "u")
	case strings.HasPrefix(w.Path, "/v2/url"):
		// Version 2 writes %2F as _ and % as -.
		u := param(w.Query, "u")
		plain, err := url.PathUnescape(strings.NewReplacer("-", "%", "_", "/").Replace(u))
		if err != nil {
			return ""
		}
		return plain
	case strings.HasPrefix(w.Path, "/v3/__"):
		full := w.Path
		if w.Query != "" {
			full += "?" + w.Query
		}
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
	return twoSlashes(b.String())
}

const runAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// twoSlashes mends an address whose slashes a gateway on the way made one.
func twoSlashes(s string) string {
	for _, scheme := range []string{"http:/", "https:/"} {
		if tail, ok := strings.CutPrefix(s, scheme); ok && !strings.HasPrefix(tail, "/") {
			return scheme + "/" + tail
		}
	}
	return s
}

// decodeBase64 reads either alphabet, padded or not; "" when it cannot.
func decodeBase64(s string) string {
	s = strings.TrimRight(s, "=")
	if strings.ContainsAny(s, "+/") {
		s = strings.NewReplacer("+", "-", "/", "_").Replace(s)
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return ""
	}
	return string(b)
}
