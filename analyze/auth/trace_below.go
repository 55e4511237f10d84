package auth

import (
	"slices"
	"strings"

	"reportascam/analyze"
)

// below believes results directly beneath the boundary's own line, where many
// write them: only of a provider that is known to do so always, and the first
// only, so that one which the sender put at the top of the message comes too
// late. Of any other provider, even one that writes beneath the line of an
// upper hop, it cannot be told whether this hop wrote them or the sender did.
func (g *ground) below() {
	e := &g.hops[g.entry]
	fam, _ := habits(familyOf(e.by))
	if !fam.below || e.authed || slices.ContainsFunc(g.fields, func(f resultField) bool { return f.believed }) {
		return // what a customer sent is not what the provider checked
	}
	for _, i := range g.beneath() {
		f := &g.fields[i]
		if familyOf(f.res.AuthServ) == familyOf(e.by) {
			f.believed = true
			g.confirm(f)
			return
		}
	}
}

// confirm doubts what a field beneath the boundary's line says beyond the ARC
// set that the provider wrote above it, of the same results. A message that
// starts with white space continues the provider's last field when that is put
// on top of it, so that the end of the field may be the sender's. Where there
// is no such set, each line must be a result of its own: a line that goes on
// where the provider ended is none.
func (g *ground) confirm(f *resultField) {
	above, found := make(map[subject]bool), false
	for i, field := range g.h.Fields[:g.hops[g.entry].field] {
		if !strings.EqualFold(strings.TrimSpace(field.Name), arcNames[arcResults]) {
			continue
		}
		_, value, _ := strings.Cut(fieldValue(g.h, i), ";")
		set, _ := ParseResults(value)
		if set.AuthServ != f.res.AuthServ {
			continue
		}
		found = true
		for k := range set.Results {
			if a, ok := set.Results[k].auth("", analyze.WitnessBoundary); ok && a.Result == analyze.ResultPass {
				above[subjectOf(a).with(a.Domain)] = true
			}
		}
	}
	whole := found || oneResultALine(f.value)
	for k := range f.res.Results {
		r := &f.res.Results[k]
		a, ok := r.auth("", analyze.WitnessBoundary)
		switch {
		case !ok || a.Result != analyze.ResultPass:
		case found && !above[subjectOf(a).with(a.Domain)]:
			r.Doubt = "the provider's own ARC set does not say so"
		case !whole:
			r.Doubt = "the message may have continued the field"
		}
	}
}

// oneResultALine tells whether each line of a value behind the first is a
// result, behind a semicolon.
func oneResultALine(value string) bool {
	before := ""
	for i, line := range strings.Split(strings.TrimRight(value, "\r\n"), "\n") {
		line = strings.TrimSpace(line)
		if i > 0 {
			method, _, ok := strings.Cut(line, "=")
			if !ok || !strings.HasSuffix(before, ";") || !isKeyword(strings.TrimSuffix(lowerASCII(method), "/1")) {
				return false
			}
		}
		before = line
	}
	return true
}

// beneath gives the indexes of the result fields that stand in the run of
// trace fields directly beneath the boundary's line.
func (g *ground) beneath() []int {
	return g.run(g.hops[g.entry].field + 1)
}
