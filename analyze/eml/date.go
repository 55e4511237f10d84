package eml

import (
	"net/mail"
	"strings"
	"time"
)

// usualDate is how nearly all dates are written (RFC 5322 section 3.3).
const usualDate = "Mon, 2 Jan 2006 15:04:05 -0700"

// ParseDate reads the value of a Date field, or the date of a trace line. It
// gives what mail.ParseDate gives, which tries some thirty layouts and makes an
// error of each that does not fit: the usual one is tried before.
func ParseDate(s string) (time.Time, error) {
	short := s
	if i := strings.Index(s, " ("); i > 0 && strings.HasSuffix(s, ")") && !strings.ContainsAny(s[i+2:len(s)-1], `()\`) {
		short = s[:i] // the name of the zone
	}
	if len(short) > len("Mon, ") && short[3] == ',' && strings.LastIndexAny(short, "+-") == len(short)-len("-0700") {
		if t, err := time.Parse(usualDate, short); err == nil {
			return t, nil
		}
	}
	return mail.ParseDate(s)
}
