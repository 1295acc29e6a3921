package store

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"microts/internal/tick"
)

const benchStart = 1_700_000_000_000_000

var benchInstrument = tick.Instrument([]byte("S000600000"))

// writerValue is the value that writer.lua gives its i-th tick.
func writerValue(i int) string { return fmt.Sprint(100+i%200) + fmt.Sprint(200+i%300) }

// writerValues returns the values of the first 600 ticks, from where on they repeat.
func writerValues() []string {
	values := make([]string, 600)
	for i := range values {
		values[i] = writerValue(i)
	}
	return values
}

func benchDB(b *testing.B, o *Options) *DB {
	b.Helper()
	db, err := env.Open(filepath.Join(b.TempDir(), "db"), o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	return db
}

// fill puts writer.lua's ticks. They are not committed yet: see fillTables.
func fill(b *testing.B, db *DB, n int) {
	b.Helper()
	values := writerValues()
	for i := range n {
		if err := db.Put(&benchInstrument, benchStart+int64(i)*100, 0, values[i%600]); err != nil {
			b.Fatal(err)
		}
	}
}

// fillTables puts writer.lua's ticks into table files.
func fillTables(b *testing.B, db *DB, n int) {
	b.Helper()
	fill(b, db, n)
	if err := db.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := db.rocks.flushMemtables(); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkPut(b *testing.B) {
	for _, d := range []Durability{Process, None} {
		b.Run(d.String(), func(b *testing.B) {
			db := benchDB(b, &Options{Durability: d})
			b.ReportAllocs()
			b.ResetTimer()
			fill(b, db, b.N)
			db.Flush()
		})
	}
}

func BenchmarkGetAscending(b *testing.B) {
	const n = 200_000
	db := benchDB(b, nil)
	fill(b, db, n)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, ok, err := db.Get(&benchInstrument, benchStart+int64(i%n)*100, 0); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}

func BenchmarkGetRandom(b *testing.B) {
	const n = 200_000
	db := benchDB(b, nil)
	fillTables(b, db, n)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, ok, err := db.Get(&benchInstrument, benchStart+int64(i*7919%n)*100, 0); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	db := benchDB(b, nil)
	fillTables(b, db, 1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		s, err := db.Scan(&benchInstrument, tick.ScanOptions{Range: tick.Always})
		n := 0
		for err == nil && s.Next() {
			n += len(s.Value()) & 1
		}
		if err != nil || s.Err() != nil {
			b.Fatal(err, s.Err())
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e6, "ns/row")
}

// fillRecords puts tick records into table files.
func fillRecords(b *testing.B, db *DB, n int) {
	b.Helper()
	rows, value := make([]tick.Row, 1000), make([]byte, 0, tick.RecordSize)
	for i := 0; i < n; i += len(rows) {
		for k := range rows {
			at := i + k
			value = tick.AppendRecord(value[:0], tick.Record{
				Price: 100000 + int32(at*7919%1000), Qty: uint32(100 + at%900), Side: tick.Side(at % 2), OrderNo: uint64(at) * 7, TickNo: uint64(at),
			})
			rows[k] = tick.Row{Time: benchStart + int64(at)*2857, Value: string(value)}
		}
		if err := db.PutMany(&benchInstrument, rows); err != nil {
			b.Fatal(err)
		}
	}
	if err := db.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := db.rocks.flushMemtables(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkScanColumns reads tick records in columns, beside a scan of them in rows and a
// count, which is what the iterator alone takes.
func BenchmarkScanColumns(b *testing.B) {
	const rows = 1_000_000
	db := benchDB(b, &Options{OneCore: true})
	fillRecords(b, db, rows)
	perRow := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
	}
	for _, set := range []struct {
		name string
		tick.ColumnSet
	}{{"price qty", tick.PriceColumn | tick.QtyColumn}, {"all", tick.AllColumns}} {
		b.Run(set.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				scan, err := db.ScanColumns(&benchInstrument, tick.ScanOptions{Range: tick.Always}, set.ColumnSet)
				for c := (tick.Columns{}); err == nil && scan.Read(&c); {
					n += c.Len()
				}
				if n != rows || err != nil || scan.Err() != nil {
					b.Fatal(n, err, scan.Err())
				}
			}
			perRow(b)
		})
	}
	b.Run("rows", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			n := 0
			scan, err := db.Scan(&benchInstrument, tick.ScanOptions{Range: tick.Always})
			for err == nil && scan.NextBlock() != nil {
				n++
			}
			if err != nil || scan.Err() != nil {
				b.Fatal(n, err, scan.Err())
			}
		}
		perRow(b)
	})
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			if n, err := db.Count(&benchInstrument, tick.Always); n != rows || err != nil {
				b.Fatal(n, err)
			}
		}
		perRow(b)
	})
}

// BenchmarkLast reads one row by a scan, which is nothing but what each scan costs
// beside its rows.
func BenchmarkLast(b *testing.B) {
	const n = 200_000
	db := benchDB(b, nil)
	fillTables(b, db, n)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, ok, err := db.Last(&benchInstrument, benchStart+int64(i%n)*100); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}

func BenchmarkCount(b *testing.B) {
	db := benchDB(b, nil)
	fillTables(b, db, 1_000_000)
	for b.Loop() {
		if n, err := db.Count(&benchInstrument, tick.Always); n != 1_000_000 || err != nil {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e6, "ns/row")
}

func BenchmarkKey(b *testing.B) {
	b.ReportAllocs()
	var k tickKey
	for i := 0; b.Loop(); i++ {
		k.set(benchInstrument, benchStart+int64(i), uint16(i))
	}
	if !strings.HasPrefix(string(k[:]), "S") {
		b.Fatal(k)
	}
}

func BenchmarkOpenClose(b *testing.B) {
	path := filepath.Join(b.TempDir(), "db")
	db, err := env.Open(path, nil)
	if err != nil {
		b.Fatal(err)
	}
	fill(b, db, 1_000_000)
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		db, err := env.Open(path, nil)
		if err != nil {
			b.Fatal(err)
		}
		db.Close()
	}
}

// BenchmarkPutThenGet reads each tick when it is put, so that each put is committed.
func BenchmarkPutThenGet(b *testing.B) {
	db := benchDB(b, nil)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := db.Put(&benchInstrument, benchStart+int64(i)*100, 0, "123456"); err != nil {
			b.Fatal(err)
		}
		if _, ok, err := db.Get(&benchInstrument, benchStart+int64(i)*100, 0); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
