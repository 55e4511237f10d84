package reply

import (
	"slices"
	"time"

	"reportascam/analyze"
)

// Kinds of Cap of notes, beside those of answers: a note never takes an
// answer's place.
const (
	KindNoteReporter = "notereporter" // value: as of KindReporter
	KindNoteTotal    = "notetotal"    // value: empty
)

// Limits of notes. One judgement of many reports anew must not become a flood.
const (
	NotesPerReporterDay = 5
	NotesPerHour        = 200
)

// RenderChange writes the note that an answer has changed: the answer as it is
// now, by the judgement and, where there is one, the analyst's correction of
// it. Whether the reader was answered, and told something else, the store
// knows.
func RenderChange(j *analyze.Judgement, o Outer, c Config) (Message, error) {
	if j == nil {
		return Message{}, ErrRecipient
	}
	return write(corrected(j), o, c, "changed")
}

// corrected gives a judgement whose originals say what the analyst said.
func corrected(j *analyze.Judgement) *analyze.Judgement {
	if j.Correction == nil {
		return j
	}
	out := *j
	out.Originals = slices.Clone(j.Originals)
	verdicts := make([]analyze.Verdict, 0, len(out.Originals))
	for i := range out.Originals {
		o := &out.Originals[i]
		verdicts = append(verdicts, o.Verdict)
		if j.Correction.As == analyze.LabelLegitimate && o.Level.Rank() > j.Level.Rank() {
			o.Level = j.Level
		}
	}
	if w := analyze.Worst(verdicts); w >= 0 && j.Correction.As == analyze.LabelScam {
		out.Originals[w].Level = j.Level
	}
	return &out
}

// ChangeCaps lists what bounds the notes to an address.
func ChangeCaps(to string) []Cap {
	return []Cap{{KindNoteReporter, mailboxOf(to), NotesPerReporterDay, 24 * time.Hour}, {KindNoteTotal, "", NotesPerHour, time.Hour}}
}
