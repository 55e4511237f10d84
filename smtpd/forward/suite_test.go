package forward

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/testdata/suites"
)

// suiteCase is one line of forwards/inline/cases.jsonl.
type suiteCase struct {
	Test    string         `json:"test"`
	Body    string         `json:"body"`
	Subject *string        `json:"subject"`
	Expect  map[string]any `json:"expect"`
}

// otherInput are the cases whose expected body is that of another input than
// the one they name, as the recording attached several inputs to one name: the
// expected text does not occur in the named file. Everything else of them is
// asserted.
func otherInput(body string, c suiteCase) bool {
	want, ok := c.Expect["email.body"].(string)
	return ok && !strings.Contains(squeeze(body), squeeze(want))
}

var quoteMarks = regexp.MustCompile(`(?m)^[> ]+`)

func squeeze(s string) string {
	return strings.Join(strings.Fields(quoteMarks.ReplaceAllString(s, "")), " ")
}

// TestSuiteInline runs the public parser's suite through Find: every body as
// the text part of a report.
func TestSuiteInline(t *testing.T) {
	dir := filepath.Join(suites.Dir(t), "suites", "forwards", "inline")
	file, err := os.Open(filepath.Join(dir, "cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	met, asked := map[string]int{}, map[string]int{}
	skipped := 0
	in := bufio.NewScanner(file)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var c suiteCase
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		body := readSuite(t, filepath.Join(dir, c.Body))
		subject := ""
		if c.Subject != nil {
			subject = strings.TrimSpace(readSuite(t, filepath.Join(dir, *c.Subject)))
		}
		got := flatten(textReport(subject, body))
		client := strings.SplitN(strings.TrimSuffix(c.Body, "_body.txt"), "_en_", 2)[0]
		for path, want := range c.Expect {
			if path == "email.body" && otherInput(body, c) {
				skipped++
				continue
			}
			asked[client]++
			if fmt.Sprint(got[path]) == fmt.Sprint(want) {
				met[client]++
				continue
			}
			t.Errorf("%s %s (%v): %s = %q, want %q", c.Test, c.Body, subject, path, fmt.Sprint(got[path]), fmt.Sprint(want))
		}
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, client := range sortedKeys(asked) {
		t.Logf("%-32s %4d of %4d", client, met[client], asked[client])
		total += asked[client]
	}
	t.Logf("%d expectations asserted, %d recorded for another input", total, skipped)
	if total < 900 {
		t.Errorf("only %d expectations were found in the suite", total)
	}
}

func readSuite(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// textReport wraps a text body in a report.
func textReport(subject, body string) *analyze.Report {
	head := "From: Pat Reporter <pat@reporter.example>\r\nTo: reportascam@desk.example\r\n"
	if subject != "" {
		head += "Subject: " + subject + "\r\n"
	}
	head += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
	body = strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\n", "\r\n")
	return &analyze.Report{Raw: []byte(head + body)}
}

// flatten gives the values that the suite asks for, by its paths.
func flatten(r *analyze.Report) map[string]any {
	out := map[string]any{"forwarded": false}
	for _, o := range Find(r, Options{Us: []string{"reportascam@desk.example"}}) {
		if o.How != analyze.HowInline {
			continue
		}
		out["forwarded"] = true
		out["email.subject"], out["email.body"], out["email.date"] = o.Subject, o.Text, o.Date
		put := func(path string, list []analyze.Mailbox) {
			out[path+".length"] = len(list)
			for i, m := range list {
				key := path + "." + strconv.Itoa(i)
				out[key+".name"], out[key+".address"] = null(m.Name), null(m.Address)
			}
		}
		put("email.to", o.To)
		put("email.cc", o.Cc)
		if len(o.From) > 0 {
			out["email.from.name"], out["email.from.address"] = null(o.From[0].Name), null(o.From[0].Address)
		}
		break
	}
	if q, ok := findQuoted(newFinder(r, Options{}).msg); ok {
		out["message"] = null(q.note)
	}
	return out
}

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func sortedKeys(m map[string]int) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
