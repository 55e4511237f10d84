package auth

import (
	"crypto"
	"errors"
	"fmt"
	"slices"
	"strings"

	"reportascam/analyze/eml"
)

// The three fields of an ARC set (RFC 8617 section 4.1).
const (
	arcResults = iota
	arcMessage
	arcSeal
	arcKinds
)

var arcNames = [arcKinds]string{"arc-authentication-results", "arc-message-signature", "arc-seal"}

// What is wrong with a field, in the words of a Reason.
var (
	errARCInstance = errors.New("instance (i=) is not a set's number")
	errARCSeal     = errors.New("message signature covers a seal")
	errARCLength   = errors.New("message signature leaves a part of the body open (l=)")
	errARCCovers   = errors.New("seal has a list of fields or a body hash")
	errARCState    = errors.New("chain validation state (cv=) is none of those that exist")
)

// arcSet is one set of the three fields.
type arcSet struct {
	fields  [arcKinds]int // indexes into Header.Fields
	results Results
	message signature
	seal    signature
	cv      string
	// anyCanon: the message signature has no c=. By RFC 6376 section 3.5 that
	// is simple, while the drafts of ARC took relaxed, as sealers of that time
	// did: either is good, since each covers the whole of the fields.
	anyCanon bool
}

// collectARC sorts the fields into sets, i=1 first. why tells what is wrong
// with them; it is empty, without sets, for a message without ARC.
func collectARC(h eml.Header, index map[string][]int) (sets []arcSet, why string) {
	n := 0
	for _, name := range arcNames {
		n = max(n, len(index[name]))
	}
	if n == 0 {
		return nil, ""
	}
	if n > maxARCSets {
		return nil, "more than 50 sets"
	}
	sets = make([]arcSet, n)
	for kind, name := range arcNames {
		if len(index[name]) != n {
			return nil, "a set lacks a field, or has one twice"
		}
		var have [maxARCSets]bool
		for _, at := range index[name] {
			i, err := readARC(sets, kind, fieldValue(h, at))
			if err != nil {
				return nil, name + ": " + err.Error()
			}
			if have[i-1] {
				return nil, fmt.Sprintf("%s: set %d has it twice", name, i)
			}
			have[i-1] = true
			sets[i-1].fields[kind] = at
		}
	}
	return sets, ""
}

// readARC reads one field into its set, and gives its instance.
func readARC(sets []arcSet, kind int, value string) (instance int, err error) {
	if len(value) > maxField {
		return 0, errSigLong
	}
	if kind == arcResults {
		first, rest, found := strings.Cut(value, ";")
		name, number, ok := strings.Cut(trimFWS(first), "=")
		if !found || !ok || trimFWS(name) != "i" {
			return 0, errARCInstance
		}
		if instance, err = arcInstance(trimFWS(number), len(sets)); err != nil {
			return 0, err
		}
		// A value that breaks RFC 8601 breaks no seal: its passes are doubted.
		sets[instance-1].results, _ = ParseResults(rest)
		return instance, nil
	}
	tags, err := arcTags(value)
	if err != nil {
		return 0, err
	}
	i, ok := tags.get("i")
	if !ok {
		return 0, errARCInstance
	}
	if instance, err = arcInstance(i, len(sets)); err != nil {
		return 0, err
	}
	set := &sets[instance-1]
	if kind == arcSeal {
		set.seal, set.cv, err = readSeal(tags)
	} else {
		set.message, err = readMessageSignature(tags)
		_, stated := tags.get("c")
		set.anyCanon = !stated
	}
	return instance, err
}

// arcInstance reads an instance: 1 to 50 (RFC 8617 section 4.2.1), and no more
// than there are sets.
func arcInstance(s string, sets int) (int, error) {
	n, ok := parseNumber(s)
	if !ok || n < 1 || n > int64(sets) {
		return 0, errARCInstance
	}
	return int(n), nil
}

// arcTags reads a tag list by the letter: RFC 6376 section 3.2 has no empty
// tags but for a final semicolon. DKIM signers in the wild write them, sealers
// do not.
func arcTags(value string) (tagList, error) {
	specs := strings.Split(value, ";")
	if n := len(specs); trimFWS(specs[n-1]) == "" {
		specs = specs[:n-1]
	}
	if slices.ContainsFunc(specs, func(s string) bool { return trimFWS(s) == "" }) {
		return nil, errTagSyntax
	}
	return parseTags(value)
}

// readMessageSignature reads the tags of an ARC-Message-Signature (RFC 8617
// section 4.1.2): those of DKIM but for v=, and i= is the instance.
func readMessageSignature(tags tagList) (s signature, err error) {
	if s, err = readARCSignature(tags); err != nil {
		return s, err
	}
	bh, ok := tags.get("bh")
	if !ok {
		return s, errSigMissing
	}
	if s.bh, err = decode64(bh); err != nil || len(s.bh) == 0 {
		return s, errSigBase64
	}
	if c, ok := tags.get("c"); ok && trimFWS(c) == "" {
		return s, errSigCanon
	}
	fields, ok := tags.get("h")
	if !ok {
		return s, errSigMissing
	}
	s.signed = slices.DeleteFunc(splitColons(lowerASCII(fields)), func(n string) bool { return n == "" })
	switch {
	case len(s.signed) > maxSigned || slices.ContainsFunc(s.signed, func(n string) bool { return !isFieldName(n) }):
		return s, errSigFields
	case slices.Contains(s.signed, "arc-seal"):
		return s, errARCSeal
	}
	if _, ok := tags.get("l"); ok {
		// What l= leaves out could be anybody's words.
		return s, errARCLength
	}
	return s, nil
}

// readSeal reads the tags of an ARC-Seal (RFC 8617 section 4.1.3).
func readSeal(tags tagList) (s signature, cv string, err error) {
	if s, err = readARCSignature(tags); err != nil {
		return s, "", err
	}
	for _, name := range []string{"h", "bh"} {
		if _, ok := tags.get(name); ok {
			return s, "", errARCCovers
		}
	}
	s.header = canonRelaxed
	switch cv, _ = tags.get("cv"); cv {
	case "none", "pass", "fail":
		return s, cv, nil
	}
	return s, "", errARCState
}

// readARCSignature reads the tags that both kinds of signature have.
func readARCSignature(tags tagList) (s signature, err error) {
	s.length = noLimit
	var names tagList // without i=, which is no identity here
	for _, t := range tags {
		if t.name != "i" {
			names = append(names, t)
		}
	}
	if err := s.readNames(names); err != nil {
		return s, err
	}
	if err := s.readCore(names); err != nil {
		return s, err
	}
	// RFC 8617 section 4.1: algorithms are those of DKIM, by exact name.
	if a, _ := tags.get("a"); a != s.algorithm {
		return s, errSigAlgo
	}
	if s.sha1 || s.hash != crypto.SHA256 {
		return s, errSigAlgo // RFC 8301 section 3.1
	}
	return s, s.readLimits(names)
}
