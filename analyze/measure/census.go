package measure

import "slices"

// Tally is how one check did over all samples.
type Tally struct {
	Check          string  `json:"check"`
	Weight         float64 `json:"weight"`
	Ham            int     `json:"ham"`   // legitimate messages it hit
	Phish          int     `json:"phish"` // phishing messages it hit
	HamCampaigns   int     `json:"ham_campaigns"`
	PhishCampaigns int     `json:"phish_campaigns"`
	HamUnknown     int     `json:"ham_unknown"` // legitimate messages of which it could not tell
	PhishUnknown   int     `json:"phish_unknown"`
	Precision      float64 `json:"precision"` // share of phishing among its hits
	Lift           float64 `json:"lift"`      // precision over the share of phishing among all
}

// Weighed names a check and what it weighs.
type Weighed struct {
	Check  string
	Weight float64
}

// Census counts the hits of each check. Checks without a hit are listed too.
func Census(list []Weighed, samples []*Sample) []Tally {
	ham, phish := count(samples)
	out := make([]Tally, 0, len(list))
	for _, c := range list {
		t := Tally{Check: c.Check, Weight: c.Weight}
		campaigns := map[bool]map[string]bool{true: {}, false: {}}
		for _, s := range samples {
			hit, unknown := slices.Contains(s.Hits, c.Check), slices.Contains(s.Unknown, c.Check)
			switch {
			case hit && s.Phish:
				t.Phish++
			case hit:
				t.Ham++
			case unknown && s.Phish:
				t.PhishUnknown++
			case unknown:
				t.HamUnknown++
			}
			if hit {
				campaigns[s.Phish][s.Cluster] = true
			}
		}
		t.HamCampaigns, t.PhishCampaigns = len(campaigns[false]), len(campaigns[true])
		if hits := t.Ham + t.Phish; hits > 0 {
			t.Precision = round(float64(t.Phish) / float64(hits))
			if phish > 0 {
				t.Lift = round(t.Precision * float64(ham+phish) / float64(phish))
			}
		}
		out = append(out, t)
	}
	return out
}
