package send

import (
	"crypto"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrPublished is returned by CheckPublished for a key whose record is not as
// it must be.
var ErrPublished = errors.New("send: the DNS does not publish the key")

// maxKeyRecord is the longest record that is looked at, in octets; that of a
// key of 4096 bits has 780.
const maxKeyRecord = 4096

// CheckPublished tells whether the TXT records at selector._domainkey.domain
// publish the key, so that what it signs is verified (RFC 6376 section 3.6.1).
func CheckPublished(key crypto.Signer, texts []string) error {
	parts, err := Record(key)
	if err != nil {
		return err
	}
	want, _ := keyTags(strings.Join(parts, ""))
	switch len(texts) {
	case 0:
		return fmt.Errorf("%w: there is no TXT record", ErrPublished)
	case 1:
	default:
		// RFC 6376 section 3.6.2.2: what comes of several is undefined.
		return fmt.Errorf("%w: there are %d TXT records, where one must be", ErrPublished, len(texts))
	}
	got, ok := keyTags(texts[0])
	kind, known := got["k"]
	if !known {
		kind = "rsa"
	}
	version, dated := got["v"]
	switch {
	case !ok || dated && version != "DKIM1":
		return fmt.Errorf("%w: the TXT record is no DKIM key", ErrPublished)
	case got["p"] == "":
		return fmt.Errorf("%w: the record revokes the key (p= is empty)", ErrPublished)
	case kind != want["k"] || got["p"] != want["p"]:
		return fmt.Errorf("%w: the record holds another key", ErrPublished)
	case got["h"] != "" && !slices.Contains(strings.Split(got["h"], ":"), "sha256"):
		return fmt.Errorf("%w: the record does not allow sha256 (h=)", ErrPublished)
	case got["s"] != "" && !slices.ContainsFunc(strings.Split(got["s"], ":"), func(s string) bool { return s == "*" || s == "email" }):
		return fmt.Errorf("%w: the record does not allow mail (s=)", ErrPublished)
	case slices.Contains(strings.Split(got["t"], ":"), "y"):
		return fmt.Errorf("%w: the record says that it is a test (t=y)", ErrPublished)
	}
	return nil
}

// keyTags reads a key record's tags, without any white space in their values;
// false for what is no list of tags, or has one twice (RFC 6376 section 3.2).
func keyTags(s string) (map[string]string, bool) {
	if len(s) > maxKeyRecord {
		return nil, false
	}
	tags := map[string]string{}
	for part := range strings.SplitSeq(s, ";") {
		name, value, found := strings.Cut(part, "=")
		if name = strings.TrimSpace(name); name == "" && !found {
			continue // behind the last ";"
		}
		if _, twice := tags[name]; !found || twice {
			return nil, false
		}
		tags[name] = strings.Join(strings.Fields(value), "")
	}
	return tags, true
}
