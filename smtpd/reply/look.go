package reply

import (
	"errors"
	"fmt"
	"html/template"
	"math"
	"regexp"
	"strconv"
	"strings"

	"reportascam/analyze"
)

// Look is what an operator may change of an answer's looks. There are no
// pictures: one from the web would tell its host who reads the answer and
// when, and one in the message is hidden by most mail programs.
type Look struct {
	Logo    string                   // words that stand above the answer in place of a logo; may be empty
	Colours map[analyze.Level]string // of a verdict's background, #rrggbb; the text on it is white
}

// minContrast is what WCAG 2.1 (1.4.3) wants between text and background.
const minContrast = 4.5

// ErrLook is returned for colours that are none or that nobody could read.
var ErrLook = errors.New("reply: not a usable look")

var hexColour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// Check tells what is wrong with a look.
func (l Look) Check() error {
	for level, c := range l.Colours {
		if !hexColour.MatchString(c) {
			return fmt.Errorf("%w: the colour %q of %s is not like #a4161a", ErrLook, c, level)
		}
		if got := contrastToWhite(c); got < minContrast {
			return fmt.Errorf("%w: white text on the colour %s of %s has a contrast of %.1f, want %.1f", ErrLook, c, level, got, minContrast)
		}
	}
	if l.Logo != "" {
		if err := showable("", l.Logo); err != nil {
			return fmt.Errorf("%w: logo: %w", ErrLook, err)
		}
	}
	return nil
}

// contrastToWhite is the contrast ratio of WCAG 2.1 between a colour and
// white.
func contrastToWhite(hex string) float64 {
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil {
		return 0
	}
	linear := func(v uint64) float64 {
		s := float64(v&0xff) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	luminance := 0.2126*linear(n>>16) + 0.7152*linear(n>>8) + 0.0722*linear(n)
	return 1.05 / (luminance + 0.05)
}

// Colour gives the background of a verdict: the operator's where it is one,
// else ours.
func (l Look) Colour(level analyze.Level) template.CSS {
	if c := l.Colours[level]; hexColour.MatchString(c) {
		return template.CSS(c)
	}
	switch level {
	case analyze.Scam:
		return "#a4161a"
	case analyze.Suspicious:
		return "#8a4b00"
	case analyze.Authentic:
		return "#1b6e3c"
	}
	return "#3d4a5c"
}
