// Package sourcetest checks that a tick.Source keeps its promises. The tests of each
// Source call Run.
//
// Of this module it imports internal/tick.
package sourcetest

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"microts/internal/tick"
)

// Ticks are the ticks of a Source by instrument, in any order, each (time, seq) of
// an instrument once.
type Ticks map[tick.Instrument][]tick.Row

// Maker returns a Source that holds just some ticks. It may use t.Cleanup.
type Maker func(t testing.TB, ticks Ticks) tick.Source

// Run checks the Sources that a Maker makes.
func Run(t *testing.T, source Maker) {
	t.Run("empty", func(t *testing.T) { testEmpty(t, source(t, nil)) })
	ticks := sample()
	s := source(t, ticks)
	t.Run("instruments", func(t *testing.T) { testInstruments(t, s, ticks) })
	t.Run("get", func(t *testing.T) { testGet(t, s, ticks) })
	t.Run("first and last", func(t *testing.T) { testEdges(t, s, ticks) })
	t.Run("count and scan", func(t *testing.T) { testRanges(t, s, ticks) })
	t.Run("blocks", func(t *testing.T) { testBlocks(t, s, ticks) })
	t.Run("columns", func(t *testing.T) { testColumns(t, s, ticks) })
	t.Run("end of a scan", func(t *testing.T) { testEnd(t, s) })
	t.Run("bad times", func(t *testing.T) { testBadTimes(t, s) })
	t.Run("random", func(t *testing.T) { testRandom(t, source) })
}

// Instrument returns the instrument of a market and a code.
func Instrument(market byte, code string) tick.Instrument {
	in, err := tick.ParseInstrument(market, code)
	if err != nil {
		panic(err)
	}
	return in
}

var (
	many    = Instrument('S', "600000") // ticks in many time chunks and blocks
	crowded = Instrument('S', "1")      // ticks of one µs, up to the greatest seq
	large   = Instrument('H', "700")    // values of all sizes
	single  = Instrument('U', "AAPL")   // one tick, at the end of time
	absent  = Instrument('S', "600001") // no ticks
)

// sample returns ticks of all kinds.
func sample() Ticks {
	const start = 1_700_000_000_000_000
	ticks := Ticks{single: {{Time: tick.MaxTime - 1, Seq: tick.MaxSeq, Value: "last"}}}
	for i := range int64(7000) { // some 5 hours
		value := fmt.Sprint("tick ", i)
		if i%7 != 0 {
			value = string(tick.AppendRecord(nil, tick.Record{
				Price: int32(1e7 - i*i), Qty: uint32(i), Channel: uint8(i), Side: tick.Side(i % 3),
				OrderNo: 1<<63 + uint64(i), TickNo: uint64(i) << 40,
			}))
		}
		ticks[many] = append(ticks[many], tick.Row{Time: start + i*2_500_000, Seq: uint16(i % 3), Value: value})
	}
	ticks[crowded] = append(ticks[crowded], tick.Row{Value: "first"})
	for _, seq := range []uint16{0, 1, 255, 256, 257, 32767, 32768, tick.MaxSeq} {
		ticks[crowded] = append(ticks[crowded], tick.Row{Time: start, Seq: seq, Value: fmt.Sprint("seq ", seq)})
	}
	for i, size := range []int{0, 1, 49, 50, 51, 127, 128, 255, 256, 257, 4095, 4096, 16383, 16384, tick.MaxValue - 1, tick.MaxValue} {
		ticks[large] = append(ticks[large], tick.Row{Time: start + int64(i)*30_000_000, Value: strings.Repeat("v", size)})
	}
	ticks.sort()
	return ticks
}

// sort sorts the ticks of each instrument.
func (ticks Ticks) sort() {
	for _, rows := range ticks {
		slices.SortFunc(rows, func(a, b tick.Row) int { return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Seq, b.Seq)) })
	}
}

// expect returns what a scan of sorted ticks is to return.
func (ticks Ticks) expect(in tick.Instrument, o tick.ScanOptions) (rows []tick.Row) {
	for _, r := range ticks[in] {
		if o.From <= r.Time && r.Time <= o.To {
			rows = append(rows, r)
		}
	}
	if o.Reverse {
		slices.Reverse(rows)
	}
	if o.Limit > 0 && len(rows) > o.Limit {
		rows = rows[:o.Limit]
	}
	return rows
}

// Scan returns the rows of a scan.
func Scan(t testing.TB, s tick.Source, in tick.Instrument, o tick.ScanOptions) (found []tick.Row) {
	t.Helper()
	rows, err := s.Scan(&in, o)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		found = append(found, rows.Row())
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return found
}

func testEmpty(t *testing.T, s tick.Source) {
	if found, err := s.Instruments(0); len(found) > 0 || err != nil {
		t.Errorf("instruments: %v, %v", found, err)
	}
	if value, ok, err := s.Get(&many, 0, 0); value != "" || ok || err != nil {
		t.Errorf("get: %q, %v, %v", value, ok, err)
	}
	if row, ok, err := s.First(&many, 0); ok || err != nil {
		t.Errorf("first: %v, %v, %v", row, ok, err)
	}
	if row, ok, err := s.Last(&many, tick.MaxTime-1); ok || err != nil {
		t.Errorf("last: %v, %v, %v", row, ok, err)
	}
	if n, err := s.Count(&many, tick.Always); n != 0 || err != nil {
		t.Errorf("count: %v, %v", n, err)
	}
	if rows := Scan(t, s, many, tick.ScanOptions{Range: tick.Always}); len(rows) > 0 {
		t.Errorf("scan: %v", rows)
	}
}

func testInstruments(t *testing.T, s tick.Source, ticks Ticks) {
	for _, market := range []byte{0, 'S', 'H', 'U', 'A', '~', ' '} {
		var want []tick.Instrument
		for in := range ticks {
			if market == 0 || in.Market() == market {
				want = append(want, in)
			}
		}
		slices.SortFunc(want, func(a, b tick.Instrument) int { return a.Compare(&b) })
		if got, err := s.Instruments(market); !slices.Equal(got, want) || err != nil {
			t.Errorf("instruments of market %q: %v, %v, not %v", market, got, err, want)
		}
	}
}

func testGet(t *testing.T, s tick.Source, ticks Ticks) {
	for in := range ticks {
		there := map[tick.Row]bool{}
		for _, r := range ticks[in] {
			there[tick.Row{Time: r.Time, Seq: r.Seq}] = true
			if value, ok, err := s.Get(&in, r.Time, r.Seq); value != r.Value || !ok || err != nil {
				t.Fatalf("%v at %d, %d: %.40q, %v, %v, not %.40q", in, r.Time, r.Seq, value, ok, err, r.Value)
			}
		}
		for _, r := range ticks[in] {
			for _, near := range []tick.Row{{Time: r.Time + 1, Seq: r.Seq}, {Time: r.Time, Seq: r.Seq + 1}, {Time: r.Time - 1, Seq: r.Seq}} {
				if there[near] || tick.CheckTime("", near.Time) != nil {
					continue
				}
				if value, ok, err := s.Get(&in, near.Time, near.Seq); ok || err != nil {
					t.Fatalf("%v at %d, %d, where no tick is: %.40q, %v", in, near.Time, near.Seq, value, err)
				}
			}
		}
	}
	if value, ok, err := s.Get(&absent, 1_700_000_000_000_000, 0); ok || err != nil {
		t.Errorf("an instrument without ticks: %q, %v", value, err)
	}
}

func testEdges(t *testing.T, s tick.Source, ticks Ticks) {
	for in := range ticks {
		for _, ts := range moments(ticks, in) {
			check := func(what string, got tick.Row, ok bool, err error, o tick.ScanOptions) {
				t.Helper()
				want := ticks.expect(in, o)
				if err != nil || ok != (len(want) > 0) || ok && got != want[0] {
					t.Errorf("%v: %s %d: %.80v, %v, %v, not %.80v", in, what, ts, got, ok, err, want)
				}
			}
			row, ok, err := s.First(&in, ts)
			check("first at or after", row, ok, err, tick.ScanOptions{Range: tick.Range{From: ts, To: tick.MaxTime - 1}, Limit: 1})
			row, ok, err = s.Last(&in, ts)
			check("last at or before", row, ok, err, tick.ScanOptions{Range: tick.Range{From: 0, To: ts}, Limit: 1, Reverse: true})
		}
	}
}

// moments returns times at, before, after and far from the ticks of an instrument.
func moments(ticks Ticks, in tick.Instrument) []int64 {
	rows := ticks[in]
	times := []int64{0, tick.MaxTime - 1}
	for i := 0; i < len(rows); i += max(1, len(rows)/3) {
		times = append(times, rows[i].Time-1, rows[i].Time, rows[i].Time+1)
	}
	slices.Sort(times)
	times = slices.Compact(times)
	return slices.DeleteFunc(times, func(ts int64) bool { return tick.CheckTime("", ts) != nil })
}

func testRanges(t *testing.T, s tick.Source, ticks Ticks) {
	for in := range ticks {
		times := moments(ticks, in)
		for _, from := range times {
			for _, to := range times { // also before from: then the range is empty
				r := tick.Range{From: from, To: to}
				if n, err := s.Count(&in, r); n != len(ticks.expect(in, tick.ScanOptions{Range: r})) || err != nil {
					t.Errorf("%v: %d ticks in %v, %v", in, n, r, err)
				}
				for _, limit := range []int{0, -1, 1, 100, 2049} {
					for _, reverse := range []bool{false, true} {
						o := tick.ScanOptions{Range: r, Limit: limit, Reverse: reverse}
						if got, want := Scan(t, s, in, o), ticks.expect(in, o); !slices.Equal(got, want) {
							t.Fatalf("%v: %+v: %d rows, not %d", in, o, len(got), len(want))
						}
					}
				}
			}
		}
	}
}

func testBlocks(t *testing.T, s tick.Source, ticks Ticks) {
	for in := range ticks {
		rows, err := s.Scan(&in, tick.ScanOptions{Range: tick.Always})
		if err != nil {
			t.Fatal(err)
		}
		var got []tick.Row // whose values must outlive their block
		for b := rows.NextBlock(); b != nil; b = rows.NextBlock() {
			n := b.Len()
			if n == 0 || len(b.Seqs) != n || len(b.Values.Offsets) != n+1 {
				t.Fatalf("%v: a block of %d times, %d seqs, %d offsets of values", in, n, len(b.Seqs), len(b.Values.Offsets))
			}
			for i := range n {
				got = append(got, tick.Row{Time: b.Times[i], Seq: b.Seqs[i], Value: b.Values.At(i)})
			}
		}
		if rows.Err() != nil || !slices.Equal(got, ticks[in]) {
			t.Errorf("%v: %d rows in blocks, not %d, %v", in, len(got), len(ticks[in]), rows.Err())
		}
	}
}

// testColumns checks that the columns of a scan are those of its rows.
func testColumns(t *testing.T, s tick.Source, ticks Ticks) {
	sets := []tick.ColumnSet{0, tick.SeqColumn, tick.PriceColumn | tick.TickNoColumn, tick.AllColumns &^ tick.SeqColumn, tick.AllColumns}
	for in := range ticks {
		for _, set := range sets {
			checkColumns(t, s, ticks, in, tick.ScanOptions{Range: tick.Always}, set)
		}
		times := moments(ticks, in)
		for i, from := range times {
			to := times[len(times)-1-i] // also before from: then the range is empty
			for _, limit := range []int{0, -1, 1, 100, 2049} {
				for _, reverse := range []bool{false, true} {
					o := tick.ScanOptions{Range: tick.Range{From: from, To: to}, Limit: limit, Reverse: reverse}
					checkColumns(t, s, ticks, in, o, sets[i%len(sets)])
				}
			}
		}
	}
	testColumnsEnd(t, s)
}

// checkColumns checks the columns of a scan.
func checkColumns(t *testing.T, s tick.Source, ticks Ticks, in tick.Instrument, o tick.ScanOptions, set tick.ColumnSet) {
	t.Helper()
	want := columnsOf(ticks.expect(in, o), set)
	var got tick.Columns
	scan, err := tick.ScanColumns(s, &in, o, set)
	if err != nil {
		t.Fatal(err)
	}
	for c := (tick.Columns{}); scan.Read(&c); {
		if c.Len() == 0 {
			t.Fatalf("%v: an empty block", in)
		}
		got.Append(&c)
	}
	scan.Close()
	if scan.Err() != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, columns %b, %+v: %d rows, %d others, %v; %d and %d expected, or other values",
			in, set, o, got.Len(), len(got.Others), scan.Err(), want.Len(), len(want.Others))
	}
}

// testColumnsEnd checks what a scan in columns does at and after its end, and after Close.
func testColumnsEnd(t *testing.T, s tick.Source) {
	for _, limit := range []int{3, 0} {
		scan, err := tick.ScanColumns(s, &many, tick.ScanOptions{Range: tick.Always, Limit: limit}, tick.AllColumns)
		if err != nil {
			t.Fatal(err)
		}
		var c tick.Columns
		if !scan.Read(&c) || limit > 0 && c.Len() != limit {
			t.Fatalf("a first block of %d rows, %v", c.Len(), scan.Err())
		}
		if limit == 0 {
			scan.Close()
		}
		for range 3 {
			if scan.Read(&c) || scan.Err() != nil {
				t.Fatalf("a block after the end of a scan, or %v", scan.Err())
			}
			scan.Close() // closing twice is no error
		}
	}
}

// columnsOf returns the columns of rows.
func columnsOf(rows []tick.Row, set tick.ColumnSet) (c tick.Columns) {
	b := tick.Block{Values: tick.Values{Offsets: []uint32{0}}}
	var values strings.Builder
	for _, r := range rows {
		b.Times, b.Seqs = append(b.Times, r.Time), append(b.Seqs, r.Seq)
		values.WriteString(r.Value)
		b.Values.Offsets = append(b.Values.Offsets, uint32(values.Len()))
	}
	b.Values.Bytes = values.String()
	c.AppendBlock(&b, set)
	return c
}

// testEnd checks what a scan does at and after its end, and after Close.
func testEnd(t *testing.T, s tick.Source) {
	rows, err := s.Scan(&many, tick.ScanOptions{Range: tick.Always, Limit: 3})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for rows.Next() {
		n++
	}
	for range 3 {
		if rows.Next() || rows.NextBlock() != nil || rows.Err() != nil {
			t.Fatalf("a row after the end of a scan, or %v", rows.Err())
		}
	}
	if n != 3 {
		t.Errorf("%d rows, not 3", n)
	}
	if rows, err = s.Scan(&many, tick.ScanOptions{Range: tick.Always}); err != nil {
		t.Fatal(err)
	}
	if !rows.Next() {
		t.Fatal("no rows")
	}
	for range 2 { // closing twice is no error
		rows.Close()
		if rows.Next() {
			t.Error("a row after Close")
		}
	}
}

func testBadTimes(t *testing.T, s tick.Source) {
	for _, ts := range []int64{-1, tick.MaxTime, 1 << 62, -1 << 63} {
		_, _, getErr := s.Get(&many, ts, 0)
		_, _, firstErr := s.First(&many, ts)
		_, _, lastErr := s.Last(&many, ts)
		_, countFrom := s.Count(&many, tick.Range{From: ts, To: 1})
		_, countTo := s.Count(&many, tick.Range{From: 1, To: ts})
		_, scanFrom := s.Scan(&many, tick.ScanOptions{Range: tick.Range{From: ts, To: 1}})
		_, scanTo := s.Scan(&many, tick.ScanOptions{Range: tick.Range{From: 1, To: ts}})
		_, columnsFrom := tick.ScanColumns(s, &many, tick.ScanOptions{Range: tick.Range{From: ts, To: 1}}, 0)
		for what, err := range map[string]error{
			"get": getErr, "first": firstErr, "last": lastErr, "count from": countFrom, "count to": countTo, "scan from": scanFrom, "scan to": scanTo,
			"columns from": columnsFrom,
		} {
			if r := (*tick.RangeError)(nil); !errors.As(err, &r) {
				t.Errorf("%s %d: %v, not a RangeError", what, ts, err)
			}
		}
	}
}

// testRandom compares Sources of random ticks with lists.
func testRandom(t *testing.T, source Maker) {
	rounds := 20
	if testing.Short() {
		rounds = 4
	}
	instruments := []tick.Instrument{Instrument('S', "1"), Instrument('S', "2"), Instrument('T', "0"), Instrument('S', "~")}
	for seed := range rounds {
		ticks := rapid.Custom(func(rt *rapid.T) Ticks { return drawTicks(rt, instruments) }).Example(seed)
		s := source(t, ticks)
		options := rapid.Custom(func(rt *rapid.T) tick.ScanOptions {
			return tick.ScanOptions{
				Range:   tick.Range{From: drawTime(rt, "from"), To: drawTime(rt, "to")},
				Limit:   rapid.IntRange(0, 5).Draw(rt, "limit"),
				Reverse: rapid.Bool().Draw(rt, "reverse"),
			}
		})
		for i := range 100 {
			in, o := instruments[i%len(instruments)], options.Example(seed*100+i)
			if got, want := Scan(t, s, in, o), ticks.expect(in, o); !slices.Equal(got, want) {
				t.Fatalf("seed %d: %v: %+v: %.300v, not %.300v", seed, in, o, got, want)
			}
			checkColumns(t, s, ticks, in, o, tick.ColumnSet(i*37+seed)&tick.AllColumns)
			o.Limit = 0
			if n, err := s.Count(&in, o.Range); n != len(ticks.expect(in, o)) || err != nil {
				t.Fatalf("seed %d: %v: %d ticks in %v, %v", seed, in, n, o.Range, err)
			}
		}
		testInstruments(t, s, ticks)
		testGet(t, s, ticks)
		testEdges(t, s, ticks)
	}
}

func drawTicks(t *rapid.T, instruments []tick.Instrument) Ticks {
	ticks := Ticks{}
	seen := map[tick.Instrument]map[tick.Row]bool{}
	for range rapid.IntRange(0, 60).Draw(t, "ticks") {
		in := rapid.SampledFrom(instruments).Draw(t, "instrument")
		r := tick.Row{Time: drawTime(t, "time"), Seq: rapid.SampledFrom([]uint16{0, 1, 255, 256, tick.MaxSeq}).Draw(t, "seq")}
		if seen[in] == nil {
			seen[in] = map[tick.Row]bool{}
		}
		if seen[in][r] {
			continue
		}
		seen[in][r] = true
		r.Value = drawValue(t)
		ticks[in] = append(ticks[in], r)
	}
	ticks.sort()
	return ticks
}

// drawValue draws tick records, values that are nearly records, and texts.
func drawValue(t *rapid.T) string {
	if rapid.Bool().Draw(t, "text") {
		return rapid.StringN(0, 20, 60).Draw(t, "value")
	}
	record := tick.AppendRecord(nil, tick.Record{
		Price: rapid.Int32().Draw(t, "price"), Qty: rapid.Uint32().Draw(t, "qty"), Channel: rapid.Uint8().Draw(t, "channel"),
		Side: tick.Side(rapid.Uint8Range(0, 3).Draw(t, "side")), OrderNo: rapid.Uint64().Draw(t, "order_no"), TickNo: rapid.Uint64().Draw(t, "tick_no"),
	})
	if rapid.IntRange(0, 3).Draw(t, "damage") == 0 {
		record[rapid.IntRange(26, tick.RecordSize-1).Draw(t, "reserved")]++
	}
	return string(record)
}

// drawTime draws from few times, at the bounds of time chunks and of all time.
func drawTime(t *rapid.T, label string) int64 {
	return rapid.OneOf(
		rapid.SampledFrom([]int64{0, 1, 29_999_999, 30_000_000, 30_000_001, tick.MaxTime - 1, tick.MaxTime - 2, 1 << 32, 1<<32 - 1}),
		rapid.Int64Range(0, 20),
		rapid.Int64Range(1_700_000_000_000_000, 1_700_000_000_000_020),
	).Draw(t, label)
}
