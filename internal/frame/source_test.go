package frame

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"microts/internal/tick"
	"microts/internal/tick/sourcetest"
)

// cutSource is a source whose scans have blocks of any lengths. A scan that has given failAt
// blocks fails, unless failAt is 0.
type cutSource struct {
	*sourcetest.Memory
	t      *rapid.T
	failAt int
	failed bool // whether a scan has failed
}

var errCut = errors.New("cut off")

// Scan implements tick.Source.
func (s *cutSource) Scan(in *tick.Instrument, o tick.ScanOptions) (*tick.Rows, error) {
	rows, err := s.Memory.Scan(in, o)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	c := &cutBlocks{source: s}
	for rows.Next() {
		c.rows = append(c.rows, rows.Row())
	}
	return tick.NewRows(c), rows.Err()
}

type cutBlocks struct {
	source *cutSource
	rows   []tick.Row
	given  int
	err    error
}

// Read implements tick.Blocks.
func (c *cutBlocks) Read(b *tick.Block) bool {
	if c.source.failAt > 0 && c.given == c.source.failAt {
		c.err, c.source.failed = errCut, true
	}
	if c.err != nil || len(c.rows) == 0 {
		return false
	}
	c.given++
	n := rapid.IntRange(1, len(c.rows)).Draw(c.source.t, "rows of a block")
	*b = tick.Block{Values: tick.Values{Offsets: []uint32{0}}}
	for _, r := range c.rows[:n] {
		b.Times, b.Seqs = append(b.Times, r.Time), append(b.Seqs, r.Seq)
		b.Values.Bytes += r.Value
		b.Values.Offsets = append(b.Values.Offsets, uint32(len(b.Values.Bytes)))
	}
	c.rows = c.rows[n:]
	return true
}

func (c *cutBlocks) Err() error { return c.err }
func (c *cutBlocks) Close()     {}

// drawValue draws a tick record, mostly, or a point, or bytes that are neither.
func drawValue(t *rapid.T) string {
	switch rapid.IntRange(0, 12).Draw(t, "kind of value") {
	case 0:
		p := tick.Point{Value: rapid.Float64Range(-5, 5).Draw(t, "value"), Has: tick.HasQuality, Quality: 1}
		return string(tick.AppendPoint(nil, &p, tick.V2))
	case 1:
		return strings.Repeat("x", rapid.SampledFrom([]int{0, 1, 5, tick.RecordSize}).Draw(t, "bytes"))
	}
	return string(tick.AppendRecord(nil, tick.Record{
		Price:   rapid.Int32().Draw(t, "price"),
		Qty:     rapid.Uint32().Draw(t, "qty"),
		Channel: rapid.Uint8().Draw(t, "channel"),
		Side:    rapid.SampledFrom([]tick.Side{tick.Buy, tick.Sell, tick.NoSide}).Draw(t, "side"),
		OrderNo: rapid.Uint64().Draw(t, "order_no"),
		TickNo:  rapid.Uint64().Draw(t, "tick_no"),
	}))
}

// drawSource draws the ticks of some instruments, sorted, with many in one µs.
func drawSource(t *rapid.T, value func(*rapid.T) string) (names []tick.Name, ticks [][]tick.Row, s *cutSource) {
	all := map[tick.Name][]tick.Row{}
	for i := range rapid.IntRange(1, 4).Draw(t, "instruments") {
		name, err := tick.NewName('S', fmt.Sprintf("%06d", i+1))
		if err != nil {
			t.Fatal(err)
		}
		var rows []tick.Row
		for range rapid.IntRange(0, 12).Draw(t, "ticks") {
			r := tick.Row{Time: rapid.Int64Range(0, 6).Draw(t, "time"), Seq: rapid.SampledFrom([]uint16{0, 1, 2, tick.MaxSeq}).Draw(t, "seq")}
			if !slices.ContainsFunc(rows, func(q tick.Row) bool { return q.Time == r.Time && q.Seq == r.Seq }) {
				r.Value = value(t)
				rows = append(rows, r)
			}
		}
		slices.SortFunc(rows, func(a, b tick.Row) int { return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Seq, b.Seq)) })
		names, ticks = append(names, name), append(ticks, rows)
		all[name] = rows
	}
	return names, ticks, &cutSource{Memory: sourcetest.NewMemory("test", all), t: t}
}

func drawRange(t *rapid.T) tick.Range {
	return tick.Range{From: rapid.Int64Range(0, 7).Draw(t, "from"), To: rapid.Int64Range(0, 7).Draw(t, "to")}
}

func within(rows []tick.Row, r tick.Range) (some []tick.Row) {
	for _, row := range rows {
		if r.From <= row.Time && row.Time <= r.To {
			some = append(some, row)
		}
	}
	return some
}

// cellOf returns what a frame shows of a field of a record.
func cellOf(row tick.Row, r tick.Record, f Field) string {
	switch f {
	case TsField:
		return tick.FormatTime(row.Time, tick.Shanghai)
	case SeqField:
		return fmt.Sprint(row.Seq)
	case PriceField:
		return fmt.Sprint(float64(r.Price) / 10000)
	case QtyField:
		return fmt.Sprint(r.Qty)
	case SideField:
		return fmt.Sprint(map[tick.Side]int{tick.Buy: 1, tick.Sell: -1, tick.NoSide: 0}[r.Side])
	case ChannelField:
		return fmt.Sprint(r.Channel)
	case OrderNoField:
		return fmt.Sprint(r.OrderNo)
	}
	return fmt.Sprint(r.TickNo)
}

// cells returns what a frame shows, row by row. Floats are as fmt has them.
func cells(f *Frame) (all [][]string) {
	for i := range f.Rows() {
		var row []string
		for _, c := range f.Columns() {
			text := f.Cell(c, i)
			if c.Kind == Float && !c.Missing(i) {
				text = fmt.Sprint(c.Float(i))
			}
			row = append(row, text)
		}
		all = append(all, row)
	}
	return all
}

func sameCells(a, b [][]string) bool { return slices.EqualFunc(a, b, slices.Equal[[]string]) }

var allFields = []Field{TsField, SeqField, PriceField, QtyField, SideField, ChannelField, OrderNoField, TickNoField}

// TestTicksAreTheNaiveLoop: the frame of ticks has the fields of the records of the range,
// however they come in blocks; the first other value is an error that names its tick, or is
// counted.
func TestTicksAreTheNaiveLoop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names, ticks, s := drawSource(t, drawValue)
		in, err := s.Find(names[0])
		if err != nil {
			t.Fatal(err)
		}
		r := drawRange(t)
		o := TickOptions{Skip: rapid.Bool().Draw(t, "skip")}
		columns := allFields
		if rapid.Bool().Draw(t, "some fields") {
			o.Fields = rapid.Permutation(allFields).Draw(t, "fields")[:rapid.IntRange(1, len(allFields)).Draw(t, "number of fields")]
			columns = append([]Field{TsField}, slices.DeleteFunc(slices.Clone(o.Fields), func(f Field) bool { return f == TsField })...)
		}
		var want [][]string
		wrong, skipped := "", 0
		for _, row := range within(ticks[0], r) {
			record, err := tick.DecodeRecord([]byte(row.Value))
			if err != nil {
				skipped++
				if wrong == "" {
					wrong = fmt.Sprintf("(%d, seq %d): ", row.Time, row.Seq)
				}
				continue
			}
			var line []string
			for _, f := range columns {
				line = append(line, cellOf(row, record, f))
			}
			want = append(want, line)
		}
		f, err := Ticks(NoHost, s, &in, r, o)
		if wrong != "" && !o.Skip {
			if err == nil || !strings.Contains(err.Error(), wrong) {
				t.Fatalf("the error is %v, not that of %s", err, wrong)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if f.Skipped != skipped || f.Axis() == nil || f.Axis().Name != "ts" || f.Axis().ascends() >= 0 {
			t.Fatalf("%d skipped, not %d; axis %v", f.Skipped, skipped, f.Axis())
		}
		if got := cells(f); !sameCells(got, want) {
			t.Fatalf("got %v\nwant %v", got, want)
		}
	})
}

// TestLayoutIsTheNaiveLoop: the same of values that a layout describes.
func TestLayoutIsTheNaiveLoop(t *testing.T) {
	layout, err := ParseLayout("a:>i4/100 b:<I8 c:c2 x d:b")
	if err != nil {
		t.Fatal(err)
	}
	const size = 4 + 8 + 2 + 1 + 1
	rapid.Check(t, func(t *rapid.T) {
		names, ticks, s := drawSource(t, func(t *rapid.T) string {
			n := rapid.SampledFrom([]int{size, size, size, size, size - 1, size + 1, 0}).Draw(t, "bytes")
			return string(rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "value"))
		})
		in, err := s.Find(names[0])
		if err != nil {
			t.Fatal(err)
		}
		r := drawRange(t)
		o := TickOptions{Layout: layout, Skip: rapid.Bool().Draw(t, "skip")}
		var want [][]string
		skipped := 0
		for _, row := range within(ticks[0], r) {
			v := []byte(row.Value)
			if len(v) != size {
				skipped++
				continue
			}
			want = append(want, []string{
				tick.FormatTime(row.Time, tick.Shanghai), fmt.Sprint(row.Seq),
				fmt.Sprint(float64(int32(binary.BigEndian.Uint32(v))) / 100),
				fmt.Sprint(binary.LittleEndian.Uint64(v[4:])),
				strings.TrimRight(string(v[12:14]), "\x00"),
				fmt.Sprint(int8(v[15])),
			})
		}
		f, err := Ticks(NoHost, s, &in, r, o)
		if skipped > 0 && !o.Skip {
			if err == nil || !strings.Contains(err.Error(), "a value of 16 bytes expected") {
				t.Fatalf("the error is %v", err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := cells(f); !sameCells(got, want) || f.Skipped != skipped {
			t.Fatalf("got %v, %d skipped\nwant %v, %d", got, f.Skipped, want, skipped)
		}
	})
}

// TestMergeIsTheNaiveLoop: the ticks of some instruments come by time, those of one µs in the
// order of the instruments, and then of their seqs. An instrument may be named twice.
func TestMergeIsTheNaiveLoop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names, ticks, s := drawSource(t, drawValue)
		r := drawRange(t)
		type merged struct {
			of  int
			row tick.Row
		}
		var want []merged
		var instruments []tick.Instrument
		for i, k := range rapid.SliceOfN(rapid.IntRange(0, len(names)-1), 0, 5).Draw(t, "chosen") {
			in, err := s.Find(names[k])
			if err != nil {
				t.Fatal(err)
			}
			instruments = append(instruments, in)
			for _, row := range within(ticks[k], r) {
				want = append(want, merged{i, row})
			}
		}
		slices.SortStableFunc(want, func(a, b merged) int {
			return cmp.Or(cmp.Compare(a.row.Time, b.row.Time), cmp.Compare(a.of, b.of))
		})
		values := rapid.Bool().Draw(t, "values")
		m, err := NewMerge(NoHost, s, instruments, r, allFields, values)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		for i, w := range want {
			if !m.Next() || m.Instrument() != w.of || m.Time() != w.row.Time {
				t.Fatalf("tick %d is not that of instrument %d at %d: %v", i, w.of, w.row.Time, m.Err())
			}
			if values {
				if seq, value := m.Value(); seq != w.row.Seq || value != w.row.Value {
					t.Fatalf("tick %d is %d %q, not %d %q", i, seq, value, w.row.Seq, w.row.Value)
				}
				continue
			}
			c, at := m.Columns()
			_, isOther := slices.BinarySearch(c.Others, at)
			record, err := tick.DecodeRecord([]byte(w.row.Value))
			if c.Seqs[at] != w.row.Seq || isOther != (err != nil) {
				t.Fatalf("tick %d has seq %d, not %d; other: %v", i, c.Seqs[at], w.row.Seq, isOther)
			}
			got := tick.Record{Price: c.Prices[at], Qty: c.Qtys[at], Channel: c.Channels[at], Side: c.Sides[at], OrderNo: c.OrderNos[at], TickNo: c.TickNos[at]}
			if err == nil && got != record {
				t.Fatalf("tick %d is %v, not %v", i, got, record)
			}
		}
		if m.Next() || m.Err() != nil || m.Next() {
			t.Fatalf("more ticks than expected, or an error: %v", m.Err())
		}
	})
}

// TestAtIsTheNaiveLoop: of each instrument the last tick at or before a time, unless it is too
// old, in the order in which they were named.
func TestAtIsTheNaiveLoop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names, ticks, s := drawSource(t, drawValue)
		ts, most := rapid.Int64Range(0, 8).Draw(t, "time"), rapid.Int64Range(-1, 4).Draw(t, "within")
		var chosen []tick.Name
		var want [][]string
		wrong := ""
		for _, k := range rapid.SliceOfN(rapid.IntRange(0, len(names)-1), 0, 6).Draw(t, "chosen") {
			chosen = append(chosen, names[k])
			line := []string{"S", names[k].CodeText(), names[k].FullSymbol()}
			before := within(ticks[k], tick.Range{To: ts})
			if n := len(before); n > 0 && (most < 0 || ts-before[n-1].Time <= most) {
				row := before[n-1]
				record, err := tick.DecodeRecord([]byte(row.Value))
				if err != nil && wrong == "" {
					wrong = fmt.Sprintf("(%d, seq %d): ", row.Time, row.Seq)
				}
				for _, f := range allFields {
					line = append(line, cellOf(row, record, f))
				}
			} else {
				line = append(line, make([]string, len(allFields))...)
			}
			want = append(want, line)
		}
		f, err := At(NoHost, s, chosen, s.Find, ts, most, nil)
		if wrong != "" {
			if err == nil || !strings.Contains(err.Error(), wrong) {
				t.Fatalf("the error is %v, not that of %s", err, wrong)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := cells(f); !sameCells(got, want) {
			t.Fatalf("got %q\nwant %q", got, want)
		}
		for i, line := range want {
			if p := column(t, f, "price").Float(i); (line[3] == "") != math.IsNaN(p) {
				t.Fatalf("row %d: the price is %v", i, p)
			}
		}
	})
}

// TestReadersReturnTheErrorOfTheSource: what fails in the middle is an error, not an end.
func TestReadersReturnTheErrorOfTheSource(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names, _, s := drawSource(t, drawValue)
		s.failAt = rapid.IntRange(1, 3).Draw(t, "blocks")
		in, err := s.Find(names[0])
		if err != nil {
			t.Fatal(err)
		}
		check := func(what string, err error) {
			if errors.Is(err, errCut) != s.failed {
				t.Fatalf("%s: the error is %v; the source has failed: %v", what, err, s.failed)
			}
			s.failed = false
		}
		_, err = Ticks(NoHost, s, &in, tick.Always, TickOptions{Skip: true})
		check("ticks", err)
		for _, values := range []bool{false, true} {
			m, err := NewMerge(NoHost, s, []tick.Instrument{in, in}, tick.Always, allFields, values)
			if err != nil {
				t.Fatal(err)
			}
			for m.Next() {
			}
			check("merge", m.Err())
			m.Close()
		}
	})
}
