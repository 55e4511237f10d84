package measure

import (
	"cmp"
	"slices"
)

// Point is what calling everything from one score on a scam would give.
type Point struct {
	Score      float64 `json:"score"`
	FalseAlarm float64 `json:"false_alarm"` // share of legitimate mail, 0..1
	Found      float64 `json:"found"`       // share of phishing, 0..1
	Precision  float64 `json:"precision"`   // share of phishing among what is called so
}

// Curve is the trade between finding phishing and false alarms (ROC), and
// between finding it and being right (precision and recall).
type Curve struct {
	AUC     float64 `json:"auc"`               // area under the ROC curve
	Average float64 `json:"average_precision"` // area under the step curve of precision over recall
	Points  []Point `json:"points"`            // by falling score, one for each score that occurs
	At      []Point `json:"at"`                // the most that is found within each of the bounds
}

// alarmBounds are the shares of false alarms at which detection is told.
func alarmBounds() []float64 { return []float64{0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.05} }

// NewCurve draws the curve of the samples' scores. Without messages of both
// labels there is none.
func NewCurve(samples []*Sample) Curve {
	c := Curve{Points: []Point{}, At: []Point{}}
	sorted := slices.Clone(samples)
	slices.SortStableFunc(sorted, func(a, b *Sample) int { return cmp.Compare(b.Score, a.Score) })
	ham, phish := count(samples)
	if ham == 0 || phish == 0 {
		return c
	}
	fp, tp, last := 0, 0, Point{}
	for i, s := range sorted {
		if s.Phish {
			tp++
		} else {
			fp++
		}
		if i+1 < len(sorted) && sorted[i+1].Score == s.Score {
			continue // equal scores are called together
		}
		p := Point{Score: s.Score, FalseAlarm: float64(fp) / float64(ham), Found: float64(tp) / float64(phish),
			Precision: float64(tp) / float64(tp+fp)}
		c.AUC += (p.FalseAlarm - last.FalseAlarm) * (p.Found + last.Found) / 2
		c.Average += (p.Found - last.Found) * p.Precision
		last = p
		c.Points = append(c.Points, p)
	}
	for _, bound := range alarmBounds() {
		best := Point{Score: 1, FalseAlarm: 0}
		for _, p := range c.Points {
			if p.FalseAlarm <= bound {
				best = p
			}
		}
		c.At = append(c.At, best)
	}
	c.AUC, c.Average = round(c.AUC), round(c.Average)
	for _, list := range [][]Point{c.Points, c.At} {
		for i := range list {
			p := &list[i]
			p.FalseAlarm, p.Found, p.Precision = round(p.FalseAlarm), round(p.Found), round(p.Precision)
		}
	}
	return c
}

func count(samples []*Sample) (ham, phish int) {
	for _, s := range samples {
		if s.Phish {
			phish++
		} else {
			ham++
		}
	}
	return ham, phish
}

// bins is how many bars the histogram has: a twentieth of the score each.
const bins = 20

// Bin counts the messages whose score is from Low to below High.
type Bin struct {
	Low   float64 `json:"low"`
	High  float64 `json:"high"` // the last bin holds 1 too
	Ham   int     `json:"ham"`
	Phish int     `json:"phish"`
}

// Histogram counts samples by score.
func Histogram(samples []*Sample) []Bin {
	out := make([]Bin, bins)
	for i := range out {
		out[i].Low, out[i].High = round(float64(i)/bins), round(float64(i+1)/bins)
	}
	for _, s := range samples {
		b := &out[min(max(int(s.Score*bins), 0), bins-1)]
		if s.Phish {
			b.Phish++
		} else {
			b.Ham++
		}
	}
	return out
}
