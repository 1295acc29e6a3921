package store

import (
	"errors"
	"fmt"
	"testing"

	"microts/internal/tick"
)

// manyRecords puts enough ticks for a scan that reads ahead: 20,000, each tenth of them no
// tick record.
func manyRecords(t *testing.T, db *DB) {
	t.Helper()
	rows := make([]tick.Row, 20_000)
	for i := range rows {
		value := string(tick.AppendRecord(nil, tick.Record{Price: int32(i)}))
		if i%10 == 9 {
			value = fmt.Sprint("value ", i)
		}
		rows[i] = tick.Row{Time: int64(i), Seq: uint16(i % 5), Value: value}
	}
	if err := db.PutMany(pingAn, rows); err != nil {
		t.Fatal(err)
	}
}

// TestScanColumnsEndsEarly ends scans in columns, which read ahead, by an interrupt and by
// closing the DB.
func TestScanColumnsEndsEarly(t *testing.T) {
	stop := errors.New("stop")
	for name, test := range map[string]struct {
		end  func(db *DB)
		want error
	}{
		"interrupt": {func(db *DB) { db.SetInterrupt(func() error { return stop }) }, stop},
		"close": {func(db *DB) {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}, ErrClosed},
	} {
		for _, at := range []int{1, 3, 8} { // 64 rows, 256 and 2048
			db := tempDB(t, nil)
			manyRecords(t, db)
			scan, err := db.ScanColumns(pingAn, tick.ScanOptions{Range: tick.Always}, tick.PriceColumn)
			if err != nil {
				t.Fatal(err)
			}
			var c tick.Columns
			for range at {
				if !scan.Read(&c) {
					t.Fatal(scan.Err())
				}
			}
			test.end(db)
			if scan.Read(&c) || !errors.Is(scan.Err(), test.want) {
				t.Errorf("%s after %d blocks: %v, not %v", name, at, scan.Err(), test.want)
			}
			scan.Close()
		}
	}
}

// TestScanColumnsSeesOneMoment: what is put and deleted after a scan began is not in it.
func TestScanColumnsSeesOneMoment(t *testing.T) {
	db := tempDB(t, nil)
	manyRecords(t, db)
	scan, err := db.ScanColumns(pingAn, tick.ScanOptions{Range: tick.Always, Reverse: true}, tick.AllColumns)
	if err != nil {
		t.Fatal(err)
	}
	defer scan.Close()
	if _, err := db.DeleteRange(pingAn, tick.Range{From: 0, To: 15_000}); err != nil {
		t.Fatal(err)
	}
	mustPut(t, db, pingAn, 15_000, 7, "later")
	if err := db.Flush(); err != nil {
		t.Fatal(err)
	}
	row, others := 20_000, 0
	for c := (tick.Columns{}); scan.Read(&c); {
		for i, us := range c.Times {
			if row--; us != int64(row) || c.Seqs[i] != uint16(row%5) || row%10 != 9 && c.Prices[i] != int32(row) {
				t.Fatalf("row %d: time %d, seq %d, price %d", row, us, c.Seqs[i], c.Prices[i])
			}
		}
		for i, other := range c.Others {
			if want := fmt.Sprint("value ", c.Times[other]); c.OtherValues[i] != want || c.OtherSeqs[i] != c.Seqs[other] {
				t.Fatalf("row %d: %q, %d, not %q, %d", other, c.OtherValues[i], c.OtherSeqs[i], want, c.Seqs[other])
			}
			others++
		}
	}
	if row != 0 || others != 2000 || scan.Err() != nil {
		t.Errorf("%d rows missing, %d others, %v", row, others, scan.Err())
	}
}

// TestScanColumnsAllocates: a block costs what the goroutine that reads it ahead costs.
func TestScanColumnsAllocates(t *testing.T) {
	if raceDetector {
		t.Skip("the detector allocates")
	}
	db := tempDB(t, nil)
	rows := make([]tick.Row, 40_000)
	value := string(tick.AppendRecord(nil, tick.Record{}))
	for i := range rows {
		rows[i] = tick.Row{Time: int64(i), Value: value}
	}
	if err := db.PutMany(pingAn, rows); err != nil {
		t.Fatal(err)
	}
	perScan := func(limit int) float64 {
		return testing.AllocsPerRun(20, func() {
			n := 0
			scan, err := db.ScanColumns(pingAn, tick.ScanOptions{Range: tick.Always, Limit: limit}, tick.AllColumns)
			for c := (tick.Columns{}); err == nil && scan.Read(&c); {
				n += c.Len()
			}
			if err != nil || scan.Err() != nil || n != limit {
				t.Fatal(n, err, scan.Err())
			}
		})
	}
	const blocks = 16
	if more := perScan(40_000-64) - perScan(40_000-64-blocks*mostRows); more > 4*blocks {
		t.Errorf("%v allocations for %d blocks more", more, blocks)
	}
}

// TestBulkScansOfASnapshot: what RocksDB reads past its cache is the snapshot's too.
func TestBulkScansOfASnapshot(t *testing.T) {
	db := tempDB(t, nil)
	mustPut(t, db, pingAn, 1, 0, "first")
	snap, err := db.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	mustPut(t, db, pingAn, 2, 0, "later")
	if err := db.Flush(); err != nil {
		t.Fatal(err)
	}
	keys := tickSpan(pingAn, tick.Always)
	for of, want := range map[*DB]int{db: 2, snap: 1} {
		it := newIterator(db.rocks.db, of.bulkOpts)
		if n, _, err := it.count(&keys, true); n != want || err != nil {
			t.Errorf("%d rows, not %d, %v", n, want, err)
		}
		it.close()
	}
}
