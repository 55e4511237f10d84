package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"reportascam/analyze/checks"
	"reportascam/analyze/measure"
)

type fitCmd struct {
	labelFlags
	Views  []string `name:"view" placeholder:"VIA[:TRUST][=WEIGHT]" default:"direct:topmost,direct=0.5,inline=0.5" help:"How the mail is judged, as --via and --trust-authserv of eval say it, and how much it counts. One table is fitted to all."`
	Brands string   `placeholder:"FILE" help:"A file of brands instead of the shipped registry."`
	Table  string   `name:"weights" placeholder:"FILE" help:"The table to begin with instead of the shipped one."`
	Write  string   `placeholder:"FILE" help:"Write the fitted numbers into this table; the rest of it stays."`
	JSON   bool     `name:"json" help:"One JSON object."`

	L2      float64  `default:"1" help:"Penalty on weights far from those by hand."`
	Prior   float64  `default:"0.5" help:"The share of phishing that the mail is weighed to have."`
	Fewest  int      `default:"8" help:"A check that hit fewer campaigns keeps its weight."`
	Keep    []string `placeholder:"CHECK" help:"Keep the weights of these checks."`
	Alarms  float64  `default:"1" placeholder:"PERCENT" help:"Legitimate mail that may be suspicious or worse; of that since 2016 half as much again."`
	Scams   float64  `default:"0.1" placeholder:"PERCENT" help:"Legitimate mail that may be scam; of that since 2016 twice as much."`
	HoldOut []string `default:"source,year" enum:"source,year,none" help:"Beside campaigns: what is held out to tell how the fit does on unseen mail; none is quicker."`
	Margin  float64  `default:"0.8" help:"How much of these bounds the fit may use up."`
}

// Help is the text of fit --help.
func (fitCmd) Help() string {
	return "Fits what each finding weighs to mail of which the truth is known: logistic regression on the hits, with weights kept on " +
		"their side of zero. Bias and thresholds follow from the false alarms that are accepted. It tells how the fit does on campaigns, " +
		"folders and years that it has not seen."
}

// fitResult is what fit says.
type fitResult struct {
	Ruleset string         `json:"ruleset"` // of the fitted table
	Scale   scaleLine      `json:"scale"`
	Was     scaleLine      `json:"was"`
	Rows    []fitRow       `json:"weights"`
	Held    []measure.Held `json:"held_out"` // mail that the fit had not seen
	Now     []measure.Held `json:"present"`  // the same mail by the present table
}

type scaleLine struct {
	Bias       float64 `json:"bias"`
	Suspicious float64 `json:"suspicious"`
	Scam       float64 `json:"scam"`
}

// fitRow is one check of a fitResult, with what it did in the first view.
type fitRow struct {
	measure.Tally
	Sign   checks.Sign `json:"sign"`
	Fitted float64     `json:"fitted"`
	Held   bool        `json:"kept"` // its weight was not fitted
}

func (c *fitCmd) Run(w *world) error {
	if !(c.Prior > 0 && c.Prior < 1) || !(c.L2 > 0) || !(c.Margin > 0 && c.Margin <= 1) {
		return fmt.Errorf("%w: --prior lies between 0 and 1, --margin above 0 and up to 1, --l2 above 0", errUsage)
	}
	for _, k := range c.Keep {
		if _, found := checks.Default().Row(k); !found {
			return fmt.Errorf("%w: --keep names %q, which is no check", errUsage, k)
		}
	}
	views, weights, err := c.parseViews()
	if err != nil {
		return err
	}
	files, err := c.files()
	if err != nil {
		return err
	}
	j, table, err := weighed(c.Brands, c.Table)
	if err != nil {
		return err
	}
	judged := make([]measure.View, len(views))
	bar := newProgress(w.err, len(files)*len(views), "judging")
	for i, v := range views {
		e, err := newEvaluation(j, v, dnsFlags{Offline: true})
		if err != nil {
			return err
		}
		samples, failed, _, err := e.all(w, files, bar)
		if err != nil {
			return err
		}
		if len(failed) > 0 {
			return fmt.Errorf("%d files could not be judged; the first is %s: %s", len(failed), failed[0].File, failed[0].Error)
		}
		judged[i] = measure.View{Name: v.name(), Weight: weights[i], Samples: samples}
	}
	bar.done()
	r, fitted, err := c.fit(judged, table)
	if err != nil {
		return err
	}
	if c.Write != "" {
		if err := c.write(fitted); err != nil {
			return err
		}
	}
	if c.JSON {
		return jsonLine(w.out, r)
	}
	_, err = io.WriteString(w.out, showFit(newPaint(w.out, w.environ), r))
	return err
}

func (v view) name() string {
	if v.trust == "" {
		return v.via
	}
	return v.via + ", " + v.trust + " believed"
}

// parseViews reads --view.
func (c *fitCmd) parseViews() ([]view, []float64, error) {
	var views []view
	var weights []float64
	for _, s := range c.Views {
		how, weight, found := strings.Cut(s, "=")
		x := 1.0
		if found {
			var err error
			if x, err = strconv.ParseFloat(weight, 64); err != nil || !(x > 0 && x <= 1000) {
				return nil, nil, fmt.Errorf("%w: %q is no weight of a view", errUsage, weight)
			}
		}
		via, trust, _ := strings.Cut(how, ":")
		if !slices.Contains([]string{"direct", "report", "attached", "redirected", "inline", "gmail", "outlook", "apple", "thunderbird", "yahoo"}, via) {
			return nil, nil, fmt.Errorf("%w: %q is no way of --via", errUsage, via)
		}
		views, weights = append(views, view{via, trust}), append(weights, x)
	}
	return views, weights, nil
}

// fit fits the table to the judged mail.
func (c *fitCmd) fit(views []measure.View, table *checks.Weights) (*fitResult, *checks.Weights, error) {
	f := &measure.Fitting{L2: c.L2, Prior: c.Prior}
	list := make([]measure.Weighed, 0, len(table.Rows))
	for _, r := range table.Rows {
		sign := map[checks.Sign]int{checks.Guilt: 1, checks.Credit: -1}[r.Sign]
		f.Features = append(f.Features, measure.Feature{Check: r.Check, Sign: sign, Hand: r.Hand, Held: slices.Contains(c.Keep, r.Check)})
		list = append(list, measure.Weighed{Check: r.Check, Weight: r.Weight})
	}
	b := measure.Bounds{Bad: c.Alarms / 100, Scam: c.Scams / 100, ModernBad: 1.5 * c.Alarms / 100, ModernScam: 2 * c.Scams / 100, Margin: c.Margin}
	ex := f.Examples(views)
	if !slices.ContainsFunc(ex, func(e *measure.Example) bool { return e.Phish }) || !slices.ContainsFunc(ex, func(e *measure.Example) bool { return !e.Phish }) {
		return nil, nil, errors.New("a fit needs both legitimate mail and phishing")
	}
	f.Hold(ex, c.Fewest)
	start := f.Start()
	start.Bias = table.Scale.Bias
	m := f.Fit(ex, start)
	held, sums := f.Validate(ex, views, m, b, append([]string{"campaign"}, c.HoldOut...))
	m, scale := f.Settle(m, measure.Cut(ex, sums, b), ex, b)

	out := &checks.Weights{Version: table.Version, Scale: scale, Rows: slices.Clone(table.Rows)}
	r := &fitResult{Scale: scaleLine(scale), Was: scaleLine(table.Scale), Held: held, Now: measure.Present(views)}
	for i, t := range measure.Census(list, views[0].Samples) {
		row := &out.Rows[i]
		row.Weight, row.Ham, row.Phish, row.Unknown = m.Weights[i], t.Ham, t.Phish, t.HamUnknown+t.PhishUnknown
		if math.Signbit(row.Weight) && row.Weight == 0 {
			row.Weight = 0
		}
		r.Rows = append(r.Rows, fitRow{Tally: t, Sign: row.Sign, Fitted: row.Weight, Held: f.Features[i].Held})
	}
	r.Ruleset = out.Ruleset()
	return r, out, nil
}

// write puts the fitted numbers into the table of --write.
func (c *fitCmd) write(fitted *checks.Weights) error {
	old, err := os.ReadFile(c.Write)
	if err != nil {
		return fmt.Errorf("writing the weights: %w", err)
	}
	if _, err := checks.ReadWeights(string(old)); err != nil {
		return fmt.Errorf("writing the weights: %s is no such table: %w", c.Write, err)
	}
	if err := os.WriteFile(c.Write, []byte(fitted.Rewrite(string(old))), 0o644); err != nil {
		return fmt.Errorf("writing the weights: %w", err)
	}
	return nil
}

// showFit writes a fit for people.
func showFit(p paint, r *fitResult) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%-26s %-8s %8s %8s %8s %8s %9s %9s\n", p.bold("Weights"), "", "sign", "present", "fitted", "ham", "phish", "campaigns", "campaigns")
	for _, row := range r.Rows {
		note := ""
		if row.Held {
			note = "  kept"
		}
		fmt.Fprintf(&b, "%-26s %-8s %8.2f %8.2f %8d %8d %9d %9d%s\n", clean(row.Check), row.Sign, row.Weight, row.Fitted,
			row.Ham, row.Phish, row.HamCampaigns, row.PhishCampaigns, note)
	}
	b.WriteString("kept: named by --keep, or too few hits, or too little mail of which it could tell\n")
	fmt.Fprintf(&b, "\n%-26s %8s %8.2f %8.2f\n", "bias", "", r.Was.Bias, r.Scale.Bias)
	fmt.Fprintf(&b, "%-26s %8s %8.2f %8.2f\n", "suspicious from", "", r.Was.Suspicious, r.Scale.Suspicious)
	fmt.Fprintf(&b, "%-26s %8s %8.2f %8.2f\n", "scam from", "", r.Was.Scam, r.Scale.Scam)
	fmt.Fprintf(&b, "ruleset %s\n", clean(r.Ruleset))
	showHeld(&b, p, "By the present table", r.Now)
	showHeld(&b, p, "Fitted, on mail that the fit had not seen", r.Held)
	return b.String()
}

func showHeld(b *strings.Builder, p paint, title string, list []measure.Held) {
	fmt.Fprintf(b, "\n%s\n", p.bold(title))
	first := map[string]bool{}
	for _, h := range list {
		lines := h.Lines
		if first[h.Scheme] {
			lines = lines[:min(len(lines), 3)] // of the other views only the sums; the JSON has all
		}
		first[h.Scheme] = true
		if h.Scheme == "" {
			fmt.Fprintf(b, "%s\n", clean(h.View))
		} else {
			fmt.Fprintf(b, "by %s: %s\n", h.Scheme, clean(h.View))
		}
		for i, l := range lines {
			if i > 2 && l.Messages < 4*fewest {
				continue
			}
			fmt.Fprintf(b, "    %-24s %-6s %6d  %-26s %-26s  per campaign %-26s %s\n", clean(l.Name), l.Label, l.Messages,
				rateTold(l.Message.Bad), rateTold(l.Message.Scam), rateTold(l.Campaign.Bad), rateTold(l.Campaign.Scam))
		}
	}
}
