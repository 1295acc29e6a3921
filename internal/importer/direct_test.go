package importer

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"microts/internal/tick"
)

// directCells are cells of each column of a CSV file, plain ones and others.
var directCells = map[string][]string{
	"market":   {"S", "H", "", "SH", "X", "无"},
	"code":     {"600519", "000001", "600519.SH", "700", "", " 600519", "NaN", "\"600519\"", "沪"},
	"ts":       {"2023-11-14T09:30:00.000001+08:00", "2023-11-14T09:30:59.9+08:00", "2023-11-14T09:31:00Z", "2023-11-14 09:30:01", "2023-11-05 01:30:00", "1700000000", "1700000000000001", "", "x", "2023-11-14 09:30:60", " 1700000000"},
	"date":     {"2023-11-14", "20231114", "2023-11-05", "2023/1/5", "", "x", "20230230"},
	"time":     {"93000", "093000123", "09:30:00.5", "9:30", "013000", "", "253000", "93000 "},
	"seq":      {"0", "1", "65535", "65536", "", "1.0", "-1", "a"},
	"price":    {"10.53", "10", "10.5301", "10.53010", "10.53001", "-1.5", "1e2", "214748.3647", "214748.3648", "", ".5", "5.", "+1", "00000000000000000000001", "1 "},
	"qty":      {"100", "4294967295", "4294967296", "100.0", "100.5", "", "-0", "NaN"},
	"side":     {"B", "S", "N", "1", "0", "buy", "买", "", "x", " B"},
	"channel":  {"3", "255", "256", ""},
	"order_no": {"7", "18446744073709551615", "999999999999999999", "18446744073709551616", "", "7.00"},
	"tick_no":  {"9", "0", "", "x"},
	"other":    {"", "a", "\"b,\nc\"", "成"},
}

// directMaps are expressions with which columns become ticks at once.
var directMaps = []map[string]string{
	{},
	{"ts": "date+time"},
	{"code": "'600519.SH'"},
	{"side": "recordside(side)", "price": "price*100"},
	{"price": "price*100", "qty": "$1"},
	{"qty": "qty*100", "order_no": "qty"}, // which do not
}

// sameTicks compares the ticks that a plan makes of rows with those that it makes of each
// row with expressions.
func sameTicks(t *testing.T, m *mapping, s *schema, parse func(p *plan, b *batch)) {
	t.Helper()
	var made [2]string
	for i := range made {
		p, err := m.plan(s, &names{})
		if err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			p.direct = nil
		}
		b := &batch{}
		parse(p, b)
		made[i] = strings.ReplaceAll(fmt.Sprintf("%v\n%v\n%v\n%v", b.ticks, b.lines, b.rows, b.bad), "} {", "}\n{")
	}
	if made[0] != made[1] {
		t.Errorf("%v: at once:\n%s\nwith expressions:\n%s", m.exprs, made[0], made[1])
	}
}

// eachMapping calls f with ways in which ticks are made of columns.
func eachMapping(t *testing.T, s *schema, f func(m *mapping)) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for i, exprs := range directMaps {
		for _, without := range []string{"", "market", "seq", "side"} {
			m := &mapping{preset: &Presets[0], exprs: map[string]string{}, zone: tick.Shanghai, market: 'S'}
			if i%2 == 1 {
				m.zone = zone
			}
			for _, field := range Fields {
				if s.find(field) >= 0 && field != without {
					m.exprs[field] = field
				}
			}
			m.exprs["price"] = "price*10000"
			maps.Copy(m.exprs, exprs)
			if exprs["code"] != "" {
				delete(m.exprs, "market")
			}
			f(m)
		}
	}
}

// TestDirectCSV: each cell of each column, among plain cells, is read as expressions read
// it.
func TestDirectCSV(t *testing.T) {
	columns := []string{"market", "code", "ts", "date", "time", "seq", "price", "qty", "side", "channel", "order_no", "tick_no", "other"}
	for width := len(columns) - 1; width <= len(columns); width++ { // a last column that is used, and one that is not
		s := &schema{columns: columns[:width], format: formatCSV}
		var text strings.Builder
		for _, odd := range s.columns {
			for _, cell := range directCells[odd] {
				for _, end := range []string{"\n", "\r\n", ",\n", ",,\n", "\n\n"} {
					for i, column := range s.columns {
						if i > 0 {
							text.WriteByte(',')
						}
						if column == odd {
							text.WriteString(cell)
						} else {
							text.WriteString(directCells[column][0])
						}
					}
					text.WriteString(end)
				}
			}
		}
		text.WriteString("S,600519") // too few
		eachMapping(t, s, func(m *mapping) {
			sameTicks(t, m, s, func(p *plan, b *batch) {
				newCSVParser(p, s, csvFormat{delim: ','}).parse(block{[]byte(text.String()), 1}, b)
			})
		})
	}
}

// directValues are values of the columns of a Parquet file, by the type of the column.
var directValues = map[string]struct {
	node   parquet.Node
	values []any
}{
	"int64":   {parquet.Int(64), []any{int64(1), int64(0), int64(2), int64(255), int64(65536), int64(-1), int64(1) << 40, int64(math.MinInt64), int64(1700000000), int64(600519)}},
	"int32":   {parquet.Int(32), []any{int32(0), int32(2), int32(-1), int32(math.MaxInt32), int32(math.MinInt32)}},
	"uint64":  {parquet.Uint(64), []any{uint64(1), uint64(math.MaxUint64), uint64(70000)}},
	"decimal": {parquet.Decimal(2, 18, parquet.Int64Type), []any{int64(1053), int64(100), int64(-100), int64(math.MaxInt64)}},
	"double":  {parquet.Leaf(parquet.DoubleType), []any{10.53, 1.0, 0.00001, -2.5, 1e9, math.NaN(), math.Inf(1)}},
	"float":   {parquet.Leaf(parquet.FloatType), []any{float32(10.53), float32(1), float32(0.00001)}},
	"text":    {parquet.String(), []any{"B", "N", "600519", "S", " ", "10.53", "", "NaN", "2023-11-14 09:30:00"}},
	"instant": {parquet.Timestamp(parquet.Microsecond), []any{int64(1700000000000001), int64(-1), int64(1) << 60}},
	"wall":    {parquet.TimestampAdjusted(parquet.Millisecond, false), []any{int64(1700000000000), int64(1699147800000), int64(-1)}},
	"day":     {parquet.Date(), []any{int32(19675), int32(-1)}},
	"bool":    {parquet.Leaf(parquet.BooleanType), []any{true, false}},
}

// plainTypes are the types that columns mostly have: the others, int64.
var plainTypes = map[string]string{"market": "text", "code": "text", "ts": "instant", "date": "day", "time": "int64", "price": "double", "side": "text", "order_no": "uint64"}

// writeParquet writes a file whose columns are plain but for one, which has all values of a
// type. With nulls columns are optional, in dictionaries, and 0 is written as null.
func writeParquet(t *testing.T, columns []string, odd, kind string, nulls bool) (data []byte) {
	group, values := parquet.Group{}, map[string][]any{}
	for _, column := range columns {
		k := kind
		if column != odd {
			if k = plainTypes[column]; k == "" {
				k = "int64"
			}
		}
		node := directValues[k].node
		if nulls && k != "bool" {
			node = parquet.Encoded(node, &parquet.RLEDictionary)
		}
		if nulls {
			node = parquet.Optional(node)
		}
		group[column], values[column] = node, directValues[k].values
	}
	var rows []any
	for _, value := range values[odd] {
		row := map[string]any{}
		for _, column := range columns {
			row[column] = values[column][0]
		}
		row[odd] = value
		rows = append(rows, row)
	}
	var b bytes.Buffer
	w := parquet.NewGenericWriter[any](&b, parquet.NewSchema("a", group))
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestDirectParquet: each value of each type in each column, among plain ones, is read as
// expressions read it.
func TestDirectParquet(t *testing.T) {
	columns := []string{"market", "code", "ts", "date", "time", "seq", "price", "qty", "side", "channel", "order_no", "tick_no"}
	test := func(odd, kind string, nulls bool) {
		data := writeParquet(t, columns, odd, kind, nulls)
		path := write(t, "a.parquet", string(data))
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		file, err := readParquet(&input{file: f, size: int64(len(data))})
		if err != nil {
			t.Fatal(err)
		}
		s := &schema{columns: file.columns(), format: formatParquet}
		eachMapping(t, s, func(m *mapping) {
			sameTicks(t, m, s, func(p *plan, b *batch) {
				q := newParquetParser(p, s, file)
				if err := q.parse(file.file.RowGroups()[0], 1, 1, func(int) *batch { return b }, func(*batch) bool { return true }); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
	for _, odd := range columns {
		for kind := range directValues {
			test(odd, kind, true)
			test(odd, kind, false)
		}
	}
}

// TestDirectIsTaken: files whose fields are columns need no expressions.
func TestDirectIsTaken(t *testing.T) {
	s := &schema{columns: []string{"market", "code", "ts", "seq", "price", "qty", "side", "channel", "order_no", "tick_no", "date", "time"}, format: formatCSV}
	for _, c := range []struct {
		exprs map[string]string
		taken bool
	}{
		{map[string]string{"code": "code", "market": "market", "ts": "ts", "price": "price*10000", "side": "side", "qty": "qty"}, true},
		{map[string]string{"code": "'600519.SH'", "ts": "date+time", "price": "price", "side": "recordside(side)"}, true},
		{map[string]string{"code": "code", "ts": "ts", "price": "price", "qty": "qty*100"}, false},
		{map[string]string{"code": "code", "ts": "ts", "price": "price", "qty": "price"}, false},
		{map[string]string{"code": "code", "ts": "micros(ts)", "price": "price"}, false},
		{map[string]string{"code": "code", "ts": "ts", "price": "price", "raw": "side"}, false},
	} {
		m := &mapping{preset: &Presets[0], exprs: c.exprs, zone: time.UTC}
		p, err := m.plan(s, &names{})
		if err != nil || (p.direct != nil) != c.taken {
			t.Errorf("%v: %v, %v", c.exprs, p.direct != nil, err)
		}
	}
}

// TestRememberedMinute: a time does not depend on the texts before it.
func TestRememberedMinute(t *testing.T) {
	zones := []*time.Location{time.UTC, tick.Shanghai}
	for _, name := range []string{"America/New_York", "Africa/Monrovia"} { // whose clocks were set by a part of a minute in 1972
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, zone)
	}
	// Midnight was not on that day: 00:44:30 came after 23:59:59.
	z := zoneClock{zone: zones[3]}
	for _, text := range []string{"1972-01-07 00:44:30", "1972-01-07 00:44:29"} {
		us, err := z.parse([]byte(text))
		fresh := zoneClock{zone: zones[3]}
		if want, wantErr := fresh.parse([]byte(text)); us != want || fmt.Sprint(err) != fmt.Sprint(wantErr) {
			t.Errorf("%q is %d (%v) and not %d (%v)", text, us, err, want, wantErr)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		z := zoneClock{zone: zone}
		dates := rapid.SliceOfN(rapid.SampledFrom([]string{"2023-11-14T", "2023-11-05 ", "1972-01-07 ", "1970-01-01T", "2255-06-05 "}), 1, 2).Draw(t, "dates")
		date := rapid.SampledFrom(dates)
		minute := rapid.SampledFrom([]string{"01:30:", "00:44:", "00:44:", "00:00:", "23:47:", "2:30:"})
		for range 50 {
			text := date.Draw(t, "date") + minute.Draw(t, "minute") +
				rapid.SampledFrom([]string{"00", "29", "30", "34", "59", "60", "5", "x0"}).Draw(t, "second") +
				rapid.SampledFrom([]string{"", "", ".5", ".740991", ".7409919", ",5", "."}).Draw(t, "fraction") +
				rapid.SampledFrom([]string{"", "", "Z", "+08:00", "-0500", " "}).Draw(t, "offset")
			us, err := z.parse([]byte(text))
			fresh := zoneClock{zone: zone}
			want, wantErr := fresh.parse([]byte(text))
			if fmt.Sprint(err) != fmt.Sprint(wantErr) || err == nil && us != want {
				t.Fatalf("%q is %d (%v) and not %d (%v)", text, us, err, want, wantErr)
			}
		}
	})
}
