package importer

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"microts/internal/tick"
	"microts/store"
)

// openDB opens a database in a temporary folder.
func openDB(t testing.TB) *store.DB {
	t.Helper()
	env := store.NewEnv()
	db, err := env.Open(filepath.Join(t.TempDir(), "db"), &store.Options{Durability: store.None})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := env.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// write writes a file in a temporary folder and returns its path.
func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// dump returns all ticks of a database as text.
func dump(t testing.TB, db *store.DB) string {
	t.Helper()
	names, err := db.Names(0)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, name := range names {
		in, err := db.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := db.Scan(&in, tick.ScanOptions{Range: tick.Always})
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			fmt.Fprintf(&b, "%s %s %d", name, tick.FormatTime(rows.Time(), tick.Shanghai), rows.Seq())
			if r, err := tick.DecodeRecord([]byte(rows.Value())); err != nil {
				fmt.Fprintf(&b, " raw %q\n", rows.Value())
			} else {
				fmt.Fprintf(&b, " %d %d %v %d %d %d\n", r.Price, r.Qty, r.Side, r.Channel, r.OrderNo, r.TickNo)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// importText imports a file with a name and a content, and returns the ticks.
func importText(t testing.TB, name, content string, o Options) (string, *Report, error) {
	t.Helper()
	o.Files = []string{write(t, name, content)}
	db := openDB(t)
	r, err := Import(context.Background(), db, o)
	return dump(t, db), r, err
}

const header = "code,ts,price,qty\n"

// TestMessages: what is wrong is said with file and line, the field, what was expected
// and what came.
func TestMessages(t *testing.T) {
	db, on := openDB(t), true
	long := strings.Repeat("9", 400)
	for _, c := range []struct {
		name, content string
		o             Options
		err           string // "FILE" stands for the path
	}{
		// Rows.
		{"a.csv", header + "600519,1700000000,abc,1\n", Options{}, `FILE:2: price: a number expected, got "abc"`},
		{"a.csv", header + "600519,1700000000,,1\n", Options{}, "FILE:2: price: a number expected, got nothing"},
		{"a.csv", header + "600519,1700000000,1.00001,1\n", Options{}, "FILE:2: price: a whole number of 1/10000 of the currency expected, got 10000.1; round(...) in --map rounds"},
		{"a.csv", header + "600519,1700000000,300000,1\n", Options{}, "FILE:2: price: -2147483648 to 2147483647 in 1/10000 of the currency expected, got 3000000000"},
		{"a.csv", header + "600519,1700000000," + long + ",1\n", Options{}, "FILE:2: price: a number expected, got \"9999999999999999999999999999999999999999\"..."},
		{"a.csv", header + "600519,1700000000,1,-1\n", Options{}, `FILE:2: qty: a whole number from 0 to 4294967295 expected, got "-1"`},
		{"a.csv", header + "600519,1700000000,1,4294967296\n", Options{}, `FILE:2: qty: a whole number from 0 to 4294967295 expected, got "4294967296"`},
		{"a.csv", header + "600519,1700000000,1,0.5\n", Options{}, `FILE:2: qty: a whole number from 0 to 4294967295 expected, got "0.5"`},
		{"a.csv", header + "600519,17000x,1,1\n", Options{}, `FILE:2: ts: date and time such as "2023-11-14 22:13:20.0001" expected, got "17000x"`},
		{"a.csv", header + "600519,,1,1\n", Options{}, "FILE:2: ts: time expected, got nothing"},
		{"a.csv", header + "600519,2023-03-12 02:30:00,1,1\n", Options{Zone: "America/New_York"}, `FILE:2: ts: the clocks of America/New_York never show 2023-03-12 02:30:00: time with an offset such as +08:00 expected`},
		{"a.csv", header + ",1700000000,1,1\n", Options{}, "FILE:2: code: code expected, got nothing"},
		{"a.csv", header + "700,1700000000,1,1\n", Options{}, `FILE:2: code: "700": which market? give one, such as --market S, or codes such as 600519.SH`},
		{"a.csv", header + "\n\r\n600519,1700000000,1\n", Options{}, "FILE:4: 4 fields expected, got 3"},
		{"a.csv", header + "600519,1700000000,1,2,3\n", Options{}, "FILE:2: 4 fields expected, got 5"},
		{"a.csv", header + "\"600519\"x,1700000000,1,2\n", Options{}, `FILE:2: column 1: "," expected behind a quote, got "x"`},
		{"a.csv", header + "600519,1700000000,1,\"a\nb\"\n600519,x,1,1", Options{}, "FILE:2: qty: a whole number from 0 to 4294967295 expected, got \"a\\nb\"\nFILE:4: ts:"},
		{"a.csv", "code,ts,price,名\n600519,1700000000,1,\xff\xfe\n", Options{Encoding: "utf-8", Map: map[string]string{"side": "名"}}, `FILE:2: column 4: UTF-8 expected, got "\xff\xfe"; --encoding gbk reads GBK`},
		{"a.csv", "code,ts,price,side\n600519,1700000000,1,up\n", Options{}, `FILE:2: side: one of B, S and N, buy and sell, 1, -1 and 0 expected, got "up"`},
		{"a.csv", "code,ts,price,seq\n600519,1700000000,1,65536\n", Options{}, `FILE:2: seq: a whole number from 0 to 65535 expected, got "65536"`},
		{"a.csv", "code,ts,price,order_no\n600519,1700000000,1,18446744073709551616\n", Options{}, `FILE:2: order_no: a whole number from 0 to 18446744073709551615 expected, got "18446744073709551616"`},
		{"a.csv", "code,ts,price,qty\n600519,1700000000,1,99999999999\n", Options{Cumulative: &on}, "FILE:2: qty: a difference of at most 4294967295 expected, got 99999999999"},
		{"a.json", `{"code": "600519", "ts": 1700000000, "price": "x"}` + "\n", Options{}, `FILE:1: price: a number expected, got "x"`},
		{"a.json", `{"code": "600519", "ts": 1700000000, "price": 1}` + "\n\n{\"code\": 1", Options{}, `FILE:3: "," or "}" expected, got the end of the line`},
		{"a.json", `{"code": "600519", "ts": 1700000000, "price": 1}` + "\n{\"code\"= 1}", Options{}, `FILE:2: ":" expected at 8, got "="`},
		{"a.json", `{"code": "600519", "ts": 1700000000, "price": 1}` + "\n[1]", Options{}, `FILE:2: "{" expected at 1, got "["`},
		{"a.json", `{"code": "600519", "ts": 1700000000, "price": 1}` + "\n{\"code\": x}", Options{}, `FILE:2: a value expected at 10, got "x"`},
		// Files.
		{"a.csv", header + "\"600519,1700000000,1,1\n", Options{}, "FILE:2: a quote begins a field here and has no end"},
		{"a.csv", "a,b,a\n1,2,3\n", Options{}, `FILE:1: names of columns expected, got "a" twice`},
		{"a.csv", "ts,price\n1,2\n", Options{}, `FILE: the columns "ts", "price" do not tell the code (preset "plain"): give --code 600519.SH, --code-column NAME or --map code=EXPR`},
		{"a.csv", "code,price\n1,2\n", Options{}, `FILE: the columns "code", "price" do not tell the ts (preset "plain"): give --map ts=EXPR, such as ts="date+time"`},
		{"a.csv", "code,ts\n1,2\n", Options{}, `FILE: the columns "code", "ts" do not tell the price (preset "plain"): give --map price=EXPR in 1/10000 of the currency, such as price="last*10000"`},
		{"a.csv", header, Options{Map: map[string]string{"price": "lst*10000"}}, `FILE: price: "lst*10000", at 1: there is no column "lst"; the columns are code, ts, price, qty`},
		{"a.csv", header, Options{Seq: "sq"}, "FILE: seq: \"`sq`\", at 1: there is no column \"sq\"; the columns are code, ts, price, qty"},
		{"a.json", "[{}]", Options{}, "FILE: JSON lines, an object on each line, expected, got a JSON array"},
		{"a.csv", "a\x00b", Options{}, "FILE: a text expected, got zero bytes: is it UTF-16 (--encoding utf-16), or no table?"},
		{"a.parquet", "PARE\x00\x00", Options{}, "FILE: a file that is not encrypted expected, got Parquet with encryption"},
		{"a.parquet", "PAR1 is not all", Options{}, "FILE: a Parquet file expected: "},
		{"a.csv", header, Options{Format: "parquet"}, `FILE: a Parquet file expected, got one that begins with "code"`},
		{"a.gz", "\x1f\x8b\x08\x00garbage", Options{}, "FILE: gzip: "},
		{"a.zst", "\x28\xb5\x2f\xfdgarbage", Options{}, "FILE: zstd: "},
		{"a.zip", "PK\x03\x04garbage", Options{}, "FILE: zip: not a valid zip file"},
		// Options.
		{"a.csv", "", Options{Preset: "vnpy"}, `preset: unknown "vnpy"; there are microts, microts-v1, sealed, vnpy-tick`},
		{"a.csv", "", Options{Map: map[string]string{"prize": "1"}}, `map: unknown "prize"; did you mean "price"?`},
		{"a.csv", "", Options{Map: map[string]string{"price": "1+"}}, `map price: "1+", at 3: a column, a number or a text expected, got the end`},
		{"a.csv", "", Options{Market: "SH"}, `market: one printable ASCII character expected, got "SH"`},
		{"a.csv", "", Options{Code: "700"}, `code: "700": which market?`},
		{"a.csv", "", Options{Code: "600519", CodeColumn: "x"}, "code: one of code, code_column and the code of map expected"},
		{"a.csv", "", Options{Zone: "Mars"}, `tz: name of a time zone such as "Asia/Shanghai" or "UTC" expected, got "Mars"`},
		{"a.csv", "", Options{Seq: "x", Map: map[string]string{"seq": "y"}}, "seq: a column and the seq of map are two answers; give one"},
		{"a.csv", "", Options{Format: "xml"}, `format: unknown "xml"; there are csv, json, parquet`},
		{"a.csv", "", Options{Encoding: "big5"}, `encoding: unknown "big5"; there are utf-8, gbk, gb18030, utf-16`},
		{"a.csv", "", Options{Delimiter: "ab"}, `delimiter: one ASCII character or "tab" expected, got "ab"`},
		{"a.csv", "", Options{Header: "maybe"}, `header: "yes" or "no" expected, got "maybe"`},
		{"a.csv", "", Options{MaxBad: new(int)}, ""},
	} {
		c.o.Files = []string{write(t, c.name, c.content)}
		_, err := Import(context.Background(), db, c.o)
		if c.err == "" {
			if err != nil {
				t.Errorf("%q: %v", c.content, err)
			}
			continue
		}
		text := fmt.Sprint(err)
		if i := strings.Index(text, "/a."); i > 0 {
			for _, word := range strings.Fields(text) {
				if path, _, ok := strings.Cut(word, ":"); ok && filepath.Base(path) == c.name {
					text = strings.ReplaceAll(text, path, "FILE")
				}
			}
		}
		if err == nil || !strings.HasPrefix(text, c.err) {
			t.Errorf("%q:\n%s\nand not\n%s", c.content, text, c.err)
		}
	}
	for _, c := range []struct{ path, err string }{
		{"none.csv", "stat none.csv: no such file or directory"},
		{"none*.csv", `files: no file is like "none*.csv"`},
		{t.TempDir(), "a file expected, got a folder; a pattern such as FOLDER/*.csv names its files"},
	} {
		_, err := Import(context.Background(), db, Options{Files: []string{c.path}})
		if err == nil || !strings.HasSuffix(err.Error(), c.err) {
			t.Errorf("%s: %v", c.path, err)
		}
	}
	if _, err := Import(context.Background(), db, Options{}); fmt.Sprint(err) != "files: at least one file expected" {
		t.Error(err)
	}
}

const (
	sample = "代码,时间,价格,数量,方向\n000001.SZ,2023-11-14 09:30:00.1,10.53,100,买盘\n600519.SH,2023-11-14 09:30:00.2,1680.01,200,卖盘\n"

	sampleTicks = "S:000001 2023-11-14 09:30:00.100000 0 105300 100 B 0 0 0\nS:600519 2023-11-14 09:30:00.200000 0 16800100 200 S 0 0 0\n"
)

// TestPackedAndEncoded: what a file is packed with and how its text is encoded is found
// out.
func TestPackedAndEncoded(t *testing.T) {
	encode := func(e interface{ String(string) (string, error) }, text string) string {
		s, err := e.String(text)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	gbk := simplifiedchinese.GB18030.NewEncoder()
	var gz, zs, z bytes.Buffer
	w := gzip.NewWriter(&gz)
	_, _ = w.Write([]byte(encode(gbk, sample)))
	_ = w.Close()
	e, _ := zstd.NewWriter(&zs)
	_, _ = e.Write([]byte(sample))
	_ = e.Close()
	zw := zip.NewWriter(&z)
	f, _ := zw.Create("folder/day.csv")
	_, _ = f.Write([]byte(sample))
	_ = zw.Close()
	for name, content := range map[string]string{
		"plain.csv":   sample,
		"crlf.csv":    strings.ReplaceAll(sample, "\n", "\r\n"),
		"bom.csv":     "\xef\xbb\xbf" + sample,
		"gbk.csv":     encode(gbk, sample),
		"utf16le.csv": encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(), sample),
		"utf16be.csv": encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder(), sample),
		"gbk.csv.gz":  gz.String(),
		"utf8.zst":    zs.String(),
		"day.zip":     z.String(),
		"bars.txt":    encode(gbk, strings.ReplaceAll(sample, ",", "|")),
		"tabs.tsv":    strings.ReplaceAll(sample, ",", "\t"),
		"quoted.csv":  strings.ReplaceAll(sample, "10.53", `"10.53"`),
		"no end.csv":  strings.TrimSuffix(sample, "\n"),
		"spaces.csv":  strings.ReplaceAll(sample, ",", " , "),
	} {
		if got, _, err := importText(t, name, content, Options{}); got != sampleTicks || err != nil {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
	for _, in := range []string{sample, gz.String(), zs.String()} {
		db := openDB(t)
		if _, err := Import(context.Background(), db, Options{Files: []string{"-"}, Stdin: strings.NewReader(in)}); err != nil || dump(t, db) != sampleTicks {
			t.Errorf("standard input: %v\n%s", err, dump(t, db))
		}
	}
	// Without a header, columns have numbers.
	_, rest, _ := strings.Cut(sample, "\n")
	o := Options{Map: map[string]string{"code": "$1", "ts": "c2", "price": "$3*10000", "qty": "c4", "side": "c5"}}
	if got, _, err := importText(t, "bare.csv", rest, o); got != sampleTicks || err != nil {
		t.Errorf("no header: %v\n%s", err, got)
	}
	for _, empty := range []string{"", "\n\n", header, "\xef\xbb\xbf"} {
		if got, r, err := importText(t, "empty.csv", empty, Options{}); err != nil || got != "" || r.Rows != 0 {
			t.Errorf("%q: %v %s", empty, err, got)
		}
	}
}

// parquetRow has the types that vendors' files have.
type parquetRow struct {
	Code   string   `parquet:"code,dict"`
	TS     int64    `parquet:"ts,timestamp(nanosecond)"`
	Price  float64  `parquet:"price"`
	Qty    int64    `parquet:"qty"`
	Side   *string  `parquet:"side,optional,dict"`
	Order  uint64   `parquet:"order_no"`
	TickNo *int32   `parquet:"tick_no,optional"`
	Last   float32  `parquet:"last"`
	Dec    int64    `parquet:"dec,decimal(3:18)"`
	Day    int32    `parquet:"day,date"`
	Clock  int64    `parquet:"clock,time(microsecond)"`
	Flag   bool     `parquet:"flag"`
	List   []string `parquet:"list"`
}

func parquetText(t testing.TB, rows []parquetRow) string {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[parquetRow](&b, parquet.MaxRowsPerRowGroup(1000), parquet.PageBufferSize(512))
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestParquet(t *testing.T) {
	buy := "B"
	rows := []parquetRow{}
	var want strings.Builder
	for i := range 2500 {
		no := int32(i)
		r := parquetRow{
			Code: "600519.SH", TS: (1699925400e6 + int64(i)*1000) * 1000, Price: float64(168001+i) / 100, Qty: int64(i), Order: 1<<64 - 1 - uint64(i),
			Last: float32(1053+i) / 100, Dec: int64(1053+i) * 10, Day: 19675, Clock: 34200e6 + int64(i)*1000, Flag: i%2 == 0, List: []string{"x"},
		}
		side, number := "N", 0
		if i%3 == 0 {
			r.Side, side = &buy, "B"
		}
		if i%5 != 0 {
			r.TickNo, number = &no, i
		}
		rows = append(rows, r)
		fmt.Fprintf(&want, "S:600519 %s 0 %d %d %s 0 %d %d\n", tick.FormatTime(1699925400e6+int64(i)*1000, tick.Shanghai), (168001+i)*100, i, side, r.Order, number)
	}
	text := parquetText(t, rows)
	got, report, err := importText(t, "a.parquet", text, Options{})
	if err != nil || got != want.String() || report.Rows != 2500 {
		t.Errorf("%v\n%.300s\nand not\n%.300s", err, got, want.String())
	}
	// Other types: float32, decimal, date and time of day, booleans.
	for price, add := range map[string]int{"last*10000": 1053, "dec*10000": 1053} {
		o := Options{Map: map[string]string{"price": price, "ts": "day+clock", "side": "if(flag, 'B', 'S')", "qty": "0", "order_no": "0", "tick_no": "0"}}
		got, _, err := importText(t, "a.parquet", text, o)
		first, _, _ := strings.Cut(got, "\n")
		lines := strings.Split(got, "\n")
		if err != nil || first != fmt.Sprintf("S:600519 2023-11-14 09:30:00.000000 0 %d 0 B 0 0 0", add*100) || lines[2499] != fmt.Sprintf("S:600519 2023-11-14 09:30:02.499000 0 %d 0 S 0 0 0", (add+2499)*100) {
			t.Errorf("%s: %v\n%s\n%s", price, err, first, lines[2499])
		}
	}
	db := openDB(t)
	if _, err := Import(context.Background(), db, Options{Files: []string{"-"}, Stdin: strings.NewReader(text)}); err != nil || dump(t, db) != want.String() {
		t.Errorf("standard input: %v", err)
	}
	// A damaged file is an error, and no panic.
	random := rand.New(rand.NewPCG(1, 2))
	path := filepath.Join(t.TempDir(), "bad.parquet")
	for range 100 {
		bad := []byte(text)
		for range 1 + random.IntN(4) {
			bad[4+random.IntN(len(bad)-4)] ^= byte(1 + random.IntN(255))
		}
		if err := os.WriteFile(path, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		_, _ = GuessFile(context.Background(), path, Options{}, 10_000)
	}
}

// TestCumulative: the differences of a day's totals, through files, nights and resets.
func TestCumulative(t *testing.T) {
	on := true
	a := write(t, "a.csv", "code,ts,price,qty,day\n600519,2023-11-14 09:30:00,1,100,a\n600519,2023-11-14 09:30:03,1,150,a\n000001,2023-11-14 09:30:03,1,7,a\n600519,2023-11-14 09:30:03,1,150,a\n")
	b := write(t, "b.csv", "code,ts,price,qty,day\n600519,2023-11-14 09:30:06,1,160,a\n600519,2023-11-15 09:30:00,1,200,a\n600519,2023-11-15 09:30:03,1,50,a\n600519,2023-11-15 09:30:06,1,60,b\n")
	want := func(qty ...int) string {
		times := []string{"14 09:30:00", "14 09:30:03", "14 09:30:03", "14 09:30:06", "15 09:30:00", "15 09:30:03", "15 09:30:06"}
		text := "S:000001 2023-11-14 09:30:03.000000 0 10000 7 N 0 0 0\n"
		for i, q := range qty {
			seq := 0
			if i > 0 && times[i] == times[i-1] {
				seq = 1
			}
			text += fmt.Sprintf("S:600519 2023-11-%s.000000 %d 10000 %d N 0 0 0\n", times[i], seq, q)
		}
		return text
	}
	db := openDB(t)
	if _, err := Import(context.Background(), db, Options{Files: []string{a, b}, Cumulative: &on, Map: map[string]string{"day": "''"}}); err != nil {
		t.Fatal(err)
	}
	if got, want := dump(t, db), want(100, 50, 0, 10, 40, 50, 10); got != want {
		t.Errorf("one day:\n%s\nand not\n%s", got, want)
	}
	db = openDB(t)
	if _, err := Import(context.Background(), db, Options{Files: []string{a, b}, Cumulative: &on}); err != nil {
		t.Fatal(err)
	}
	if got, want := dump(t, db), want(100, 50, 0, 10, 200, 50, 10); got != want {
		t.Errorf("days by the date:\n%s\nand not\n%s", got, want)
	}
	db = openDB(t)
	if _, err := Import(context.Background(), db, Options{Files: []string{a, b}, Cumulative: &on, Map: map[string]string{"day": "day"}}); err != nil {
		t.Fatal(err)
	}
	if got, want := dump(t, db), want(100, 50, 0, 10, 40, 50, 60); got != want {
		t.Errorf("days by a column:\n%s\nand not\n%s", got, want)
	}
}

// TestBadRows: they are counted, written aside, and too many end the import.
func TestBadRows(t *testing.T) {
	content := header + "600519,1700000000,1,1\n600519,x,\"1\n2\",1\n600519,1700000001,1,1\n600519,1700000002,y,1\n"
	bad := filepath.Join(t.TempDir(), "bad.csv")
	got, r, err := importText(t, "a.csv", content, Options{Bad: bad})
	if err != nil || r.Rows != 4 || r.Bad != 2 || r.Ticks != 2 || strings.Count(got, "\n") != 2 || len(r.FirstBad) != 2 {
		t.Errorf("%v %+v\n%s", err, r, got)
	}
	file := r.FirstBad[0].File
	text, err := os.ReadFile(bad)
	want := "file,line,reason,row\n" + file + `,3,"ts: date and time such as ""2023-11-14 22:13:20.0001"" expected, got ""x""","600519,x,""1` + "\n" + `2"",1"` + "\n" + file + `,6,"price: a number expected, got ""y""","600519,1700000002,y,1"` + "\n"
	if err != nil || string(text) != want {
		t.Errorf("%v\n%s\nand not\n%s", err, text, want)
	}
	for most, fails := range map[int]bool{0: true, 1: true, 2: false, -1: false} {
		_, _, err := importText(t, "a.csv", content, Options{MaxBad: &most})
		many := (*TooManyBadError)(nil)
		if errors.As(err, &many) != fails || (err == nil) == fails {
			t.Errorf("max_bad %d: %v", most, err)
		}
	}
	if _, _, err := importText(t, "a.csv", content, Options{Bad: "/nowhere/x"}); err == nil || !strings.HasPrefix(err.Error(), "create the file of bad rows: ") {
		t.Error(err)
	}
	full := func(string) (io.WriteCloser, error) { return os.OpenFile("/dev/full", os.O_WRONLY, 0) }
	if _, _, err := importText(t, "a.csv", content, Options{Bad: "x", CreateBad: full}); err == nil || !strings.HasPrefix(err.Error(), "write the bad rows: ") {
		t.Error(err)
	}
	same := strings.Repeat("600519,1700000000,1,1\n", 65537)
	_, r, err = importText(t, "same.csv", header+same, Options{Bad: bad})
	if err != nil || r.Bad != 1 || r.FirstBad[0].Line != 65538 || r.FirstBad[0].Reason != "seq: at most 65536 rows of one instrument and time expected" {
		t.Errorf("%v %+v", err, r)
	}
}

// row is a tick as a test's file has it.
type testRow struct {
	code string
	ts   int64
	seq  int
	tick.Record
}

var testRows = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) testRow {
	return testRow{
		rapid.SampledFrom([]string{"000001.SZ", "600519.SH", "rb2405.SHFE", "00700.HK"}).Draw(t, "code"),
		1_700_000_000_000_000 + rapid.Int64Range(0, 20).Draw(t, "ts")*1_000_003,
		rapid.IntRange(0, 3).Draw(t, "seq"),
		tick.Record{Price: rapid.Int32().Draw(t, "price"), Qty: rapid.Uint32().Draw(t, "qty"), Side: tick.Side(rapid.IntRange(0, 2).Draw(t, "side")), TickNo: rapid.Uint64().Draw(t, "no")},
	}
}), 0, 300)

// expected returns the dump of a database with some rows.
func expected(t testing.TB, rows []testRow, auto bool) string {
	t.Helper()
	type key struct {
		name tick.Name
		ts   int64
		seq  int
	}
	last := map[key]tick.Record{}
	counts := map[key]int{}
	for _, r := range rows {
		name, err := tick.ParseName(r.code)
		if err != nil {
			t.Fatal(err)
		}
		seq := r.seq
		if auto {
			k := key{name, r.ts, 0}
			seq = counts[k]
			counts[k]++
		}
		last[key{name, r.ts, seq}] = r.Record
	}
	keys := slices.SortedFunc(maps.Keys(last), func(a, b key) int {
		if c := a.name.Compare(b.name); c != 0 {
			return c
		}
		if a.ts != b.ts {
			return int(a.ts - b.ts)
		}
		return a.seq - b.seq
	})
	var b strings.Builder
	for _, k := range keys {
		r := last[k]
		fmt.Fprintf(&b, "%s %s %d %d %d %v %d %d %d\n", k.name, tick.FormatTime(k.ts, tick.Shanghai), k.seq, r.Price, r.Qty, r.Side, r.Channel, r.OrderNo, r.TickNo)
	}
	return b.String()
}

// TestRows: whatever the rows, their order and format, and how many tables they take, the
// database has them; the same import again changes nothing, also over another one.
func TestRows(t *testing.T) {
	type setup struct {
		rows       []testRow
		auto, json bool
		table      int
	}
	setups := rapid.Custom(func(t *rapid.T) setup {
		return setup{
			testRows.Draw(t, "rows"), rapid.Bool().Draw(t, "auto"), rapid.Bool().Draw(t, "JSON"),
			rapid.SampledFrom([]int{1, 7, 100, 1000}).Draw(t, "table"),
		}
	})
	rounds := 8
	if n, err := strconv.Atoi(os.Getenv("MICROTS_ROUNDS")); err == nil {
		rounds = n
	}
	for i := range rounds {
		s := setups.Example(i)
		rows := s.rows
		o := Options{Map: map[string]string{"price": "price", "ts": "micros(ts)", "tick_no": "tick_no"}, tableRows: max(s.table, len(rows)/5)}
		if s.auto {
			o.Seq = "auto"
		}
		for i, part := range [][]testRow{rows[:len(rows)/2], rows[len(rows)/2:]} {
			var b strings.Builder
			if !s.json {
				b.WriteString("code,ts,seq,price,qty,side,tick_no\n")
			}
			for _, row := range part {
				if s.json {
					fmt.Fprintf(&b, `{"code": %q, "ts": %d, "seq": %d, "price": %d, "qty": "%d", "side": %q, "tick_no": %d}`+"\n", row.code, row.ts, row.seq, row.Price, row.Qty, row.Side, row.TickNo)
				} else {
					fmt.Fprintf(&b, "%s,%d,%d,%d,%d,%s,%d\n", row.code, row.ts, row.seq, row.Price, row.Qty, row.Side, row.TickNo)
				}
			}
			if len(part) > 0 {
				o.Files = append(o.Files, write(t, fmt.Sprintf("%d.txt", i), b.String()))
			}
		}
		if len(o.Files) == 0 {
			continue
		}
		want := expected(t, rows, s.auto)
		db := openDB(t)
		for range 2 {
			report, err := Import(context.Background(), db, o)
			if err != nil || report.Ticks != int64(len(rows)) {
				t.Fatalf("example %d: %v %+v", i, err, report)
			}
			if got := dump(t, db); got != want {
				t.Fatalf("example %d: got\n%s\nand not\n%s", i, got, want)
			}
		}
	}
}

// TestInterrupted: an import whose context ends says so, leaves no table behind, and can
// be run again.
func TestInterrupted(t *testing.T) {
	var b strings.Builder
	b.WriteString(header)
	for i := range 200_000 {
		fmt.Fprintf(&b, "600519,%d,1,1\n", 1_700_000_000_000+i)
	}
	path := write(t, "a.csv", b.String())
	db := openDB(t)
	ctx, cancel := context.WithCancel(context.Background())
	o := Options{Files: []string{path}, tableRows: 1000}
	if _, err := Import(ctx, db, Options{Files: []string{path}, Progress: func(Progress) { cancel() }, tableRows: 1000}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(db.Path() + "/microts/load-*"); len(left) > 0 {
		t.Error(left)
	}
	if r, err := Import(context.Background(), db, o); err != nil || r.Ticks != 200_000 {
		t.Fatal(err, r)
	}
	in, _ := tick.ParseSymbol("600519")
	if n, err := db.Count(&in, tick.Always); n != 200_000 || err != nil {
		t.Error(n, err)
	}
}

// TestCheck: ticks that may not be written end an import before any of their block is.
func TestCheck(t *testing.T) {
	refused := errors.New("no")
	o := Options{Check: func(_ *tick.Instrument, ts int64) error {
		if ts == 1_700_000_001_000_000 {
			return refused
		}
		return nil
	}}
	if got, _, err := importText(t, "a.csv", header+"600519,1700000000,1,1\n600519,1700000001,1,1\n", o); !errors.Is(err, refused) || got != "" {
		t.Errorf("%v\n%s", err, got)
	}
	if got, _, err := importText(t, "a.csv", header+"600519,1700000000,1,1\n", o); err != nil || got == "" {
		t.Error(err, got)
	}
}

func TestProgress(t *testing.T) {
	p := Progress{Bytes: 100, BytesRead: 25, Elapsed: 10 * time.Second}
	if left, ok := p.Left(); !ok || left != 30*time.Second {
		t.Error(left, ok)
	}
	for _, p := range []Progress{{}, {Bytes: 100, Elapsed: time.Hour}, {Bytes: 100, BytesRead: 1, Elapsed: time.Millisecond}} {
		if left, ok := p.Left(); ok {
			t.Error(p, left)
		}
	}
}

func TestConfig(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "import.toml")
	read := func(text string) (*Config, error) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return ReadConfig(path)
	}
	c, err := read("files = ['a/*.csv', '/b.csv', '-']\ndb = 'db'\nbad = 'bad.csv'\nmax_bad = 3\ncumulative = true\n[map]\nprice = 'last*10000'\n")
	if err != nil || fmt.Sprint(c.Files) != fmt.Sprintf("[%s/a/*.csv /b.csv -]", dir) || c.DB != dir+"/db" || c.Options.Bad != dir+"/bad.csv" || *c.MaxBad != 3 || !*c.Cumulative || c.Map["price"] != "last*10000" {
		t.Errorf("%v %+v", err, c)
	}
	for text, want := range map[string]string{
		"file = 'a'":                       `: name: unknown "file"; did you mean "files"?`,
		"files = [":                        ":1: ",
		"files = ['a']\nmarket = 'SH'":     `: market: one printable ASCII character expected, got "SH"`,
		"files = ['a']\n[map]\nprice='1+'": `: map price: "1+", at 3: `,
	} {
		if _, err := read(text); err == nil || !strings.HasPrefix(err.Error(), path+want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// FuzzJSON: no line panics; each is good or bad.
func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"code": "600519", "ts": 1700000000, "price": 1.5, "x": {"y": ["}"]}, "z": "\u4e70\n"}`))
	f.Add([]byte("{}\n\n{\"a\":}\n[1]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, _ = sniffJSON(text, true)
		s := &schema{columns: []string{"code", "ts", "price"}, format: formatJSON}
		m, err := (&settings{}).mapping(s, 'Z')
		if err != nil {
			t.Fatal(err)
		}
		p, err := m.plan(s, &names{})
		if err != nil {
			t.Fatal(err)
		}
		b := &batch{}
		newJSONParser(p, s, false).parse(block{text, 1}, b)
		if b.rows != int64(len(b.ticks)+len(b.bad)) {
			t.Errorf("%d rows, %d good and %d bad", b.rows, len(b.ticks), len(b.bad))
		}
	})
}
