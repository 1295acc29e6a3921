package importer

import (
	"testing"

	"pgregory.net/rapid"
)

// TestSeqsCount: the seq of a tick is how many of its time came before, in any order of
// times.
func TestSeqsCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOfN(rapid.Int64Range(0, 30), 0, 200).Draw(t, "times")
		scale := rapid.SampledFrom([]int64{1, 1000, 1 << 40}).Draw(t, "scale")
		var s seqs
		counts := map[int64]int{}
		for i, ts := range times {
			seq, ok := s.next(ts * scale)
			if !ok || int(seq) != counts[ts] {
				t.Fatalf("tick %d of %v gets %d", i, times, seq)
			}
			counts[ts]++
		}
	})
}

// TestSeqsOfManyTimes: pages hold many times, and what comes late finds its place.
func TestSeqsOfManyTimes(t *testing.T) {
	var s seqs
	const n = 50_000
	for i := range int64(n) {
		for want := range i%3 + 1 {
			if seq, ok := s.next(i * 1000); !ok || int64(seq) != want {
				t.Fatalf("time %d: %d", i, seq)
			}
		}
	}
	if len(s.pages) < 10 {
		t.Errorf("%d pages", len(s.pages))
	}
	for i := range int64(n) {
		if seq, ok := s.next(i * 1000); !ok || int64(seq) != i%3+1 {
			t.Fatalf("time %d again: %d", i, seq)
		}
		if seq, ok := s.next(i*1000 + 1); !ok || seq != 0 {
			t.Fatalf("time %d, which is new: %d", i*1000+1, seq)
		}
	}
}

func TestSeqsEnd(t *testing.T) {
	for _, late := range []bool{false, true} {
		var s seqs
		if late {
			s.next(9)
		}
		for i := range 65536 {
			if seq, ok := s.next(5); !ok || int(seq) != i {
				t.Fatal(i, seq, ok)
			}
		}
		if seq, ok := s.next(5); ok {
			t.Errorf("a tick more gets %d", seq)
		}
	}
}
