package auth

import (
	"strings"

	"reportascam/analyze"
)

// below believes results directly beneath the boundary's own line, where many
// providers write them: the first of each authserv-id only, so that one which
// the sender put at the top of the message comes too late. It does so where
// the provider is known to write there always, or shows the habit at an upper
// hop of its own. Of any other provider it cannot be told whether it wrote
// them or the sender did.
func (g *ground) below() {
	e := &g.hops[g.entry]
	fam, _ := habits(familyOf(e.by))
	habit := false
	for i := range g.fields {
		if g.fields[i].believed && !g.upperHabit(i) {
			return // the provider writes above its line
		}
		habit = habit || g.fields[i].believed
	}
	if e.authed || !fam.below && !habit {
		return // what a customer sent is not what the provider checked
	}
	seen := make(map[string]bool)
	for _, i := range g.beneath() {
		f := &g.fields[i]
		if id := f.res.AuthServ; id != "" && !seen[id] && familyOf(id) == familyOf(e.by) && (fam.below || id == e.by) {
			seen[id], f.believed = true, true
			g.confirm(f)
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

// upperHabit tells whether believed field i was written beneath its own hop,
// an inner one above the boundary.
func (g *ground) upperHabit(i int) bool {
	f := g.fields[i]
	for k := range g.entry {
		if f.field > g.hops[k].field && f.field < g.hops[k+1].field {
			return f.res.AuthServ == g.hops[k].by
		}
	}
	return false
}

// beneath gives the indexes of the result fields that stand in the run of
// trace fields directly beneath the boundary's line.
func (g *ground) beneath() []int {
	return g.run(g.hops[g.entry].field + 1)
}
