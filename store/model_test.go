package store

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"reportascam/analyze"
)

// model is what the store should hold.
type model struct {
	t       *testing.T
	b       *Bolt
	dir     string
	r       *rand.Rand
	now     time.Time
	all     []analyze.ID
	raw     map[analyze.ID]string
	state   map[analyze.ID]string // pending, parked, judged
	judged  map[analyze.ID]*analyze.Judgement
	leases  []*Lease
	current map[analyze.ID]string // token that holds
	tries   map[analyze.ID]int
	out     map[analyze.ID]OutState
	told    map[analyze.ID]analyze.Level // by each reply and note
}

// TestModel does random things to a store and to a model of it, and compares.
func TestModel(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			m := &model{
				t: t, dir: t.TempDir(), r: rand.New(rand.NewPCG(seed, 7)), now: noon,
				raw: map[analyze.ID]string{}, state: map[analyze.ID]string{}, judged: map[analyze.ID]*analyze.Judgement{},
				current: map[analyze.ID]string{}, tries: map[analyze.ID]int{}, out: map[analyze.ID]OutState{}, told: map[analyze.ID]analyze.Level{},
			}
			m.open()
			for range 400 {
				m.step()
			}
			m.compare()
			c, err := m.b.Verify(t.Context())
			wantClean(t, c, err)
			must(t, m.b.Close())
		})
	}
}

func (m *model) open() {
	b, err := Open(m.dir, Options{Create: true, Now: func() time.Time { return m.now }})
	must(m.t, err)
	m.b = b
	must(m.t, b.Drain(m.t.Context()))
}

func (m *model) step() {
	m.now = m.now.Add(time.Duration(m.r.IntN(20)) * time.Minute)
	switch n := m.r.IntN(100); {
	case n < 30:
		m.accept()
	case n < 55:
		m.lease()
	case n < 80:
		m.finish()
	case n < 85:
		m.release()
	case n < 88:
		m.park()
	case n < 92:
		m.retry()
	case n < 95:
		m.deliver()
	case n < 98:
		m.rejudge()
	case n < 99:
		m.handle()
	default:
		must(m.t, m.b.Close())
		m.open()
		for _, l := range m.leases {
			if m.current[l.ID] == l.Token && l.Until.After(m.now) {
				delete(m.current, l.ID) // opening ends what had not run out
				m.tries[l.ID]--         // it ended with its process: no attempt of its own
			}
		}
	}
	if m.r.IntN(10) == 0 {
		m.query()
	}
}

func (m *model) accept() {
	raw := strings.Repeat(fmt.Sprint(m.r.Uint64()), m.r.IntN(400))
	r := accept(m.t, m.b, m.now, raw)
	must(m.t, m.b.Accept(m.t.Context(), r, "")) // the same again is the same
	must(m.t, m.b.Drain(m.t.Context()))
	m.all = append(m.all, r.ID)
	m.raw[r.ID], m.state[r.ID] = raw, "pending"
}

func (m *model) lease() {
	l, err := m.b.Lease(m.t.Context(), m.now, time.Hour)
	// Those whose attempts are used up can have been parked.
	ps, perr := m.b.Parked(m.t.Context())
	must(m.t, perr)
	for _, p := range ps {
		if m.state[p.ID] == "pending" && m.tries[p.ID] >= MaxAttempts {
			m.state[p.ID] = "parked"
			delete(m.current, p.ID)
		}
	}
	if errors.Is(err, ErrNone) {
		return
	}
	must(m.t, err)
	if m.state[l.ID] != "pending" || string(l.Report.Raw) != m.raw[l.ID] {
		m.t.Fatalf("Lease() = %s, which is %s", l.ID, m.state[l.ID])
	}
	m.tries[l.ID]++
	if l.Attempt != m.tries[l.ID] {
		m.t.Fatalf("Lease() = attempt %d, want %d", l.Attempt, m.tries[l.ID])
	}
	m.current[l.ID] = l.Token
	m.leases = append(m.leases, l)
}

// take gives some lease, and whether it still holds.
func (m *model) take() (*Lease, error) {
	if len(m.leases) == 0 {
		return nil, nil
	}
	l := m.leases[m.r.IntN(len(m.leases))]
	if m.current[l.ID] == l.Token {
		return l, nil
	}
	return l, ErrStale
}

func (m *model) expect(what string, got, want error) {
	m.t.Helper()
	if !errors.Is(got, want) {
		m.t.Fatalf("%s = %v, want %v", what, got, want)
	}
}

func (m *model) finish() {
	l, want := m.take()
	if l == nil {
		return
	}
	j := m.judgement(l.ID, l.Report.At)
	var out *Outgoing
	if m.r.IntN(3) > 0 {
		out = outgoing("x@example.org")
		out.Told = j.Level
	}
	_, err := m.b.Finish(m.t.Context(), l, j, out)
	m.expect("Finish", err, want)
	if want == nil {
		m.state[l.ID], m.judged[l.ID] = "judged", j
		delete(m.current, l.ID)
		if out != nil {
			m.out[l.ID], m.told[l.ID] = OutWaiting, out.Told
		}
	}
}

// judgement has few values of each kind, and hostile ones among them.
func (m *model) judgement(id analyze.ID, at time.Time) *analyze.Judgement {
	pick := func(of ...string) string { return of[m.r.IntN(len(of))] }
	j := judgement(id, at, analyze.Level(pick("scam", "suspicious", "unclear", "authentic")))
	j.Brand = pick("", "sparkasse", "PayPal", "a\x00b")
	j.Reporter.Address = pick("anna@example.org", "Bert@Example.org", "", "\xff@example.org")
	j.Subject = pick("Ihr Konto", "Rechnung", strings.Repeat("ü", 400), "\xfe\xff")
	o := &j.Originals[0]
	o.Evidence.Auth.FromDomain = pick("evil.example", "login.evil.example", "\xffbad.example", strings.Repeat("é", 200)+".example")
	o.Evidence.Indicators = nil
	for range m.r.IntN(5) {
		o.Evidence.Indicators = append(o.Evidence.Indicators, analyze.Indicator{Kind: analyze.IndicatorURL, Value: pick(
			"https://a.example/", "https://b.example/"+strings.Repeat("ß", 300), "x\x00y", "\xc3\x28", "https://A.example/")})
	}
	return j
}

func (m *model) release() {
	if l, want := m.take(); l != nil {
		m.expect("Release", m.b.Release(m.t.Context(), l, "later", m.now.Add(time.Duration(m.r.IntN(90))*time.Minute)), want)
		if want == nil {
			delete(m.current, l.ID)
			m.tries[l.ID]--
		}
	}
}

func (m *model) park() {
	if l, want := m.take(); l != nil {
		m.expect("Park", m.b.Park(m.t.Context(), l, "why"), want)
		if want == nil {
			m.state[l.ID] = "parked"
			delete(m.current, l.ID)
		}
	}
}

func (m *model) retry() {
	if len(m.all) == 0 {
		return
	}
	id := m.all[m.r.IntN(len(m.all))]
	if m.state[id] != "parked" {
		m.expect("Retry", m.b.Retry(m.t.Context(), id), ErrNotFound)
		return
	}
	must(m.t, m.b.Retry(m.t.Context(), id))
	m.state[id] = "pending"
	m.tries[id] = 0
}

func (m *model) deliver() {
	d, err := m.b.LeaseOutgoing(m.t.Context(), m.now, time.Hour)
	if errors.Is(err, ErrNone) {
		return
	}
	must(m.t, err)
	if m.out[d.ID] != OutWaiting {
		m.t.Fatalf("LeaseOutgoing() = %s, which is %q", d.ID, m.out[d.ID])
	}
	switch m.r.IntN(5) {
	case 4:
		must(m.t, m.b.Postpone(m.t.Context(), d, m.now.Add(time.Minute)))
	case 0:
		must(m.t, m.b.Defer(m.t.Context(), d, m.now.Add(time.Hour), "later"))
	case 1:
		must(m.t, m.b.Fail(m.t.Context(), d, "never"))
		m.out[d.ID] = OutFailed
	default:
		must(m.t, m.b.Delivered(m.t.Context(), d))
		m.out[d.ID] = OutDelivered
	}
}

func (m *model) rejudge() {
	if len(m.all) == 0 {
		return
	}
	id := m.all[m.r.IntN(len(m.all))]
	old := m.judged[id]
	if old == nil {
		m.expect("PutJudgement", m.b.PutJudgement(m.t.Context(), m.judgement(id, m.now)), ErrNotFound)
		return
	}
	j := m.judgement(id, old.At)
	if label := []analyze.Label{"", analyze.LabelScam, analyze.LabelLegitimate}[m.r.IntN(3)]; label != "" {
		c, err := j.Correct(analyze.Correction{ID: id, As: label, At: m.now})
		must(m.t, err)
		j = &c
	}
	var note *Outgoing
	if m.r.IntN(4) > 0 {
		note = outgoing("x@example.org")
	}
	done, err := m.b.Revise(m.t.Context(), j, note)
	must(m.t, err)
	m.judged[id] = j
	if want := m.note(id, j.Level, note != nil); done.Queued != want {
		m.t.Fatalf("Revise(%s) = queued %v, want %v", id, done.Queued, want)
	}
}

// query compares List with a walk over the model.
func (m *model) query() {
	pick := func(of ...string) string { return of[m.r.IntN(len(of))] }
	q := Query{
		Corrected: m.r.IntN(4) == 0,
		Level:     analyze.Level(pick("", "", "scam", "unclear")), Brand: pick("", "", "paypal", "A\x00B"),
		Reporter: pick("", "", "bert@example.org", "@example.org"), Domain: pick("", "", "evil.example", strings.Repeat("É", 200)+".example"),
		Indicator: pick("", "", "https://a.EXAMPLE/", "https://b.example/"+strings.Repeat("ß", 300), "x\x00y"),
		Text:      pick("", "", "konto", "RECHNUNG"), Limit: 1 + m.r.IntN(20),
	}
	if len(m.all) > 0 && m.r.IntN(3) == 0 {
		q.Before = m.all[m.r.IntN(len(m.all))]
	}
	if m.r.IntN(3) == 0 {
		q.Since = noon.Add(time.Duration(m.r.IntN(60)) * time.Hour)
	}
	if m.r.IntN(3) == 0 {
		q.Until = noon.Add(time.Duration(m.r.IntN(60)) * time.Hour)
	}
	var want []analyze.ID
	for id, j := range m.judged {
		if matches(j, q) {
			want = append(want, id)
		}
	}
	slices.SortFunc(want, func(a, b analyze.ID) int { return cmp.Compare(b, a) })
	want = want[:min(len(want), q.Limit)]
	got, err := m.b.List(m.t.Context(), q)
	must(m.t, err)
	var ids []analyze.ID
	for _, s := range got {
		ids = append(ids, s.ID)
	}
	if !slices.Equal(ids, want) {
		m.t.Fatalf("List(%+v) = %v, want %v", q, ids, want)
	}
	ids = nil
	must(m.t, m.b.Export(m.t.Context(), q, func(j *analyze.Judgement) error { ids = append(ids, j.ID); return nil }))
	if !slices.Equal(ids, want) {
		m.t.Fatalf("Export(%+v) = %v, want %v", q, ids, want)
	}
}

func matches(j *analyze.Judgement, q Query) bool {
	same := func(a, b string) bool { return b == "" || strings.EqualFold(a, b) }
	o := &j.Originals[0]
	dom := o.Evidence.Auth
	ind := q.Indicator == ""
	for _, i := range o.Evidence.Indicators {
		ind = ind || same(i.Value, q.Indicator)
	}
	at := j.ID
	return ind && same(string(j.Level), string(q.Level)) && same(j.Brand, q.Brand) &&
		(same(j.Reporter.Address, q.Reporter) || same("@"+j.Reporter.Domain, q.Reporter)) &&
		(same(dom.FromDomain, q.Domain) || same(dom.OrgDomain, q.Domain)) &&
		(q.Text == "" || strings.Contains(strings.ToLower(j.Subject), strings.ToLower(q.Text))) &&
		(!q.Corrected || j.Correction != nil) &&
		(q.Before == "" || at < q.Before) &&
		(q.Since.IsZero() || at >= idAt(q.Since)) && (q.Until.IsZero() || at < idAt(q.Until))
}

func (m *model) compare() {
	for _, id := range m.all {
		r, _, err := m.b.Report(m.t.Context(), id)
		if err != nil || string(r.Raw) != m.raw[id] {
			m.t.Errorf("Report(%s) = %v, want what was accepted", id, err)
		}
		_, err = m.b.Judgement(m.t.Context(), id)
		if (err == nil) != (m.state[id] == "judged") {
			m.t.Errorf("Judgement(%s) = %v, but it is %s", id, err, m.state[id])
		}
	}
	st, err := m.b.Stats(m.t.Context(), time.Time{})
	must(m.t, err)
	n := map[string]int{}
	for _, s := range m.state {
		n[s]++
	}
	for _, s := range m.out {
		n[string(s)]++
	}
	got := []int{st.Reports, st.Pending, st.Parked, st.Waiting, st.Delivered, st.Failed}
	want := []int{n["judged"], n["pending"], n["parked"], n["waiting"], n["delivered"], n["failed"]}
	if !slices.Equal(got, want) {
		m.t.Errorf("Stats() = %v, want %v", got, want)
	}
	corrections, err := m.b.Corrections(m.t.Context())
	must(m.t, err)
	left := map[analyze.ID]analyze.Label{}
	for _, c := range corrections {
		left[c.ID] = c.As
	}
	for id, j := range m.judged {
		if j.Correction != nil && left[id] != j.Correction.As {
			m.t.Errorf("Corrections() has %q of %s, want %q", left[id], id, j.Correction.As)
		}
		if j.Correction != nil {
			delete(left, id)
		}
	}
	if len(left) > 0 {
		m.t.Errorf("Corrections() has %v beside those that were made", left)
	}
	outs, err := m.b.ListOutgoing(m.t.Context(), OutFailed)
	if err != nil || len(outs) != n["failed"] {
		m.t.Errorf("ListOutgoing(failed) = %d, %v, want %d", len(outs), err, n["failed"])
	}
}
