package series

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"
)

// readColumns reads a file of numbers with a line of names; nothing is NaN.
func readColumns(t *testing.T, path string) map[string]Series {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string]Series{}
	for i, name := range rows[0] {
		var x []float64
		for _, row := range rows[1:] {
			v := math.NaN()
			if row[i] != "" {
				if v, err = strconv.ParseFloat(row[i], 64); err != nil {
					t.Fatal(err)
				}
			}
			x = append(x, v)
		}
		columns[name] = Series{Values: x}
	}
	return columns
}

// TestSameAsPandas compares with what pandas 1.5.3 says of the same prices.
func TestSameAsPandas(t *testing.T) {
	golden := readColumns(t, "testdata/series252_pandas.csv")
	x, y := golden["close"], golden["high"]
	c := Calc{}
	roll := func(s Stat, o Option) Series {
		z, err := c.Roll(x, Window{Rows: 20}, s, o)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	pair := func(s Stat) Series {
		z, err := c.RollPair(x, y, Window{Rows: 20}, s, Option{})
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	ewm := func(adjust bool) Series {
		z, err := c.Ewm(x, EwmWindow{Alpha: AlphaOfSpan(20), Adjust: adjust}, RollMean)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	for name, got := range map[string]Series{
		"roll20_mean":   roll(RollMean, Option{}),
		"roll20_std1":   roll(RollStd, Option{DDOF: 1}),
		"roll20_std0":   roll(RollStd, Option{}),
		"roll20_min":    roll(RollMin, Option{}),
		"roll20_max":    roll(RollMax, Option{}),
		"roll20_sum":    roll(RollSum, Option{}),
		"roll20_median": roll(RollMedian, Option{}),
		"roll20_q10":    roll(RollQuantile, Option{Quantile: 0.1}),
		"roll20_skew":   roll(RollSkew, Option{}),
		"roll20_kurt":   roll(RollKurt, Option{}),
		"roll20_rank":   roll(RollRank, Option{}),
		"roll20_corr":   pair(RollCorr),
		"roll20_cov":    pair(RollCov),
		"ewm20_adj":     ewm(true),
		"ewm20_noadj":   ewm(false),
		"pct":           c.Pct(x, 1),
		"diff":          c.Diff(x, 1),
		"cummax":        c.CumMax(x),
		"z20":           roll(RollZScore, Option{DDOF: 1}),
	} {
		want, ok := golden[name]
		if !ok {
			t.Fatalf("the golden file has no column %s", name)
		}
		for i, w := range want.Values {
			if !near(got.Values[i], w, 1e-9) {
				t.Errorf("%s: row %d: %.17g, not %.17g", name, i, got.Values[i], w)
				break
			}
		}
		delete(golden, name)
	}
	for name := range golden {
		if name != "" && name != "close" && name != "high" {
			t.Errorf("column %s is not compared", name)
		}
	}
}

// near reports whether two numbers are equal up to a part of them, or both NaN.
func near(a, b, part float64) bool {
	if a != a || b != b || math.IsInf(a, 0) || math.IsInf(b, 0) {
		return a == b || a != a && b != b
	}
	return math.Abs(a-b) <= part*max(1, math.Abs(a), math.Abs(b))
}
