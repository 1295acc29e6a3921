package exporter

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"microts/internal/importer"
	"microts/internal/tick"
	"microts/internal/tick/sourcetest"
	"microts/store"
)

const start = 1_699_839_000_000_000 // 2023-11-13 09:30 in Shanghai

type ticks = map[tick.Name][]tick.Row

// name makes a name.
func name(t testing.TB, market byte, code string) tick.Name {
	t.Helper()
	n, err := tick.NewName(market, code)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func record(r tick.Record) string { return string(tick.AppendRecord(nil, r)) }

// sample returns a few ticks; with raw some are no tick records.
func sample(t testing.TB, raw bool) ticks {
	all := ticks{
		name(t, 'S', "600519"): {
			{Time: start, Value: record(tick.Record{Price: 16_800_100, Qty: 200, Channel: 3, OrderNo: 1 << 63, TickNo: math.MaxUint64})},
			{Time: start, Seq: 1, Value: record(tick.Record{Price: -5, Qty: math.MaxUint32, Side: tick.Sell})},
			{Time: start + 500_001, Seq: tick.MaxSeq, Value: record(tick.Record{Side: tick.NoSide})},
		},
		name(t, 'H', "700"): {{Time: 0, Value: record(tick.Record{Price: 3_000_000})}},
	}
	if raw {
		all[name(t, 'X', "rb2405.SHFE")] = []tick.Row{{Time: start, Value: ""}, {Time: start + 1, Value: "\x00\xff, \"\n"}}
	}
	return all
}

func run(t testing.TB, from Source, o Options) *Report {
	t.Helper()
	if o.Range == (tick.Range{}) {
		o.Range = tick.Always
	}
	report, err := Export(t.Context(), from, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestCSV(t *testing.T) {
	from := sourcetest.NewMemory("memory", sample(t, true))
	var out bytes.Buffer
	report := run(t, from, Options{File: "-", Stdout: &out})
	want := `market,code,ts,seq,price,qty,side,channel,order_no,tick_no,raw
H,00700,1970-01-01T08:00:00.000000+08:00,0,300,0,B,0,0,0,
S,600519,2023-11-13T09:30:00.000000+08:00,0,1680.01,200,B,3,9223372036854775808,18446744073709551615,
S,600519,2023-11-13T09:30:00.000000+08:00,1,-0.0005,4294967295,S,0,0,0,
S,600519,2023-11-13T09:30:00.500001+08:00,65535,0,0,N,0,0,0,
X,rb2405.SHFE,2023-11-13T09:30:00.000000+08:00,0,,,,,,,
X,rb2405.SHFE,2023-11-13T09:30:00.000001+08:00,0,,,,,,,AP8sICIK
`
	if out.String() != want {
		t.Errorf("%s expected:\n%s", out.String(), want)
	}
	if report.Rows != 6 || report.Instruments != 3 {
		t.Errorf("%+v", report)
	}
}

func TestJSONLines(t *testing.T) {
	from := sourcetest.NewMemory("memory", sample(t, true))
	var out bytes.Buffer
	run(t, from, Options{File: "-", Stdout: &out, Format: "json", Names: []tick.Name{name(t, 'X', "rb2405.SHFE"), name(t, 'H', "700")}, Zone: time.UTC})
	want := `{"market":"X","code":"rb2405.SHFE","ts":"2023-11-13T01:30:00.000000+00:00","seq":0,"price":null,"qty":null,"side":null,"channel":null,"order_no":null,"tick_no":null,"raw":""}
{"market":"X","code":"rb2405.SHFE","ts":"2023-11-13T01:30:00.000001+00:00","seq":0,"price":null,"qty":null,"side":null,"channel":null,"order_no":null,"tick_no":null,"raw":"AP8sICIK"}
{"market":"H","code":"00700","ts":"1970-01-01T00:00:00.000000+00:00","seq":0,"price":300,"qty":0,"side":"B","channel":0,"order_no":0,"tick_no":0,"raw":null}
`
	if out.String() != want {
		t.Errorf("%s expected:\n%s", out.String(), want)
	}
}

// What is chosen: instruments, a market, a range. raw is there only if it is needed.
func TestWhatIsExported(t *testing.T) {
	from := sourcetest.NewMemory("memory", sample(t, true))
	unknown := name(t, 'S', "1")
	for what, test := range map[string]struct {
		o      Options
		rows   int64
		empty  []tick.Name
		header string
	}{
		"a market":       {Options{Market: 'S'}, 3, nil, "tick_no\n"},
		"instruments":    {Options{Names: []tick.Name{name(t, 'S', "600519"), unknown}}, 3, []tick.Name{unknown}, "tick_no\n"},
		"a range":        {Options{Range: tick.Range{From: start, To: start}}, 3, nil, "tick_no,raw\n"},
		"a range of one": {Options{Range: tick.Range{From: 0, To: start - 1}}, 1, nil, "tick_no\n"},
		"nothing":        {Options{Market: 'Q'}, 0, nil, "tick_no\n"},
	} {
		for _, file := range []string{"-", filepath.Join(t.TempDir(), "x.csv")} {
			var out bytes.Buffer
			test.o.File, test.o.Stdout = file, &out
			report := run(t, from, test.o)
			text := out.String()
			if file != "-" {
				b, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				text = string(b)
			}
			if report.Rows != test.rows || !reflect.DeepEqual(report.Empty, test.empty) || !strings.Contains(text, test.header) || strings.Count(text, "\n") != int(test.rows)+1 {
				t.Errorf("%s: %+v\n%s", what, report, text)
			}
		}
	}
}

func TestBadOptions(t *testing.T) {
	from := sourcetest.NewMemory("memory", sample(t, false))
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{}, `file: path of a file expected, got ""`},
		{Options{File: "x.txt"}, `file: .csv, .parquet or .jsonl at the end expected, and perhaps .gz or .zst, got "x.txt"; or give a format`},
		{Options{File: "x.parquet.gz"}, `file: "x.parquet.gz": Parquet is compressed inside; .parquet expected at the end`},
		{Options{File: "x", Format: "cvs"}, `format: csv, parquet or json expected, got "cvs"; did you mean "csv"?`},
	} {
		_, err := Export(t.Context(), from, test.o)
		var option *OptionError
		if !errors.As(err, &option) || err.Error() != test.want {
			t.Errorf("%v, %s expected", err, test.want)
		}
	}
}

// An export that fails or is ended leaves the old file as it was, and nothing beside it.
func TestFailureLeavesTheOldFile(t *testing.T) {
	for what, test := range map[string]struct {
		from func(Source) Source
		ctx  func() context.Context
		want error
	}{
		"reading fails": {func(s Source) Source { return failing{s} }, t.Context, errBroken},
		"the end":       {func(s Source) Source { return s }, ended, context.Canceled},
	} {
		for _, file := range []string{"x.csv", "x.csv.gz", "x.jsonl.zst", "x.parquet"} {
			folder := t.TempDir()
			path := filepath.Join(folder, file)
			if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Export(test.ctx(), test.from(sourcetest.NewMemory("memory", sample(t, true))), Options{File: path, Range: tick.Always})
			if !errors.Is(err, test.want) {
				t.Errorf("%s: %v", what, err)
			}
			if b, err := os.ReadFile(path); err != nil || string(b) != "old" {
				t.Errorf("%s: the file is %q, %v", what, b, err)
			}
			if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
				t.Errorf("%s: the folder has %v, %v", what, entries, err)
			}
		}
	}
}

func ended() context.Context {
	ctx, end := context.WithCancel(context.Background())
	end()
	return ctx
}

var errBroken = errors.New("broken")

// failing is a Source whose second instrument cannot be read.
type failing struct{ Source }

func (f failing) Scan(in *tick.Instrument, o tick.ScanOptions) (*tick.Rows, error) {
	if in.Market() != 'H' {
		return nil, errBroken
	}
	return f.Source.Scan(in, o)
}

// A full disk is an error that says so.
func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	_, err = Export(t.Context(), sourcetest.NewMemory("memory", sample(t, true)), Options{File: "-", Stdout: full, Range: tick.Always})
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%v", err)
	}
	_, err = Export(t.Context(), sourcetest.NewMemory("memory", sample(t, true)), Options{File: filepath.Join(t.TempDir(), "no", "x.csv"), Range: tick.Always})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// random returns ticks of all kinds.
func random(t testing.TB, seed uint64) ticks {
	r := rand.New(rand.NewPCG(seed, 0))
	number := func() uint64 { return r.Uint64() >> r.IntN(64) }
	all := ticks{}
	for _, n := range []tick.Name{
		name(t, 'S', "1"), name(t, 'S', "600519"), name(t, 'S', "SH000001"), name(t, 'H', "700"), name(t, 'U', "1"),
		name(t, 'X', "BTCUSDT"), name(t, 'X', "沪铜2405"), name(t, 'Q', `a "code", b`), name(t, 'S', "1234567"),
	} {
		us, seq := int64(r.IntN(1<<50)), uint16(r.IntN(3))
		for range 1 + r.IntN(400) {
			value := record(tick.Record{
				Price: int32(number()), Qty: uint32(number()), Channel: uint8(number()), Side: tick.Side(r.IntN(3)), OrderNo: number(), TickNo: number(),
			})
			switch r.IntN(8) {
			case 0:
				b := make([]byte, r.IntN(80))
				for i := range b {
					b[i] = byte(r.Uint32())
				}
				value = string(b)
			case 1:
				value = string(tick.AppendPoint(nil, &tick.Point{Value: r.NormFloat64(), Has: tick.HasVolume, Volume: float64(r.IntN(1000))}, tick.V2))
			}
			all[n] = append(all[n], tick.Row{Time: us, Seq: seq, Value: value})
			if r.IntN(3) > 0 {
				us, seq = us+1+int64(r.IntN(1<<30)), uint16(r.IntN(3))
			} else {
				seq += uint16(1 + r.IntN(5))
			}
		}
	}
	return all
}

// Export then import gives the same database, byte for byte: tick records, points and
// other values, in each format.
func TestExportThenImport(t *testing.T) {
	for i, file := range []string{"x.csv", "x.parquet", "x.jsonl", "x.csv.gz", "x.jsonl.zst", "x.csv.zst"} {
		t.Run(file, func(t *testing.T) {
			want := random(t, uint64(i))
			path := filepath.Join(t.TempDir(), file)
			run(t, sourcetest.NewMemory("memory", want), Options{File: path})
			env := store.NewEnv()
			defer env.Close()
			db, err := env.Open(filepath.Join(t.TempDir(), "db"), &store.Options{Durability: store.None})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := importer.Import(t.Context(), db, importer.Options{Files: []string{path}}); err != nil {
				t.Fatal(err)
			}
			if got := read(t, db); !reflect.DeepEqual(got, want) {
				for n := range want {
					if !reflect.DeepEqual(got[n], want[n]) {
						t.Errorf("%v: %d rows, %d expected: %s", n, len(got[n]), len(want[n]), difference(got[n], want[n]))
					}
				}
				t.Errorf("%d instruments, %d expected", len(got), len(want))
			}
		})
	}
}

// difference shows the first row that differs.
func difference(got, want []tick.Row) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("row %d: %+v, %+v expected", i, got[i], want[i])
		}
	}
	return "one ends before the other"
}

// read returns all ticks of a Source.
func read(t testing.TB, s Source) ticks {
	t.Helper()
	names, err := s.Names(0)
	if err != nil {
		t.Fatal(err)
	}
	all := ticks{}
	for _, n := range names {
		in, err := s.Find(n)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := s.Scan(&in, tick.ScanOptions{Range: tick.Always})
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			all[n] = append(all[n], rows.Row())
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		rows.Close()
	}
	return all
}

func TestGzipIsWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.csv.gz")
	run(t, sourcetest.NewMemory("memory", sample(t, false)), Options{File: path})
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil || strings.Count(string(text), "\n") != 5 {
		t.Errorf("%q, %v", text, err)
	}
}
