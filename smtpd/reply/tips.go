package reply

import (
	"hash/fnv"
	"slices"
	"strings"

	"reportascam/analyze"
)

// tipKeys lists all tips, so that a reader who reports often sees each.
var tipKeys = []string{"sender", "link", "hurry", "file", "call", "sms", "web", "code", "money"}

// tipsFor lists the tips that fit a finding, by what it is about.
func tipsFor(check string) []string {
	switch {
	case strings.Contains(check, "phone"), strings.Contains(check, "callback"):
		return []string{"call"}
	case strings.Contains(check, "pay"), strings.Contains(check, "money"), strings.Contains(check, "gift"), strings.Contains(check, "crypto"), strings.Contains(check, "wallet"):
		return []string{"money"}
	case strings.Contains(check, "credential"), strings.Contains(check, "password"):
		return []string{"code", "web"}
	}
	switch family(check) {
	case "attachment":
		return []string{"file"}
	case "link":
		return []string{"link", "web"}
	case "lure":
		return []string{"hurry", "code", "money", "call"}
	case "brand", "from", "sender", "mark":
		return []string{"sender", "sms", "call"}
	}
	return nil
}

// tip adds one tip: that fits what decided the worst of the originals, or any.
// The report's ID chooses, so that the same report always has the same.
func (w *composer) tip() {
	var vs []analyze.Verdict
	for _, o := range w.j.Originals {
		vs = append(vs, o.Verdict)
	}
	fits := tipKeys
	if i := analyze.Worst(vs); i >= 0 {
		if hits := decisive(w.j.Originals[i].Findings, 1); len(hits) > 0 {
			if list := tipsFor(hits[0].Check); list != nil {
				fits = list
			}
		}
	}
	h := fnv.New32a()
	h.Write([]byte(w.j.ID)) //nolint:errcheck // a hash takes anything
	text := w.cat.Tips[fits[int(h.Sum32()%uint32(len(fits)))]]
	w.add(kindTip, w.cat.text("tip"), map[string]span{"tip": {Text: text}})
}

// decisive gives the hits that speak against the message (sign 1) or for it
// (-1), the weightiest first.
func decisive(findings []analyze.Finding, sign float64) []analyze.Finding {
	var hits []analyze.Finding
	for _, f := range findings {
		if f.Status == analyze.Hit && f.Weight*sign > 0 {
			hits = append(hits, f)
		}
	}
	slices.SortStableFunc(hits, func(a, b analyze.Finding) int {
		switch d := (b.Weight - a.Weight) * sign; {
		case d > 0:
			return 1
		case d < 0:
			return -1
		}
		return 0
	})
	return hits
}
