package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"reportascam/analyze"
)

// TestCorrections: what an analyst says stands beside the judgement, is found,
// wakes who waits for it, and can be taken back.
func TestCorrections(t *testing.T) {
	b, judged, _, waiting := filled(t, t.TempDir())
	ctx := t.Context()
	j, err := b.Judgement(ctx, judged)
	must(t, err)
	woken := make(chan int, 1)
	go func() {
		n, err := b.WaitCorrections(ctx, 0)
		if err != nil {
			n = -1
		}
		woken <- n
	}()
	c, err := j.Correct(analyze.Correction{ID: judged, As: analyze.LabelLegitimate, At: noon.Add(time.Hour), By: "ann", Score: 0.9})
	must(t, err)
	must(t, b.PutJudgement(ctx, &c))
	if got := <-woken; got != 1 {
		t.Errorf("WaitCorrections = %d, want 1", got)
	}
	list, err := b.List(ctx, Query{Corrected: true})
	if err != nil || len(list) != 1 || list[0].Level != analyze.Unclear || list[0].Corrected != analyze.LabelLegitimate {
		t.Errorf("List(corrected) = %+v, %v, want the one, unclear and legitimate", list, err)
	}
	got, err := b.Corrections(ctx)
	if err != nil || len(got) != 1 || got[0].By != "ann" || got[0].Was != analyze.Scam {
		t.Errorf("Corrections = %+v, %v, want ann's, of a scam", got, err)
	}
	back := c.Uncorrected()
	must(t, b.PutJudgement(ctx, &back))
	if got, err := b.Corrections(ctx); err != nil || len(got) != 0 {
		t.Errorf("Corrections(taken back) = %+v, %v, want none", got, err)
	}
	none := judgement(waiting, noon, analyze.Scam)
	if err := b.PutJudgement(ctx, none); !errors.Is(err, ErrNotFound) {
		t.Errorf("PutJudgement(not judged) = %v, want ErrNotFound", err)
	}
	checked, err := b.Verify(ctx)
	wantClean(t, checked, err)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := b.WaitCorrections(ended, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("WaitCorrections(ended) = %v, want context.Canceled", err)
	}
}
