package exporter

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"microts/internal/importer"
	"microts/internal/tick"
	"microts/store"
)

// database is a database as a PointSource.
type database struct{ *store.DB }

func (d database) IsDatabaseV1() bool { return d.Format() == tick.V1 }

// openDB opens a new database that the test closes.
func openDB(t testing.TB, f tick.Format) *store.DB {
	t.Helper()
	env := store.NewEnv()
	db, err := env.Open(filepath.Join(t.TempDir(), "db"), &store.Options{Durability: store.None, Format: f})
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

// randomPoint returns a point with some of the fields.
func randomPoint(r *rand.Rand, us int64) tick.Point {
	number := func() float64 {
		switch r.IntN(4) {
		case 0:
			return r.NormFloat64()
		case 1:
			return float64(r.IntN(1<<20)) / tick.PriceScale
		}
		return float64(r.IntN(1 << 30))
	}
	p := tick.Point{
		Time: us, Seq: uint16(r.IntN(3)), Value: number(), Has: tick.Field(r.Uint32()) & tick.AllFields,
		Quality: number(), Volume: number(), Channel: number(), Side: tick.Side(r.IntN(6)), OrderNo: r.Uint64() >> r.IntN(64), TickNo: r.Uint64(),
	}
	switch r.IntN(6) {
	case 0: // a tick record in format V2
		p.Value, p.Volume, p.Channel, p.Side, p.Has = 12.5, 100, 3, tick.Sell, tick.AllFields&^tick.HasQuality
	case 1:
		p.Value = []float64{math.Inf(1), math.NaN(), math.Copysign(0, -1), math.MaxFloat64}[r.IntN(4)]
	}
	return p
}

var pointSymbols = []string{"SH600519", "000001.SZ", "HK00700", "AAPL.US", "rb2405", "rb2405.SHFE", "m2405-C-3000", "S:SH000001", "Q:q"}

// putPoints puts random points of several data types.
func putPoints(t testing.TB, db *store.DB, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 0))
	for _, symbol := range pointSymbols {
		for _, dataType := range []uint8{0, 1, 7, 255} {
			s, err := db.Series(symbol, dataType)
			if err != nil {
				t.Fatal(err)
			}
			var points []tick.Point
			for us := int64(start); r.IntN(60) > 0; us += int64(r.IntN(3)) {
				points = append(points, randomPoint(r, us))
			}
			if err := s.Put(points); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// dump returns all points and ticks of a database, a line each.
func dump(t testing.TB, db *store.DB) []string {
	t.Helper()
	var lines []string
	all, err := db.PointSeries(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		rows, err := s.Rows(tick.Always)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			lines = append(lines, fmt.Sprintf("%s %d %d %d %x", s.Name(), s.DataType(), rows.Time(), rows.Seq(), rows.Value()))
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		rows.Close()
	}
	if db.Format() == tick.V1 {
		return lines
	}
	for n, rows := range read(t, db) {
		for _, row := range rows {
			lines = append(lines, fmt.Sprintf("%s %d %d %x", n, row.Time, row.Seq, row.Value))
		}
	}
	slices.Sort(lines)
	return lines
}

// decoded returns all points of a database, those of data type 0 too, as storage engines read
// them.
func decoded(t testing.TB, db *store.DB) []string {
	t.Helper()
	var lines []string
	for _, symbol := range pointSymbols {
		for _, dataType := range []uint8{0, 1, 7, 255} {
			s, err := db.Series(symbol, dataType)
			if err != nil {
				t.Fatal(err)
			}
			scan, err := s.Scan(tick.Always)
			if err != nil {
				t.Fatal(err)
			}
			for p := (tick.Point{}); scan.Next(&p); p = (tick.Point{}) {
				lines = append(lines, fmt.Sprintf("%s %d %+v", symbol, dataType, p))
			}
			if err := scan.Err(); err != nil {
				t.Fatal(err)
			}
			scan.Close()
		}
	}
	return lines
}

// Export then import gives the same points, byte for byte, of all data types and in both
// formats.
func TestPointsThereAndBack(t *testing.T) {
	for i, file := range []string{"x.csv", "x.parquet", "x.jsonl.zst", "x.csv.gz"} {
		for _, format := range []tick.Format{tick.V1, tick.V2} {
			t.Run(fmt.Sprint(format, " ", file), func(t *testing.T) {
				from, to := openDB(t, format), openDB(t, format)
				putPoints(t, from, uint64(i))
				path := filepath.Join(t.TempDir(), file)
				report := run(t, database{from}, Options{File: path})
				want := dump(t, from)
				if report.Rows != int64(len(want)) || report.Instruments != len(pointSymbols) {
					t.Errorf("%+v, %d rows expected", report, len(want))
				}
				for range 2 { // a second time changes nothing
					imported, err := importer.Import(t.Context(), to, importer.Options{Files: []string{path}})
					if err != nil {
						t.Fatal(err)
					}
					if imported.Bad > 0 || imported.Ticks != report.Rows || imported.Instruments != report.Instruments {
						t.Errorf("%+v", imported)
					}
					if got := dump(t, to); !slices.Equal(got, want) {
						t.Errorf("%d lines, %d expected", len(got), len(want))
					}
				}
			})
		}
	}
}

// The points of a database of format V1 become those of one of format V2.
func TestPointsIntoTheOtherFormat(t *testing.T) {
	from, to, back := openDB(t, tick.V1), openDB(t, tick.V2), openDB(t, tick.V1)
	putPoints(t, from, 9)
	path := filepath.Join(t.TempDir(), "x.parquet")
	run(t, database{from}, Options{File: path})
	if report, err := importer.Import(t.Context(), to, importer.Options{Files: []string{path}}); err != nil || report.Bad > 0 {
		t.Fatal(report, err)
	}
	if got, want := decoded(t, to), decoded(t, from); !slices.Equal(got, want) {
		t.Errorf("%d points, %d expected", len(got), len(want))
	}
	// Back again, those whose seq is in their key have no place.
	run(t, database{to}, Options{File: path})
	all := -1
	report, err := importer.Import(t.Context(), back, importer.Options{Files: []string{path}, MaxBad: &all})
	if err != nil {
		t.Fatal(err)
	}
	if report.Bad == 0 || !strings.Contains(report.FirstBad[0].Reason, "seq: 0 expected: storage engine V1 keeps one point a time") {
		t.Errorf("%+v", report)
	}
	if got := decoded(t, back); int64(len(got)) != report.Ticks || report.Ticks+report.Bad != report.Rows {
		t.Errorf("%d points, %+v", len(got), report)
	}
}

func TestPointsAsCSV(t *testing.T) {
	v1, v2 := openDB(t, tick.V1), openDB(t, tick.V2)
	for _, db := range []*store.DB{v1, v2} {
		for dataType, p := range map[uint8]tick.Point{
			0: {Time: start, Seq: 2, Value: 12.5, Has: tick.AllFields &^ tick.HasQuality, Volume: 100, Channel: 1, Side: tick.Sell + tick.SideNumber, OrderNo: 5},
			4: {Time: start + 1, Value: 0.3, Has: tick.HasQuality, Quality: 1},
		} {
			s, err := db.Series("600519.SH", dataType)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Put([]tick.Point{p}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, test := range []struct {
		db   *store.DB
		o    Options
		want string
	}{
		{v1, Options{}, `symbol,data_type,ts,seq,value,quality,volume,channel,side,order_no,tick_no,raw
SH600519,0,2023-11-13T09:30:00.000000+08:00,2,12.5,,100,1,S,5,0,4f2QoQ8CkAMEBAUA
SH600519,4,2023-11-13T09:30:00.000001+08:00,0,0.3,1,,,,,,4QPwLgQ=
`},
		{v2, Options{}, `market,code,ts,seq,price,qty,side,channel,order_no,tick_no,raw,data_type,value
S,600519,2023-11-13T09:30:00.000000+08:00,2,,,,,,,4fmQoQ+QAwQEBQA=,0,
S,600519,2023-11-13T09:30:00.000001+08:00,0,,,,,,,4QPwLgQ=,4,0.3
`},
		{v2, Options{Names: []tick.Name{name(t, 'S', "1")}}, "market,code,ts,seq,price,qty,side,channel,order_no,tick_no\n"},
		{v1, Options{Range: tick.Range{From: start + 1, To: start + 1}, Market: 'H'}, "symbol,data_type,ts,seq,value,quality,volume,channel,side,order_no,tick_no,raw\n"},
	} {
		var out bytes.Buffer
		test.o.File, test.o.Stdout = "-", &out
		run(t, database{test.db}, test.o)
		if out.String() != test.want {
			t.Errorf("%s expected:\n%s", test.want, out.String())
		}
	}
}

// A vendor's file has no points with seqs: storage engine V1 gets the first of a time.
func TestTicksIntoV1(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(path, []byte("ts,code,price,qty\n2023-11-13 09:30:00,600519.SH,12.5,100\n2023-11-13 09:30:00,600519.SH,12.6,200\n2023-11-13 09:30:01,600519.SH,12.7,300\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	db := openDB(t, tick.V1)
	all := -1
	report, err := importer.Import(t.Context(), db, importer.Options{Files: []string{path}, MaxBad: &all})
	if err != nil {
		t.Fatal(err)
	}
	if report.Ticks != 2 || report.Bad != 1 {
		t.Errorf("%+v", report)
	}
	s, err := db.Series("SH600519", 0)
	if err != nil {
		t.Fatal(err)
	}
	var p tick.Point
	if ok, err := s.Get(start+1_000_000, 0, &p); !ok || err != nil || p.Value != 12.7 || p.Volume != 300 {
		t.Errorf("%+v, %v, %v", p, ok, err)
	}
}
