package series

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"os"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// inf is what tests call an infinity.
var inf = math.Inf(1)

// values draws a series with missing values, infinities, ties, and numbers that are large
// beside their differences.
func values(t *rapid.T, extreme ...float64) []float64 {
	n := rapid.IntRange(0, 40).Draw(t, "length")
	kind := rapid.SampledFrom([]string{"small", "high", "mixed"}).Draw(t, "kind")
	x := make([]float64, n)
	for i := range x {
		small := float64(rapid.IntRange(-20, 20).Draw(t, "small")) / 8
		switch {
		case kind == "high":
			x[i] = 1e9 + small
		case kind == "mixed" && rapid.IntRange(0, 4).Draw(t, "special") == 0:
			x[i] = rapid.SampledFrom(append([]float64{nan, 0, 1e9, -1e9}, extreme...)).Draw(t, "extreme")
		default:
			x[i] = small
		}
	}
	return x
}

func window(t *rapid.T) Window {
	w := Window{Rows: rapid.IntRange(1, 45).Draw(t, "rows")}
	w.Min = rapid.IntRange(0, w.Rows).Draw(t, "min")
	return w
}

// content returns the values of the window that ends at row i: those that are there.
func content(x []float64, i int, w Window) (present []float64) {
	for _, v := range x[max(0, i+1-w.Rows) : i+1] {
		if v == v {
			present = append(present, v)
		}
	}
	return present
}

// rolled compares a statistic of windows with one that looks at each window anew. want gets
// the values of the window that are there, and the last value.
func rolled(t *rapid.T, x []float64, s Stat, o Option, part float64, want func(present []float64, last float64) float64) {
	w := window(t)
	got, err := Calc{}.Roll(Series{Values: x}, w, s, o)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range x {
		expected := nan
		if present := content(x, i, w); len(present) >= w.least() {
			expected = want(present, v)
		}
		if !near(got.Values[i], expected, part) {
			t.Fatalf("%s of %v, %+v: row %d: %v, not %v", s, x, w, i, got.Values[i], expected)
		}
	}
}

// exactSum returns the sum of numbers, rounded once.
func exactSum(x []float64, f func(v *big.Float) *big.Float) float64 {
	total, high, low := new(big.Float).SetPrec(3000), false, false
	for _, v := range x {
		if v != v {
			return nan
		}
		high, low = high || math.IsInf(v, 1), low || math.IsInf(v, -1)
		if !math.IsInf(v, 0) {
			total.Add(total, f(new(big.Float).SetPrec(3000).SetFloat64(v)))
		}
	}
	switch {
	case high && low:
		return nan
	case high:
		return inf
	case low:
		return -inf
	}
	v, _ := total.Float64()
	return v
}

// fromFirst returns the distances from the first number, which are exact in these tests.
func fromFirst(x []float64) (d []float64) {
	for _, v := range x {
		d = append(d, v-x[0])
	}
	return d
}

func asIs(v *big.Float) *big.Float { return v }

func exactVar(x []float64, ddof int) float64 {
	for _, v := range x {
		if math.IsInf(v, 0) {
			return nan
		}
	}
	if len(x) <= ddof {
		return nan
	}
	n := new(big.Float).SetInt64(int64(len(x)))
	mean := new(big.Float).SetPrec(3000)
	for _, v := range x {
		mean.Add(mean, new(big.Float).SetFloat64(v))
	}
	mean.Quo(mean, n)
	return exactSum(x, func(v *big.Float) *big.Float {
		v.Sub(v, mean)
		return v.Mul(v, v)
	}) / float64(len(x)-ddof)
}

func TestSumsOfWindowsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := values(t, inf, -inf, 1e300, -1e300, 1e-300)
		const bit = 1.0 / (1 << 51)
		rolled(t, x, RollSum, Option{}, bit, func(p []float64, _ float64) float64 { return exactSum(p, asIs) })
		rolled(t, x, RollMean, Option{}, bit, func(p []float64, _ float64) float64 { return exactSum(p, asIs) / float64(len(p)) })
	})
}

func TestSpreadOfWindows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := values(t, inf, -inf, 1e100, -1e100)
		for ddof := range 2 {
			o := Option{DDOF: ddof}
			rolled(t, x, RollVar, o, 1e-12, func(p []float64, _ float64) float64 { return exactVar(p, ddof) })
			rolled(t, x, RollStd, o, 1e-12, func(p []float64, _ float64) float64 { return math.Sqrt(exactVar(p, ddof)) })
			rolled(t, x, RollZScore, o, 1e-9, func(p []float64, last float64) float64 {
				d := fromFirst(p)
				return (last - p[0] - exactSum(d, asIs)/float64(len(p))) / math.Sqrt(exactVar(p, ddof))
			})
		}
	})
}

func TestOrderOfWindows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := values(t, inf, -inf, 1e300, 5e-324)
		rolled(t, x, RollMin, Option{}, 0, func(p []float64, _ float64) float64 { return slices.Min(p) })
		rolled(t, x, RollMax, Option{}, 0, func(p []float64, _ float64) float64 { return slices.Max(p) })
		rolled(t, x, RollMedian, Option{}, 0, func(p []float64, _ float64) float64 { return naiveQuantile(p, 0.5) })
		q := rapid.Float64Range(0, 1).Draw(t, "q")
		rolled(t, x, RollQuantile, Option{Quantile: q}, 0, func(p []float64, _ float64) float64 { return naiveQuantile(p, q) })
		rolled(t, x, RollRank, Option{}, 0, naiveRank)
	})
}

func naiveQuantile(x []float64, q float64) float64 {
	slices.Sort(x)
	at := q * float64(len(x)-1)
	low, high := x[int(math.Floor(at))], x[int(math.Ceil(at))]
	if low == high {
		return low
	}
	return low + (high-low)*(at-math.Floor(at))
}

func naiveRank(x []float64, of float64) float64 {
	if of != of {
		return nan
	}
	below, equal := 0, 0
	for _, v := range x {
		if v < of {
			below++
		} else if v == of {
			equal++
		}
	}
	return float64(below) + float64(equal+1)/2
}

func TestMomentsOfWindows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := values(t)
		power := func(x []float64, p float64) (total float64) {
			x = fromFirst(x)
			mean := exactSum(x, asIs) / float64(len(x))
			for _, v := range x {
				total += math.Pow(v-mean, p)
			}
			return total
		}
		rolled(t, x, RollSkew, Option{}, 1e-6, func(p []float64, _ float64) float64 {
			n := float64(len(p))
			if m2 := power(p, 2) / n; n >= 3 && m2 > 0 {
				return math.Sqrt(n*(n-1)) / (n - 2) * (power(p, 3) / n) / math.Pow(m2, 1.5)
			}
			return nan
		})
		rolled(t, x, RollKurt, Option{}, 1e-6, func(p []float64, _ float64) float64 {
			n := float64(len(p))
			if m2 := power(p, 2) / n; n >= 4 && m2 > 0 {
				return (n - 1) / ((n - 2) * (n - 3)) * ((n+1)*(power(p, 4)/n)/(m2*m2) - 3*(n-1))
			}
			return nan
		})
	})
}

// TestPairsOfWindows compares with the whole-series operations on a part of the rows.
func TestPairsOfWindows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := values(t, inf)
		y := make([]float64, len(x))
		for i := range y {
			y[i] = rapid.SampledFrom([]float64{1, 2, 3, -5, nan, 1e9}).Draw(t, "y")
		}
		w := window(t)
		for s, of := range map[Stat]func(x, y Series) (float64, error){RollCov: Calc{}.Cov, RollCorr: Calc{}.Corr} {
			got, err := Calc{}.RollPair(Series{Values: x}, Series{Values: y}, w, s, Option{})
			if err != nil {
				t.Fatal(err)
			}
			for i := range x {
				px, py := []float64{}, []float64{}
				for k := max(0, i+1-w.Rows); k <= i; k++ {
					if x[k] == x[k] && y[k] == y[k] {
						px, py = append(px, x[k]), append(py, y[k])
					}
				}
				want := nan
				if len(px) >= w.least() {
					want, _ = of(Series{Values: px}, Series{Values: py})
				}
				part := 1e-9
				if s == RollCov { // of what could be the covariance
					part *= max(1, Calc{}.Std(Series{Values: px}, 0)*Calc{}.Std(Series{Values: py}, 0)/max(1, math.Abs(want)))
				}
				if !near(got.Values[i], want, part) {
					t.Fatalf("%s of %v and %v, %+v: row %d: %v, not %v", s, x, y, w, i, got.Values[i], want)
				}
			}
		}
	})
}

var allStats = []Stat{RollSum, RollMean, RollVar, RollStd, RollZScore, RollMin, RollMax, RollMedian, RollQuantile, RollRank, RollSkew, RollKurt, RollCov, RollCorr, RollWeighted}

// TestPushIsRoll: value by value, the bits are those of the whole series.
func TestPushIsRoll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := Series{Values: values(t, inf, -inf, 1e300, 0)}
		y := Calc{}.Shift(x, 1)
		w, o := window(t), Option{DDOF: 1, Quantile: 0.3}
		for _, s := range allStats {
			whole, err := Calc{}.RollPair(x, y, w, s, o)
			if err != nil {
				t.Fatal(err)
			}
			r, err := NewRolling(w, s, o)
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range x.Values {
				if got := r.PushPair(v, y.Values[i]); math.Float64bits(got) != math.Float64bits(whole.Values[i]) && got == got {
					t.Fatalf("%s: row %d: %v, not %v", s, i, got, whole.Values[i])
				}
			}
		}
	})
}

// TestWindowsOfTime compares with windows of rows that begin where the time does.
func TestWindowsOfTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := Series{Values: values(t, inf)}
		us := int64(1_700_000_000_000_000)
		for range x.Values {
			us += int64(rapid.SampledFrom([]int{0, 0, 1, 5, 20}).Draw(t, "step"))
			x.Times = append(x.Times, us)
		}
		w := Window{Span: int64(rapid.IntRange(1, 60).Draw(t, "span")), Min: rapid.IntRange(0, 4).Draw(t, "min")}
		for _, s := range []Stat{RollSum, RollMin, RollMedian, RollStd} {
			got, err := Calc{}.Roll(x, w, s, Option{DDOF: 1})
			if err != nil {
				t.Fatal(err)
			}
			for i := range x.Values {
				first := 0
				for x.Times[i]-x.Times[first] >= w.Span {
					first++
				}
				part := Series{Values: x.Values[first : i+1]}
				want, err := Calc{}.Roll(part, Window{Rows: part.Len(), Min: max(1, min(w.Min, part.Len()))}, s, Option{DDOF: 1})
				if err != nil {
					t.Fatal(err)
				}
				last := want.Values[part.Len()-1]
				if (Calc{}).Count(part) < w.Min {
					last = nan
				}
				if !near(got.Values[i], last, 1e-12) {
					t.Fatalf("%s: row %d: %v, not %v", s, i, got.Values[i], last)
				}
			}
		}
	})
}

// TestNoDrift goes a long way with values that are large beside their differences, and
// compares the last window. MICROTS_ROUNDS=10 goes ten times as far.
func TestNoDrift(t *testing.T) {
	n, rows := 1_000_000, 1000
	if rounds, err := strconv.Atoi(os.Getenv("MICROTS_ROUNDS")); err == nil {
		n *= rounds
	}
	x := walk(n)
	for i := range x.Values {
		x.Values[i] += 1e9
	}
	x.Values[n/2], x.Values[n/2+1] = 1e300, nan // nothing of them stays
	last := Series{Values: slices.Clone(x.Values[n-rows:])}
	for _, s := range []Stat{RollMean, RollStd, RollMin} {
		got, err := Calc{}.Roll(x, Window{Rows: rows}, s, Option{DDOF: 1})
		if err != nil {
			t.Fatal(err)
		}
		c := Calc{}
		want := map[Stat]float64{RollMean: c.Mean(last), RollStd: math.Sqrt(exactVar(last.Values, 1)), RollMin: c.Min(last)}[s]
		if v := got.Values[n-1]; math.Abs(v-want) > 1e-12*want {
			t.Errorf("%s: %.17g, not %.17g", s, v, want)
		}
	}
}

// TestWeightsOfWindow: the newest value weighs most.
func TestWeightsOfWindow(t *testing.T) {
	x := Series{Values: []float64{1, 2, 4, nan, 8, 16, 32, inf, 1, 2, 3}}
	got, err := Calc{}.Roll(x, Window{Rows: 3}, RollWeighted, Option{})
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{nan, nan, (1 + 2*2 + 3*4) / 6.0, nan, nan, nan, (8 + 2*16 + 3*32) / 6.0, inf, inf, inf, (1 + 2*2 + 3*3) / 6.0}
	for i, w := range want {
		if !near(got.Values[i], w, 1e-15) {
			t.Errorf("row %d: %v, not %v", i, got.Values[i], w)
		}
	}
}

func TestBadWindows(t *testing.T) {
	x := Series{Values: []float64{1, 2, 3}}
	for _, c := range []struct {
		w    Window
		want string
	}{
		{Window{}, "a window of 1 to 2147483647 rows or of a time expected, got 0 rows"},
		{Window{Rows: -1}, "a window of 1 to 2147483647 rows or of a time expected, got -1 rows"},
		{Window{Span: -1}, "a window of 1 to 2147483647 rows or of a time expected, got -1µs"},
		{Window{Rows: 3, Min: 4}, "a least number of values from 1 to 3 expected, got 4"},
		{Window{Rows: 3, Min: -1}, "a least number of values from 1 to 3 expected, got -1"},
	} {
		if _, err := (Calc{}).Roll(x, c.w, RollSum, Option{}); err == nil || err.Error() != c.want {
			t.Errorf("%+v: %v", c.w, err)
		}
	}
	if _, err := (Calc{}).Roll(x, Window{Span: 1}, RollSum, Option{}); !errors.Is(err, ErrNoAxis) {
		t.Error(err)
	}
	x.Times = []int64{1, 3, 2}
	if _, err := (Calc{}).Roll(x, Window{Span: 1}, RollSum, Option{}); !errors.Is(err, ErrUnsorted) {
		t.Error(err)
	}
	if _, err := NewRolling(Window{Rows: 1}, "avg", Option{}); err == nil || err.Error() != `there is no statistic "avg"` {
		t.Error(err)
	}
	// A window larger than the series never has all its values.
	for _, s := range allStats {
		z, err := Calc{}.RollPair(x, x, Window{Rows: 4}, s, Option{})
		if err != nil || (Calc{}).Count(z) != 0 {
			t.Errorf("%s: %v, %v", s, z.Values, err)
		}
	}
}

// TestSortedList compares with a slice that is sorted, through splits and merges of runs.
func TestSortedList(t *testing.T) {
	var l sortedList
	var all []float64
	state := uint64(7)
	for step := range 30_000 {
		state = state*6364136223846793005 + 1442695040888963407
		v := float64(state >> 44 % 5000)
		if grow := step < 10_000 || step%3000 < 1000; grow || len(all) == 0 {
			at, _ := slices.BinarySearch(all, v)
			all = slices.Insert(all, at, v)
			l.insert(v)
		} else {
			at := int(state>>33) % len(all)
			l.remove(all[at])
			all = slices.Delete(all, at, at+1)
		}
		if step%97 != 0 || len(all) == 0 {
			continue
		}
		at := int(state>>33) % len(all)
		got, next := l.at(at)
		if want := all[min(at+1, len(all)-1)]; l.n != len(all) || got != all[at] || next != want {
			t.Fatalf("step %d: %d numbers, %v and %v; not %d, %v and %v", step, l.n, got, next, len(all), all[at], want)
		}
		from, _ := slices.BinarySearch(all, v)
		below, equal := l.rank(v)
		count := 0
		for _, w := range all {
			if w == v {
				count++
			}
		}
		if below != from || equal != count {
			t.Fatalf("step %d: rank of %v: %d, %d; not %d, %d", step, v, below, equal, from, count)
		}
	}
}

func FuzzParseSpan(f *testing.F) {
	for _, text := range []string{"30s", "5m", "1d", "1h30m", "0.5s", "1us", "1ns", "-1s", "", "d", "1e9d", "9999999h"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		us, err := ParseSpan(text)
		if err != nil {
			if want := fmt.Sprintf(`a time such as "30s", "5m" or "1d" expected, got %q`, text); err.Error() != want {
				t.Errorf("%v, not %s", err, want)
			}
		} else if us < 1 || us > MostSpan {
			t.Errorf("%q: %d", text, us)
		}
	})
}

func TestParseSpan(t *testing.T) {
	for text, want := range map[string]int64{
		"30s": 30_000_000, "5m": 300_000_000, "1h30m": 5_400_000_000, "2d": 172_800_000_000, "1us": 1, "0.5s": 500_000, "1500ms": 1_500_000,
		"104249d": 104249 * 86_400_000_000,
	} {
		if got, err := ParseSpan(text); got != want || err != nil {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "0s", "0d", "-1s", "-1d", "30", "1ns", "1.5us", "soon", "1w", "104250d"} {
		if got, err := ParseSpan(text); err == nil {
			t.Errorf("%s: %d", text, got)
		}
	}
}
