package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"microts/internal/tick"
	"microts/internal/torture"
)

// The writers of TestReadersSeeAStateThatWas put tick after tick, and after each its
// number under one key of another instrument.
var counted, counter = instrument('S', "1"), instrument('S', "2")

// imageWriters are ways to write: what a writer does between two pauses.
var imageWriters = []struct {
	name  string
	least int // ticks at a time
	most  int
	o     Options
}{
	{"WAL", 1, 300, Options{RocksDB: map[string]string{"write_buffer_size": "1000000"}}},
	{"ingestions", 20_000, 60_000, Options{}},
	{"none", 1, 40_000, Options{Durability: None, RocksDB: map[string]string{"write_buffer_size": "1000000"}}},
	{"everything", 1, 30_000, Options{RocksDB: map[string]string{
		"level0_file_num_compaction_trigger": "2", "write_buffer_size": "200000",
		"target_file_size_base": "200000", "max_bytes_for_level_base": "1000000",
	}}},
}

// writeCounted writes as a writer of imageWriters until its standard input ends.
func writeCounted(path, writer string) {
	i, err := strconv.Atoi(writer)
	check(err)
	w := imageWriters[i]
	db, err := env.Open(path, &w.o)
	check(err)
	stop := make(chan struct{})
	go func() {
		_, _ = os.Stdin.Read(make([]byte, 1)) // the test closes it
		close(stop)
	}()
	fmt.Println("open")
	for n := int64(0); ; {
		for range w.least + rand.IntN(w.most-w.least) {
			n++
			check(db.Put(counted, n, 0, "v"))
			check(db.Put(counter, 1, 0, strconv.FormatInt(n, 10)))
		}
		select {
		case <-stop:
			check(db.Close())
			return
		case <-time.After(20 * time.Millisecond): // a load that the readers can follow
			check(db.Flush())
		}
	}
}

// TestReadersSeeAStateThatWas opens a database read-only many times beside each kind of
// writer, MICROTS_ROUNDS times if that is set: all ticks up to some moment must be
// there, none after, and each read of one open says the same.
func TestReadersSeeAStateThatWas(t *testing.T) {
	opens := torture.Rounds(t, 20, 6)
	for i, w := range imageWriters {
		t.Run(w.name, func(t *testing.T) {
			const most = 30 // opens of one database: it grows
			for done := 0; done < opens; done += most {
				readBesideWriter(t, i, min(most, opens-done))
			}
		})
	}
}

// readBesideWriter opens a new database many times beside a writer of imageWriters.
func readBesideWriter(t *testing.T, writer, opens int) {
	path := filepath.Join(t.TempDir(), "db")
	cmd, stdin, out := child(t, "counted", path, fmt.Sprint(writer))
	if _, err := out.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	for range opens {
		checkImage(t, path)
	}
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if err := os.RemoveAll(path); err != nil {
		t.Error(err)
	}
}

func checkImage(t *testing.T, path string) {
	t.Helper()
	db, err := env.Open(path, &Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	last, _, err := db.Last(counted, tick.MaxTime-1)
	if err != nil {
		t.Fatal(err)
	}
	n, err := db.Count(counted, tick.Always)
	if err != nil || int64(n) != last.Time {
		t.Fatalf("%d ticks, and the last one is number %d; %v", n, last.Time, err)
	}
	text, ok, err := db.Get(counter, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	number := int64(0)
	if ok {
		if number, err = strconv.ParseInt(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	if number != last.Time && number != last.Time-1 {
		t.Fatalf("the last tick is number %d, and the counter is at %d", last.Time, number)
	}
	rows := rowsOf(t, db, counter, 1, 1, 0, false)
	if ok && (len(rows) != 1 || rows[0].Value != text) {
		t.Fatalf("a get gives %q, and a scan %v", text, rows)
	}
}

// TestReadersBesideAWriterThatOpens opens a database read-only while another Env opens
// and closes it: each open for writing begins a new MANIFEST and removes the old one.
func TestReadersBesideAWriterThatOpens(t *testing.T) {
	path := loadedDB(t)
	writer, done := NewEnv(), make(chan error)
	go func() {
		for range 30 {
			db, err := writer.Open(path, nil)
			if err == nil {
				err = db.Close()
			}
			if err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			return
		default:
			db, err := env.Open(path, &Options{ReadOnly: true})
			if err != nil {
				t.Error(err)
				<-done
				return
			}
			if n, err := readAll(db); n != damageTicks || err != nil {
				t.Errorf("%d of %d ticks, %v", n, damageTicks, err)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
