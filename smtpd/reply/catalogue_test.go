package reply

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"reportascam/analyze"
)

func load(t *testing.T, lang string) *Catalogue {
	t.Helper()
	c := DefaultCatalogues().find(lang)
	if c == nil {
		t.Fatalf("there is no catalogue of %s", lang)
	}
	return c
}

// TestCatalogues holds that no language lacks a message, has one too many,
// or has other places in it than the English.
func TestCatalogues(t *testing.T) {
	en := load(t, "en")
	for _, lang := range DefaultCatalogues().Languages() {
		c := load(t, lang)
		if c.Lang != lang || c.Dir != "ltr" && c.Dir != "rtl" {
			t.Errorf("%s: lang %q, dir %q", lang, c.Lang, c.Dir)
		}
		same(t, lang+" text", en.Text, c.Text)
		same(t, lang+" finding", en.Finding, c.Finding)
		same(t, lang+" family", en.Family, c.Family)
		same(t, lang+" tips", en.Tips, c.Tips)
		sameLists(t, lang+" list", en.List, c.List)
		sameLists(t, lang+" steps", en.Steps, c.Steps)
	}
}

func same(t *testing.T, what string, want, got map[string]string) {
	t.Helper()
	for k, w := range want {
		g, ok := got[k]
		if !ok || strings.TrimSpace(g) == "" {
			t.Errorf("%s lacks %q", what, k)
			continue
		}
		a, b := place.FindAllString(w, -1), place.FindAllString(g, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%s %q has the places %q, want %q", what, k, b, a)
		}
	}
	for k := range got {
		if _, ok := want[k]; !ok {
			t.Errorf("%s has %q, which English has not", what, k)
		}
	}
}

func sameLists(t *testing.T, what string, want, got map[string][]string) {
	t.Helper()
	flat := func(m map[string][]string) map[string]string {
		out := map[string]string{}
		for k, v := range m {
			out[k] = strings.Join(v, "\n")
		}
		return out
	}
	same(t, what, flat(want), flat(got))
}

// TestCatalogueKeys holds that every key that the code asks for is there.
func TestCatalogueKeys(t *testing.T) {
	en := load(t, "en")
	for _, l := range []analyze.Level{analyze.Scam, analyze.Suspicious, analyze.Unclear, analyze.Authentic} {
		for _, k := range []string{"short.", "verdict.", "why."} {
			if en.Text[k+string(l)] == "" {
				t.Errorf("no text %s%s", k, l)
			}
		}
		if len(en.List["do."+string(l)]) == 0 {
			t.Errorf("no advice for %s", l)
		}
	}
	for _, n := range clientNames {
		if len(en.Steps[n.name]) < 3 {
			t.Errorf("no steps for %s", n.name)
		}
	}
	if len(en.Steps) != 10 {
		t.Errorf("steps for %d clients, want those that a name leads to", len(en.Steps))
	}
	for _, k := range tipKeys {
		if en.Tips[k] == "" {
			t.Errorf("no tip %s", k)
		}
	}
	if len(tipKeys) != len(en.Tips) {
		t.Errorf("%d tips, %d are shown", len(en.Tips), len(tipKeys))
	}
	c := Catalogue{Text: map[string]string{}}
	if got := c.text("x"); got != "x" {
		t.Errorf("text(missing) = %q, want the key", got)
	}
}

func TestFor(t *testing.T) {
	tests := []struct{ lang, want string }{
		{"en", "en"}, {"en-GB", "en"}, {"EN_us", "en"}, {"", "en"}, {"tlh", "en"}, {"../en", "en"}, {"en/../../x", "en"}, {"\x00", "en"},
		{"de-AT", "de"}, {"zh-Hans-CN", "zh"}, {"pt_BR", "pt"}, {"AR", "ar"},
	}
	for _, tt := range tests {
		if got := DefaultCatalogues().For(tt.lang).Lang; got != tt.want {
			t.Errorf("For(%q) = %s, want %s", tt.lang, got, tt.want)
		}
	}
}

// TestReadingLevel holds that the English is for everybody: Flesch-Kincaid
// grade 8 at most, of each group of texts and of all.
func TestReadingLevel(t *testing.T) {
	const grade = 8
	en := load(t, "en")
	groups := map[string][]string{}
	for k, v := range en.Text {
		if k != "subject" && !strings.HasPrefix(k, "short.") {
			groups["text"] = append(groups["text"], v)
		}
	}
	for _, v := range en.Finding {
		groups["finding"] = append(groups["finding"], v)
	}
	for k, v := range en.List {
		groups[k] = v
	}
	for k, v := range en.Steps {
		groups["steps."+k] = v
	}
	var all []string
	for name, texts := range groups {
		if got := fleschKincaid(strings.Join(texts, " ")); got > grade {
			t.Errorf("%s: grade %.1f, want %d at most", name, got, grade)
		}
		all = append(all, texts...)
	}
	t.Logf("all: grade %.1f", fleschKincaid(strings.Join(all, " ")))
}

// TestReadingLevelOfAnswers holds the same of every answer as it is sent,
// without the names and addresses that are the message's or a centre's.
func TestReadingLevelOfAnswers(t *testing.T) {
	const grade = 8
	list := variants()
	en := load(t, "en")
	for check := range en.Finding {
		for _, l := range []analyze.Level{analyze.Scam, analyze.Suspicious, analyze.Unclear} {
			list = append(list, variant{string(l) + " by " + check, l, judgement(judged(l, analyze.GradeText, hit(check, "", 1)))})
		}
	}
	for _, n := range clientNames {
		v := judged(analyze.Unclear, analyze.GradeText)
		v.Client = n.part
		list = append(list, variant{"steps for " + n.part, analyze.Unclear, judgement(v)})
	}
	worst := -1.0
	for _, v := range list {
		a := render(t, v.j, goodOuter(goodHeader), renderDesk())
		text := unwrap(regexp.MustCompile(`(?m)^(Subject|Shown sender|Your reference number|- APWG).*$`).ReplaceAllString(a.text, ""))
		text = regexp.MustCompile(`\S*(@|\[\.\]|://)\S*`).ReplaceAllString(text, "it")
		got := fleschKincaid(text)
		worst = max(worst, got)
		if got > grade {
			t.Errorf("%s: grade %.1f, want %d at most:\n%s", v.name, got, grade, text)
		}
	}
	t.Logf("%d answers, the hardest of grade %.1f", len(list), worst)
}

func TestFleschKincaid(t *testing.T) {
	if got := fleschKincaid("The cat sat on the mat."); got > 0 {
		t.Errorf("grade of the cat = %.1f, want under 0", got)
	}
	hard := "Authentication of the organizational domain necessitates verification of cryptographic identifiers, notwithstanding intermediary modification."
	if got := fleschKincaid(hard); got < 15 {
		t.Errorf("grade of jargon = %.1f, want over 15", got)
	}
}

var (
	sentence = regexp.MustCompile(`[.?!]+(\s|$)`)
	word     = regexp.MustCompile(`[A-Za-z][A-Za-z’'-]*`)
	vowels   = regexp.MustCompile(`[aeiouy]+`)
)

// fleschKincaid gives the grade: 0.39 words a sentence + 11.8 syllables a
// word - 15.59 (Kincaid et al., 1975).
func fleschKincaid(s string) float64 {
	s = place.ReplaceAllString(s, "it")
	words := word.FindAllString(s, -1)
	syllables := 0
	for _, w := range words {
		w = strings.ToLower(w)
		n := len(vowels.FindAllString(w, -1))
		if strings.HasSuffix(w, "e") && !strings.HasSuffix(w, "le") && n > 1 {
			n--
		}
		syllables += max(n, 1)
	}
	sentences := max(len(sentence.FindAllString(s, -1)), 1)
	return 0.39*float64(len(words))/float64(sentences) + 11.8*float64(syllables)/float64(len(words)) - 15.59
}

// TestLanguages holds that all of an answer is in the reader's language, even
// where a check is new, and marked as such.
func TestLanguages(t *testing.T) {
	want := []string{"ar", "de", "en", "es", "fr", "hi", "it", "ja", "nl", "pl", "pt", "tr", "zh"}
	if got := DefaultCatalogues().Languages(); !slices.Equal(got, want) {
		t.Fatalf("languages %v, want %v", got, want)
	}
	for _, lang := range want {
		o := goodOuter(goodHeader)
		o.Reporter.Lang = lang + "-XX"
		c := renderDesk()
		c.Lang = "en"
		own := judged(analyze.Scam, analyze.GradeFull, hit("dmarc-fail", "DMARC fails.", 2), hit("lure-new", "Something new.", 1), hit("attachment-new", "Something else.", 1))
		a := render(t, judgement(own, judged(analyze.Unclear, analyze.GradeText)), o, c)
		if got := a.header.Get("Content-Language"); got != lang {
			t.Errorf("Content-Language = %q, want %q", got, lang)
		}
		if cat := load(t, lang); !strings.Contains(a.html, `<html lang="`+lang+`" dir="`+cat.Dir+`"`) {
			t.Errorf("%s: the HTML part is marked as another language or direction", lang)
		} else if lang != "en" && !strings.Contains(squeeze(a.text), squeeze(cat.Family["lure"])) {
			t.Errorf("%s: a new check is not told by its kind:\n%s", lang, a.text)
		}
		if lang != "en" && (strings.Contains(a.text, "DMARC") || strings.Contains(a.text, "Something")) {
			t.Errorf("%s: findings are not in the reader's language:\n%s", lang, a.text)
		}
		checkSame(t, a)
	}
	o, c := goodOuter(goodHeader), renderDesk()
	o.Reporter.Lang = "tlh"
	c.Lang = "de"
	if got := render(t, judgement(), o, c).header.Get("Content-Language"); got != "de" {
		t.Errorf("Content-Language of an unknown language = %q, want the desk's", got)
	}
}

// squeeze drops all space.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }
