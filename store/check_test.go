package store

import (
	"bytes"
	"context"
	"encoding/binary"
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
	"sync"
	"testing"
	"time"

	"github.com/linxGnu/grocksdb"

	"microts/internal/tick"
	"microts/internal/torture"
)

// checkDB checks a database and wants that to change nothing.
func checkDB(t testing.TB, path string) *CheckReport {
	t.Helper()
	before := tree(t, path)
	r, err := Check(context.Background(), path, CheckOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if after := tree(t, path); after != before {
		t.Errorf("check changed the folder from\n%s\nto\n%s", before, after)
	}
	return r
}

// tree describes all files of a folder: names, sizes, times and contents.
func tree(t testing.TB, path string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.Walk(path, func(name string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %v %d %v", name, info.Mode(), info.Size(), info.ModTime().UnixNano())
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, " %x", len(data))
			b.WriteString(strconv.FormatUint(hashOf(data), 16))
		}
		b.WriteByte('\n')
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func hashOf(data []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range data {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

// repairDB repairs a database into a new one and returns that.
func repairDB(t testing.TB, path string) (to string, r *CheckReport) {
	t.Helper()
	to = filepath.Join(t.TempDir(), "repaired")
	before := tree(t, path)
	r, err := env.Repair(context.Background(), path, to, CheckOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if after := tree(t, path); after != before {
		t.Error("repair changed the database")
	}
	if _, err := os.Stat(to + incompleteSuffix); !os.IsNotExist(err) {
		t.Errorf("repair leaves a folder: %v", err)
	}
	return to, r
}

// contentsOf returns all keys and values of a database as RocksDB reads them, but for
// the number of the last buffer.
func contentsOf(t testing.TB, path string, f tick.Format) map[string]string {
	t.Helper()
	o := baseOptions(f)
	defer o.Destroy()
	db, err := grocksdb.OpenDbForReadOnly(o, path, false)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ro := grocksdb.NewDefaultReadOptions()
	defer ro.Destroy()
	it := db.NewIterator(ro)
	defer it.Close()
	all := map[string]string{}
	for it.SeekToFirst(); it.Valid(); it.Next() {
		all[string(it.Key().Data())] = string(it.Value().Data())
	}
	if err := it.Err(); err != nil {
		t.Fatal(err)
	}
	delete(all, bufferKey)
	return all
}

// randomDB makes a database in format f by random operations of RocksDB itself, and
// leaves its WAL unless it happens to be flushed.
func randomDB(t testing.TB, rng *rand.Rand, f tick.Format) (path string) {
	t.Helper()
	pick := func(all ...string) string { return all[rng.IntN(len(all))] }
	base := baseOptions(f)
	defer base.Destroy()
	o, err := grocksdb.GetOptionsFromString(base, "create_if_missing=true;write_buffer_size=65536;target_file_size_base=65536;level0_file_num_compaction_trigger="+pick("2", "4", "100")+
		";compression="+pick("kNoCompression", "kSnappyCompression", "kZlibCompression", "kBZip2Compression", "kLZ4Compression", "kLZ4HCCompression", "kZSTD")+
		";compaction_style="+pick("kCompactionStyleLevel", "kCompactionStyleLevel", "kCompactionStyleUniversal")+
		";avoid_flush_during_shutdown=true;block_based_table_factory={block_size=1024;format_version="+pick("2", "3", "4", "5")+"}")
	if err != nil {
		t.Fatal(err)
	}
	defer o.Destroy()
	path = filepath.Join(t.TempDir(), "db")
	db, err := grocksdb.OpenDb(o, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	wo := grocksdb.NewDefaultWriteOptions()
	defer wo.Destroy()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(db.Put(wo, []byte(formatKey), []byte(formatMarker(f))))
	key := func() []byte {
		ts := int64(rng.IntN(500)) * 1_000_000
		if f == tick.V1 {
			return fmt.Appendf(nil, "%-8s%s\x00", fmt.Sprint("SH", rng.IntN(5)), binary.BigEndian.AppendUint64(nil, uint64(ts)))
		}
		k := makeTickKey(*instrument('S', fmt.Sprint(rng.IntN(5))), ts, 0)
		if rng.IntN(20) == 0 {
			return append([]byte{typedTag, byte(1 + rng.IntN(3))}, k[:]...)
		}
		return k[:]
	}
	value := func() []byte {
		return tick.AppendPoint(nil, &tick.Point{Value: rng.Float64(), Has: tick.HasVolume, Volume: float64(rng.IntN(1000))}, f)
	}
	fo := grocksdb.NewDefaultFlushOptions()
	defer fo.Destroy()
	for range 10 + rng.IntN(300) {
		switch n := rng.IntN(100); {
		case n < 70:
			for range rng.IntN(20) {
				must(db.Put(wo, key(), value()))
			}
		case n < 82:
			must(db.Delete(wo, key()))
		case n < 86:
			a, b := key(), key()
			if bytes.Compare(a, b) > 0 {
				a, b = b, a
			}
			wb := grocksdb.NewWriteBatch()
			wb.DeleteRange(a, b)
			must(db.Write(wo, wb))
			wb.Destroy()
		case n < 92:
			must(db.Flush(fo))
		case n < 93:
			db.CompactRange(grocksdb.Range{})
		default:
			ingestRandom(t, db, o, rng, key, value)
		}
	}
	return path
}

func ingestRandom(t testing.TB, db *grocksdb.DB, o *grocksdb.Options, rng *rand.Rand, key, value func() []byte) {
	t.Helper()
	env := grocksdb.NewDefaultEnvOptions()
	defer env.Destroy()
	w := grocksdb.NewSSTFileWriter(env, o)
	defer w.Destroy()
	path := filepath.Join(t.TempDir(), "ingest.sst")
	if err := w.Open(path); err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for range 1 + rng.IntN(50) {
		all[string(key())] = value()
	}
	for _, k := range slices.Sorted(maps.Keys(all)) {
		if err := w.Put([]byte(k), all[k]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Finish(); err != nil {
		t.Fatal(err)
	}
	io := grocksdb.NewDefaultIngestExternalFileOptions()
	defer io.Destroy()
	io.SetMoveFiles(true)
	if err := db.IngestExternalFile([]string{path}, io); err != nil {
		t.Fatal(err)
	}
}

// differ says how two contents differ, or "".
func differ(got, want map[string]string) string {
	for k, v := range want {
		if got[k] != v {
			return fmt.Sprintf("key %q has the value %q, not %q (%d keys, not %d)", k, got[k], v, len(got), len(want))
		}
	}
	for k := range got {
		if _, ok := want[k]; !ok {
			return fmt.Sprintf("key %q is invented (%d keys, not %d)", k, len(got), len(want))
		}
	}
	return ""
}

// TestCheckReadsWhatRocksDBReads makes databases by random operations. Check finds
// nothing wrong in them and counts what RocksDB reads; Repair copies it, also if the
// MANIFEST or CURRENT is lost.
func TestCheckReadsWhatRocksDBReads(t *testing.T) {
	for i := range torture.Rounds(t, 20, 20) {
		rng := rand.New(rand.NewPCG(7, uint64(i)))
		format := tick.Format(i % 2)
		path := randomDB(t, rng, format)
		want := contentsOf(t, path, format)
		r := checkDB(t, path)
		if n := r.Ticks + r.Points + 1; len(r.Faults) > 0 || n != uint64(len(want)) || r.Format != format.String() {
			t.Fatalf("round %d: %d keys, not %d, format %s, faults %v, notes %v", i, n, len(want), r.Format, r.Faults, r.Notes)
		}
		counted := uint64(0)
		for _, in := range r.Instruments {
			counted += in.Ticks
		}
		if counted+1 != uint64(len(want)) {
			t.Fatalf("round %d: %d of %d keys in instruments", i, counted, len(want))
		}
		to, r := repairDB(t, path)
		if d := differ(contentsOf(t, to, format), want); d != "" || len(r.Faults) > 0 {
			t.Fatalf("round %d: repaired: %s, %v", i, d, r.Faults)
		}
	}
}

// TestEachDamageIsFound flips bits of each file of a database and cuts the files: check
// tells of it, and repair neither loses more than the report says nor invents a tick.
func TestEachDamageIsFound(t *testing.T) {
	rounds := torture.Rounds(t, 30, 30)
	rng := rand.New(rand.NewPCG(8, 8))
	whole := loadedDB(t)
	addWAL(t, whole)
	want := contentsOf(t, whole, tick.V2)
	files, err := filepath.Glob(filepath.Join(whole, "*"))
	if err != nil {
		t.Fatal(err)
	}
	files = slices.DeleteFunc(files, func(f string) bool {
		info, err := os.Stat(f)
		return err != nil || info.IsDir() || info.Size() == 0 || slices.Contains([]string{"IDENTITY", "LOCK"}, filepath.Base(f)) || strings.HasPrefix(filepath.Base(f), "OPTIONS") || strings.HasPrefix(filepath.Base(f), "LOG")
	})
	for i := range rounds {
		path := copyDB(t, whole)
		name := filepath.Base(files[i%len(files)])
		file := filepath.Join(path, name)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		at := rng.IntN(len(data))
		what := fmt.Sprintf("round %d: %s, byte %d of %d", i, name, at, len(data))
		tail := false
		switch rng.IntN(4) {
		case 0:
			what, tail = what+" cut", true
			data = data[:at]
		case 1:
			what += " zeroed"
			clear(data[at:min(at+4096, len(data))])
		default:
			what += " flipped"
			data[at] ^= 1 << rng.IntN(8)
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
		r := checkDB(t, path)
		torn := strings.HasSuffix(name, logSuffix) && (tail || len(r.Notes) > 0)
		format := strings.HasSuffix(name, tableSuffix) && at == len(data)-53+41
		if len(r.Faults) == 0 && !torn && !format {
			t.Errorf("%s: not found, %v", what, r.Notes)
		}
		to, r := repairDB(t, path)
		got := contentsOf(t, to, tick.V2)
		lost := 0
		for k, v := range want {
			if got[k] != v {
				lost++
			}
		}
		said := slices.ContainsFunc(r.Faults, func(f Fault) bool { return f.Lost })
		if lost > 0 && !said && !torn {
			t.Errorf("%s: %d keys are lost, and the report does not say so: %v", what, lost, r.Faults)
		}
		for k := range got {
			if _, ok := want[k]; !ok {
				t.Errorf("%s: the key %q is invented", what, k)
			}
		}
		if name == currentFile || strings.HasPrefix(name, manifestNamePrefix) {
			if lost > 0 {
				t.Errorf("%s: %d keys are lost", what, lost)
			}
		}
	}
}

// addWAL makes a database have a WAL with ticks, as the death of a process leaves it.
func addWAL(t testing.TB, path string) {
	t.Helper()
	db, err := env.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(300) {
		mustPut(t, db, pingAn, 5_000_000_000+i*1000, 0, fmt.Sprint("in the WAL ", i))
		if i%10 == 0 {
			if err := db.settleAll(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := db.Flush(); err != nil {
		t.Fatal(err)
	}
	live := copyDB(t, path)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(path, os.DirFS(live)); err != nil {
		t.Fatal(err)
	}
}

// TestDamagedWALIsSavedBeforeAndBehind damages the middle of a WAL: repair loses the
// records that the damage hits and no others.
func TestDamagedWALIsSavedBeforeAndBehind(t *testing.T) {
	path := loadedDB(t)
	addWAL(t, path)
	want := contentsOf(t, path, tick.V2)
	logs, _ := filepath.Glob(filepath.Join(path, "*.log"))
	data, err := os.ReadFile(logs[len(logs)-1])
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(logs[len(logs)-1], data, 0o644); err != nil {
		t.Fatal(err)
	}
	to, r := repairDB(t, path)
	got := contentsOf(t, to, tick.V2)
	if lost := len(want) - len(got); lost == 0 || lost > 12 || len(r.Faults) != 1 || !r.Faults[0].Lost || r.Faults[0].What != "WAL" {
		t.Errorf("%d of %d keys are lost, %v", lost, len(want), r.Faults)
	}
}

// TestMissingFilesAreFound removes each file of a database.
func TestMissingFilesAreFound(t *testing.T) {
	whole := loadedDB(t)
	want := contentsOf(t, whole, tick.V2)
	for _, pattern := range []string{"*.sst", currentFile, "MANIFEST-*"} {
		path := copyDB(t, whole)
		files, _ := filepath.Glob(filepath.Join(path, pattern))
		if err := os.Remove(files[0]); err != nil {
			t.Fatal(err)
		}
		r := checkDB(t, path)
		if len(r.Faults) == 0 {
			t.Errorf("%s: not found", pattern)
		}
		to, r := repairDB(t, path)
		got := contentsOf(t, to, tick.V2)
		if pattern == "*.sst" {
			i := slices.IndexFunc(r.Faults, func(f Fault) bool { return f.What == "table file" })
			if i < 0 || !r.Faults[i].Lost || r.Faults[i].After == "" || r.Faults[i].Before == "" || len(got) >= len(want) {
				t.Errorf("%s: %d keys, %+v", pattern, len(got), r.Faults)
			}
		} else if d := differ(got, want); d != "" {
			t.Errorf("%s: %s", pattern, d)
		}
	}
}

// TestRepairCarriesEverythingOver repairs a whole database with points, raw keys and
// column families, in both formats.
func TestRepairCarriesEverythingOver(t *testing.T) {
	for _, f := range []tick.Format{tick.V1, tick.V2} {
		path := filepath.Join(t.TempDir(), "db")
		db, err := env.Open(path, &Options{Format: f})
		if err != nil {
			t.Fatal(err)
		}
		for _, dataType := range []uint8{0, 3} {
			s, err := db.Series("SH600519", dataType)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Put([]tick.Point{{Time: 1000, Value: 1.5}, {Time: 2000, Value: 2, Has: tick.HasVolume, Volume: 7}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(db.NoteUnit(tick.Milliseconds), db.CreateFamily("notes"), db.PutRaw("notes", "k", "v"), db.PutRaw("", "raw", strings.Repeat("x", tick.MaxValue))); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		r := checkDB(t, path)
		if len(r.Faults) > 0 || r.Ticks+r.Points != 4 || r.Raw != 1 || r.Unit != "ms" || !slices.Equal(r.Families, []FamilyCount{{"notes", 1}}) || len(r.Instruments) != 2 {
			t.Errorf("format %v: %+v", f, r)
		}
		to, _ := repairDB(t, path)
		if d := differ(contentsOf(t, to, f), contentsOf(t, path, f)); d != "" {
			t.Errorf("format %v: %s", f, d)
		}
		again := openDB(t, to, &Options{Format: f})
		if got, ok, err := again.GetRaw("notes", "k"); got != "v" || !ok || err != nil {
			t.Errorf("format %v: %q, %v", f, got, err)
		}
		if u, err := again.NotedUnit(); u != tick.Milliseconds || err != nil {
			t.Errorf("format %v: %v, %v", f, u, err)
		}
	}
}

// TestCheckSaysWhatIsNoDatabase wants errors that say what is there.
func TestCheckSaysWhatIsNoDatabase(t *testing.T) {
	empty := t.TempDir()
	for _, c := range []struct{ path, want string }{
		{empty, "no database is there"},
		{filepath.Join(empty, "none"), "no such file or directory"},
	} {
		if _, err := Check(context.Background(), c.path, CheckOptions{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.path, err)
		}
	}
	other := filepath.Join(empty, "other")
	o := grocksdb.NewDefaultOptions()
	defer o.Destroy()
	o.SetCreateIfMissing(true)
	db, err := grocksdb.OpenDb(o, other)
	if err != nil {
		t.Fatal(err)
	}
	wo := grocksdb.NewDefaultWriteOptions()
	defer wo.Destroy()
	if err := db.Put(wo, []byte("key"), []byte("value")); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if _, err := Check(context.Background(), other, CheckOptions{}); !errors.As(err, new(*FormatError)) {
		t.Errorf("another program's: %v", err)
	}
}

// TestRepairLeavesNothingIncomplete ends a repair, and repairs over what the death of
// another one left.
func TestRepairLeavesNothingIncomplete(t *testing.T) {
	path := loadedDB(t)
	to := filepath.Join(t.TempDir(), "new")
	ctx, cancel := context.WithCancel(context.Background())
	_, err := env.Repair(ctx, path, to, CheckOptions{Progress: func(int64, int64) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	if left, _ := filepath.Glob(to + "*"); len(left) > 0 {
		t.Errorf("canceled: %v are left", left)
	}
	w, err := beginWork(to)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.path, "000001.sst"), []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := env.Repair(context.Background(), path, to, CheckOptions{}); err == nil || !strings.Contains(err.Error(), "another process repairs into") {
		t.Errorf("beside another one: %v", err)
	}
	if err := w.lock.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := env.Repair(context.Background(), path, to, CheckOptions{}); err != nil {
		t.Fatal(err)
	}
	if d := differ(contentsOf(t, to, tick.V2), contentsOf(t, path, tick.V2)); d != "" {
		t.Error(d)
	}
	if _, err := env.Repair(context.Background(), path, to, CheckOptions{}); err == nil || !strings.Contains(err.Error(), "exists") {
		t.Errorf("onto a database: %v", err)
	}
	if _, err := env.Repair(context.Background(), path, filepath.Join(path, "inside"), CheckOptions{}); err == nil || !strings.Contains(err.Error(), "lies in the database") {
		t.Errorf("into the database: %v", err)
	}
}

// TestCheckBesideAWriter checks a database again and again while another process loads
// it, kills that one, and checks what it left: nothing is damaged, and every tick that
// a later open finds was counted.
func TestCheckBesideAWriter(t *testing.T) {
	const most = 20 // checks of a database, which grows, until it is large enough
	for done, all := 0, torture.Rounds(t, most, most); done < all; done += most {
		checkBesideWriter(t, min(most, all-done))
	}
}

func checkBesideWriter(t *testing.T, checks int) {
	path := filepath.Join(t.TempDir(), "db")
	writes, _, stdout := child(t, "bulk", path, "0")
	var drained sync.WaitGroup
	drained.Go(func() { _, _ = io.Copy(io.Discard, stdout) })
	kill := sync.OnceFunc(func() {
		_ = writes.Process.Kill()
		drained.Wait()
		_ = writes.Wait()
	})
	defer kill()
	const enough = 2_000_000 // ticks: while a slow machine checks them, the writer writes even more
	ticks := uint64(0)
	for writer, n := 0, 0; n < checks && ticks < enough || ticks == 0; {
		r, err := Check(context.Background(), path, CheckOptions{})
		if err != nil {
			time.Sleep(10 * time.Millisecond) // it is being made
			if writer > 0 {
				t.Fatal(err)
			}
			continue
		}
		if writer = max(writer, r.Writer); r.Writer == 0 {
			continue // it is being opened
		}
		ticks = r.Ticks
		if n++; len(r.Faults) > 0 || r.Writer != writes.Process.Pid {
			t.Fatalf("writer %d, not %d; %v", r.Writer, writes.Process.Pid, r.Faults)
		}
		if _, err := env.Repair(context.Background(), path, path+"-new", CheckOptions{}); !errors.As(err, new(*LockedError)) {
			t.Fatalf("repair beside a writer: %v", err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	kill()
	r := checkDB(t, path)
	to, repaired := repairDB(t, path)
	db := openDB(t, path, nil)
	rows := allRows(t, db, pingAn)
	if len(r.Faults) > 0 || r.Ticks != uint64(len(rows)) || r.Ticks == 0 || repaired.Ticks != r.Ticks {
		t.Errorf("%d ticks (%d pending), and an open finds %d; %v", r.Ticks, r.Pending, len(rows), r.Faults)
	}
	if got := allRows(t, openDB(t, to, nil), pingAn); !slices.Equal(got, rows) {
		t.Errorf("repaired: %s, not %s", describe(got), describe(rows))
	}
}

// TestDamagedBufferIsSavedUpToItsChecksums damages a buffer that a process left: check
// tells of it, and repair takes what stands before.
func TestDamagedBufferIsSavedUpToItsChecksums(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db, err := env.Open(path, &Options{holdCommits: true})
	if err != nil {
		t.Fatal(err)
	}
	const n = 1000
	for i := range int64(n) {
		mustPut(t, db, pingAn, i, 0, "a value of some length")
	}
	left := copyDB(t, path)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if r := checkDB(t, left); r.Pending != n || r.Ticks != n || len(r.Faults) > 0 {
		t.Errorf("%d ticks, %d pending, %v", r.Ticks, r.Pending, r.Faults)
	}
	buffers, _ := filepath.Glob(filepath.Join(left, sideDir, "*"+bufferSuffix))
	for _, b := range buffers {
		data, err := os.ReadFile(b)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(data, []byte("some length")) {
			continue
		}
		data[20_000] ^= 1
		if err := os.WriteFile(b, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := checkDB(t, left)
	if len(r.Faults) != 1 || r.Faults[0].What != "buffer" || !r.Faults[0].Lost {
		t.Errorf("%v", r.Faults)
	}
	_, r = repairDB(t, left)
	if r.Ticks < 200 || r.Ticks > 500 {
		t.Errorf("%d of %d ticks are saved", r.Ticks, n)
	}
}

// TestValuesThatAreNoPoints writes values that no storage engine reads: check tells of
// each key, up to a number.
func TestValuesThatAreNoPoints(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db, err := env.Open(path, &Options{Format: tick.V1})
	if err != nil {
		t.Fatal(err)
	}
	const bad = mostBadKeys + 500
	for i := range bad {
		key := fmt.Sprintf("%-8s%s\x00", "SH1", binary.BigEndian.AppendUint64(nil, uint64(i)))
		if err := db.PutRaw("", key, "no point"); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	r := checkDB(t, path)
	if len(r.Faults) != mostBadKeys || r.Points != bad || !slices.Equal(r.Notes, []string{"500 more keys are damaged, which are not listed"}) {
		t.Fatalf("%d faults, %d points, %v", len(r.Faults), r.Points, r.Notes)
	}
	if f := r.Faults[7]; f.What != keyFault || !strings.Contains(f.Problem, "a value of 8 bytes that is no point") || f.After != "SH1 1970-01-01 08:00:00.000007" {
		t.Errorf("%+v", f)
	}
}
