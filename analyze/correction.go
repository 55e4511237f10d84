package analyze

import (
	"fmt"
	"time"
)

// Label is what an analyst says that a report is.
type Label string

// The labels.
const (
	LabelScam       Label = "scam"
	LabelLegitimate Label = "legitimate"
)

// Correction is an analyst's word on a report. It is final for that report,
// and teaches the local learner for others.
type Correction struct {
	ID    ID        `json:"id"`
	As    Label     `json:"as"`
	By    string    `json:"by,omitempty"` // who said so, as the command was told
	Note  string    `json:"note,omitempty"`
	At    time.Time `json:"at"`
	Was   Level     `json:"was"`             // the machine's level
	Score float64   `json:"score"`           // of the original that decided, without what was learned before
	Signs []string  `json:"signs,omitempty"` // what the learner sees of it
}

// Correct gives the judgement with an analyst's word on it, which decides its
// level: a scam is one, and what is legitimate is no worse than unclear. Nobody
// can say that a message is authentic: that is proven or it is not.
func (j Judgement) Correct(c Correction) (Judgement, error) {
	j = j.Uncorrected()
	c.Was = j.Level
	switch c.As {
	case LabelScam:
		j.Level = Scam
	case LabelLegitimate:
		if j.Level.Rank() > Unclear.Rank() {
			j.Level = Unclear
		}
	default:
		return j, fmt.Errorf("analyze: %q is no label of a correction", c.As)
	}
	j.Correction = &c
	return j, nil
}

// Uncorrected gives the judgement as the machine made it.
func (j Judgement) Uncorrected() Judgement {
	if j.Correction != nil {
		j.Level, j.Correction = j.Correction.Was, nil
	}
	return j
}
