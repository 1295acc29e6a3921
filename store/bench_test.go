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
	values := make([]string, 600)
	for i := range values {
		values[i] = writerValue(i)
	}
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
