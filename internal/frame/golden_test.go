package frame

import (
	"encoding/csv"
	"os"
	"slices"
	"strconv"
	"testing"
)

// readCSV reads a golden file: its header and its lines.
func readCSV(t *testing.T, name string) (header []string, lines [][]string) {
	t.Helper()
	file, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[0], all[1:]
}

func whole(t *testing.T, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// ashare returns the ticks of a code in testdata/ticks.csv. Prices are in 1/10000.
func ashare(t *testing.T, code string) *Frame {
	t.Helper()
	_, lines := readCSV(t, "ticks.csv")
	var times, seqs, prices, qtys []int64
	for _, line := range lines {
		if line[1] == code {
			times, seqs = append(times, whole(t, line[2])), append(seqs, whole(t, line[3]))
			prices, qtys = append(prices, whole(t, line[4])), append(qtys, whole(t, line[5]))
		}
	}
	return newFrame(t, "ts", NewTimes("ts", times), NewInts("seq", seqs), NewInts("price", prices), NewInts("qty", qtys))
}

// fifths returns each fifth row.
func fifths(f *Frame) *Frame {
	var rows []int32
	for i := 0; i < f.Rows(); i += 5 {
		rows = append(rows, int32(i))
	}
	return f.take(NoHost, rows)
}

func newFrame(t testing.TB, axis string, columns ...*Column) *Frame {
	t.Helper()
	f, err := New(nil, axis, columns...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// checkGolden compares columns of a frame with those of a golden file.
func checkGolden(t *testing.T, name string, f *Frame, columns ...string) {
	t.Helper()
	_, lines := readCSV(t, name)
	if len(lines) != f.Rows() {
		t.Fatalf("%s: %d rows, not %d", name, f.Rows(), len(lines))
	}
	for i, line := range lines {
		var got []string
		for _, name := range columns {
			c, err := f.Column(name)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case c.Missing(i):
				got = append(got, "")
			case c.Kind == Time:
				got = append(got, strconv.FormatInt(c.Int(i), 10))
			default:
				got = append(got, f.Cell(c, i))
			}
		}
		if !slices.Equal(got, line) {
			t.Fatalf("%s: row %d is %v, not %v", name, i+1, got, line)
		}
	}
}

// TestAsofGolden compares as-of joins with ones that another program made.
func TestAsofGolden(t *testing.T) {
	left, right := fifths(ashare(t, "1")), ashare(t, "600519")
	for name, o := range map[string]AsofOptions{
		"asof_back.csv":           {Within: -1},
		"asof_back_strict.csv":    {Within: -1, Strict: true},
		"asof_back_within_3s.csv": {Within: 3e6},
		"asof_forward.csv":        {Within: -1, Direction: Forward},
	} {
		o.Suffix = "_r"
		joined, err := left.Asof(NoHost, right, o)
		if err != nil {
			t.Fatal(err)
		}
		checkGolden(t, name, joined, "ts", "seq", "ts_r", "seq_r", "price_r")
	}
}

// TestWindowGolden does the same with window joins.
func TestWindowGolden(t *testing.T) {
	left, right := fifths(ashare(t, "1")), ashare(t, "600519")
	joined := left
	for _, suffix := range []string{"", "_prevailing"} {
		var all []Aggregate
		for _, a := range [][3]string{{"n", "count", ""}, {"top", "max", "price"}, {"sum", "sum", "qty"}} {
			parsed, err := ParseAggregate(a[0]+suffix, a[1], a[2])
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, parsed)
		}
		var err error
		joined, err = joined.Window(NoHost, right, WindowOptions{From: -20e6, To: 1e6, Prevailing: suffix != ""}, all)
		if err != nil {
			t.Fatal(err)
		}
	}
	checkGolden(t, "window_20s_1s.csv", joined, "ts", "seq", "n", "top", "sum", "n_prevailing", "top_prevailing")
}
