package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"microts/internal/tick"
	"microts/internal/torture"
)

// severalWALs keeps memtables back, so that several WALs count.
var severalWALs = map[string]string{
	"write_buffer_size": "262144", "arena_block_size": "8192", "min_write_buffer_number_to_merge": "6", "max_write_buffer_number": "12",
}

// killedDB returns the folder of a database whose process was killed, without buffers:
// all n ticks, numbered from 0, are in WALs. With flushed, the first half was flushed.
func killedDB(t testing.TB, n, batch int, flushed bool, options map[string]string) (path string, wals []string) {
	t.Helper()
	db := openDB(t, filepath.Join(t.TempDir(), "db"), &Options{RocksDB: options})
	for i := range n {
		mustPut(t, db, pingAn, int64(i), 0, stepValue(i%500))
		if i%batch != batch-1 && i < n-1 {
			continue
		}
		if err := db.settleAll(); err != nil {
			t.Fatal(err)
		}
		if flushed && i >= n/2 {
			flushed = false
			if err := db.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	path = copyOpenDB(t, db.Path())
	buffers, err := filepath.Glob(filepath.Join(path, sideDir, "*"+bufferSuffix))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range buffers {
		if err := os.Remove(b); err != nil {
			t.Fatal(err)
		}
	}
	if wals, err = filepath.Glob(filepath.Join(path, "*"+logSuffix)); err != nil {
		t.Fatal(err)
	}
	return path, wals
}

// copyOpenDB copies a database that is open, as it is at one moment.
func copyOpenDB(t testing.TB, path string) string {
	t.Helper()
	for {
		before, err := readManifest(path)
		if err != nil {
			t.Fatal(err)
		}
		mark, err := os.ReadFile(walMarkPath(path)) // first: what it says was synced is copied
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(t.TempDir(), "db")
		copyErr := os.CopyFS(to, os.DirFS(path))
		if after, err := readManifest(path); copyErr != nil || err != nil || !after.sameAs(before) {
			continue
		}
		if err := os.WriteFile(walMarkPath(to), mark, 0o644); err != nil {
			t.Fatal(err)
		}
		return to
	}
}

// reboot makes the mark of a database one of another boot.
func reboot(t testing.TB, path string) {
	t.Helper()
	mark, ok := readWALMark(path)
	if !ok {
		t.Fatal("there is no mark")
	}
	if err := writeNote(walMarkPath(path), fmt.Sprintf("%s %d another-boot\n", walName(mark.number), mark.size)); err != nil {
		t.Fatal(err)
	}
}

// expectPrefix opens a database that should hold the ticks 0 to n-1: it refuses and
// changes nothing, or all are there, or the first of them are, at least least, and what
// is lost is counted and reported. It returns how many there are, or -1.
func expectPrefix(t *testing.T, path string, readOnly bool, n, least int, what string) int {
	t.Helper()
	before := contents(t, path)
	var report bytes.Buffer
	e := NewEnv()
	e.Report = func(line string) { report.WriteString(line + "\n") }
	defer e.Close()
	db, err := e.Open(path, &Options{ReadOnly: readOnly})
	if err != nil {
		if changed := sameContents(before, contents(t, path)); changed != "" {
			t.Errorf("%s: open refuses (%v) and changes %s", what, err, changed)
		}
		if f := (*FormatError)(nil); !errors.As(err, &f) || !strings.Contains(err.Error(), "microts check") {
			t.Errorf("%s: %v", what, err)
		}
		return -1
	}
	rows := allRows(t, db, pingAn)
	for i, row := range rows {
		if row.Time != int64(i) || row.Value != stepValue(i%500) {
			t.Fatalf("%s: tick %d of %d is %d %.40q", what, i, len(rows), row.Time, row.Value)
		}
	}
	s, err := db.Stats()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < n && (s.LostBytes == 0 || !strings.Contains(report.String(), ".log")) {
		t.Errorf("%s: %d of %d ticks without a word: lost_bytes %d, %q", what, len(rows), n, s.LostBytes, &report)
	}
	if len(rows) == n && s.LostBytes > 0 {
		t.Errorf("%s: all ticks are there, and lost_bytes is %d", what, s.LostBytes)
	}
	if len(rows) < least || len(rows) > n {
		t.Errorf("%s: %d ticks, at least %d were safe", what, len(rows), least)
	}
	return len(rows)
}

// TestFlippedBitInAWALIsNeverAShorterDatabase flips bits in the WALs of a database whose
// process was killed; with MICROTS_ROUNDS, in every byte of a small one too.
func TestFlippedBitInAWALIsNeverAShorterDatabase(t *testing.T) {
	for _, c := range []struct {
		name     string
		n, batch int
		options  map[string]string
		every    bool
	}{
		{"small", 60, 10, nil, os.Getenv("MICROTS_ROUNDS") != ""},
		{"several", 12_000, 100, severalWALs, false},
		{"big batches", 20_000, 10_000, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			whole, wals := killedDB(t, c.n, c.batch, false, c.options)
			if c.options != nil && len(wals) < 3 {
				t.Fatalf("there are %d WALs", len(wals))
			}
			rng := rand.New(rand.NewPCG(3, 4))
			refused, lost := 0, 0
			flip := func(wal string, at int, data []byte) {
				path := copyDB(t, whole)
				if rng.IntN(2) == 0 {
					reboot(t, path)
				}
				flipped := bytes.Clone(data)
				flipped[at] ^= 1 << rng.IntN(8)
				if err := os.WriteFile(filepath.Join(path, filepath.Base(wal)), flipped, 0o644); err != nil {
					t.Fatal(err)
				}
				what := fmt.Sprintf("byte %d of %d of %s", at, len(data), filepath.Base(wal))
				readOnly := expectPrefix(t, path, true, c.n, 0, what+", read-only")
				n := expectPrefix(t, path, false, c.n, 0, what)
				if n != readOnly {
					t.Errorf("%s: %d ticks, and read-only %d", what, n, readOnly)
				}
				switch {
				case n < 0:
					refused++
				case n < c.n:
					if lost++; n < c.n-c.batch {
						t.Errorf("%s: %d of %d ticks, though only the last %d cannot be told from a torn end", what, n, c.n, c.batch)
					}
				}
				if err := os.RemoveAll(path); err != nil {
					t.Fatal(err)
				}
			}
			for _, wal := range wals {
				data, err := os.ReadFile(wal)
				if err != nil {
					t.Fatal(err)
				}
				if c.every {
					for at := range data {
						flip(wal, at, data)
					}
				}
				for range torture.Rounds(t, 60, 6) / len(wals) {
					if len(data) > 0 {
						flip(wal, rng.IntN(len(data)), data)
					}
				}
			}
			t.Logf("%d refused, %d lost the end", refused, lost)
			if refused == 0 {
				t.Error("nothing was refused: the test has tested nothing")
			}
		})
	}
}

// TestCutWALIsTornOrDamaged cuts and removes the WALs of a database whose process was
// killed. The first half of the ticks was flushed.
func TestCutWALIsTornOrDamaged(t *testing.T) {
	const n, batch = 12_000, 100
	whole, wals := killedDB(t, n, batch, true, severalWALs)
	mark, ok := readWALMark(whole)
	if !ok || mark.size == 0 {
		t.Fatalf("the mark is %+v", mark)
	}
	rng := rand.New(rand.NewPCG(5, 6))
	opened := 0
	for range torture.Rounds(t, 100, 10) {
		path := copyDB(t, whole)
		rebooted := rng.IntN(2) == 0
		if rebooted {
			reboot(t, path)
		}
		i := min(rng.IntN(2*len(wals)), len(wals)-1) // more often the last one
		wal := filepath.Join(path, filepath.Base(wals[i]))
		number, _, _ := fileNumber(filepath.Base(wal))
		info, err := os.Stat(wal)
		if err != nil {
			t.Fatal(err)
		}
		cut := rng.Int64N(info.Size() + 1)
		what := fmt.Sprintf("WAL %d of %d cut to %d of %d bytes, rebooted %v", i+1, len(wals), cut, info.Size(), rebooted)
		if err := os.Truncate(wal, cut); err != nil {
			t.Fatal(err)
		}
		if rng.IntN(4) == 0 {
			what += ", then zeros"
			if err := os.Truncate(wal, info.Size()); err != nil {
				t.Fatal(err)
			}
		}
		expected := cut < info.Size()
		got := prefixOrLess(t, path, n, what)
		if got >= 0 && got < n && (number < mark.number || number == mark.number && cut < mark.size) && expected {
			t.Errorf("%s: %d ticks, though the mark is %+v", what, got, mark)
		}
		if got >= 0 && got < n && got <= n/2 {
			t.Errorf("%s: %d ticks, though half were flushed", what, got)
		}
		if got >= 0 && i < len(wals)-1 && !rebooted && expected {
			t.Errorf("%s: opens", what)
		}
		if got >= 0 {
			opened++
		}
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}
	if opened == 0 {
		t.Error("nothing opened: the test has tested nothing")
	}
	for _, wal := range wals {
		path := copyDB(t, whole)
		if err := os.Remove(filepath.Join(path, filepath.Base(wal))); err != nil {
			t.Fatal(err)
		}
		got := expectPrefix(t, path, false, n, 0, "without "+filepath.Base(wal))
		if last := wal == wals[len(wals)-1]; got >= 0 && !last {
			t.Errorf("opens without %s, with %d ticks", filepath.Base(wal), got)
		}
	}
}

// prefixOrLess is expectPrefix for a WAL that may end with a whole record: nothing tells
// that another one followed.
func prefixOrLess(t *testing.T, path string, n int, what string) int {
	t.Helper()
	e := NewEnv()
	e.Report = func(string) {}
	defer e.Close()
	before := contents(t, path)
	db, err := e.Open(path, nil)
	if err != nil {
		if changed := sameContents(before, contents(t, path)); changed != "" {
			t.Errorf("%s: open refuses (%v) and changes %s", what, err, changed)
		}
		return -1
	}
	rows := allRows(t, db, pingAn)
	for i, row := range rows {
		if row.Time != int64(i) || row.Value != stepValue(i%500) {
			t.Fatalf("%s: tick %d of %d is %d %.40q", what, i, len(rows), row.Time, row.Value)
		}
	}
	return len(rows)
}

// TestDamagedWALIsAnErrorThatSaysHowMuch damages a WAL in its midst.
func TestDamagedWALIsAnErrorThatSaysHowMuch(t *testing.T) {
	path, wals := killedDB(t, 1000, 10, false, nil)
	data, err := os.ReadFile(wals[0])
	if err != nil {
		t.Fatal(err)
	}
	number, _, _ := fileNumber(filepath.Base(wals[0]))
	records, _ := readWAL(t, data, number)
	r := records[len(records)/2]
	data[r.offset+r.length/2] ^= 4
	if err := os.WriteFile(wals[0], data, 0o644); err != nil {
		t.Fatal(err)
	}
	for i, readOnly := range []bool{false, true, false} {
		if i == 2 { // as after a power failure that took the new folder
			if err := os.RemoveAll(filepath.Join(path, sideDir)); err != nil {
				t.Fatal(err)
			}
		}
		_, err = env.Open(path, &Options{ReadOnly: readOnly})
		want := fmt.Sprintf("has a damaged WAL %s: byte %d: checksum does not match (%d bytes before it can be read, %d cannot, and %d bytes behind it can at least in part)",
			filepath.Base(wals[0]), r.offset, r.offset, r.length, int64(len(data))-r.offset-r.length)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "microts check --repair NEW PATH") {
			t.Errorf("open, read-only %v: %v\nwant %s", readOnly, err, want)
		}
	}
}

// TestTornWALIsSetAside cuts the last record of a WAL, and opens the database twice.
func TestTornWALIsSetAside(t *testing.T) {
	path, wals := killedDB(t, 1000, 10, false, nil)
	data, err := os.ReadFile(wals[0])
	if err != nil {
		t.Fatal(err)
	}
	number, _, _ := fileNumber(filepath.Base(wals[0]))
	records, _ := readWAL(t, data, number)
	last := records[len(records)-1]
	if err := os.Truncate(wals[0], int64(len(data)-1)); err != nil {
		t.Fatal(err)
	}
	e := NewEnv()
	var report []string
	e.Report = func(line string) { report = append(report, line) }
	for _, lost := range []int64{last.length - 1, 0} {
		db, err := e.Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := db.Stats(); err != nil || s.LostBytes != lost {
			t.Errorf("lost_bytes %d, not %d; %v", s.LostBytes, lost, err)
		}
		if n, err := db.Count(pingAn, tick.Always); n != 990 || err != nil {
			t.Errorf("%d ticks, %v", n, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	aside := filepath.Join(path, sideDir, filepath.Base(wals[0])+unverifiedSuffix)
	if kept, err := os.ReadFile(aside); !bytes.Equal(kept, data[last.offset:len(data)-1]) {
		t.Errorf("%s holds %d bytes, %v", aside, len(kept), err)
	}
	if len(report) != 1 || !strings.Contains(report[0], fmt.Sprintf("the end of %s: %d bytes are lost", filepath.Base(wals[0]), last.length-1)) || !strings.Contains(report[0], aside) {
		t.Errorf("the report is %q", report)
	}
}

// TestTornWALOfWhichBuffersHoldAPartIsReported loses pages of a WAL and all that stands
// behind them, as a power failure does, of which one buffer is left.
func TestTornWALOfWhichBuffersHoldAPartIsReported(t *testing.T) {
	path, wals := killedDB(t, 1000, 10, false, nil)
	data := readFile(t, wals[0])
	number, _, _ := fileNumber(filepath.Base(wals[0]))
	records, _ := readWAL(t, data, number)
	lost := records[len(records)/2]
	first, err := readEntry(data, int(lost.offset)+logHeader+wireHeader)
	if err != nil || string(first.key) != bufferKey {
		t.Fatalf("the record begins with %q, %v", first.key, err)
	}
	buffer := leftFile(t, otherBoot, binary.BigEndian.Uint64(first.value), 0, 1)
	clear(data[lost.offset+1 : len(data)-1000])
	writeFile(t, wals[0], data)
	reboot(t, path)
	writeFile(t, filepath.Join(path, sideDir, "0"+bufferSuffix), buffer)

	report := reports(t)
	db := openDB(t, path, nil)
	if s, err := db.Stats(); err != nil || s.LostBytes == 0 || s.RecoveredBuffers != 1 {
		t.Errorf("%+v, %v", s, err)
	}
	if len(*report) != 1 || len(asideFiles(t, path)) != 1 {
		t.Errorf("the report is %q, and %d files are set aside", *report, len(asideFiles(t, path)))
	}
}
