package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"reportascam/analyze/measure"
)

// showReport writes the figures of an evaluation for people.
func showReport(p paint, r *measure.Report) string {
	var b strings.Builder
	ham, phish := r.All[0], r.All[len(r.All)-1]
	fmt.Fprintf(&b, "%d legitimate messages (%d campaigns) and %d phishing (%d campaigns)\n", ham.Messages, ham.Campaigns, phish.Messages, phish.Campaigns)
	fmt.Fprintf(&b, "judged %s, %s, %s; ruleset %s\n", howTold(r.Setting.Via), trustTold(r.Setting.Trust), dnsTold(r.Setting.DNS), clean(r.Ruleset))
	for _, f := range r.Failed {
		fmt.Fprintf(&b, "not judged: %s: %s\n", clean(f.File), clean(f.Error))
	}
	fmt.Fprintf(&b, "\n%s\n%-22s %10s %10s %10s %10s %10s\n", p.bold("Verdicts"), "", "authentic", "unclear", "suspicious", "scam", "all")
	for _, l := range r.All {
		fmt.Fprintf(&b, "%-22s %10d %10d %10d %10d %10d\n", lineName(l), l.Levels.Authentic, l.Levels.Unclear, l.Levels.Suspicious, l.Levels.Scam, l.Messages)
	}
	fmt.Fprintf(&b, "\n%s, with 95 %% intervals\n%-40s %-26s %s\n", p.bold("Rates"), "", "per message", "per campaign")
	for _, l := range slices.Backward(r.All) {
		what := lineName(l)
		rateLine(&b, what+" suspicious or scam", l.Message.Bad, l.Campaign.Bad)
		rateLine(&b, what+" scam", l.Message.Scam, l.Campaign.Scam)
		rateLine(&b, what+" authentic", l.Message.Authentic, l.Campaign.Authentic)
	}
	showGroups(&b, p.bold("By folder"), r.Sources)
	showGroups(&b, p.bold("By year"), r.Years)
	showGroups(&b, p.bold("By language"), r.Languages)
	showScores(&b, p, r)
	showCensus(&b, p, r.Findings, ham.Messages, phish.Messages)
	showWorst(&b, p.bold("Worst misses"), r.Misses)
	showWorst(&b, p.bold("Worst false alarms"), r.Alarms)
	if r.Changes != nil {
		showChanges(&b, p, r.Changes)
	}
	return b.String()
}

func howTold(via string) string {
	switch via {
	case "direct":
		return "as they are"
	case "attached", "redirected":
		return via
	case "report":
		return "as reports"
	case "inline":
		return "as inline forwards of five clients by turns"
	}
	return "as inline forwards of " + clean(via)
}

func trustTold(trust string) string {
	switch trust {
	case "":
		return "no provider's results believed"
	case "topmost":
		return "the last receiving hop's results believed"
	}
	return "the results of " + clean(trust) + " believed"
}

func dnsTold(dns bool) string {
	if dns {
		return "DNS asked"
	}
	return "offline"
}

// lineName names a line of Report.All.
func lineName(l measure.Line) string {
	name := "legitimate"
	if l.Label == "phish" {
		name = "phishing"
	}
	if l.Name != "all" {
		name += " " + l.Name
	}
	return name
}

func rateLine(b *strings.Builder, what string, message, campaign measure.Rate) {
	fmt.Fprintf(b, "%-40s %-26s %s\n", what, rateTold(message), rateTold(campaign))
}

// rateTold writes a rate in percent with its interval.
func rateTold(r measure.Rate) string {
	if r.N == 0 {
		return "-"
	}
	return fmt.Sprintf("%6.2f %% (%.2f to %.2f)", 100*r.Rate, 100*r.Low, 100*r.High)
}

// fewest is how many messages a group must have to be shown; the JSON has all.
const fewest = 5

func showGroups(b *strings.Builder, title string, lines []measure.Line) {
	fmt.Fprintf(b, "\n%s\n%-28s %-6s %6s %9s  %-26s %-26s %s\n", title, "", "", "mails", "campaigns", "suspicious or scam", "scam", "authentic")
	small := 0
	for _, l := range lines {
		if l.Messages < fewest {
			small++
			continue
		}
		fmt.Fprintf(b, "%-28s %-6s %6d %9d  %-26s %-26s %s\n", clean(l.Name), l.Label, l.Messages, l.Campaigns,
			rateTold(l.Message.Bad), rateTold(l.Message.Scam), rateTold(l.Message.Authentic))
	}
	if small > 0 {
		fmt.Fprintf(b, "and %d groups of fewer than %d messages\n", small, fewest)
	}
}

// barWidth is how long the longest bar of a histogram is.
const barWidth = 30

func showScores(b *strings.Builder, p paint, r *measure.Report) {
	most := 1
	for _, bin := range r.Histogram {
		most = max(most, bin.Ham, bin.Phish)
	}
	bar := func(n int) string { return strings.Repeat("#", (n*barWidth+most-1)/most) }
	fmt.Fprintf(b, "\n%s\n%-12s %8s %-*s %8s\n", p.bold("Scores"), "", "ham", barWidth, "", "phish")
	for _, bin := range r.Histogram {
		fmt.Fprintf(b, "%.2f - %.2f %9d %-*s %8d %s\n", bin.Low, bin.High, bin.Ham, barWidth, bar(bin.Ham), bin.Phish, bar(bin.Phish))
	}
	if len(r.Curve.Points) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s: area under the ROC curve %.4f, average precision %.4f\n", p.bold("Ranking"), r.Curve.AUC, r.Curve.Average)
	for _, at := range r.Curve.At {
		fmt.Fprintf(b, "from score %.4f on: %6.2f %% of phishing at %5.2f %% false alarms\n", at.Score, 100*at.Found, 100*at.FalseAlarm)
	}
}

func showCensus(b *strings.Builder, p paint, list []measure.Tally, ham, phish int) {
	fmt.Fprintf(b, "\n%s\n%-26s %6s %8s %8s %8s %8s %8s %7s %9s %9s\n", p.bold("Findings"), "",
		"weight", "ham", "%", "phish", "%", "precise", "lift", "unknown h", "unknown p")
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(x, y measure.Tally) int { return cmp.Compare(y.Phish, x.Phish) })
	for _, t := range sorted {
		precise, lift := "-", "-"
		if t.Ham+t.Phish > 0 {
			precise, lift = fmt.Sprintf("%.3f", t.Precision), fmt.Sprintf("%.2f", t.Lift)
		}
		fmt.Fprintf(b, "%-26s %6.2f %8d %8.2f %8d %8.2f %8s %7s %9d %9d\n", clean(t.Check), t.Weight,
			t.Ham, share(t.Ham, ham), t.Phish, share(t.Phish, phish), precise, lift, t.HamUnknown, t.PhishUnknown)
	}
}

// share gives n of all in percent.
func share(n, all int) float64 {
	if all == 0 {
		return 0
	}
	return 100 * float64(n) / float64(all)
}

func showWorst(b *strings.Builder, title string, list []measure.Worst) {
	fmt.Fprintf(b, "\n%s\n", title)
	if len(list) == 0 {
		b.WriteString("none\n")
	}
	for _, w := range list {
		fmt.Fprintf(b, "%-10s %.4f  %s", w.Sample.Level, w.Sample.Score, clean(w.Sample.File))
		if w.Alike > 0 {
			fmt.Fprintf(b, "  (and %d more of the campaign)", w.Alike)
		}
		b.WriteByte('\n')
		for _, reason := range w.Reasons {
			fmt.Fprintf(b, "    - %s\n", clean(reason))
		}
	}
}

// maxFlips is how many changed verdicts are listed; the JSON has all.
const maxFlips = 60

func showChanges(b *strings.Builder, p paint, c *measure.Changes) {
	fmt.Fprintf(b, "\n%s since ruleset %s\n", p.bold("Changes"), clean(c.Ruleset))
	if c.Added+c.Removed > 0 {
		fmt.Fprintf(b, "%d messages are new, %d are gone\n", c.Added, c.Removed)
	}
	if len(c.Lines)+len(c.Flips)+len(c.Findings) == 0 {
		b.WriteString("no verdict and no finding changed\n")
	}
	for _, l := range c.Lines {
		fmt.Fprintf(b, "%-28s %-6s suspicious or scam %.2f %% -> %.2f %%, scam %.2f %% -> %.2f %%, authentic %.2f %% -> %.2f %%\n",
			clean(l.Now.Name), l.Now.Label, 100*l.Was.Message.Bad.Rate, 100*l.Now.Message.Bad.Rate,
			100*l.Was.Message.Scam.Rate, 100*l.Now.Message.Scam.Rate, 100*l.Was.Message.Authentic.Rate, 100*l.Now.Message.Authentic.Rate)
	}
	for _, t := range c.Findings {
		fmt.Fprintf(b, "%-26s weight %+.2f -> %+.2f, ham %d -> %d, phish %d -> %d\n", clean(t.Check),
			t.Was.Weight, t.Now.Weight, t.Was.Ham, t.Now.Ham, t.Was.Phish, t.Now.Phish)
	}
	worse := 0
	for _, f := range c.Flips {
		if f.Worse {
			worse++
		}
	}
	fmt.Fprintf(b, "%d verdicts changed, %d for the worse\n", len(c.Flips), worse)
	for i, f := range c.Flips {
		if i == maxFlips {
			fmt.Fprintf(b, "... and %d more, in the JSON\n", len(c.Flips)-maxFlips)
			break
		}
		mark, label := "better", "ham"
		if f.Worse {
			mark = "WORSE "
		}
		if f.Phish {
			label = "phish"
		}
		fmt.Fprintf(b, "%s %-5s %s -> %s  %s  %s\n", mark, label, f.Was, f.Now, clean(f.File), clean(signed(f.Come, f.Gone)))
	}
}

// signed lists checks that came with a plus, and those that went with a minus.
func signed(come, gone []string) string {
	var out []string
	for _, s := range come {
		out = append(out, "+"+s)
	}
	for _, s := range gone {
		out = append(out, "-"+s)
	}
	return strings.Join(out, " ")
}
