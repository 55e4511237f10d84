package reply

import (
	"testing"

	"reportascam/analyze"
)

func BenchmarkRender(b *testing.B) {
	j, o, c := judgement(judged(analyze.Scam, analyze.GradeFull, hit("x", "One thing.", 1))), goodOuter(goodHeader), renderDesk()
	for b.Loop() {
		if _, err := Render(j, o, c); err != nil {
			b.Fatal(err)
		}
	}
}
