package series

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// whole returns the values of x that are not NaN.
func whole(x []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(x), func(v float64) bool { return v != v })
}

func TestReductions(t *testing.T) {
	c := Calc{}
	rapid.Check(t, func(t *rapid.T) {
		x := Series{Values: values(t, inf, -inf)}
		present := whole(x.Values)
		n := len(present)
		q := rapid.Float64Range(0, 1).Draw(t, "q")
		want := map[string]float64{"mean": nan, "min": nan, "max": nan, "median": nan, "quantile": nan, "std": nan}
		if n > 0 {
			want["mean"] = exactSum(present, asIs) / float64(n)
			want["min"], want["max"] = slices.Min(present), slices.Max(present)
			want["median"], want["quantile"] = naiveQuantile(present, 0.5), naiveQuantile(present, q)
			want["std"] = math.Sqrt(exactVar(present, 1))
		}
		for name, got := range map[string]float64{
			"mean": c.Mean(x), "min": c.Min(x), "max": c.Max(x), "median": c.Median(x), "quantile": c.Quantile(x, q), "std": c.Std(x, 1),
		} {
			if !near(got, want[name], 1e-12) {
				t.Fatalf("%s of %v: %v, not %v", name, x.Values, got, want[name])
			}
		}
		if got, want := c.Sum(x), exactSum(present, asIs); !near(got, want, 1e-15) {
			t.Fatalf("sum of %v: %v, not %v", x.Values, got, want)
		}
		d := c.Describe(x)
		if d.Count != n || !near(d.Q25, c.Quantile(x, 0.25), 0) || !near(d.Median, want["median"], 0) || !near(d.Q75, c.Quantile(x, 0.75), 0) {
			t.Fatalf("%v: %+v", x.Values, d)
		}
		for i, got := range c.Rank(x).Values {
			if want := naiveRank(x.Values, x.Values[i]); !near(got, want, 0) {
				t.Fatalf("rank %d of %v: %v, not %v", i, x.Values, got, want)
			}
		}
	})
}

// TestLastWindowIsWhole: a window over all rows has what the reductions say.
func TestLastWindowIsWhole(t *testing.T) {
	c := Calc{}
	rapid.Check(t, func(t *rapid.T) {
		x := Series{Values: values(t)}
		y := c.Shift(x, 1)
		if x.Len() == 0 {
			return
		}
		last := func(s Stat, o Option) float64 {
			z, err := c.RollPair(x, y, Window{Rows: x.Len(), Min: 1}, s, o)
			if err != nil {
				t.Fatal(err)
			}
			return z.Values[x.Len()-1]
		}
		for s, want := range map[Stat]float64{RollVar: c.Var(x, 1), RollSkew: c.Skew(x), RollKurt: c.Kurt(x)} {
			if c.Count(x) == 0 {
				continue
			}
			if got := last(s, Option{DDOF: 1}); !near(got, want, 1e-6) {
				t.Fatalf("%s of %v: %v, not %v", s, x.Values, got, want)
			}
		}
	})
}

func TestCorrelation(t *testing.T) {
	c := Calc{}
	x := Series{Values: []float64{1, 2, nan, 4, 7}}
	y := Series{Values: []float64{2, 4, 6, nan, 3}}
	// Of (1,2), (2,4), (7,3).
	if v, err := c.Cov(x, y); err != nil || math.Abs(v-0.5) > 1e-15 {
		t.Errorf("cov %v, %v", v, err)
	}
	if v, err := c.Corr(x, y); err != nil || math.Abs(v-0.5/math.Sqrt(31.0/3)) > 1e-15 {
		t.Errorf("corr %v, %v", v, err)
	}
	if v, _ := c.Corr(x, Series{Values: []float64{3, 3, 3, 3, 3}}); v == v {
		t.Errorf("corr with a constant: %v", v)
	}
	var lengths *LengthError
	if _, err := c.Corr(x, Series{}); !errors.As(err, &lengths) || *lengths != (LengthError{5, 0}) {
		t.Error(err)
	}
}

// TestNth selects in orders that are bad for it.
func TestNth(t *testing.T) {
	const n = 3000
	orders := map[string]func(i int) float64{
		"rising":  func(i int) float64 { return float64(i) },
		"falling": func(i int) float64 { return float64(-i) },
		"equal":   func(int) float64 { return 1 },
		"organ":   func(i int) float64 { return float64(min(i, n-i)) },
		"few":     func(i int) float64 { return float64(i * 7919 % 3) },
		"mixed":   func(i int) float64 { return float64(i * 7919 % n) },
	}
	for name, of := range orders {
		x := make([]float64, n)
		for i := range x {
			x[i] = of(i)
		}
		sorted := slices.Sorted(slices.Values(x))
		for _, k := range []int{0, 1, n / 3, n / 2, n - 2, n - 1} {
			y := slices.Clone(x)
			if got := (Calc{}).nth(y, k); got != sorted[k] || y[k] != sorted[k] || slices.Max(y[:k+1]) > slices.Min(y[k:]) {
				t.Errorf("%s: %d: %v, not %v", name, k, got, sorted[k])
			}
		}
	}
}

// TestEwm compares with sums of weights, as pandas documents them.
func TestEwm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := values(t)
		w := EwmWindow{Alpha: rapid.SampledFrom([]float64{0.05, 0.5, 1}).Draw(t, "alpha"), Adjust: true, Min: rapid.IntRange(0, 3).Draw(t, "min")}
		got := map[Stat][]float64{}
		for _, s := range []Stat{RollMean, RollVar, RollStd} {
			z, err := Calc{}.Ewm(Series{Values: x}, w, s)
			if err != nil {
				t.Fatal(err)
			}
			got[s] = z.Values
		}
		for i := range x {
			var sum, squares, total float64
			n := 0
			for k, v := range x[:i+1] {
				if v == v {
					weight := math.Pow(1-w.Alpha, float64(i-k))
					sum, squares, total = sum+weight, squares+weight*weight, total+weight*(v-first(x))
					n++
				}
			}
			free := sum*sum - squares
			if n < max(w.Min, 1) || !(free > 1e-9) {
				continue
			}
			mean, variance := total/sum, 0.0 // the mean from the first value
			for k, v := range x[:i+1] {
				if d := v - first(x) - mean; v == v {
					variance += math.Pow(1-w.Alpha, float64(i-k)) * d * d * sum / free
				}
			}
			mean += first(x)
			if !(math.Abs(got[RollMean][i]-mean) < 1e-5) || // beside values of 1e9
				!near(got[RollVar][i], variance, 1e-6) || !near(got[RollStd][i], math.Sqrt(variance), 1e-6) {
				t.Fatalf("%v, %+v: row %d: %v, %v, %v; not %v, %v", x, w, i, got[RollMean][i], got[RollVar][i], got[RollStd][i], mean, variance)
			}
		}
	})
}

// first returns the first value that is not NaN.
func first(x []float64) float64 { return append(whole(x), nan)[0] }

func TestBadEwm(t *testing.T) {
	for _, alpha := range []float64{0, -1, 1.1, nan} {
		if _, err := NewEwm(EwmWindow{Alpha: alpha}, RollMean); err == nil {
			t.Errorf("alpha %v", alpha)
		}
	}
	if _, err := NewEwm(EwmWindow{Alpha: 1}, RollMin); err == nil {
		t.Error("min of ewm")
	}
	for got, want := range map[float64]float64{AlphaOfSpan(1): 1, AlphaOfSpan(19): 0.1, AlphaOfCOM(0): 1, AlphaOfCOM(9): 0.1, AlphaOfHalfLife(1): 0.5} {
		if math.Abs(got-want) > 1e-15 {
			t.Errorf("%v, not %v", got, want)
		}
	}
}

// TestStopAndAlloc: a Calc asks before it allocates, and can be ended in between.
func TestStopAndAlloc(t *testing.T) {
	x := walk(100_000)
	stops, allocated := 0, 0
	c := Calc{Stop: func() { stops++ }, Alloc: func(n int) { allocated += n }}
	for name, do := range map[string]func(){
		"add":      func() { _, _ = c.Binary(Add, x.Operand(), x.Operand()) },
		"rank":     func() { c.Rank(x) },
		"quantile": func() { c.Median(x) },
		"diff":     func() { c.Diff(x, 1) },
		"roll":     func() { _, _ = c.Roll(x, Window{Rows: 20}, RollStd, Option{}) },
	} {
		stops, allocated = 0, 0
		if do(); stops < 2 || allocated < x.Len() {
			t.Errorf("%s: %d stops, %d numbers", name, stops, allocated)
		}
	}
}

func TestAxes(t *testing.T) {
	plain, timed := Series{Values: []float64{1, 2}}, Series{Values: []float64{1, 2}, Times: []int64{10, 20}}
	other := Series{Values: []float64{1, 2}, Times: []int64{10, 21}}
	for _, pair := range [][2]Series{{plain, timed}, {timed, plain}, {timed, timed}, {timed, {timed.Values, slices.Clone(timed.Times)}}} {
		if z, err := (Calc{}).Binary(Add, pair[0].Operand(), pair[1].Operand()); err != nil || !slices.Equal(z.Times, timed.Times) {
			t.Errorf("%v, %v", z, err)
		}
	}
	var differ *AxisError
	if _, err := (Calc{}).Binary(Add, timed.Operand(), other.Operand()); !errors.As(err, &differ) || *differ != (AxisError{1, 20, 21}) {
		t.Error(err)
	}
}
