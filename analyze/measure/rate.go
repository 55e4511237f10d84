package measure

import "math"

// z95 is the normal quantile of a two-sided 95 % interval.
const z95 = 1.959963984540054

// Rate is a share of something, with its 95 % interval.
type Rate struct {
	Hits float64 `json:"hits"` // a campaign that is found in part counts in part
	N    int     `json:"n"`
	Rate float64 `json:"rate"` // 0..1; 0 of nothing is 0
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// NewRate gives the share hits of n.
func NewRate(hits float64, n int) Rate {
	r := Rate{Hits: round(hits), N: n}
	if n > 0 {
		r.Rate = round(hits / float64(n))
	}
	low, high := Wilson(hits, n)
	r.Low, r.High = round(low), round(high)
	return r
}

// Wilson gives the 95 % score interval of a share of hits in n, without a
// correction for continuity. Of nothing all is possible: 0 to 1.
func Wilson(hits float64, n int) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	total := float64(n)
	p, z2 := hits/total, z95*z95
	middle := (p + z2/(2*total)) / (1 + z2/total)
	half := z95 / (1 + z2/total) * math.Sqrt(p*(1-p)/total+z2/(4*total*total))
	return math.Max(0, middle-half), math.Min(1, middle+half)
}

// round keeps six decimals, so that the same figures are the same bytes.
func round(x float64) float64 { return math.Round(x*1e6) / 1e6 }
