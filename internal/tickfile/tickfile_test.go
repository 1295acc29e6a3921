package tickfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"microts/internal/tick"
)

// codeRows are the rows of a code.
type codeRows struct {
	code string
	rows tick.Columns
}

// appendRow appends a row with a value.
func appendRow(c *tick.Columns, us int64, seq uint16, value string) {
	c.AppendBlock(&tick.Block{
		Times: []int64{us}, Seqs: []uint16{seq},
		Values: tick.Values{Bytes: value, Offsets: []uint32{0, uint32(len(value))}},
	}, tick.AllColumns)
}

// record returns a value that is a tick record.
func record(r tick.Record) string { return string(tick.AppendRecord(nil, r)) }

// drawCodes draws the rows of some codes of market S, ascending.
func drawCodes(t *rapid.T) []codeRows {
	codes := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"000001", "000002", "600000", "600519", "1234567", "SH000001", "沪铜2405", "rb2405.SHFE"}), 1, 5, rapid.ID[string]).Draw(t, "codes")
	slices.Sort(codes)
	numbers := rapid.OneOf(rapid.Uint64Range(0, 3), rapid.Uint64(), rapid.SampledFrom([]uint64{1 << 63, 1<<63 - 1, math.MaxUint64, 0}))
	var all []codeRows
	for _, code := range codes {
		c := codeRows{code: code}
		us, seq := rapid.Int64Range(0, 1<<51).Draw(t, "start"), uint16(0)
		step := rapid.SampledFrom([]int64{0, 1, 1000, 3_000_000, 1 << 40}).Draw(t, "step")
		plain := rapid.Bool().Draw(t, "plain")
		for range rapid.IntRange(1, 120).Draw(t, "rows") {
			value := ""
			switch kind := rapid.IntRange(0, 20).Draw(t, "kind"); {
			case plain || kind > 3:
				value = record(tick.Record{
					Price: rapid.Int32().Draw(t, "price"), Qty: rapid.Uint32().Draw(t, "qty"), Channel: rapid.Uint8().Draw(t, "channel"),
					Side:    tick.Side(rapid.IntRange(0, 2).Draw(t, "side")),
					OrderNo: numbers.Draw(t, "order_no"), TickNo: numbers.Draw(t, "tick_no"),
				})
			case kind == 1:
				value = strings.Repeat("v", tick.MaxValue-rapid.IntRange(0, 1).Draw(t, "less"))
			case kind > 1:
				value = string(rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "value"))
			}
			appendRow(&c.rows, us, seq, value)
			if ahead := rapid.Int64Range(0, step).Draw(t, "ahead"); ahead > 0 && us+ahead < tick.MaxTime {
				us, seq = us+ahead, rapid.Uint16Range(0, 2).Draw(t, "seq")
			} else if seq++; seq == 0 {
				break
			}
		}
		all = append(all, c)
	}
	return all
}

// write writes codes, each in parts of at most n rows.
func write(t require, market byte, groupRows, n int, codes []codeRows) ([]byte, []Group) {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b, market, WriterOptions{GroupRows: groupRows})
	for _, c := range codes {
		for from := 0; from < c.rows.Len(); from += n {
			part := c.rows.Part(from, min(from+n, c.rows.Len()))
			if err := w.Write(c.code, &part); err != nil {
				t.Fatal(err)
			}
		}
	}
	groups, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	if w.Size() != int64(b.Len()) {
		t.Errorf("Size() is %d of %d bytes", w.Size(), b.Len())
	}
	return b.Bytes(), groups
}

// require is what tests and rapid's checks have in common.
type require interface {
	Helper()
	Fatal(args ...any)
	Errorf(format string, args ...any)
}

// only returns the columns of a set.
func only(c tick.Columns, set tick.ColumnSet) tick.Columns {
	var b tick.Block
	c.Block(&b, 0, c.Len())
	var out tick.Columns
	out.AppendBlock(&b, set)
	return out
}

// same compares columns; nil is an empty slice.
func same(a, b tick.Columns) bool {
	return slices.Equal(a.Times, b.Times) && slices.Equal(a.Seqs, b.Seqs) && slices.Equal(a.Prices, b.Prices) &&
		slices.Equal(a.Qtys, b.Qtys) && slices.Equal(a.Channels, b.Channels) && slices.Equal(a.Sides, b.Sides) &&
		slices.Equal(a.OrderNos, b.OrderNos) && slices.Equal(a.TickNos, b.TickNos) &&
		slices.Equal(a.Others, b.Others) && slices.Equal(a.OtherValues, b.OtherValues)
}

// gather reads all groups with a function and puts the rows of each code together.
func gather(t require, groups []Group, read func(g *Group, c *tick.Columns) ([]Run, error)) []codeRows {
	t.Helper()
	var all []codeRows
	var c tick.Columns
	for i := range groups {
		runs, err := read(&groups[i], &c)
		if err != nil {
			t.Fatal(err)
		}
		for _, run := range runs {
			if len(all) == 0 || all[len(all)-1].code != run.Code {
				all = append(all, codeRows{code: run.Code})
			}
			part := c.Part(run.From, run.To)
			all[len(all)-1].rows.Append(&part)
		}
	}
	return all
}

// What was written comes back, by groups as by the footer, in all columns and in some,
// however the rows were cut.
func TestKeepsRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		codes := drawCodes(t)
		set := tick.ColumnSet(rapid.IntRange(0, int(tick.AllColumns)).Draw(t, "set"))
		groupRows := rapid.SampledFrom([]int{1, 7, 60, 8192}).Draw(t, "group")
		file, groups := write(t, 'S', groupRows, rapid.IntRange(1, 200).Draw(t, "part"), codes)
		check := func(how string, got []codeRows, set tick.ColumnSet) {
			t.Helper()
			if len(got) != len(codes) {
				t.Fatalf("%s: %d codes, %d expected", how, len(got), len(codes))
			}
			for i, want := range codes {
				if got[i].code != want.code || !same(got[i].rows, only(want.rows, set)) {
					t.Fatalf("%s: rows of %q: %+v; of %q %+v expected", how, got[i].code, got[i].rows, want.code, only(want.rows, set))
				}
			}
		}
		check("by groups", gather(t, groups, func(g *Group, c *tick.Columns) ([]Run, error) {
			r := g.Range()
			chunks := g.Cut(file[r.Offset:r.Offset+r.Length], r.Offset)
			return g.Decode(&chunks, tick.AllColumns, c)
		}), tick.AllColumns)
		f, err := Open(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		if f.Market() != 'S' {
			t.Errorf("market %c", f.Market())
		}
		check("by the footer", gather(t, f.Groups(), func(g *Group, c *tick.Columns) ([]Run, error) { return f.Read(g, set, c) }), set)
	})
}

// A Group says truly which rows it has, and comes back from JSON.
func TestGroupsSayWhichRowsTheyHave(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		codes := drawCodes(t)
		file, groups := write(t, 'S', 50, 1000, codes)
		f, err := Open(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		at := int64(len(magic))
		for i := range groups {
			g := &groups[i]
			if g.Offset != at {
				t.Errorf("group %d stands at %d, not %d", i, g.Offset, at)
			}
			at += g.Range().Length
			var c tick.Columns
			runs, err := f.Read(g, tick.AllColumns, &c)
			if err != nil {
				t.Fatal(err)
			}
			first, last := runs[0], runs[len(runs)-1]
			if g.Rows != c.Len() || g.Raws != len(c.Others) || g.FirstCode != first.Code || g.LastCode != last.Code ||
				g.FirstTime != c.Times[first.From] || g.LastTime != c.Times[last.To-1] {
				t.Errorf("%+v of %v", g, runs)
			}
			opened := f.Groups()[i]
			if opened.FirstTime > g.FirstTime || opened.LastTime < g.LastTime {
				t.Errorf("the footer says %d to %d of times %d to %d", opened.FirstTime, opened.LastTime, g.FirstTime, g.LastTime)
			}
			text, err := json.Marshal(g)
			if err != nil {
				t.Fatal(err)
			}
			var back Group
			if err := json.Unmarshal(text, &back); err != nil || back != *g {
				t.Errorf("%s became %+v, %v", text, back, err)
			}
		}
	})
}

// Any other reader of Parquet reads the same.
func TestParquetGoReadsIt(t *testing.T) {
	type row struct {
		Code    string  `parquet:"code"`
		Time    int64   `parquet:"ts_us,timestamp(microsecond)"`
		Seq     uint16  `parquet:"seq"`
		Price   *int32  `parquet:"price"`
		Qty     *uint32 `parquet:"qty"`
		Side    *uint8  `parquet:"side"`
		Channel *uint8  `parquet:"channel"`
		OrderNo *uint64 `parquet:"order_no"`
		TickNo  *uint64 `parquet:"tick_no"`
		Raw     []byte  `parquet:"raw,optional"`
	}
	rapid.Check(t, func(t *rapid.T) {
		codes := drawCodes(t)
		file, _ := write(t, 'S', 70, 1000, codes)
		rows, err := parquet.Read[row](bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range codes {
			other := 0
			for i := range c.rows.Len() {
				r := rows[0]
				rows = rows[1:]
				if r.Code != c.code || r.Time != c.rows.Times[i] || r.Seq != c.rows.Seqs[i] {
					t.Fatalf("row %d of %s: %+v", i, c.code, r)
				}
				if other < len(c.rows.Others) && c.rows.Others[other] == i {
					if r.Price != nil || r.Qty != nil || r.Side != nil || r.Channel != nil || r.OrderNo != nil || r.TickNo != nil || string(r.Raw) != c.rows.OtherValues[other] {
						t.Fatalf("row %d of %s: %+v", i, c.code, r)
					}
					other++
					continue
				}
				if *r.Price != c.rows.Prices[i] || *r.Qty != c.rows.Qtys[i] || *r.Side != uint8(c.rows.Sides[i]) || *r.Channel != c.rows.Channels[i] ||
					*r.OrderNo != c.rows.OrderNos[i] || *r.TickNo != c.rows.TickNos[i] || r.Raw != nil {
					t.Fatalf("row %d of %s: %+v", i, c.code, r)
				}
			}
		}
		if len(rows) > 0 {
			t.Errorf("%d more rows", len(rows))
		}
	})
}

func TestWriterRefusesRows(t *testing.T) {
	good := func() tick.Columns {
		var c tick.Columns
		appendRow(&c, 5, 1, record(tick.Record{}))
		return c
	}
	for name, test := range map[string]struct {
		code   string
		change func(c *tick.Columns)
		want   string
	}{
		"a code of the past":  {"000001", func(*tick.Columns) {}, `codes must ascend: "000001" after "600000"`},
		"the same row":        {"600000", func(*tick.Columns) {}, "code 600000: rows must ascend by time and seq: (5, 1) after (5, 1)"},
		"a time of the past":  {"600000", func(c *tick.Columns) { c.Times[0] = 4 }, "code 600000: rows must ascend by time and seq: (4, 1) after (5, 1)"},
		"a time below 0":      {"600001", func(c *tick.Columns) { c.Times[0] = -1 }, "code 600001: ts_us: integer microseconds 0 <= us < 2^53 expected, got -1"},
		"a short code":        {"601", func(*tick.Columns) {}, `code: "000601" expected, got "601"`},
		"no code":             {"", func(*tick.Columns) {}, `code: 1 to 64 bytes expected, got 0 ("")`},
		"a missing column":    {"600001", func(c *tick.Columns) { c.Qtys = nil }, "code 600001: column 2 has 0 rows, 1 expected"},
		"a side":              {"600001", func(c *tick.Columns) { c.Sides[0] = 3 }, "code 600001: side is 3, not 0 (B), 1 (S) or 2 (N)"},
		"a value too long":    {"600001", func(c *tick.Columns) { other(c, strings.Repeat("v", tick.MaxValue+1)) }, "code 600001: value 0, of 65537 bytes, is a tick record or longer than 65536 bytes"},
		"a record as a value": {"600001", func(c *tick.Columns) { other(c, record(tick.Record{})) }, "code 600001: value 0, of 50 bytes, is a tick record or longer than 65536 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			w := NewWriter(io.Discard, 'S', WriterOptions{})
			c := good()
			if err := w.Write("600000", &c); err != nil {
				t.Fatal(err)
			}
			c = good()
			test.change(&c)
			if err := w.Write(test.code, &c); err == nil || err.Error() != test.want {
				t.Errorf("%v, %s expected", err, test.want)
			}
			groups, err := w.Close()
			if err != nil || len(groups) != 1 || groups[0].Rows != 1 {
				t.Errorf("the file has %+v, %v; 1 row expected", groups, err)
			}
		})
	}
}

// other makes the only row a value that is no tick record.
func other(c *tick.Columns, value string) { c.Others, c.OtherValues = []int{0}, []string{value} }

// An error of the io.Writer is final.
func TestWriterFails(t *testing.T) {
	full := errors.New("no space")
	w := NewWriter(writerFunc(func([]byte) (int, error) { return 0, full }), 'S', WriterOptions{})
	var c tick.Columns
	appendRow(&c, 1, 0, "")
	if err := w.Write("600000", &c); !errors.Is(err, full) {
		t.Errorf("Write: %v", err)
	}
	if _, err := w.Close(); !errors.Is(err, full) {
		t.Errorf("Close: %v", err)
	}
}

type writerFunc func(b []byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func TestWriteAfterClose(t *testing.T) {
	w := NewWriter(io.Discard, 'S', WriterOptions{})
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var c tick.Columns
	appendRow(&c, 1, 0, "")
	if err := w.Write("600000", &c); err == nil {
		t.Error("no error")
	}
}

// Each bit of a chunk that Decode needs is covered by its checksum, without a Group's
// sums by that of the pages.
func TestDecodeSeesFlippedBits(t *testing.T) {
	var c tick.Columns
	for i := range int64(500) {
		appendRow(&c, i*i, 0, record(tick.Record{Price: int32(i % 7), Qty: uint32(i), OrderNo: uint64(i * 3)}))
	}
	file, groups := write(t, 'S', 0, 1000, []codeRows{{"600000", c}})
	g := groups[0]
	for bit := 0; bit < int(g.Range().Length)*8; bit += 7 {
		changed := slices.Clone(file)
		changed[int(g.Offset)+bit/8] ^= 1 << (bit % 8)
		chunks := g.Cut(changed, 0)
		var got tick.Columns
		runs, err := g.Decode(&chunks, tick.AllColumns, &got)
		code := g.Column(Code)
		raw := g.Column(Raw)
		at := g.Offset + int64(bit/8)
		unneeded := code.Offset <= at && at < code.Offset+code.Length || raw.Offset <= at && at < raw.Offset+raw.Length
		if unneeded != (err == nil) {
			t.Errorf("bit %d: %v, %v", bit, runs, err)
		}
		bare := g
		bare.Sums = Sums{}
		if _, err := bare.Decode(&chunks, tick.AllColumns, &got); err == nil && !same(got, c) {
			t.Errorf("bit %d: other rows without an error", bit)
		}
	}
}

// A group is cut before its values take too much.
func TestGroupsAreCutAtLargeValues(t *testing.T) {
	var c tick.Columns
	for i := range int64(200) {
		appendRow(&c, i, 0, strings.Repeat("v", tick.MaxValue))
	}
	file, groups := write(t, 'S', 0, 1000, []codeRows{{"600000", c}})
	if len(groups) != 4 || groups[0].Rows != maxGroupRaw/tick.MaxValue {
		t.Errorf("%d groups, the first of %d rows", len(groups), groups[0].Rows)
	}
	f, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	got := gather(t, f.Groups(), func(g *Group, c *tick.Columns) ([]Run, error) { return f.Read(g, tick.AllColumns, c) })
	if !same(got[0].rows, c) {
		t.Error("other rows")
	}
}

func TestOpenRefuses(t *testing.T) {
	var c tick.Columns
	appendRow(&c, 1, 0, "")
	good, _ := write(t, 'S', 0, 1, []codeRows{{"600000", c}})
	var foreign bytes.Buffer
	if err := parquet.Write(&foreign, []struct{ A int }{{1}}); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{
		"nothing":           nil,
		"text":              []byte(strings.Repeat("text", 100)),
		"another Parquet":   foreign.Bytes(),
		"without its end":   good[:len(good)-1],
		"another version":   bytes.Replace(good, []byte("microts.format\x18\x011"), []byte("microts.format\x18\x012"), 1),
		"without a market":  bytes.Replace(good, []byte("microts.market"), []byte("microts.markeT"), 1),
		"a renamed column":  bytes.ReplaceAll(good, []byte("tick_no"), []byte("tick_nO")),
		"a footer too long": slices.Concat(good[:len(good)-8], []byte{0xff, 0xff, 0xff, 0x7f}, []byte(magic)),
	} {
		_, err := Open(bytes.NewReader(file), int64(len(file)))
		var malformed *FormatError
		if !errors.As(err, &malformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(bytes.NewReader(good[:20]), int64(len(good))); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a file shorter than its size: %v", err)
	}
}

func TestSumsRefuseText(t *testing.T) {
	for _, text := range []string{`""`, `"AAAA"`, `"!"`} {
		var s Sums
		if err := json.Unmarshal([]byte(text), &s); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
}

func TestNeeds(t *testing.T) {
	for _, test := range []struct {
		g    Group
		set  tick.ColumnSet
		want []Column
	}{
		{Group{FirstCode: "1", LastCode: "1"}, tick.PriceColumn | tick.QtyColumn, []Column{Time, Price, Qty}},
		{Group{FirstCode: "1", LastCode: "2"}, 0, []Column{Code, Time}},
		{Group{FirstCode: "1", LastCode: "1"}, tick.SeqColumn, []Column{Time, Seq}},
		{Group{FirstCode: "1", LastCode: "1", Raws: 1}, tick.PriceColumn, []Column{Time, Seq, Price, Raw}},
		{Group{FirstCode: "1", LastCode: "1", Raws: 1}, tick.AllColumns, []Column{Time, Seq, Price, Qty, Side, Channel, OrderNo, TickNo, Raw}},
	} {
		if got := slices.Collect(test.g.Needs(test.set)); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%+v: %v, %v expected", test.g, got, test.want)
		}
	}
	if got := fmt.Sprint(slices.Collect((&Group{FirstCode: "1", LastCode: "1"}).Needs(0))); got != "[ts_us]" {
		t.Errorf("names: %s", got)
	}
}

// Groups of any size keep rows that are like a day of a stock, and numbers that are all
// different.
func TestKeepsADay(t *testing.T) {
	rows := dayOf(40_000)
	for _, groupRows := range []int{DefaultGroupRows, MaxGroupRows} {
		file, groups := write(t, 'S', groupRows, 999, []codeRows{{"600000", rows}})
		got := gather(t, groups, func(g *Group, c *tick.Columns) ([]Run, error) {
			chunks := g.Cut(file, 0)
			return g.Decode(&chunks, tick.AllColumns, c)
		})
		if len(got) != 1 || !same(got[0].rows, rows) {
			t.Errorf("groups of %d rows: other rows", groupRows)
		}
	}
}

// Who knows which rows each code has needs no chunk of code.
func TestDecodeWithoutCodes(t *testing.T) {
	file, groups := write(t, 'S', 0, 1000, goldenRows())
	chunks := groups[0].Cut(file, 0)
	var with, without tick.Columns
	if _, err := groups[0].Decode(&chunks, tick.AllColumns, &with); err != nil {
		t.Fatal(err)
	}
	chunks[Code] = nil
	runs, err := groups[0].Decode(&chunks, tick.AllColumns, &without)
	if err != nil || runs != nil || !same(with, without) {
		t.Errorf("%v, %v, %d rows", runs, err, without.Len())
	}
}
