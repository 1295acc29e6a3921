package ta

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// readBars returns TA-Lib's reference bars by the names of columns.
func readBars(t *testing.T) map[string][]float64 {
	t.Helper()
	bars := map[string][]float64{}
	rows := readTable(t, "testdata/ohlcv252.csv")
	for i, name := range rows[0] {
		for _, row := range rows[1:] {
			bars[name] = append(bars[name], number(t, row[i]))
		}
	}
	bars["price"] = bars["close"]
	return bars
}

func readTable(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// results runs an indicator over columns and returns its results by their names.
func results(i *Indicator, params []float64, columns map[string][]float64) map[string][]float64 {
	o := i.New(params)
	all := map[string][]float64{}
	for row := range columns[i.Inputs[0]] {
		for k, name := range i.Inputs {
			o.Inputs()[k] = columns[name][row]
		}
		for k, v := range o.Push() {
			all[i.Outputs[k]] = append(all[i.Outputs[k]], v)
		}
	}
	return all
}

// TestPublishedValues compares with the values that TA-Lib's tests expect.
func TestPublishedValues(t *testing.T) {
	bars := readBars(t)
	tested := map[string]bool{}
	for _, point := range readTable(t, "testdata/ta_points.csv")[1:] {
		name, output := point[0], point[2]
		lookback, index, want := int(number(t, point[3])), int(number(t, point[4])), number(t, point[5])
		tested[name] = true
		i := Find(name)
		if i == nil {
			t.Fatalf("there is no %s", name)
		}
		params := i.Presets()
		for k, text := range strings.Fields(point[1]) {
			params[k] = number(t, text)
		}
		if got := i.Lookback(params); got != lookback {
			t.Errorf("%s %s: lookback %d, not %d", name, point[1], got, lookback)
		}
		got := results(i, params, bars)[output][lookback+index]
		tolerance := 0.01
		if strings.Contains(point[5], ".") && len(point[5]) > 12 {
			tolerance = 1e-9
		}
		if !(math.Abs(got-want) <= tolerance) {
			t.Errorf("%s %s: %s[%d]: %v, not %v", name, point[1], output, index, got, want)
		}
	}
	for _, i := range Indicators {
		switch i.Name {
		case "dema", "tema", "obv", "sar", "vwap": // below
		default:
			if !tested[i.Name] {
				t.Errorf("%s is not compared", i.Name)
			}
		}
	}
}

// TestWilderSAR has the bars and the stops of TA-Lib's test, which are Wilder's.
func TestWilderSAR(t *testing.T) {
	high := []float64{
		51.12, 52.35, 52.1, 51.8, 52.1, 52.5, 52.8, 52.5, 53.5, 53.5, 53.8, 54.2, 53.4, 53.5, 54.4, 55.2, 55.7, 57, 57.5,
		58, 57.7, 58, 57.5, 57, 56.7, 57.5, 56.7, 56, 56.2, 54.8, 55.5, 54.7, 54, 52.5, 51, 51.5, 51.7, 53,
	}
	low := []float64{
		50, 51.5, 51, 50.5, 51.25, 51.7, 51.85, 51.5, 52.3, 52.5, 53, 53.5, 52.5, 52.1, 53, 54, 55, 56, 56.5,
		57, 56.5, 57.3, 56.7, 56.3, 56.2, 56, 55.5, 55, 54.9, 54, 54.5, 53.8, 53, 51.5, 50, 50.5, 50.2, 51.5,
	}
	got := results(Find("sar"), Find("sar").Presets(), map[string][]float64{"high": high, "low": low})["sar"]
	for index, want := range map[int]float64{0: 50, 1: 50.047, 4: 50.182, 35: 52.93, 36: 50} {
		if v := got[1+index]; !(math.Abs(v-want) <= 0.01) {
			t.Errorf("sar[%d]: %v, not %v", index, v, want)
		}
	}
}

// TestByFormula compares dema, tema, obv and vwap with their formulas.
func TestByFormula(t *testing.T) {
	bars := readBars(t)
	const n = 7
	ema := func(x []float64) (y []float64) {
		for _, v := range x {
			if v == v {
				y = append(y, v)
			}
		}
		missing := len(x) - len(y)
		sum := 0.0
		for i, v := range y {
			switch {
			case i < n-1:
				sum, y[i] = sum+v, nan
			case i == n-1:
				y[i] = (sum + v) / n
			default:
				y[i] = v*2/(n+1) + y[i-1]*(n-1)/(n+1)
			}
		}
		for range missing {
			y = append([]float64{nan}, y...)
		}
		return y
	}
	e1 := ema(bars["close"])
	e2 := ema(e1)
	e3 := ema(e2)
	dema := results(Find("dema"), []float64{n}, bars)["dema"]
	tema := results(Find("tema"), []float64{n}, bars)["tema"]
	obv := results(Find("obv"), nil, bars)["obv"]
	all := results(Find("vwap"), []float64{0}, bars)["vwap"]
	last := results(Find("vwap"), []float64{n}, bars)["vwap"]
	volume := bars["volume"][0]
	for i, v := range bars["close"] {
		if i > 0 && v > bars["close"][i-1] {
			volume += bars["volume"][i]
		} else if i > 0 && v < bars["close"][i-1] {
			volume -= bars["volume"][i]
		}
		want := map[string][2]float64{
			"dema": {dema[i], 2*e1[i] - e2[i]},
			"tema": {tema[i], 3*e1[i] - 3*e2[i] + e3[i]},
			"obv":  {obv[i], volume},
			"vwap": {all[i], weighted(bars, 0, i)},
		}
		if i >= n-1 {
			want["vwap of rows"] = [2]float64{last[i], weighted(bars, i+1-n, i)}
		}
		for name, v := range want {
			if !same(v[0], v[1], 1e-9) {
				t.Errorf("%s, row %d: %v, not %v", name, i, v[0], v[1])
			}
		}
	}
}

func weighted(bars map[string][]float64, from, to int) float64 {
	amount, volume := 0.0, 0.0
	for i := from; i <= to; i++ {
		amount, volume = amount+bars["close"][i]*bars["volume"][i], volume+bars["volume"][i]
	}
	return amount / volume
}

func same(a, b, part float64) bool {
	return a == b || a != a && b != b || math.Abs(a-b) <= part*max(math.Abs(a), math.Abs(b))
}

// columns draws columns of any kind of values, and parameters.
func columns(t *rapid.T, i *Indicator, rows int) map[string][]float64 {
	of := map[string][]float64{}
	for _, name := range i.Inputs {
		for range rows {
			v := float64(rapid.IntRange(1, 40).Draw(t, name)) / 4
			if rapid.IntRange(0, 15).Draw(t, "special") == 0 {
				v = rapid.SampledFrom([]float64{nan, math.Inf(1), math.Inf(-1), 0, -1, 1e300}).Draw(t, "value")
			}
			of[name] = append(of[name], v)
		}
	}
	return of
}

func params(t *rapid.T, i *Indicator) []float64 {
	p := i.Presets()
	for k := range p {
		if i.Params[k].Whole {
			p[k] = float64(rapid.IntRange(int(i.Params[k].Least), 6).Draw(t, i.Params[k].Name))
		}
	}
	return p
}

// TestWarmUp: with whole values, exactly the rows of the lookback are NaN.
func TestWarmUp(t *testing.T) {
	bars := readBars(t)
	rapid.Check(t, func(t *rapid.T) {
		i := &Indicators[rapid.IntRange(0, len(Indicators)-1).Draw(t, "indicator")]
		p := params(t, i)
		for name, of := range results(i, p, bars) {
			for row, v := range of {
				if (v != v) != (row < i.Lookback(p)) {
					t.Fatalf("%s %v: %s, row %d: %v; the lookback is %d", i.Name, p, name, row, v, i.Lookback(p))
				}
			}
		}
	})
}

// TestHeals: whatever stood in earlier rows, an indicator of a window has forgotten it, bit
// for bit, and one that leaves rows out is as if they had never been.
func TestHeals(t *testing.T) {
	bars := readBars(t)
	forgets := map[string]int{ // windows, by rows more than the lookback
		"sma": 1, "wma": 1, "trima": 1, "boll": 1, "cci": 1, "willr": 1, "mom": 1, "roc": 1, "stoch": 1, "aroon": 1, "mfi": 1,
	}
	rapid.Check(t, func(t *rapid.T) {
		i := &Indicators[rapid.IntRange(0, len(Indicators)-1).Draw(t, "indicator")]
		p := params(t, i)
		dirt := columns(t, i, rapid.IntRange(1, 20).Draw(t, "rows"))
		dirty, clean := map[string][]float64{}, map[string][]float64{}
		rows := len(dirt[i.Inputs[0]])
		for _, name := range i.Inputs {
			if more, ok := forgets[i.Name]; ok {
				_ = more
				dirty[name] = append(append(dirty[name], dirt[name]...), bars[name]...)
				clean[name] = bars[name]
				continue
			}
			for k := range rows { // rows that are left out, after whole ones
				missing := []float64{nan, math.Inf(1)}[k%2]
				dirty[name] = append(dirty[name], bars[name][k], missing)
			}
			dirty[name] = append(dirty[name], bars[name][rows:]...)
			clean[name] = bars[name]
		}
		got, want := results(i, p, dirty), results(i, p, clean)
		windowed := forgets[i.Name] > 0
		for _, name := range i.Outputs {
			from := i.Lookback(p)
			if i.Name == "kdj" || i.Name == "vwap" && p[0] > 0 {
				return // windows with what is left out in them
			}
			if !windowed {
				from = 0
				if !same(got[name][2*rows-1], nan, 0) {
					t.Fatalf("%s %v: %s of a row that is left out: %v", i.Name, p, name, got[name][2*rows-1])
				}
			}
			offset := len(got[name]) - len(want[name])
			for row := max(from, rows); row < len(want[name]); row++ {
				if a, b := got[name][row+offset], want[name][row]; math.Float64bits(a) != math.Float64bits(b) && !same(a, b, 1e-9) {
					t.Fatalf("%s %v: %s, row %d: %v, not %v", i.Name, p, name, row, a, b)
				}
			}
		}
	})
}

// TestNoPanic: any values, any parameters, and NaN for rows that hold NaN.
func TestNoPanic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i := &Indicators[rapid.IntRange(0, len(Indicators)-1).Draw(t, "indicator")]
		rows := rapid.IntRange(0, 40).Draw(t, "rows")
		of := columns(t, i, rows)
		p := params(t, i)
		for name, values := range results(i, p, of) {
			for row, v := range values {
				if v == v && i.Name != "obv" && row < i.Lookback(p) {
					t.Fatalf("%s %v: %s, row %d: %v in the warm-up", i.Name, p, name, row, v)
				}
				for _, in := range i.Inputs {
					if x := of[in][row]; x != x && v == v {
						t.Fatalf("%s %v: %s, row %d: %v of a NaN", i.Name, p, name, row, v)
					}
				}
			}
		}
	})
}

func TestParams(t *testing.T) {
	n := Find("sma").Params[0]
	for v, want := range map[float64]string{
		0: "integer 1..100000 expected, got 0", -1: "integer 1..100000 expected, got -1", 1.5: "integer 1..100000 expected, got 1.5",
		100_001: "integer 1..100000 expected, got 100001", nan: "integer 1..100000 expected, got NaN",
	} {
		if err := n.Check(v); err == nil || err.Error() != want {
			t.Errorf("%v: %v", v, err)
		}
	}
	factor := Find("t3").Params[1]
	if err := factor.Check(2); err == nil || err.Error() != "number 0..1 expected, got 2" {
		t.Error(err)
	}
	for _, i := range Indicators {
		for k, v := range i.Presets() {
			if err := i.Params[k].Check(v); err != nil {
				t.Errorf("%s: %s: %v", i.Name, i.Params[k].Name, err)
			}
		}
	}
}
