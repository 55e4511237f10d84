package reply

import (
	"testing"

	"reportascam/analyze"
)

// TestConversation: an answer to our answer is no report, unless it brings
// one.
func TestConversation(t *testing.T) {
	tests := []struct {
		name  string
		field string
		how   []analyze.How
		want  string
	}{
		{"answers our answer", "In-Reply-To: <0123@mx.desk.example>", []analyze.How{analyze.HowPasted}, "conversation"},
		{"in another case", "References: <x@home.example> <0123@MX.Desk.example>", nil, "conversation"},
		{"brings a message along", "In-Reply-To: <0123@mx.desk.example>", []analyze.How{analyze.HowAttached}, ""},
		{"answers somebody else", "In-Reply-To: <0123@shop.example>", []analyze.How{analyze.HowPasted}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := goodOuter(with(tt.field))
			o.Originals = nil
			for _, how := range tt.how {
				o.Originals = append(o.Originals, analyze.Original{How: how})
			}
			reason, refused := Refuse(o, desk())
			if refused != (tt.want != "") || refused && Word(reason) != tt.want {
				t.Errorf("Refuse = %q, %v, want %q", reason, refused, tt.want)
			}
		})
	}
}
