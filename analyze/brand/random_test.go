package brand

import "testing"

func TestRandom(t *testing.T) {
	for _, name := range []string{"xkqzjvwp.example", "q7wdk2lmz.example", "hgfdjkse.example", "bvnmzxqwr.example", "d15k2d11r6t6rl.example"} {
		if !random(name) {
			t.Errorf("random(%q) = false, want true", name)
		}
	}
	for _, name := range []string{"rechtschreibung.example", "wolfermans.example", "szczecin.example", "88888888.example", "short.example",
		"krankenversicherung.example", "shinkansenkoutsuu.example", "zdravotnictvi.example", "xn--mnchen-3ya.example"} {
		if random(name) {
			t.Errorf("random(%q) = true, want false", name)
		}
	}
	for _, w := range WellKnown() {
		if len(w.Domain) > minRandom && Default().Info(w.Domain).Random {
			t.Errorf("the popular %q counts as random", w.Domain)
		}
	}
}

func TestInfoOfHosts(t *testing.T) {
	for host, want := range map[string]struct{ page, form, short, free bool }{
		"bit.ly":                  {short: true, free: true},
		"evil.pages.dev":          {page: true, free: true},
		"evil.weebly.com":         {page: true, free: true},
		"form.jotform.com":        {form: true, free: true},
		"x.blob.core.windows.net": {page: true, free: true},
		"www.example.com":         {},
		"notbit.ly":               {},
	} {
		d := Default().Info(host)
		if d.Page != want.page || d.Form != want.form || d.Shortener != want.short || d.Free != want.free {
			t.Errorf("Info(%q) = %+v, want page, form, shortener, free %v", host, d, want)
		}
	}
}
