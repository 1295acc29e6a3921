package store

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"microts/internal/tick"
	"microts/internal/torture"
)

// A power failure leaves what was synced, and of the rest any pages. powerLoss makes an
// image of it from a database that is open: RocksDB syncs its table files and MANIFESTs
// itself; of the WALs, what stands behind the mark is cut, or holds pages of zeros. The
// buffers are lost.
func powerLoss(t *testing.T, rng *rand.Rand, path string) (image string) {
	t.Helper()
	image = copyOpenDB(t, path)
	buffers, err := filepath.Glob(filepath.Join(image, sideDir, "*"+bufferSuffix))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range buffers {
		if err := os.Remove(b); err != nil {
			t.Fatal(err)
		}
	}
	reboot(t, image)
	mark, _ := readWALMark(image)
	m, err := readManifest(image)
	if err != nil {
		t.Fatal(err)
	}
	numbers, err := m.logs(image)
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range numbers {
		synced := int64(0)
		if number == mark.number {
			synced = mark.size
		}
		if number >= mark.number {
			loseEnd(t, rng, filepath.Join(image, walName(number)), synced)
		}
	}
	return image
}

// loseEnd cuts what is behind the synced bytes of a file somewhere, or makes pages of it
// zeros.
func loseEnd(t *testing.T, rng *rand.Rand, path string, synced int64) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if rng.IntN(2) == 0 {
		data = data[:synced+rng.Int64N(int64(len(data))-synced+1)]
	} else {
		for page := (synced + pageSize - 1) / pageSize * pageSize; page < int64(len(data)); page += pageSize {
			if rng.IntN(3) == 0 {
				clear(data[page:min(page+pageSize, int64(len(data)))])
			}
		}
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestPowerFailureTakesTheEndNeverTheMiddle loses the power while a database with
// durability "process" is written in every way: what is left must be a prefix of what was
// put, and hold all that was put before the last flush.
func TestPowerFailureTakesTheEndNeverTheMiddle(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, w := range []struct {
		name string
		o    Options
	}{{"several WALs", Options{RocksDB: severalWALs}}, {"ingestions", Options{}}} {
		t.Run(w.name, func(t *testing.T) {
			db := tempDB(t, &w.o)
			var n int64
			var flushed, ingestions atomic.Int64 // the committer uses them too
			putCounted := func(many int) {
				for range many {
					n++
					mustPut(t, db, counted, n, 0, loadValue(n))
					mustPut(t, db, counter, 1, 0, fmt.Sprint(n))
				}
			}
			lost := int64(0)
			ingest := db.chain.ingest
			committers := rand.New(rand.NewPCG(9, 10))
			db.chain.ingest = func(buffers []*buffer) error {
				ingestions.Add(1)
				if committers.IntN(3) > 0 {
					return ingest(buffers)
				}
				if err := db.rocks.ingestTable(buffers); err != nil {
					return err
				}
				expectCounted(t, powerLoss(t, committers, db.Path()), flushed.Load(), 1<<62) // before it is marked
				last := buffers[len(buffers)-1]
				if err := db.rocks.commit(last.marker()); err != nil {
					return err
				}
				return os.Remove(ingestionLink(db.Path(), last.number))
			}
			for range torture.Rounds(t, 12, 4) {
				switch rng.IntN(3) {
				case 0:
					putCounted(1 + rng.IntN(300))
				case 1:
					putCounted(20_000 + rng.IntN(10_000))
				default:
					putCounted(5_000)
				}
				if rng.IntN(2) == 0 {
					if err := db.settleAll(); err != nil {
						t.Fatal(err)
					}
				}
				if rng.IntN(4) == 0 {
					if err := db.Flush(); err != nil {
						t.Fatal(err)
					}
					flushed.Store(n)
				}
				lost += n - expectCounted(t, powerLoss(t, rng, db.Path()), flushed.Load(), n)
			}
			if lost == 0 || w.o.RocksDB == nil && ingestions.Load() == 0 && !testing.Short() {
				t.Errorf("%d ticks were lost, %d ingestions: the test has tested nothing", lost, ingestions.Load())
			}
		})
	}
}

// expectCounted opens an image of a power failure: it must hold the ticks 1 to some
// number, at least least and at most most, and the counter must say the same. It returns
// the number, and removes the image.
func expectCounted(t *testing.T, image string, least, most int64) int64 {
	t.Helper()
	e := NewEnv()
	e.Report = func(string) {}
	defer os.RemoveAll(image)
	defer e.Close()
	db, err := e.Open(image, nil)
	if err != nil {
		t.Fatalf("after a power failure: %v", err)
	}
	last, _, err := db.Last(counted, tick.MaxTime-1)
	if err != nil {
		t.Fatal(err)
	}
	n, err := db.Count(counted, tick.Always)
	if err != nil || int64(n) != last.Time {
		t.Fatalf("%d ticks, and the last one is number %d; %v", n, last.Time, err)
	}
	if last.Time < least || last.Time > most {
		t.Fatalf("%d ticks of %d, and %d were flushed", last.Time, most, least)
	}
	text, _, err := db.Get(counter, 1, 0)
	if text == "" {
		text = "0"
	}
	if want := fmt.Sprint(last.Time); err != nil || text != want && text != fmt.Sprint(last.Time-1) {
		t.Fatalf("the last tick is number %s, and the counter is at %s; %v", want, text, err)
	}
	return last.Time
}

// TestTableFileThatRocksDBDeletedIsPutBack: if RocksDB cannot sync its MANIFEST when it
// takes a table file in, it deletes the file, and the MANIFEST may name it all the same.
func TestTableFileThatRocksDBDeletedIsPutBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	cmd, _, out := child(t, "take in", path)
	if _, err := io.Copy(io.Discard, out); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the child was not killed")
	}
	m, err := readManifest(path)
	if err != nil || len(m.tables) == 0 {
		t.Fatalf("%+v, %v", m, err)
	}
	for number := range m.tables {
		if err := os.Remove(filepath.Join(path, tableName(number))); err != nil {
			t.Fatal(err)
		}
	}
	if r := checkDB(t, path); len(r.Faults) > 0 || r.Ticks != takeInTicks {
		t.Errorf("check finds %d ticks of %d and %+v", r.Ticks, takeInTicks, r.Faults)
	}
	if to, r := repairDB(t, path); len(r.Faults) > 0 || len(contentsOf(t, to, tick.V2)) < takeInTicks {
		t.Errorf("repair saves %d keys, with %+v", len(contentsOf(t, to, tick.V2)), r.Faults)
	}
	for _, o := range []Options{{ReadOnly: true}, {}} {
		e := NewEnv()
		db, err := e.Open(path, &o)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := db.Count(pingAn, tick.Always); n != takeInTicks || err != nil {
			t.Errorf("with %+v: %d ticks of %d, %v", o, n, takeInTicks, err)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if links, _ := ingestionLinks(path); len(links) > 0 {
		t.Errorf("the open left %v", links)
	}
}

// TestKilledAtAnyMomentIsAPrefix kills each kind of writer at random moments, within
// flushes, compactions and ingestions: each open must see a prefix of what was put.
func TestKilledAtAnyMomentIsAPrefix(t *testing.T) {
	for i, w := range imageWriters {
		t.Run(w.name, func(t *testing.T) {
			for range torture.Rounds(t, 4, 1) {
				path := filepath.Join(t.TempDir(), "db")
				cmd, _, out := child(t, "counted", path, fmt.Sprint(i))
				if _, err := out.ReadString('\n'); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Duration(rand.IntN(1_500)) * time.Millisecond)
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				_ = cmd.Wait() // it was killed
				checkImage(t, path)
				expectCounted(t, path, 0, 1<<62)
			}
		})
	}
}

// TestNewDatabaseWithoutItsWALOpens: a power failure may take all that a new database
// holds.
func TestNewDatabaseWithoutItsWALOpens(t *testing.T) {
	db := tempDB(t, nil)
	path := copyOpenDB(t, db.Path())
	wals, err := filepath.Glob(filepath.Join(path, "*"+logSuffix))
	if err != nil || len(wals) != 1 {
		t.Fatal(wals, err)
	}
	if err := os.Truncate(wals[0], 0); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(walMarkPath(path)); err != nil {
		t.Fatal(err)
	}
	again := openDB(t, path, nil)
	mustPut(t, again, pingAn, 1, 0, "x")
	if n, err := again.Count(pingAn, tick.Always); n != 1 || err != nil {
		t.Errorf("%d ticks, %v", n, err)
	}
}
