package expr

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func eval(t *testing.T, text string, row map[string]float64) float64 {
	t.Helper()
	e, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	columns := make([][]float64, len(e.Names()))
	for i, name := range e.Names() {
		columns[i] = []float64{row[name]}
	}
	got := make([]float64, 1)
	e.NewEvaluator().Eval(got, columns)
	return got[0]
}

func TestEval(t *testing.T) {
	nan := math.NaN()
	row := map[string]float64{"ask": 10.5, "bid": 10.25, "qty": 300, "side": -1, "none": nan, "价格": 2, "a_1": 7}
	for text, want := range map[string]float64{
		"ask":                      10.5,
		"ask - bid":                0.25,
		" ( ask+bid ) / 2 ":        10.375,
		"1 + 2 * 3":                7,
		"2 ^ 3 ^ 2":                512,
		"-2 ^ 2":                   -4,
		"2 ^ -1":                   0.5,
		"--2":                      2,
		"8 / 4 / 2":                1,
		"10 - 4 - 3":               3,
		"1.5e2 + .5":               150.5,
		"1e-3":                     1e-3,
		"qty * (side > 0)":         0,
		"qty * (side < 0)":         300,
		"1 + 1 == 2":               1,
		"1 <= 1":                   1,
		"2 >= 3":                   0,
		"1 ~= 2":                   1,
		"none == none":             0,
		"none ~= none":             0,
		"none > 1":                 0,
		"none + 1":                 nan,
		"min(ask, bid)":            10.25,
		"max(ask, min(bid, 99))":   10.5,
		"max(none, 1)":             nan,
		"abs(side) + sqrt(9)":      4,
		"log(exp(2))":              2,
		"价格 * a_1":                 14,
		"ask/bid-bid/ask":          row["ask"]/row["bid"] - row["bid"]/row["ask"],
		"(((ask - bid) * 4) + 1)":  2,
		"1 - (2 - (3 - (4 - 5)))":  3,
		"abs(-1) * -abs(-2) + 1e1": 8,
	} {
		if got := eval(t, text, row); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("%s is %v, not %v", text, got, want)
		}
	}
}

func TestNamesStandOnceInTheirOrder(t *testing.T) {
	e, err := Parse("ask - bid + ask * last")
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Names(); !slices.Equal(got, []string{"ask", "bid", "last"}) {
		t.Errorf("the names are %v", got)
	}
	if e.String() != "ask - bid + ask * last" {
		t.Errorf("the text is %s", e)
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                        `expression "": a name or a number expected, got the end`,
		"ask -":                   "a name or a number expected, got the end",
		"ask bid":                 `an operator expected, got "bid" at byte 5`,
		"(ask":                    `")" expected, got the end`,
		"ask)":                    `an operator expected, got ")" at byte 4`,
		"ask @ bid":               `an operator expected, got "@" at byte 5`,
		"1.2.3":                   `a number expected, got "1.2.3" at byte 1`,
		"1e":                      `an operator expected, got "e" at byte 2`,
		"mn(ask, bid)":            `there is no function "mn"; there are abs, exp, log, max, min, sqrt`,
		"min(ask)":                `"," expected, got ")" at byte 8`,
		"abs(ask, bid)":           `")" expected, got "," at byte 8`,
		"ask = bid":               `an operator expected, got "=" at byte 5`,
		"\xff":                    "a name or a number expected",
		strings.Repeat("(", 1000): "too many parentheses and signs",
		strings.Repeat("-", 1000): "too many parentheses and signs",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %q expected, got %v", text, want, err)
		}
	}
}

// TestRowsAreIndependent: a row of many is what it is alone, and an Evaluator can be used
// again.
func TestRowsAreIndependent(t *testing.T) {
	e, err := Parse("a * (b - 2 * (a - b)) + max(a, b / (a + 1))")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		v := e.NewEvaluator()
		for range 2 {
			n := rapid.IntRange(0, 20).Draw(t, "n")
			draw := rapid.SliceOfN(rapid.Float64Range(-100, 100), n, n)
			a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
			got := make([]float64, n)
			v.Eval(got, [][]float64{a, b})
			for i := range got {
				one := make([]float64, 1)
				e.NewEvaluator().Eval(one, [][]float64{a[i : i+1], b[i : i+1]})
				if want := a[i]*(b[i]-2*(a[i]-b[i])) + math.Max(a[i], b[i]/(a[i]+1)); math.Float64bits(got[i]) != math.Float64bits(one[0]) || math.Abs(got[i]-want) > 1e-9 {
					t.Fatalf("row %d is %v, alone %v, want %v", i, got[i], one[0], want)
				}
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"ask - bid", "qty*(side>0)", "min(a, -b^2)/1e3", "((", "a~=b==c"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text)
		if err != nil {
			return
		}
		columns := make([][]float64, len(e.Names()))
		for i := range columns {
			columns[i] = []float64{1, 2}
		}
		e.NewEvaluator().Eval(make([]float64, 2), columns)
	})
}

func BenchmarkEval(b *testing.B) {
	e, err := Parse("qty * (price - 10) / 2")
	if err != nil {
		b.Fatal(err)
	}
	const n = 2048
	columns, dst, v := [][]float64{make([]float64, n), make([]float64, n)}, make([]float64, n), e.NewEvaluator()
	b.ReportAllocs()
	for b.Loop() {
		v.Eval(dst, columns)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}
