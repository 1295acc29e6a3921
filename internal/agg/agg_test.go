package agg

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAggregates(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		op     string
		values []float64
		want   float64
	}{
		{"sum", []float64{1, nan, 2.5}, 3.5},
		{"sum", []float64{1e16, 1, -1e16}, 1},
		{"sum", []float64{nan}, 0},
		{"sum", []float64{math.Inf(1), 1}, math.Inf(1)},
		{"sum", []float64{math.Inf(1), math.Inf(-1)}, nan},
		{"mean", []float64{1, nan, 2}, 1.5},
		{"mean", nil, nan},
		{"min", []float64{2, nan, 1}, 1},
		{"min", []float64{nan}, nan},
		{"min", []float64{1, math.Inf(-1)}, math.Inf(-1)},
		{"max", []float64{-2, nan, -1}, -1},
		{"max", nil, nan},
		{"first", []float64{nan, 2, 1}, 2},
		{"first", nil, nan},
		{"last", []float64{1, 2, nan}, 2},
		{"last", nil, nan},
		{"std", []float64{2, 4, nan, 4, 4, 5, 5, 7, 9}, math.Sqrt(32.0 / 7)},
		{"std", []float64{1e9, 1e9 + 1, 1e9 + 2}, 1},
		{"std", []float64{1}, nan},
		{"quantile(0)", []float64{3, 1, 2}, 1},
		{"quantile(1)", []float64{3, 1, 2}, 3},
		{"quantile(0.25)", []float64{4, 1, 3, 2, nan}, 1.75},
		{"median", []float64{4, 1, 3, 2}, 2.5},
		{"median", nil, nan},
		{"count", []float64{1, nan, 3}, 2},
	} {
		op, err := Parse(test.op)
		if err != nil {
			t.Fatal(err)
		}
		a := op.New()
		a.Add(test.values)
		if got := a.Result(); got != test.want && !(math.IsNaN(got) && math.IsNaN(test.want)) {
			t.Errorf("%s of %v is %v, not %v", test.op, test.values, got, test.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"men":              `there is no aggregation "men"; did you mean "mean"?`,
		"variance":         `there is no aggregation "variance"; there are sum, mean, min, max, first, last, std, quantile, count and median`,
		"quantile":         "quantile(q) with q from 0 to 1 expected, such as quantile(0.9)",
		"quantile(2)":      "quantile(q) with q from 0 to 1",
		"quantile(nan)":    "quantile(q) with q from 0 to 1",
		"quantile(0.5":     "quantile(q) with q from 0 to 1",
		"mean(2)":          "there is no aggregation",
		"quantile(0.5) + ": "quantile(q) with q from 0 to 1",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q expected, got %v", text, want, err)
		}
	}
}

func TestStringIsReadBack(t *testing.T) {
	for _, text := range append([]string{"quantile(0.25)", "median"}, "sum", "mean", "min", "max", "first", "last", "std", "count") {
		op, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := Parse(op.String()); back != op || err != nil {
			t.Errorf("%s: %v, read back %v (error %v)", text, op, back, err)
		}
	}
}

// TestBlocksDoNotMatter: the result is the same bits for any cut, and after a Reset.
func TestBlocksDoNotMatter(t *testing.T) {
	number := rapid.OneOf(rapid.Float64(), rapid.Float64Range(-1, 1), rapid.SampledFrom([]float64{math.NaN(), 0, math.Copysign(0, -1), 1e300}))
	rapid.Check(t, func(t *rapid.T) {
		op, err := Parse(rapid.SampledFrom([]string{"sum", "mean", "min", "max", "first", "last", "std", "quantile(0.3)", "count"}).Draw(t, "op"))
		if err != nil {
			t.Fatal(err)
		}
		values := rapid.SliceOfN(number, 0, 30).Draw(t, "values")
		whole, cut := op.New(), op.New()
		whole.Add(values)
		cut.Add(rapid.SliceOfN(number, 0, 5).Draw(t, "before"))
		cut.Result()
		cut.Reset()
		for from := 0; from < len(values); {
			to := rapid.IntRange(from, len(values)).Draw(t, "cut")
			cut.Add(values[from:to])
			from = to
		}
		if a, b := whole.Result(), cut.Result(); math.Float64bits(a) != math.Float64bits(b) && !(math.IsNaN(a) && math.IsNaN(b)) {
			t.Fatalf("%v of %v is %v, cut %v", op, values, a, b)
		}
	})
}

// TestSumsOfIntegersAreExact, up to 2^100.
func TestSumsOfIntegersAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want, got := new(big.Int), Sum{}
		for range rapid.IntRange(0, 40).Draw(t, "n") {
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				a, b := rapid.Int32().Draw(t, "a"), rapid.Uint32().Draw(t, "b")
				want.Add(want, new(big.Int).Mul(big.NewInt(int64(a)), big.NewInt(int64(b))))
				got = got.Plus(Product(float64(a), float64(b)))
			case 1:
				high, low := rapid.Int64Range(-1<<62, 1<<62).Draw(t, "high"), rapid.Int64().Draw(t, "low")
				n := new(big.Int).Lsh(big.NewInt(high), 32)
				want.Add(want, n.Add(n, big.NewInt(low)))
				got = got.Plus(Integer(high, low))
			case 2:
				n := rapid.Int64Range(-1<<53, 1<<53).Draw(t, "n")
				want.Add(want, big.NewInt(n))
				got = got.Plus(Of(float64(n)))
			}
		}
		high, _ := big.NewFloat(got.high).SetPrec(200).Int(nil)
		low, _ := big.NewFloat(got.low).SetPrec(200).Int(nil)
		if sum := new(big.Int).Add(high, low); sum.Cmp(want) != 0 {
			t.Fatalf("the sum is %v, not %v", sum, want)
		}
		if nearest, _ := new(big.Float).SetInt(want).Float64(); got.Value() != nearest {
			t.Fatalf("the value is %v, not %v", got.Value(), nearest)
		}
	})
}
