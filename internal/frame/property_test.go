package frame

import (
	"cmp"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// drawFrame draws a frame with the columns ts (sorted, with ties), key, v and n.
func drawFrame(t *rapid.T, name string) *Frame {
	size := rapid.IntRange(0, 40).Draw(t, name)
	var times, ints []int64
	var values []float64
	words, codes := &Words{}, []uint32{}
	ts := int64(1000)
	value := rapid.OneOf(rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, 1e9, 1e9 + 1}), rapid.Float64Range(-5, 5))
	for range size {
		ts += rapid.Int64Range(0, 3).Draw(t, "step")
		times = append(times, ts)
		ints = append(ints, rapid.Int64Range(-3, 3).Draw(t, "n"))
		values = append(values, value.Draw(t, "v"))
		codes = append(codes, words.Code(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "key")))
	}
	f, err := New(nil, "ts", NewTimes("ts", times), NewText("key", codes, words), NewFloats("v", values), NewInts("n", ints))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func column(t interface{ Fatal(...any) }, f *Frame, name string) *Column {
	c, err := f.Column(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func sameFloat(a, b float64) bool {
	return a == b || a != a && b != b || math.Abs(a-b) <= 1e-9*max(math.Abs(a), math.Abs(b), 1)
}

// TestAsofIsTheNaiveLoop compares as-of joins with a loop over all pairs of rows.
func TestAsofIsTheNaiveLoop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		left, right := drawFrame(t, "left"), drawFrame(t, "right")
		o := AsofOptions{
			Within: rapid.Int64Range(-1, 4).Draw(t, "within"), Strict: rapid.Bool().Draw(t, "strict"),
			Direction: rapid.SampledFrom([]Direction{Back, Forward, Nearest}).Draw(t, "direction"),
			Suffix:    "_r", By: rapid.SampledFrom([]string{"", "key", "n"}).Draw(t, "by"),
		}
		joined, err := left.Asof(NoHost, right, o)
		if err != nil {
			t.Fatal(err)
		}
		got := column(t, joined, "v_r")
		for i := range left.Rows() {
			ts := left.columns[0].Int(i)
			best := -1
			better := func(row int) bool { // than best
				d, e := right.columns[0].Int(row)-ts, int64(0)
				if best >= 0 {
					e = right.columns[0].Int(best) - ts
				}
				switch {
				case best < 0:
					return true
				case o.Direction == Back:
					return true // later rows are better
				case o.Direction == Forward:
					return false
				case max(d, -d) != max(e, -e):
					return max(d, -d) < max(e, -e)
				}
				return d == e && d <= 0 // of the earlier time, the last row
			}
			for row := range right.Rows() {
				d := right.columns[0].Int(row) - ts
				equal := o.By == "" || o.By == "key" && left.columns[1].Text(i) == right.columns[1].Text(row) || o.By == "n" && left.columns[3].Int(i) == right.columns[3].Int(row)
				if equal && !(o.Strict && d == 0) && !(o.Direction == Back && d > 0) && !(o.Direction == Forward && d < 0) && better(row) {
					best = row
				}
			}
			if best >= 0 && o.Within >= 0 {
				if d := right.columns[0].Int(best) - ts; max(d, -d) > o.Within {
					best = -1
				}
			}
			if want := math.NaN(); best < 0 && !sameFloat(got.Float(i), want) || best >= 0 && !sameFloat(got.Float(i), right.columns[2].Float(best)) {
				t.Fatalf("%+v: row %d at %d has %v, not row %d", o, i, ts, got.Float(i), best)
			}
		}
	})
}

// naive returns an aggregate of values.
func naive(op string, q float64, values []float64) float64 {
	var some []float64
	for _, v := range values {
		if v == v {
			some = append(some, v)
		}
	}
	sum := 0.0
	for _, v := range some {
		sum += v
	}
	switch {
	case op == "count":
		return float64(len(some))
	case op == "sum":
		return sum
	case len(some) == 0:
		return math.NaN()
	case op == "mean":
		return sum / float64(len(some))
	case op == "min":
		return slices.Min(some)
	case op == "max":
		return slices.Max(some)
	case op == "first":
		return some[0]
	case op == "last":
		return some[len(some)-1]
	case op == "std":
		if len(some) < 2 {
			return math.NaN()
		}
		mean, squares := sum/float64(len(some)), 0.0
		for _, v := range some {
			squares += (v - mean) * (v - mean)
		}
		return math.Sqrt(squares / float64(len(some)-1))
	}
	slices.Sort(some)
	at := q * float64(len(some)-1)
	low := int(at)
	if at == float64(low) || some[low+1] == some[low] {
		return some[low]
	}
	return some[low] + (some[low+1]-some[low])*(at-float64(low))
}

var ops = []struct {
	text, name string
	q          float64
}{
	{"sum", "sum", 0},
	{"mean", "mean", 0},
	{"min", "min", 0},
	{"max", "max", 0},
	{"first", "first", 0},
	{"last", "last", 0},
	{"std", "std", 0},
	{"count", "count", 0},
	{"median", "quantile", 0.5},
	{"quantile(0.9)", "quantile", 0.9},
	{"quantile(0)", "quantile", 0},
}

func asFloat(c *Column, i int) float64 {
	switch {
	case c.Missing(i):
		return math.NaN()
	case c.Kind == Float:
		return c.Float(i)
	}
	return float64(c.Int(i))
}

// TestWindowIsTheNaiveLoop compares window joins with aggregates of the rows of each window.
func TestWindowIsTheNaiveLoop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		left, right := drawFrame(t, "left"), drawFrame(t, "right")
		o := WindowOptions{From: rapid.Int64Range(-6, 3).Draw(t, "from"), Prevailing: rapid.Bool().Draw(t, "prevailing"), By: rapid.SampledFrom([]string{"", "key"}).Draw(t, "by")}
		o.To = o.From + rapid.Int64Range(0, 6).Draw(t, "length")
		var all []Aggregate
		for i, op := range ops {
			for _, of := range []string{"v", "n", "v + n"} {
				a, err := ParseAggregate(of+strconv.Itoa(i), op.text, of)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, a)
			}
		}
		joined, err := left.Window(NoHost, right, o, all)
		if err != nil {
			t.Fatal(err)
		}
		for i := range left.Rows() {
			ts := left.columns[0].Int(i)
			var rows []int
			last := -1
			for row := range right.Rows() {
				if d := right.columns[0].Int(row) - ts; o.By != "" && left.columns[1].Text(i) != right.columns[1].Text(row) || d > o.To {
					continue
				} else if d < o.From {
					last = row
					continue
				}
				rows = append(rows, row)
			}
			if o.Prevailing && last >= 0 {
				rows = append([]int{last}, rows...)
			}
			for k, op := range ops {
				for _, of := range []string{"v", "n", "v + n"} {
					var values []float64
					for _, row := range rows {
						v := map[string]float64{"v": right.columns[2].Float(row), "n": float64(right.columns[3].Int(row))}
						v["v + n"] = v["v"] + v["n"]
						values = append(values, v[of])
					}
					got, want := asFloat(column(t, joined, of+strconv.Itoa(k)), i), naive(op.name, op.q, values)
					if op.name == "std" && math.IsInf(sumOfMagnitudes(values), 0) {
						continue // infinities: NaN or not a number that a deviation is
					}
					if !sameFloat(got, want) && !(op.name == "std" && math.Abs(got-want) < 1e-5) {
						t.Fatalf("%s of %s: %v, not %v, of %v", op.text, of, got, want, values)
					}
				}
			}
		}
	})
}

func sumOfMagnitudes(values []float64) (sum float64) {
	for _, v := range values {
		if v == v {
			sum += math.Abs(v)
		}
	}
	return sum
}

// TestGroupsAreTheNaiveLoop compares aggregates of groups with those of the rows of each.
func TestGroupsAreTheNaiveLoop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFrame(t, "rows")
		by := rapid.SampledFrom([][]string{{"key"}, {"n"}, {"key", "n"}, {"v"}, {}}).Draw(t, "by")
		g, err := f.Group(NoHost, by)
		if err != nil {
			t.Fatal(err)
		}
		keyOf := func(i int) (key string) {
			for _, name := range by {
				cell := f.Cell(column(t, f, name), i)
				if cell == "-0" {
					cell = "0"
				}
				key += cell + "|"
			}
			return key
		}
		var order []string
		rows := map[string][]int{}
		for i := range f.Rows() {
			if key := keyOf(i); !slices.Contains(order, key) {
				order = append(order, key)
			}
			rows[keyOf(i)] = append(rows[keyOf(i)], i)
		}
		if g.Len() != len(order) {
			t.Fatalf("%d groups, not %d", g.Len(), len(order))
		}
		for k, op := range ops {
			a, err := ParseAggregate("x", op.text, "ts + n + v")
			if err != nil {
				t.Fatal(err)
			}
			made, err := g.Aggregate(NoHost, []Aggregate{a})
			if err != nil {
				t.Fatal(err)
			}
			for i, key := range order {
				var values []float64
				for _, row := range rows[key] {
					values = append(values, float64(f.columns[0].Int(row))+float64(f.columns[3].Int(row))+f.columns[2].Float(row))
				}
				got, want := asFloat(column(t, made, "x"), i), naive(op.name, op.q, values)
				if op.name == "std" && math.IsInf(sumOfMagnitudes(values), 0) {
					continue
				}
				if !sameFloat(got, want) && !(op.name == "std" && math.Abs(got-want) < 1e-5) {
					t.Fatalf("%s: %v, not %v, of %v", ops[k].text, got, want, values)
				}
			}
		}
	})
}

// TestSortIsStable compares Sort with a stable sort of package slices.
func TestSortIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFrame(t, "rows")
		name, descending := rapid.SampledFrom([]string{"ts", "key", "v", "n"}).Draw(t, "by"), rapid.Bool().Draw(t, "descending")
		c := column(t, f, name)
		rows := make([]int, f.Rows())
		for i := range rows {
			rows[i] = i
		}
		slices.SortStableFunc(rows, func(a, b int) int {
			if c.Missing(a) || c.Missing(b) {
				return cmp.Compare(strconv.FormatBool(c.Missing(a)), strconv.FormatBool(c.Missing(b)))
			}
			order := 0
			switch c.Kind {
			case Float:
				order = cmp.Compare(c.Float(a), c.Float(b))
			case Text:
				order = cmp.Compare(c.Text(a), c.Text(b))
			default:
				order = cmp.Compare(c.Int(a), c.Int(b))
			}
			if descending {
				order = -order
			}
			return order
		})
		numbers := make([]int64, f.Rows())
		for i := range numbers {
			numbers[i] = int64(i)
		}
		numbered, err := f.With(NewInts("i", numbers))
		if err != nil {
			t.Fatal(err)
		}
		sorted, err := numbered.Sort(NoHost, name, descending)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			if got := column(t, sorted, "i").Int(i); got != int64(row) {
				t.Fatalf("by %s, descending %v: row %d is %d, not %d", name, descending, i, got, row)
			}
		}
	})
}

// TestPartsConcatenate: the parts of a frame behind each other are the frame, also where
// values are missing and dictionaries differ.
func TestPartsConcatenate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, err := drawFrame(t, "left").Asof(NoHost, drawFrame(t, "right"), AsofOptions{Within: 2, Suffix: "_r"})
		if err != nil {
			t.Fatal(err)
		}
		cut := rapid.IntRange(0, f.Rows()).Draw(t, "cut")
		rows := make([]int32, f.Rows()-cut)
		for i := range rows {
			rows[i] = int32(cut + i)
		}
		both, err := Concat(NoHost, f.Head(cut), f.take(NoHost, rows), f.Tail(0))
		if err != nil {
			t.Fatal(err)
		}
		for k, c := range f.columns {
			for i := range f.Rows() {
				if got, want := both.Cell(both.columns[k], i), f.Cell(c, i); got != want {
					t.Fatalf("column %s, row %d: %q, not %q", c.Name, i, got, want)
				}
			}
		}
	})
}

// TestSumsAreExact: whole numbers beyond 2^53, and windows far from the first rows.
func TestSumsAreExact(t *testing.T) {
	const n = 1000
	times, ints, values := make([]int64, n), make([]int64, n), make([]float64, n)
	for i := range times {
		times[i], ints[i], values[i] = int64(i), 1<<52+int64(i), 0.1
	}
	values[0] = 1e15
	f := newFrame(t, "ts", NewTimes("ts", times), NewInts("n", ints), NewFloats("v", values))
	sum := func(of string) Aggregate {
		a, err := ParseAggregate(of+"_sum", "sum", of)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	joined, err := f.Window(NoHost, f, WindowOptions{From: -9}, []Aggregate{sum("n"), sum("v")})
	if err != nil {
		t.Fatal(err)
	}
	for i := 10; i < n; i++ {
		if got, want := column(t, joined, "n_sum").Int(i), 10*(1<<52+int64(i))-45; got != want {
			t.Fatalf("row %d: %d, not %d", i, got, want)
		}
		if got := column(t, joined, "v_sum").Float(i); got != 1 {
			t.Fatalf("row %d: %v, not 1", i, got)
		}
	}
	g, err := f.Group(NoHost, nil)
	if err != nil {
		t.Fatal(err)
	}
	total, err := g.Aggregate(NoHost, []Aggregate{sum("n")})
	if err != nil || column(t, total, "n_sum").Int(0) != n<<52+n*(n-1)/2 {
		t.Fatalf("%v, %v", total, err)
	}
	big := newFrame(t, "", NewInts("n", []int64{math.MaxInt64, 1}))
	if g, err = big.Group(NoHost, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Aggregate(NoHost, []Aggregate{sum("n")}); err == nil {
		t.Error("a sum that does not fit is no error")
	}
}

// TestLongFrames does everything with 1e5 rows, with 1e7 if MICROTS_ROUNDS is set.
func TestLongFrames(t *testing.T) {
	n := 100_000
	if os.Getenv("MICROTS_ROUNDS") != "" {
		n = 10_000_000
	}
	times, values, ints := make([]int64, n), make([]float64, n), make([]int64, n)
	for i := range times {
		times[i], values[i], ints[i] = int64(i/2), float64(i*7919%1000), int64(i%5)
	}
	f := newFrame(t, "ts", NewTimes("ts", times), NewFloats("v", values), NewInts("n", ints))
	sorted, err := f.Sort(NoHost, "v", true)
	if err != nil || column(t, sorted, "v").Float(0) != 999 || column(t, sorted, "v").Float(n-1) != 0 {
		t.Fatalf("%v, %v", sorted, err)
	}
	joined, err := f.Asof(NoHost, f, AsofOptions{Within: -1, Strict: true, Suffix: "_r", By: "n"})
	if err != nil || column(t, joined, "v_r").Float(n-1) != values[n-6] {
		t.Fatalf("%v, %v", joined, err)
	}
	a, err := ParseAggregate("q", "median", "v")
	if err != nil {
		t.Fatal(err)
	}
	windowed, err := f.Window(NoHost, f, WindowOptions{From: -20, To: 20}, []Aggregate{a})
	if err != nil || windowed.Rows() != n {
		t.Fatalf("%v, %v", windowed, err)
	}
	g, err := f.Group(NoHost, []string{"n"})
	if err != nil || g.Len() != 5 {
		t.Fatal(err)
	}
	if described, err := f.Describe(NoHost); err != nil || described.Rows() != 3 {
		t.Fatal(err)
	}
	if text := f.String(); len(text) > 1000 {
		t.Errorf("%d bytes of text", len(text))
	}
}

// FuzzParseLayout: a layout is an error, or reads each value of its size.
func FuzzParseLayout(f *testing.F) {
	for _, seed := range []string{"price:>i4/10000 qty:>I4", "a:d b:c3 x2 c:<I8 !8 d:b Xd e:h", "a:", ":i4", "a:i4/0", "a:z", "a:i9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseLayout(text)
		if err != nil {
			return
		}
		value := string(make([]byte, l.size))
		for i := range l.fields {
			field := &l.fields[i]
			if field.columnKind() == Text {
				_ = value[field.offset : field.offset+field.size]
				continue
			}
			_, _ = field.unsigned(value), field.float(value)
		}
	})
}
