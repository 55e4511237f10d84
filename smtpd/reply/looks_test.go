package reply

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reportascam/analyze"
)

// variant is an answer as a reader may get it.
type variant struct {
	name  string
	level analyze.Level
	j     *analyze.Judgement
}

// variants are answers of every kind, in every verdict and grade.
func variants() []variant {
	spoof := judged(analyze.Scam, analyze.GradeFull, hit("brand-mismatch", "", 3), hit("link-lookalike", "", 2), hit("dmarc-fail", "", 1))
	spoof.Evidence.Resemblances = []analyze.Resemblance{{Name: "the-sh0p-account-verification.example", Where: "link", Target: "shop.example", Score: 0.9}}
	doubt := judged(analyze.Suspicious, analyze.GradeHeaders, hit("attachment-runs", "", 2), hit("reply-to-differs", "", 1))
	unsure := judged(analyze.Unclear, analyze.GradeFull)
	unsure.Evidence.Auth = proven("news.example", analyze.MethodDKIM)
	boundary := judged(analyze.Unclear, analyze.GradeHeaders)
	boundary.Evidence.Auth = proven("news.example", analyze.MethodSPF)
	boundary.Evidence.Auth.Results[0].Witness = analyze.WitnessBoundary
	boundary.Client = "outlook"
	quoted := judged(analyze.Unclear, analyze.GradeText, hit("lure-hurry", "", 0.5))
	quoted.Lost = []string{"link targets", "attachments"}
	genuine := judged(analyze.Authentic, analyze.GradeFull, hit("brand-proven", "", -2), hit("mark-verified", "", -1))
	genuine.Evidence.Auth = proven("shop.example", analyze.MethodDKIM)
	genuine.Evidence.Mark = &analyze.Mark{Verified: true, Kind: "VMC", Organisation: "The Shop Ltd", Country: "GB", Issuer: "Mark Authority"}
	return []variant{
		{"scam", analyze.Scam, judgement(spoof)},
		{"suspicious", analyze.Suspicious, judgement(doubt)},
		{"unclear-proven", analyze.Unclear, judgement(unsure)},
		{"unclear-headers", analyze.Unclear, judgement(boundary)},
		{"unclear-text", analyze.Unclear, judgement(quoted)},
		{"authentic", analyze.Authentic, judgement(genuine)},
		{"several", analyze.Scam, judgement(spoof, quoted, genuine)},
		{"none", analyze.Unclear, judgement()},
	}
}

// TestSizesOfAll: an answer is small in every language.
func TestSizesOfAll(t *testing.T) {
	const most = 32 << 10
	largest, name := 0, ""
	for _, lang := range DefaultCatalogues().Languages() {
		for _, v := range variants() {
			o := goodOuter(goodHeader)
			o.Reporter.Lang = lang
			m, err := Render(v.j, o, renderDesk())
			if err != nil {
				t.Fatal(err)
			}
			if n := len(m.Raw); n > largest {
				largest, name = n, lang+" "+v.name
			}
		}
	}
	if largest > most {
		t.Errorf("the largest answer, %s, has %d octets, want %d at most", name, largest, most)
	}
	t.Logf("the largest answer, %s, has %d octets", name, largest)
}

// checkerTime bounds the browser, which takes some ten seconds; pictures take
// longer.
const checkerTime, pictureTime = 85 * time.Second, 5 * time.Minute

// TestLooks gives every answer in every language to an HTML validator, and
// those that have most in them to an accessibility checker in a real browser, at
// three widths, by day and by night. Both must find nothing.
func TestLooks(t *testing.T) {
	tools, err := filepath.Abs(filepath.Join("..", "..", ".ci", "html"))
	if err != nil {
		t.Fatal(err)
	}
	node, nodeErr := exec.LookPath("node")
	_, browserErr := exec.LookPath("chromium")
	_, modulesErr := os.Stat(filepath.Join(tools, "node_modules", "axe-core"))
	if nodeErr != nil || browserErr != nil || modulesErr != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("node, chromium or the modules of .ci/html are missing: .ci/run installs them")
		}
		t.Skip("needs node, chromium and `npm ci` in .ci/html")
	}
	dir := t.TempDir()
	for _, lang := range DefaultCatalogues().Languages() {
		for _, v := range variants() {
			o, c := goodOuter(goodHeader), renderDesk()
			o.Reporter.Lang = lang
			o.Reporter.Address = "ann@home." + map[string]string{"en": "co.uk", "hi": "in", "ja": "jp", "zh": "cn", "ar": "eg", "pt": "br"}[lang]
			if lang != "en" && strings.HasSuffix(o.Reporter.Address, ".") {
				o.Reporter.Address += lang // the country's domain has the same name
			}
			c.Look.Logo = "Scam desk"
			a := render(t, v.j, o, c)
			if err := os.WriteFile(filepath.Join(dir, lang+"-"+v.name+".html"), []byte(a.html), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	args, limit := []string{filepath.Join(tools, "check.mjs"), dir}, checkerTime
	if shots := os.Getenv("REPORTASCAM_SHOTS"); shots != "" {
		args, limit = append(args, shots), pictureTime // for people to look at
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, args...)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if text := strings.TrimSpace(string(out)); err != nil || !strings.HasSuffix(text, " 0 faults") {
		t.Errorf("node check.mjs: %v\n%s", err, text)
	} else {
		t.Log(text)
	}
}
