package checks

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"reportascam/analyze"
)

// weightsText is the shipped table.
//
//go:embed weights.txt
var weightsText string

// Sign is the direction in which a check may move the score.
type Sign string

// The signs.
const (
	Guilt   Sign = "guilt"   // 0 or more: a hit speaks against the message
	Credit  Sign = "credit"  // 0 or less: a hit speaks for it
	Informs Sign = "informs" // 0: a hit is told, and moves nothing
)

// Allows tells whether a check of this sign may weigh w.
func (s Sign) Allows(w float64) bool {
	switch s {
	case Guilt:
		return w >= 0
	case Credit:
		return w <= 0
	}
	return w == 0
}

// maxWeight is the heaviest that a row may be: a step of 10 in log-odds decides
// alone, and more only hides slips of the pen.
const maxWeight = 10

// NotCounted stands in a row for a count that no fit has made.
const NotCounted = -1

// Row is what the table says of one check.
type Row struct {
	Check  string
	Sign   Sign
	Hand   float64 // log-odds by the reading of real mail, to which a fit draws
	Weight float64 // log-odds
	// How often the check hit on legitimate mail, hit on phishing, and could
	// not tell, at the last fit; or NotCounted.
	Ham, Phish, Unknown int
}

// Weights is the table of weights.
type Weights struct {
	Version string // raised by hand when the checks change
	Scale   analyze.Scale
	Rows    []Row
}

// Default gives the shipped table.
func Default() *Weights {
	w, err := ReadWeights(weightsText)
	if err != nil {
		panic("checks: the shipped weights: " + err.Error()) // held by a test
	}
	return w
}

// ReadWeights reads a table in the form of weights.txt. A row for each check,
// and for nothing else, is wanted.
func ReadWeights(text string) (*Weights, error) {
	w := &Weights{}
	seen := map[string]bool{}
	for i, line := range strings.Split(text, "\n") {
		f := fields(line)
		if len(f) == 0 {
			continue
		}
		if seen[f[0]] {
			return nil, fmt.Errorf("line %d: %q stands twice", i+1, f[0])
		}
		seen[f[0]] = true
		if err := w.line(f); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	for _, name := range []string{"version", "bias", "suspicious", "scam"} {
		if !seen[name] {
			return nil, fmt.Errorf("there is no line for %q", name)
		}
	}
	s := w.Scale
	if !(0 < s.Suspicious && s.Suspicious < s.Scam && s.Scam < 1) {
		return nil, fmt.Errorf("suspicious %v and scam %v are not in order between 0 and 1", s.Suspicious, s.Scam)
	}
	known := map[string]bool{}
	for _, c := range listed() {
		known[c.Name] = true
		if !seen[c.Name] {
			return nil, fmt.Errorf("the check %q has no row", c.Name)
		}
	}
	for _, r := range w.Rows {
		if !known[r.Check] {
			return nil, fmt.Errorf("there is no check %q", r.Check)
		}
	}
	return w, nil
}

// fields splits a line of the table; comments and blank lines have none.
func fields(line string) []string {
	line, _, _ = strings.Cut(line, "#")
	return strings.Fields(line)
}

// line reads a setting or a row.
func (w *Weights) line(f []string) error {
	if len(f) == 2 {
		if f[0] == "version" {
			w.Version = f[1]
			return nil
		}
		to, ok := map[string]*float64{"bias": &w.Scale.Bias, "suspicious": &w.Scale.Suspicious, "scam": &w.Scale.Scam}[f[0]]
		if !ok {
			return fmt.Errorf("%q is no setting", f[0])
		}
		x, err := number(f[1])
		*to = x
		return err
	}
	if len(f) == 6 { // not fitted yet: the weight is that by hand
		f = slices.Insert(f, 2, f[2])
	}
	if len(f) != 7 {
		return fmt.Errorf("%d columns, want check, sign, hand, weight, ham, phish, unknown", len(f))
	}
	r := Row{Check: f[0], Sign: Sign(f[1])}
	if !slices.Contains([]Sign{Guilt, Credit, Informs}, r.Sign) {
		return fmt.Errorf("%q is no sign", f[1])
	}
	var err error
	for i, to := range []*float64{&r.Hand, &r.Weight} {
		if *to, err = number(f[2+i]); err != nil {
			return err
		}
		if !r.Sign.Allows(*to) {
			return fmt.Errorf("a check of sign %s may not weigh %v", r.Sign, *to)
		}
	}
	for i, to := range []*int{&r.Ham, &r.Phish, &r.Unknown} {
		if *to, err = count(f[4+i]); err != nil {
			return err
		}
	}
	w.Rows = append(w.Rows, r)
	return nil
}

func number(s string) (float64, error) {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || !(math.Abs(x) <= maxWeight) {
		return 0, fmt.Errorf("%q is no number of at most %d", s, maxWeight)
	}
	return x, nil
}

func count(s string) (int, error) {
	if s == "-" {
		return NotCounted, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is no count", s)
	}
	return n, nil
}

// Row gives the row of a check.
func (w *Weights) Row(check string) (Row, bool) {
	i := slices.IndexFunc(w.Rows, func(r Row) bool { return r.Check == check })
	if i < 0 {
		return Row{}, false
	}
	return w.Rows[i], true
}

// Checks gives every check, weighed by the table.
func (w *Weights) Checks() []analyze.Check {
	list := listed()
	for i := range list {
		r, _ := w.Row(list[i].Name)
		list[i].Weight = r.Weight
	}
	return list
}

// Ruleset is the version of the checks and their weights. It changes whenever
// a verdict on the same evidence could change: by hand with the checks, by
// itself with a weight or a threshold.
func (w *Weights) Ruleset() string {
	rows := slices.Clone(w.Rows)
	slices.SortFunc(rows, func(a, b Row) int { return strings.Compare(a.Check, b.Check) })
	h := sha256.New()
	fmt.Fprintf(h, "%v %v %v\n", w.Scale.Bias, w.Scale.Suspicious, w.Scale.Scam)
	for _, r := range rows {
		fmt.Fprintf(h, "%s %v\n", r.Check, r.Weight)
	}
	return w.Version + "+" + hex.EncodeToString(h.Sum(nil)[:4])
}

// Rewrite gives the text of a table with the numbers of w. Comments, order and
// signs stay.
func (w *Weights) Rewrite(text string) string {
	settings := map[string]float64{"bias": w.Scale.Bias, "suspicious": w.Scale.Suspicious, "scam": w.Scale.Scam}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		f := fields(line)
		if len(f) == 0 {
			continue
		}
		comment := ""
		if at := strings.IndexByte(line, '#'); at >= 0 {
			comment = "  " + line[at:]
		}
		if x, ok := settings[f[0]]; ok {
			lines[i] = fmt.Sprintf("%-11s %5.2f%s", f[0], x, comment)
		}
		if r, ok := w.Row(f[0]); ok {
			lines[i] = fmt.Sprintf("%-25s %-8s %6.2f %6.2f %6s %6s %7s%s", r.Check, r.Sign, r.Hand+0, r.Weight+0, // no -0.00
				showCount(r.Ham), showCount(r.Phish), showCount(r.Unknown), comment)
		}
	}
	return strings.Join(lines, "\n")
}

func showCount(n int) string {
	if n < 0 {
		return "-"
	}
	return strconv.Itoa(n)
}
