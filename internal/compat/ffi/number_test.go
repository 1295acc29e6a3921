package ffi

import (
	"math"
	"testing"
)

func TestLowBits(t *testing.T) {
	for f, want := range map[float64]uint32{
		0: 0, 1: 1, -1: 1<<32 - 1, 1 << 32: 0, 1<<32 + 5: 5, 0.5: 0, 1.5: 2, 2.5: 2, -0.5: 0, -1.5: 1<<32 - 2, 1 << 31: 1 << 31,
	} {
		if got := lowBits(f); got != want {
			t.Errorf("lowBits(%v) is %d, not %d", f, got, want)
		}
	}
}

func TestUnsigned(t *testing.T) {
	for _, c := range []struct {
		f    float64
		want uint64
	}{
		{0, 0},
		{1.9, 1},
		{-1.9, math.MaxUint64},
		{1 << 63, 1 << 63},
		{1 << 64, 0},
		{-(1 << 63), 1 << 63},
		{math.NaN(), 1 << 63},
		{math.Inf(1), 0},
	} {
		if got := unsigned(c.f); got != c.want {
			t.Errorf("unsigned(%v) is %d, not %d", c.f, got, c.want)
		}
	}
}
