package frame

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawKeys draws a column of some kind, with equal and missing values.
func drawKeys(t *rapid.T, kind Kind, wide bool, n int) *Column {
	ints, floats, unsigned, truths, codes, missing := make([]int64, n), make([]float64, n), make([]uint64, n), make([]bool, n), make([]uint32, n), make([]bool, n)
	words := &Words{}
	for i := range n {
		k := rapid.IntRange(0, 3).Draw(t, "key")
		missing[i] = k == 3
		if missing[i] && kind != Float {
			codes[i] = words.Code("")
			continue
		}
		floats[i], unsigned[i], truths[i] = []float64{0, math.Copysign(0, -1), 1.5, math.NaN()}[k], uint64(k), k > 1
		ints[i] = int64(k) - 1
		if wide {
			ints[i] = []int64{math.MinInt64, 0, math.MaxInt64, 1}[k]
		}
		codes[i] = words.Code(fmt.Sprint("word", rapid.IntRange(0, 1).Draw(t, "word")+k))
	}
	c := map[Kind]*Column{
		Int: NewInts("k", ints), Time: NewTimes("k", ints), Float: NewFloats("k", floats),
		Unsigned: NewUnsigned("k", unsigned), Mask: NewMask("k", truths), Text: NewText("k", codes, words),
	}[kind]
	if kind == Float || !rapid.Bool().Draw(t, "some are missing") {
		return c
	}
	return c.WithMissing(missing)
}

// keyOf returns what equal values share.
func keyOf(c *Column, i int) string {
	switch {
	case c.Missing(i):
		return "missing"
	case c.Kind == Float:
		return fmt.Sprint(c.Float(i) + 0)
	}
	return "=" + (&Frame{Zone: time.UTC}).Cell(c, i)
}

// TestNumbersOfKeys: rows of equal values, and of equal numbers before, get the same number;
// numbers are new in the order of the rows.
func TestNumbersOfKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 30).Draw(t, "rows")
		ids, keys, numbers := make([]int32, n), make([]string, n), 1
		for range rapid.IntRange(1, 3).Draw(t, "columns") {
			c := drawKeys(t, rapid.SampledFrom([]Kind{Int, Float, Unsigned, Mask, Text}).Draw(t, "kind"), rapid.Bool().Draw(t, "wide"), n)
			numbers = c.refine(NoHost, ids, numbers)
			for i := range keys {
				keys[i] += keyOf(c, i) + "|"
			}
		}
		want := map[string]int32{}
		for i, key := range keys {
			if _, known := want[key]; !known {
				want[key] = int32(len(want))
			}
			if ids[i] != want[key] {
				t.Fatalf("row %d, %s, has number %d, not %d", i, key, ids[i], want[key])
			}
		}
		if n > 0 && numbers != len(want) {
			t.Fatalf("%d numbers, not %d", numbers, len(want))
		}
	})
}

// TestKeysOfJoins: a left row has the number of the right rows with its key, or none.
func TestKeysOfJoins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]Kind{Int, Text}).Draw(t, "kind")
		frameOf := func() (*Frame, *Column) {
			n := rapid.IntRange(0, 20).Draw(t, "rows")
			c := drawKeys(t, kind, rapid.Bool().Draw(t, "wide"), n)
			f, err := New(nil, "ts", NewTimes("ts", make([]int64, n)), c)
			if err != nil {
				t.Fatal(err)
			}
			return f, c
		}
		left, l := frameOf()
		right, r := frameOf()
		j, err := newTimeJoin(NoHost, left, right, "k")
		if err != nil {
			t.Fatal(err)
		}
		for i := range left.Rows() {
			want := int32(noRow)
			for k := range right.Rows() {
				if !l.Missing(i) && !r.Missing(k) && keyOf(l, i) == keyOf(r, k) {
					want = j.rightKeys[k]
				}
			}
			if j.leftKeys[i] != want {
				t.Fatalf("left row %d, %s, has number %d, not %d", i, keyOf(l, i), j.leftKeys[i], want)
			}
		}
	})
}
