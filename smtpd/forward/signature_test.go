package forward

import (
	"testing"

	"reportascam/analyze/eml"
)

func TestWithoutSignature(t *testing.T) {
	h, _, _ := eml.ParseHeader([]byte("From: Ann Reader <ann@home.example>\r\n\r\n"))
	tests := []struct{ name, in, want string }{
		{"by name", "pay now\n\n-- \nAnn Reader\nHome Ltd", "pay now"},
		{"by address", "pay now\n-- \nwrite to ann@home.example", "pay now"},
		{"the sender's own", "pay now\n-- \nThe Bank", "pay now\n-- \nThe Bank"},
		{"a link behind the reader's name", "hello\n-- \nAnn Reader\nhttps://evil.test/x", "hello\n-- \nAnn Reader\nhttps://evil.test/x"},
		{"no separator", "pay now\n--\nAnn Reader", "pay now\n--\nAnn Reader"},
	}
	for _, tt := range tests {
		if got := withoutSignature(tt.in, h); got != tt.want {
			t.Errorf("%s: withoutSignature = %q, want %q", tt.name, got, tt.want)
		}
	}
}
