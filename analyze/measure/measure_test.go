package measure

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"reportascam/analyze"
)

// TestWilson compares with published values: Newcombe 1998, table I (81 of
// 263, 15 of 148, 0 of 20, 1 of 29), method 3, 95 %.
func TestWilson(t *testing.T) {
	tests := []struct {
		hits      float64
		n         int
		low, high float64
	}{
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0.0000, 0.1611},
		{1, 29, 0.0061, 0.1718},
		{20, 20, 0.8389, 1},
		{0, 0, 0, 1},
	}
	for _, tt := range tests {
		low, high := Wilson(tt.hits, tt.n)
		if math.Abs(low-tt.low) > 5e-5 || math.Abs(high-tt.high) > 5e-5 {
			t.Errorf("Wilson(%v, %d) = %.4f, %.4f, want %.4f, %.4f", tt.hits, tt.n, low, high, tt.low, tt.high)
		}
	}
}

func sample(file string, phish bool, cluster string, level analyze.Level, score float64, hits ...string) *Sample {
	return &Sample{File: file, Phish: phish, Source: "s", Year: 2020, Language: "en", Cluster: cluster, Level: level, Score: score, Hits: hits}
}

// scored makes samples of scores, with their truth.
func scored(ham, phish []float64) []*Sample {
	var out []*Sample
	for _, x := range ham {
		out = append(out, sample("h", false, "h", analyze.Unclear, x))
	}
	for _, x := range phish {
		out = append(out, sample("p", true, "p", analyze.Unclear, x))
	}
	return out
}

func TestCurve(t *testing.T) {
	tests := []struct {
		name         string
		ham, phish   []float64
		auc, average float64
	}{
		{"apart", []float64{0.1, 0.2}, []float64{0.8, 0.9}, 1, 1},
		{"the wrong way round", []float64{0.8, 0.9}, []float64{0.1, 0.2}, 0, 5.0 / 12},
		{"all the same", []float64{0.5, 0.5}, []float64{0.5, 0.5}, 0.5, 0.5},
		// The example of scikit-learn's roc_auc_score and average_precision_score.
		{"mixed", []float64{0.1, 0.4}, []float64{0.35, 0.8}, 0.75, 0.5 + 0.5*2/3},
	}
	for _, tt := range tests {
		c := NewCurve(scored(tt.ham, tt.phish))
		if math.Abs(c.AUC-tt.auc) > 1e-6 || math.Abs(c.Average-tt.average) > 1e-6 {
			t.Errorf("%s: AUC %v, average precision %v, want %v, %v", tt.name, c.AUC, c.Average, tt.auc, tt.average)
		}
	}
	if c := NewCurve(scored(nil, []float64{1})); len(c.Points) != 0 || c.AUC != 0 {
		t.Errorf("without legitimate mail the curve is %+v, want none", c)
	}
}

func TestCurveAtBounds(t *testing.T) {
	ham := make([]float64, 100)
	for i := range ham {
		ham[i] = float64(i) / 1000
	}
	ham[99] = 0.9
	c := NewCurve(scored(ham, []float64{0.95, 0.95, 0.5, 0.01}))
	if p := c.At[0]; p.Found != 0.5 || p.FalseAlarm != 0 {
		t.Errorf("without false alarms = %+v, want half found", p)
	}
	if p := c.At[3]; p.Found != 0.75 || p.FalseAlarm != 0.01 || p.Score > 0.5 {
		t.Errorf("within 1 %% = %+v, want three quarters found", p)
	}
}

func TestHistogram(t *testing.T) {
	h := Histogram(scored([]float64{0, 0.049, 1}, []float64{0.05, 0.97}))
	if len(h) != bins || h[0].Ham != 2 || h[1].Phish != 1 || h[19].Ham != 1 || h[19].Phish != 1 {
		t.Errorf("Histogram = %+v", h)
	}
}

// TestCampaignsCountOnce: a campaign of many messages weighs no more than one.
func TestCampaignsCountOnce(t *testing.T) {
	l := NewLine("all", true, []*Sample{
		sample("1", true, "a", analyze.Scam, 1), sample("2", true, "a", analyze.Scam, 1), sample("3", true, "a", analyze.Unclear, 0),
		sample("4", true, "b", analyze.Authentic, 0), sample("5", true, "c", analyze.Suspicious, 0.6),
	})
	if l.Levels != (Levels{Authentic: 1, Unclear: 1, Suspicious: 1, Scam: 2}) || l.Campaigns != 3 {
		t.Errorf("Levels = %+v of %d campaigns", l.Levels, l.Campaigns)
	}
	if l.Message.Bad.Rate != 0.6 || l.Message.Scam.Rate != 0.4 || l.Message.Authentic.Rate != 0.2 {
		t.Errorf("per message = %+v", l.Message)
	}
	if got, want := l.Campaign.Bad.Hits, round(2.0/3+0+1); got != want || l.Campaign.Bad.N != 3 {
		t.Errorf("campaigns found = %v of %d, want %v of 3", got, l.Campaign.Bad.N, want)
	}
}

func TestCensus(t *testing.T) {
	samples := []*Sample{
		sample("1", true, "a", analyze.Scam, 1, "x"), sample("2", true, "a", analyze.Scam, 1, "x", "y"),
		sample("3", false, "b", analyze.Unclear, 0, "x"), sample("4", false, "c", analyze.Unclear, 0),
	}
	samples[3].Unknown = []string{"x"}
	got := Census([]Weighed{{"x", 1}, {"y", 2}, {"z", 0}}, samples)
	want := []Tally{
		{Check: "x", Weight: 1, Ham: 1, Phish: 2, HamCampaigns: 1, PhishCampaigns: 1, HamUnknown: 1, Precision: 0.666667, Lift: 1.333334},
		{Check: "y", Weight: 2, Phish: 1, PhishCampaigns: 1, Precision: 1, Lift: 2},
		{Check: "z"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Census = %+v, want %+v", got, want)
	}
}

func TestReportAndChanges(t *testing.T) {
	list := []Weighed{{"x", 1}}
	was := NewReport("r1", Setting{}, list, []*Sample{
		sample("h1", false, "a", analyze.Unclear, 0.1), sample("h2", false, "b", analyze.Suspicious, 0.6, "x"),
		sample("p1", true, "c", analyze.Scam, 0.9, "x"), sample("p2", true, "c", analyze.Unclear, 0.1), sample("p3", true, "d", analyze.Unclear, 0.1),
	}, nil, 5)
	if len(was.Misses) != 2 || was.Misses[0].Sample.File != "p2" || was.Misses[0].Alike != 0 || len(was.Alarms) != 1 {
		t.Errorf("misses %+v, false alarms %+v", was.Misses, was.Alarms)
	}
	now := NewReport("r2", Setting{}, list, []*Sample{
		sample("h1", false, "a", analyze.Suspicious, 0.6, "x"), sample("h2", false, "b", analyze.Suspicious, 0.6, "x"),
		sample("p1", true, "c", analyze.Unclear, 0.1), sample("p2", true, "c", analyze.Scam, 0.9, "x"), sample("p9", true, "d", analyze.Unclear, 0.1),
	}, nil, 5)
	c := Compare(was, now)
	var got []string
	for _, f := range c.Flips {
		got = append(got, f.File)
	}
	if want := []string{"h1", "p1", "p2"}; !reflect.DeepEqual(got, want) || !c.Flips[0].Worse || !c.Flips[1].Worse || c.Flips[2].Worse {
		t.Errorf("flips %+v, want %v with the worse first", c.Flips, want)
	}
	if c.Added != 1 || c.Removed != 1 || len(c.Findings) != 1 || c.Findings[0].Now.Ham != 2 {
		t.Errorf("%d added, %d removed, findings %+v", c.Added, c.Removed, c.Findings)
	}
	if same := Compare(now, now); len(same.Flips)+len(same.Lines)+len(same.Findings) != 0 {
		t.Errorf("compared with itself: %+v", same)
	}
	b, err := json.Marshal(was)
	var back Report
	if err == nil {
		err = json.Unmarshal(b, &back)
	}
	if again, _ := json.Marshal(&back); err != nil || string(again) != string(b) {
		t.Errorf("read back it is %s, want %s (%v)", again, b, err)
	}
}
