package brand

import "testing"

// TestHouses: a savings bank's domain has its place in it, a scam's a word that
// it needs.
func TestHouses(t *testing.T) {
	r := Default()
	for _, tt := range []struct{ host, want string }{
		{"volksbank-lindental.de", "volksbank"},
		{"mail.sparkasse-musterstadt.de", "sparkasse"},
		{"lindentaler-volksbank.de", "volksbank"},
		{"vr-bank-lindental.de", "volksbank"},
		{"sparkasse-login.de", ""},
		{"sparkasse-kundenservice.de", ""},
		{"volksbank-lindental.com", ""},
		{"sparkasse-musterstadt.info", ""},
		{"sparkassemusterstadt.de", ""},
		{"paypal-lindental.de", ""},
		{"lindental.de", ""},
	} {
		if got := r.Info(tt.host).House; got != tt.want {
			t.Errorf("Info(%q).House = %q, want %q", tt.host, got, tt.want)
		}
		if r.Info(tt.host).House != "" && r.Owns(tt.want, tt.host) {
			t.Errorf("Owns(%q, %q), want not: it only may be", tt.want, tt.host)
		}
	}
}

// TestLocalPartBehindAName: what stands before the @ is not seen behind a
// person's name.
func TestLocalPartBehindAName(t *testing.T) {
	r := Default()
	for _, tt := range []struct {
		display, local string
		believed       bool
	}{
		{"", "paypal", true},
		{"Service", "paypal", true},
		{"Jonas Weber", "gitlab", false},
		{"Jonas Weber", "paypal-service", true},
	} {
		believed := false
		for _, c := range r.Claims(ClaimInput{DisplayName: tt.display, LocalPart: tt.local, Domain: "firm.example"}) {
			believed = believed || c.Where == "local-part" && c.Strength >= 0.5
		}
		if believed != tt.believed {
			t.Errorf("%q <%s@firm.example> is believed: %v, want %v", tt.display, tt.local, believed, tt.believed)
		}
	}
}
