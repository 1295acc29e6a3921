package tablefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"golang.org/x/sys/unix"
	"pgregory.net/rapid"
)

// table is a row of each kind, and one in which all is missing.
var (
	tableFields = []Field{
		{"text", Text}, {"float", Float}, {"int", Int}, {"unsigned", Unsigned}, {"time", Time}, {"truth", Truth}, {"price", Price}, {"bytes", Bytes},
	}
	gone         = []bool{false, true}
	tableColumns = []Column{
		{Texts: []string{"a, \"b\"\n", ""}, Missing: gone},
		{Floats: []float64{0.1, 0}, Missing: gone},
		{Ints: []int64{math.MinInt64, 0}, Missing: gone},
		{Unsigned: []uint64{math.MaxUint64, 0}, Missing: gone},
		{Ints: []int64{1, 0}, Missing: gone},
		{Truths: []bool{true, false}, Missing: gone},
		{Ints: []int64{-100_500, 0}, Missing: gone},
		{Texts: []string{"\x00\xff", ""}, Missing: gone},
	}
)

func writeTable(t testing.TB, f Format, zone *time.Location) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, f, tableFields, zone)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(2, tableColumns); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCSV(t *testing.T) {
	want := "text,float,int,unsigned,time,truth,price,bytes\n\"a, \"\"b\"\"\n\",0.1,-9223372036854775808,18446744073709551615,1970-01-01T00:00:00.000001+00:00,true,-10.05,AP8=\n,,,,,,,\n"
	if got := writeTable(t, CSV, time.UTC); string(got) != want {
		t.Errorf("%q, %q expected", got, want)
	}
}

func TestJSON(t *testing.T) {
	want := `{"text":"a, \"b\"\n","float":0.1,"int":-9223372036854775808,"unsigned":18446744073709551615,"time":"1970-01-01T00:00:00.000001+00:00","truth":true,"price":-10.05,"bytes":"AP8="}
{"text":null,"float":null,"int":null,"unsigned":null,"time":null,"truth":null,"price":null,"bytes":null}
`
	got := writeTable(t, JSON, time.UTC)
	if string(got) != want {
		t.Errorf("%s%s expected", got, want)
	}
	for line := range bytes.Lines(got) {
		if !json.Valid(line) {
			t.Errorf("no JSON: %s", line)
		}
	}
}

func TestParquet(t *testing.T) {
	type row struct {
		Text     *string  `parquet:"text"`
		Float    *float64 `parquet:"float"`
		Int      *int64   `parquet:"int"`
		Unsigned *uint64  `parquet:"unsigned"`
		Time     *int64   `parquet:"time,timestamp(microsecond)"`
		Truth    *bool    `parquet:"truth"`
		Price    *float64 `parquet:"price"`
		Bytes    []byte   `parquet:"bytes,optional"`
	}
	b := writeTable(t, Parquet, time.UTC)
	rows, err := parquet.Read[row](bytes.NewReader(b), int64(len(b)))
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	r := rows[0]
	if *r.Text != "a, \"b\"\n" || *r.Float != 0.1 || *r.Int != math.MinInt64 || *r.Unsigned != math.MaxUint64 || *r.Time != 1 || !*r.Truth || *r.Price != -10.05 || string(r.Bytes) != "\x00\xff" {
		t.Errorf("%+v", r)
	}
	if r := rows[1]; r.Text != nil || r.Float != nil || r.Int != nil || r.Unsigned != nil || r.Time != nil || r.Truth != nil || r.Price != nil || r.Bytes != nil {
		t.Errorf("%+v", r)
	}
}

// Numbers that JSON does not have are null.
func TestNumbersThatAreNone(t *testing.T) {
	var b bytes.Buffer
	w := newJSON(&b, []Field{{"f", Float}}, time.UTC)
	if err := errors.Join(w.Write(3, []Column{{Floats: []float64{math.NaN(), math.Inf(1), 1e300}}}), w.Close()); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != "{\"f\":null}\n{\"f\":null}\n{\"f\":1e+300}\n" {
		t.Errorf("%s", got)
	}
}

// A clock shows what package time does, whatever came before.
// TestFloats: numbers are read back to the bit, and large quantities have no exponent.
func TestFloats(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 3056300: "3056300", 5307420589: "5307420589", -1e15: "-1000000000000000", 0.1: "0.1", 1e-6: "0.000001",
		1e-7: "1e-07", 1e21: "1e+21", 1e300: "1e+300", math.Inf(-1): "-Inf",
	} {
		if got := string(appendFloat(nil, v)); got != want {
			t.Errorf("%g is %s, not %s", v, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64().Draw(t, "v")
		if back, err := strconv.ParseFloat(string(appendFloat(nil, v)), 64); err != nil || back != v {
			t.Fatalf("%g is read as %g, %v", v, back, err)
		}
	})
}

func TestClock(t *testing.T) {
	for _, name := range []string{"Asia/Shanghai", "UTC", "America/New_York", "Africa/Monrovia", "Australia/Lord_Howe"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		c := newClock(zone)
		rapid.Check(t, func(t *rapid.T) {
			us := rapid.OneOf(rapid.Int64Range(0, 1<<53-1), rapid.Int64Range(0, 200_000_000), rapid.Int64Range(-1<<50, 0)).Draw(t, "us")
			want := time.UnixMicro(us).In(zone).Format("2006-01-02T15:04:05.000000-07:00")
			if got := string(c.append(nil, us)); got != want {
				t.Errorf("%s: %d is %s, %s expected", name, us, got, want)
			}
		})
	}
}

// A price is the exact decimal.
func TestPrices(t *testing.T) {
	for price, want := range map[int64]string{
		0: "0", 1: "0.0001", -1: "-0.0001", 100_500: "10.05", 10_000: "1", math.MinInt32: "-214748.3648", math.MaxInt64: "922337203685477.5807", math.MinInt64: "-922337203685477.5808",
	} {
		if got := string(appendPrice(nil, price)); got != want {
			t.Errorf("%d is %s, %s expected", price, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		price := rapid.Int32().Draw(t, "price")
		f, err := strconv.ParseFloat(string(appendPrice(nil, int64(price))), 64)
		if err != nil || int32(math.Round(f*10000)) != price {
			t.Errorf("%d became %v, %v", price, f, err)
		}
	})
}

func TestChoose(t *testing.T) {
	for _, test := range []struct {
		path, name string
		format     Format
		packed     Compression
		fails      bool
	}{
		{"x.csv", "", CSV, Plain, false},
		{"a.b/X.CSV.GZ", "", CSV, Gzip, false},
		{"x.jsonl.zst", "", JSON, Zstd, false},
		{"x.ndjson", "", JSON, Plain, false},
		{"x.parquet", "", Parquet, Plain, false},
		{"x.pq", "", Parquet, Plain, false},
		{"x.gz", "csv", CSV, Gzip, false},
		{"x", "json", JSON, Plain, false},
		{"x", "", "", Plain, true},
		{"x.gz", "", "", Plain, true},
		{"x.parquet.zst", "", "", Plain, true},
		{"", "csv", "", Plain, true},
		{"x.csv", "xml", "", Plain, true},
	} {
		format, packed, err := Choose(test.path, test.name)
		if format != test.format || packed != test.packed || (err != nil) != test.fails {
			t.Errorf("%q, %q: %q, %q, %v", test.path, test.name, format, packed, err)
		}
	}
}

// A file has its name only when it is complete.
func TestFileIsWholeOrNotThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.csv")
	broken := errors.New("broken")
	for _, fails := range []error{broken, nil} {
		err := WriteFile(path, Gzip, func(w io.Writer) error {
			if _, err := w.Write([]byte(strings.Repeat("text", 1<<20))); err != nil {
				return err
			}
			if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("while it is written: %v", err)
			}
			return fails
		})
		if !errors.Is(err, fails) {
			t.Errorf("%v, %v expected", err, fails)
		}
		if _, err := os.Stat(path); (err == nil) != (fails == nil) {
			t.Errorf("after %v: %v", fails, err)
		}
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

// A pipe or device is written to and stays; a symbolic link stays one; the parent of a linked
// folder is where the system finds it.
func TestPlacesOfFiles(t *testing.T) {
	folder := t.TempDir()
	at := func(names ...string) string { return folder + "/" + strings.Join(names, "/") }
	for _, name := range []string{"a", "b", "b/c"} {
		if err := os.Mkdir(at(name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(at("b", "old.csv"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"a/link": "../b/c", "a/file.csv": "../b/old.csv"} {
		if err := os.Symlink(to, at(link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Mkfifo(at("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	write := func(path, text string) error {
		return WriteFile(path, Plain, func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		})
	}
	got := make(chan string)
	go func() {
		text, _ := os.ReadFile(at("pipe"))
		got <- string(text)
	}()
	for path, text := range map[string]string{"pipe": "piped", "a/file.csv": "new", "a/link/../x.csv": "beside c"} {
		if err := write(at(path), text); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if text := <-got; text != "piped" {
		t.Errorf("the pipe got %q", text)
	}
	for path, want := range map[string]string{"b/old.csv": "new", "b/x.csv": "beside c"} {
		if text, err := os.ReadFile(at(path)); string(text) != want || err != nil {
			t.Errorf("%s: %q, %v", path, text, err)
		}
	}
	for path, want := range map[string]os.FileMode{"pipe": os.ModeNamedPipe, "a/file.csv": os.ModeSymlink} {
		if info, err := os.Lstat(at(path)); err != nil || info.Mode().Type() != want {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
	if err := write("/dev/full", "x"); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("/dev/full: %v", err)
	}
	if err := write(at("a"), "x"); !errors.Is(err, unix.EISDIR) {
		t.Errorf("a folder: %v", err)
	}
	for _, f := range []string{"a", "b"} {
		if left, _ := filepath.Glob(at(f, ".*")); left != nil {
			t.Errorf("%v is left", left)
		}
	}
}
