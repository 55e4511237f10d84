package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// segmentOf writes records one by one, and gives the file that they are in.
func segmentOf(t testing.TB, dir string, n int) (name string, sent []string, offsets []int64) {
	t.Helper()
	j := openJournal(t, dir, Options{})
	for i := range n {
		p := fmt.Sprintf("record %d %s", i, strings.Repeat("z", 50+i))
		must(t, j.Append(t.Context(), []byte(p)))
		sent = append(sent, p)
	}
	recs, err := j.Next(n, 1<<30)
	must(t, err)
	for _, r := range recs {
		offsets = append(offsets, r.Offset)
	}
	offsets = append(offsets, recs[n-1].next)
	must(t, j.Close())
	return segments(t, dir, segSuffix)[0], sent, offsets
}

func TestDamage(t *testing.T) {
	const n = 6
	for _, tt := range []struct {
		name string
		harm func(raw []byte, at []int64) []byte
		lost []int // of the records
		kept bool  // the file is
	}{
		{"none", func(raw []byte, _ []int64) []byte { return raw }, nil, false},
		{"zeros cut off", func(raw []byte, at []int64) []byte { return raw[:at[n]] }, nil, false},
		{"torn payload", func(raw []byte, at []int64) []byte { return raw[:at[n]-3] }, []int{5}, false},
		{"torn header", func(raw []byte, at []int64) []byte { return raw[:at[n-1]+10] }, []int{5}, false},
		{"tail of zeros", func(raw []byte, at []int64) []byte { clear(raw[at[n-1]+30:]); return raw }, []int{5}, false},
		{"garbage after", func(raw []byte, at []int64) []byte { copy(raw[at[n]:], "garbage"); return raw }, nil, false},
		{"bit in the middle", func(raw []byte, at []int64) []byte { raw[at[2]+40] ^= 1; return raw }, []int{2}, true},
		{"length in the middle", func(raw []byte, at []int64) []byte { raw[at[2]+9] ^= 0x55; return raw }, []int{2}, true},
		{"huge length", func(raw []byte, at []int64) []byte { raw[at[2]+11] = 0xff; return raw }, []int{2}, true},
		{"marker in the middle", func(raw []byte, at []int64) []byte { raw[at[2]] ^= 1; return raw }, []int{2}, true},
		{"a hole over two", func(raw []byte, at []int64) []byte { clear(raw[at[2]+5 : at[3]+5]); return raw }, []int{2, 3}, true},
		{"head", func(raw []byte, _ []int64) []byte { clear(raw[:8]); return raw }, nil, false},
		{"a record inside a record", func(raw []byte, at []int64) []byte {
			// What a mail can hold is a frame under any marker but ours.
			fake := appendHeader(nil, marker{1, 2, 3}, 4, 0, 0)
			copy(raw[at[2]+frameHeader:], append(fake, "evil"...))
			return raw
		}, []int{2}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			name, sent, at := segmentOf(t, dir, n)
			raw, err := os.ReadFile(name)
			must(t, err)
			must(t, os.WriteFile(name, tt.harm(raw, at), 0o600))
			var left []string
			for i, p := range sent {
				if !contains(tt.lost, i) {
					left = append(left, p)
				}
			}
			j := openJournal(t, dir, Options{})
			st, err := j.Check(t.Context())
			must(t, err)
			bad := false
			for _, d := range st.Damaged {
				bad = bad || !d.Torn
			}
			if st.Records != len(left) || bad != tt.kept {
				t.Errorf("Check() = %+v, want %d records, damage %v", st, len(left), tt.kept)
			}
			must(t, j.Append(t.Context(), []byte("new")))
			want(t, "records", readAll(t, j), append(left, "new"))
			if kept := len(segments(t, dir, badSuffix)) == 1; kept != tt.kept {
				t.Errorf("damaged file kept: %v, want %v", kept, tt.kept)
			}
			if st, err := j.Check(t.Context()); err != nil || len(st.Kept) == 1 != tt.kept {
				t.Errorf("Check() = %+v, %v, want it named: %v", st, err, tt.kept)
			}
		})
	}
}

func contains(in []int, n int) bool {
	for _, x := range in {
		if x == n {
			return true
		}
	}
	return false
}

// FuzzJournal puts any bytes behind whole records: those are all read, and
// reading ends without a panic and inside the file.
func FuzzJournal(f *testing.F) {
	m := marker{1, 2, 3, 4, 5, 6, 7, 8}
	frame := func(p string) []byte {
		sum, size := payloadSum([][]byte{[]byte(p)})
		return append(appendHeader(nil, m, size, 16, sum), p...)
	}
	f.Add(uint8(2), []byte{})
	f.Add(uint8(1), make([]byte, 100))
	f.Add(uint8(3), frame("tail")[:20])
	f.Add(uint8(0), append([]byte("xx"), frame("after damage")...))
	f.Add(uint8(0), bytes.Repeat(m[:], 20))
	f.Add(uint8(0), appendHeader(nil, m, 1<<20, 1<<62, 7))
	f.Fuzz(func(t *testing.T, n uint8, tail []byte) {
		file := []byte(segMagic)
		var sent []string
		for i := range int(n % 8) {
			p := strings.Repeat("p", i*5)
			sent = append(sent, p)
			file = append(file, frame(p)...)
		}
		whole := int64(len(file))
		file = append(file, tail...)
		s := scanner{r: bytes.NewReader(file), seq: 1, mark: m, pos: int64(len(segMagic)), end: int64(len(file))}
		var end int64
		for i := 0; ; i++ {
			rec, err := s.next()
			if errors.Is(err, io.EOF) {
				if i < len(sent) {
					t.Fatalf("%d records, want at least %d", i, len(sent))
				}
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if i < len(sent) && string(rec.Payload) != sent[i] {
				t.Fatalf("record %d = %q, want %q", i, rec.Payload, sent[i])
			}
			if rec.Offset < end || rec.next > int64(len(file)) || rec.next-rec.Offset != frameHeader+int64(len(rec.Payload)) {
				t.Fatalf("record %d from %d to %d, want it after %d and inside %d", i, rec.Offset, rec.next, end, len(file))
			}
			end = rec.next
		}
		for _, d := range s.damages() {
			if d.Start < whole || d.End <= d.Start || d.End > int64(len(file)) {
				t.Errorf("damage %+v, want it behind %d and inside %d", d, whole, len(file))
			}
		}
	})
}
