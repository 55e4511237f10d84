package analyze

import "testing"

func TestMailboxesHas(t *testing.T) {
	m := Mailboxes{"Report@Desk.example", "scam@*", "@own.example"}
	tests := []struct {
		in   string
		want bool
	}{
		{"report@desk.example", true},
		{"REPORT@desk.example.", true},
		{"report+case7@desk.example", true},
		{"reporter@desk.example", false},
		{"report@other.example", false},
		{"scam@anything.test", true},
		{"scam+x@anything.test", true},
		{"scams@anything.test", false},
		{"anyone@own.example", true},
		{"anyone@sub.own.example", false},
		{"report", false},
		{"", false},
		{`"report"@desk.example`, false},
	}
	for _, tt := range tests {
		if got := m.Has(tt.in); got != tt.want {
			t.Errorf("Has(%q) = %v, want %v", tt.in, got, tt.want)
		}
	}
}
