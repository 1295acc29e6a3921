package frame

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// TestFit: columns that do not fit are left out whole, from the right, and told.
func TestFit(t *testing.T) {
	f, err := New(nil, "", NewInts("a", []int64{1, 20}), NewInts("价格", []int64{300, 4}), NewInts("c", []int64{5, 6}))
	if err != nil {
		t.Fatal(err)
	}
	for places, want := range map[int]struct{ header, left string }{
		100: {" a  价格  c", ""},
		11:  {" a  价格  c", ""}, // 2 + 2 + 4 + 2 + 1
		10:  {" a  价格", "c"},
		8:   {" a  价格", "c"},
		7:   {" a", "价格 c"},
		1:   {" a", "价格 c"},
	} {
		table := f.Table()
		left := table.Fit(places)
		if got := table.Header(); got != want.header || !slices.Equal(left, strings.Fields(want.left)) {
			t.Errorf("%d places: %q without %q, not %q without %q", places, got, left, want.header, want.left)
		}
	}
}

// TestCellsOfFloats: numbers look as those that print shows, missing ones are empty.
func TestCellsOfFloats(t *testing.T) {
	values := map[float64]string{0.1: "0.1", 1e300: "1e+300", math.Inf(1): "inf", math.Inf(-1): "-inf", math.NaN(): ""}
	for v, want := range values {
		f, err := New(nil, "", NewFloats("x", []float64{v}))
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Cell(f.Columns()[0], 0); got != want {
			t.Errorf("%v is shown as %q, not %q", v, got, want)
		}
		if got := strings.TrimSpace(f.Table().Line(0)); got != want {
			t.Errorf("%v is shown as %q in a table, not %q", v, got, want)
		}
	}
}
