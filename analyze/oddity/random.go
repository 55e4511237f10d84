package oddity

import (
	"strings"
	"sync"
	"unicode"
)

// pairsText are pairs of letters that words and names of European languages
// are made of: all but the rare ones.
const pairsText = "aa ab ac ad ae af ag ah ai ak al am an ao ap ar as at au av aw ax ay az ba bb be bi bl bo br bs bu by ca cc ce ch ci ck cl co cr cs ct cu cy da dd de dg di dl dm dn do dr ds du dw dy ea eb ec ed ee ef eg eh ei ek el em en eo ep eq er es et eu ev ew ex ey ez fa fe ff fi fl fo fr fs ft fu fy ga ge gg gh gi gl gn go gr gs gt gu gy ha he hi hl hm hn ho hr hs ht hu hw hy ia ib ic id ie if ig ii ik il im in io ip iq ir is it iu iv ix iz ja je ji jo ju ka ke kh ki kl kn ko kr ks kt ku ky la lb lc ld le lf lg li lk ll lm lo lp lr ls lt lu lv ly ma mb mc me mi ml mm mn mo mp ms mu my na nb nc nd ne nf ng ni nj nk nl nm nn no np nr ns nt nu nv nw ny nz oa ob oc od oe of og oh oi oj ok ol om on oo op or os ot ou ov ow ox oy oz pa pe pf ph pi pl pm pn po pp pr ps pt pu py qu ra rb rc rd re rf rg rh ri rj rk rl rm rn ro rp rr rs rt ru rv rw ry rz sa sc se sh si sk sl sm sn so sp sq sr ss st su sv sw sy sz ta tb tc te th ti tl tm tn to tp tr ts tt tu tv tw ty tz ua ub uc ud ue uf ug ui uk ul um un uo up ur us ut uv ux uz va ve vi vo vr vu vy wa we wh wi wn wo wr ws wy xa xc xe xi xo xp xt ya yb yc yd ye yg yi yl ym yn yo yp yr ys yt yu yw za ze zi zl zo zu zw zy zz"

var pairs = sync.OnceValue(func() *[26][26]bool {
	t := &[26][26]bool{}
	for p := range strings.FieldsSeq(pairsText) {
		t[p[0]-'a'][p[1]-'a'] = true
	}
	return t
})

const (
	// minRandom is the shortest run of characters that can look drawn by lot.
	minRandom = 7
	// maxRandom bounds what is looked at.
	maxRandom = 64
)

// drawn tells whether a run of ASCII letters and digits looks drawn by lot:
// too many rare pairs, or letters, digits and cases that change all the time.
func drawn(s string) bool {
	if len(s) < minRandom || len(s) > maxRandom {
		return false
	}
	if isHex(s) || distinct(s) < minDistinct {
		return false
	}
	t := pairs()
	var rare, seen, vowels, letters, digits, switches, cases int
	for i := range len(s) {
		c := s[i] | 0x20
		isLetter, isDigit := c >= 'a' && c <= 'z', s[i] >= '0' && s[i] <= '9'
		switch {
		case isLetter:
			letters++
			if strings.IndexByte("aeiouy", c) >= 0 {
				vowels++
			}
		case isDigit:
			digits++
		default:
			return false
		}
		if i == 0 {
			continue
		}
		p := s[i-1] | 0x20
		wasLetter := p >= 'a' && p <= 'z'
		switch {
		case isLetter && wasLetter:
			seen++
			if !t[p-'a'][c-'a'] && p != c {
				rare++
			}
			if upper(s[i]) && !upper(s[i-1]) {
				cases++
			}
		case isLetter != wasLetter:
			switches++
		}
	}
	switch {
	case letters < 4:
		return false
	case switches >= 4, switches >= 3 && len(s) <= 12 && digits >= 2:
		return true
	case rare >= 3 && 4*rare >= seen, rare >= 2 && 3*rare >= seen:
		return true
	case vowels*7 <= letters && letters >= 8:
		return true
	}
	// Words written together change case too, but not every other letter.
	return cases >= 3 && len(s) < 4*cases
}

// isHex reports numbers as programs write them: versions, hashes, colours.
func isHex(s string) bool {
	return strings.Trim(s, "0123456789abcdef") == "" || strings.Trim(s, "0123456789ABCDEF") == ""
}

// minDistinct is how many different characters a run has that is no row of
// crosses.
const minDistinct = 5

func distinct(s string) int {
	var have [128]bool
	n := 0
	for i := range len(s) {
		if c := (s[i] | 0x20) & 0x7f; !have[c] {
			have[c] = true
			n++
		}
	}
	return n
}

func upper(c byte) bool { return c >= 'A' && c <= 'Z' }

// tokens calls f for each run of ASCII letters and digits.
func tokens(s string, f func(string)) {
	start := -1
	for i := 0; i <= len(s); i++ {
		if i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z') {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			f(s[start:i])
		}
		start = -1
	}
}

// drawnIn gives the first run in s that looks drawn by lot.
func drawnIn(s string) string {
	found := ""
	tokens(s, func(run string) {
		if found == "" && drawn(run) {
			found = run
		}
	})
	return found
}

// symbols counts pictures, arrows and other signs that are no writing.
func symbols(s string) int {
	n := 0
	for _, r := range s {
		if r > 0x2000 && (unicode.Is(unicode.So, r) || unicode.Is(unicode.Sm, r) || unicode.Is(unicode.Sk, r)) && r != '™' && r != '®' && r != '©' {
			n++
		}
	}
	return n
}
