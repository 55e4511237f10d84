package measure

import (
	"fmt"
	"strings"
)

// Plot is a figure.
type Plot struct {
	Name string // of its file, without an ending
	SVG  []byte
}

// The page of a figure, in SVG units.
const (
	plotWidth  = 640
	plotHeight = 440
	plotMargin = 60
	ticks      = 5
)

// Plots draws the scores, the ROC curve and precision over recall.
func Plots(r *Report) []Plot {
	return []Plot{{"scores", scoresPlot(r.Histogram)},
		{"roc", curvePlot(r.Curve.Points, "False alarms (share of legitimate mail)", "Phishing found",
			fmt.Sprintf("ROC, area %.4f", r.Curve.AUC), Point{}, func(p Point) (x, y float64) { return p.FalseAlarm, p.Found })},
		{"precision", curvePlot(r.Curve.Points, "Phishing found", "Precision",
			fmt.Sprintf("Precision over recall, average %.4f", r.Curve.Average), Point{Precision: 1}, func(p Point) (x, y float64) { return p.Found, p.Precision })}}
}

// figure is a figure that is being drawn. Its axes go from 0 to 1 across, and
// from 0 to top upwards.
type figure struct {
	b   strings.Builder
	top float64
}

func newFigure(title, across, up string, top float64) *figure {
	f := &figure{top: top}
	fmt.Fprintf(&f.b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", plotWidth, plotHeight)
	fmt.Fprintf(&f.b, `<rect width="%d" height="%d" fill="white"/>`+"\n", plotWidth, plotHeight)
	f.text(plotWidth/2, plotMargin/2, "middle", title)
	f.text(plotWidth/2, plotHeight-plotMargin/4, "middle", across)
	fmt.Fprintf(&f.b, `<text x="%d" y="%d" text-anchor="middle" transform="rotate(-90 %d %d)">%s</text>`+"\n",
		plotMargin/4, plotHeight/2, plotMargin/4, plotHeight/2, up)
	for i := range ticks + 1 {
		v := float64(i) / ticks
		x, y := f.at(v, v*top)
		left, bottom := f.at(0, 0)
		f.line(x, bottom, x, plotMargin, "#ddd")
		f.line(left, y, plotWidth-plotMargin, y, "#ddd")
		f.text(x, bottom+16, "middle", fmt.Sprintf("%.1f", v))
		if top > 1 {
			f.text(left-6, y+4, "end", fmt.Sprintf("%.0f", v*top))
		} else {
			f.text(left-6, y+4, "end", fmt.Sprintf("%.1f", v))
		}
	}
	return f
}

// at gives the place of a value on the page.
func (f *figure) at(x, y float64) (px, py float64) {
	return plotMargin + x*(plotWidth-2*plotMargin), plotHeight - plotMargin - y/f.top*(plotHeight-2*plotMargin)
}

func (f *figure) text(x, y float64, anchor, s string) {
	fmt.Fprintf(&f.b, `<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`+"\n", x, y, anchor, s)
}

func (f *figure) line(x1, y1, x2, y2 float64, colour string) {
	fmt.Fprintf(&f.b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s"/>`+"\n", x1, y1, x2, y2, colour)
}

func (f *figure) end() []byte {
	f.b.WriteString("</svg>\n")
	return []byte(f.b.String())
}

func curvePlot(points []Point, across, up, title string, first Point, xy func(Point) (x, y float64)) []byte {
	f := newFigure(title, across, up, 1)
	f.b.WriteString(`<polyline fill="none" stroke="#b00020" stroke-width="2" points="`)
	for _, p := range append([]Point{first}, points...) {
		x, y := f.at(xy(p))
		fmt.Fprintf(&f.b, "%.1f,%.1f ", x, y)
	}
	f.b.WriteString(`"/>` + "\n")
	return f.end()
}

// scoresPlot draws bars of ham and phish beside each other, by the share of
// messages.
func scoresPlot(hist []Bin) []byte {
	ham, phish := 0, 0
	for _, b := range hist {
		ham, phish = ham+b.Ham, phish+b.Phish
	}
	f := newFigure("Scores: legitimate (green) and phishing (red)", "Score", "Share of messages", 1)
	bar := func(low, high float64, n, all int, colour string) {
		if n == 0 {
			return
		}
		x, y := f.at(low, float64(n)/float64(all))
		x2, bottom := f.at(high, 0)
		fmt.Fprintf(&f.b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n", x, y, x2-x, bottom-y, colour)
	}
	for _, b := range hist {
		middle := (b.Low + b.High) / 2
		bar(b.Low, middle, b.Ham, ham, "#2e7d32")
		bar(middle, b.High, b.Phish, phish, "#b00020")
	}
	return f.end()
}
