package store

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"microts/internal/tick"
	"microts/internal/torture"
)

// childEnv tells the test binary that it is a child of a test, and what to do: a
// task and its arguments, a line each.
const childEnv = "MICROTS_TEST_CHILD"

// child starts the test binary with a task and its arguments.
func child(t *testing.T, args ...string) (cmd *exec.Cmd, stdin io.WriteCloser, stdout *bufio.Reader) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+strings.Join(args, "\n"))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, stdin, bufio.NewReader(out)
}

func runChild(task string) {
	args := strings.Split(task, "\n")
	switch args[0] {
	case "write":
		durability, err := ParseDurability(args[2])
		check(err)
		var from int
		_, err = fmt.Sscan(args[3], &from)
		check(err)
		writeUntilKilled(args[1], &Options{Durability: durability, holdCommits: args[4] == "held"}, from)
	case "bulk":
		var from int64
		_, err := fmt.Sscan(args[2], &from)
		check(err)
		loadUntilKilled(args[1], from)
	case "take in":
		db, err := env.Open(args[1], &Options{holdCommits: true})
		check(err)
		db.chain.ingest = func(buffers []*buffer) error {
			check(db.rocks.ingestTable(buffers))
			return unix.Kill(os.Getpid(), unix.SIGKILL) // before the marker is written
		}
		for i := range int64(takeInTicks) {
			check(db.Put(pingAn, i, 0, loadValue(i)))
		}
		check(db.Flush())
	case "hold":
		db, err := env.Open(args[1], nil)
		check(err)
		check(db.Put(pingAn, 1, 0, "x"))
		fmt.Println("open")
		io.Copy(io.Discard, os.Stdin) // until the test closes it
		check(db.Close())
	case "counted":
		writeCounted(args[1], args[2])
	case "flushes":
		db, err := env.Open(args[1], nil)
		check(err)
		for part := range int64(3) {
			for i := range int64(1000) {
				check(db.Put(pingAn, part*1_000_000+i, 0, "x"))
			}
			check(db.Flush())
			check(db.rocks.flushMemtables())
			check(db.Put(pingAn, part, 1, "x")) // its commit notes the MANIFEST
			check(db.Flush())
			check(db.Put(pingAn, part, 2, "x"))
			check(db.Flush())
		}
		fmt.Println("flushed")
		select {}
	case "full disk":
		check(putOnAFullDisk(args[1]))
	case "options":
		tryRocksOptions(args[1])
	case "try":
		_, err := env.Open(args[1], nil)
		fmt.Println(err)
	case "read":
		db, err := env.Open(args[1], &Options{ReadOnly: true})
		check(err)
		n, err := db.Count(pingAn, tick.Always)
		check(err)
		fmt.Println(n)
		check(db.Close())
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(1)
	}
}

// step does the i-th thing of a fixed sequence to a database.
func step(db *DB, i int) error {
	ts := 3 + int64(i%700)
	if i%7 == 6 {
		return db.Delete(pingAn, ts-3, 0)
	}
	return db.Put(pingAn, ts, 0, stepValue(i))
}

// stepValue is a value that shows whether it is torn; a few are large.
func stepValue(i int) string {
	size := i % 90
	if i%501 == 500 {
		size = tick.MaxValue - 20
	}
	return fmt.Sprintf("%d:%s:%d", i, strings.Repeat("v", size), i)
}

// step does the same to a model.
func (m model) step(i int) {
	ts := 3 + int64(i%700)
	if i%7 == 6 {
		delete(m, tick.Row{Time: ts - 3})
	} else {
		m.put(ts, 0, stepValue(i))
	}
}

// writeUntilKilled does the steps from a number on and reports each one that
// has returned.
func writeUntilKilled(path string, o *Options, from int) {
	db, err := env.Open(path, o)
	check(err)
	var report [8]byte
	for i := from; ; i++ {
		if err := step(db, i); err != nil {
			if o.holdCommits && strings.Contains(err.Error(), "buffers are full") {
				select {} // nothing more can be held back
			}
			check(err)
		}
		binary.LittleEndian.PutUint64(report[:], uint64(i+1))
		if _, err := os.Stdout.Write(report[:]); err != nil {
			os.Exit(1)
		}
	}
}

// TestKilled kills a process that writes, at random moments, many times over,
// and looks each time for all that it had written: nothing may be lost, torn,
// doubled or out of order.
func TestKilled(t *testing.T) {
	for _, c := range []struct {
		durability Durability
		held       string // nothing leaves the mapped buffers
		rounds     int
	}{{Process, "", 25}, {Process, "held", 25}, {Sync, "", 8}} {
		t.Run(strings.TrimSpace(c.durability.String()+" "+c.held), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "db")
			want, done := model{}, 0
			for range torture.Rounds(t, c.rounds, (c.rounds+2)/3) {
				cmd, _, out := child(t, "write", path, c.durability.String(), fmt.Sprint(done), c.held)
				// Killed between its first steps and some 100 ms later, or,
				// now and then, while it still opens.
				if rand.IntN(8) > 0 {
					if _, err := out.Peek(8); err != nil {
						t.Fatalf("the child wrote nothing: %v", err)
					}
				}
				time.AfterFunc(time.Duration(rand.IntN(100_000))*time.Microsecond, func() { cmd.Process.Kill() })
				reports, err := io.ReadAll(out)
				if err != nil {
					t.Fatal(err)
				}
				cmd.Wait()
				if n := len(reports) / 8 * 8; n > 0 {
					for last := int(binary.LittleEndian.Uint64(reports[n-8:])); done < last; done++ {
						want.step(done)
					}
				}
				db, err := env.Open(path, &Options{Durability: c.durability})
				if err != nil {
					t.Fatalf("open after the kill: %v", err)
				}
				got := allRows(t, db, pingAn)
				if !reflect.DeepEqual(got, want.rows(0, tick.MaxTime)) {
					// One step more may have been done and not yet reported.
					want.step(done)
					done++
					if !reflect.DeepEqual(got, want.rows(0, tick.MaxTime)) {
						t.Fatalf("after %d steps: got %s, want %s", done, describe(got), describe(want.rows(0, tick.MaxTime)))
					}
				}
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if done < 100 {
				t.Errorf("only %d steps in all: the test has tested nothing", done)
			}
		})
	}
}

const (
	loadReport  = 64 // ticks between two reports
	takeInTicks = 30_000
)

// loadValue is large, so that a load is fast in bytes, as ingestions must be.
func loadValue(i int64) string { return fmt.Sprintf("%d:%s", i, strings.Repeat("v", 200)) }

// loadUntilKilled puts ticks in ascending order as fast as it can and reports
// how many.
func loadUntilKilled(path string, from int64) {
	db, err := env.Open(path, nil)
	check(err)
	var report [8]byte
	for i := from; ; i++ {
		check(db.Put(pingAn, i, 0, loadValue(i)))
		if i%loadReport == 0 {
			binary.LittleEndian.PutUint64(report[:], uint64(i+1))
			if _, err := os.Stdout.Write(report[:]); err != nil {
				os.Exit(1)
			}
		}
	}
}

// TestKilledWhileLoading does what TestKilled does to a bulk load, which is
// written as ingestions.
func TestKilledWhileLoading(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	n, ingested := 0, false
	for range torture.Rounds(t, 8, 4) {
		cmd, _, out := child(t, "bulk", path, fmt.Sprint(n))
		if _, err := out.Peek(8); err != nil {
			t.Fatalf("the child wrote nothing: %v", err)
		}
		time.AfterFunc(time.Duration(rand.IntN(400_000))*time.Microsecond, func() { cmd.Process.Kill() })
		reports, err := io.ReadAll(out)
		if err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		reported := int(binary.LittleEndian.Uint64(reports[len(reports)/8*8-8:]))
		db, err := env.Open(path, nil)
		if err != nil {
			t.Fatalf("open after the kill: %v", err)
		}
		before := n
		if n, err = db.Count(pingAn, tick.Always); err != nil || n < reported || n > reported+loadReport {
			t.Fatalf("%d ticks, at least %d were put, %v", n, reported, err)
		}
		for i, row := range rowsOf(t, db, pingAn, int64(before), tick.MaxTime-1, 0, false) {
			if ts := int64(before + i); row.Time != ts || row.Value != loadValue(ts) {
				t.Fatalf("tick %d: %d %.40q", ts, row.Time, row.Value)
			}
		}
		files, _ := filepath.Glob(filepath.Join(path, "*.sst"))
		ingested = ingested || len(files) > 0
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if !ingested {
		t.Error("there were no ingestions: the test has tested nothing")
	}
}

// TestKilledBetweenTakingInAndMarking kills a process when RocksDB has taken a table
// file in and the marker is not written: the next open writes it. In a copy of the folder
// the link is no link to the table file: there it commits the buffers once more.
func TestKilledBetweenTakingInAndMarking(t *testing.T) {
	for _, copied := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "db")
		cmd, _, out := child(t, "take in", path)
		io.Copy(io.Discard, out)
		if err := cmd.Wait(); err == nil {
			t.Fatal("the child was not killed")
		}
		recovered := 0
		if copied {
			path, recovered = copyDB(t, path), takeInTicks
		}
		db := openDB(t, path, nil)
		if s, err := db.Stats(); err != nil || s.RecoveredEntries != recovered {
			t.Errorf("recovered %d of %d ticks, %v", s.RecoveredEntries, recovered, err)
		}
		for i, row := range allRows(t, db, pingAn) {
			if row.Time != int64(i) || row.Value != loadValue(int64(i)) {
				t.Fatalf("tick %d: %d %.40q", i, row.Time, row.Value)
			}
		}
		if n, _ := db.Count(pingAn, tick.Always); n != takeInTicks {
			t.Errorf("%d ticks of %d", n, takeInTicks)
		}
		if links, _ := ingestionLinks(path); len(links) > 0 {
			t.Errorf("the open left %v", links)
		}
	}
}

// TestReadOnlyOpenTellsWhatAKilledProcessLeft opens a database for reading while a process
// writes to it and after it was killed: what its buffers hold is not shown, and the open
// says so when nobody is about to commit it.
func TestReadOnlyOpenTellsWhatAKilledProcessLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	cmd, _, out := child(t, "write", path, "process", "0", "held")
	var report [8]byte
	for binary.LittleEndian.Uint64(report[:]) < 2000 {
		if _, err := io.ReadFull(out, report[:]); err != nil {
			t.Fatal(err)
		}
	}
	told := func() (lines []string) {
		e := NewEnv()
		e.Report = func(line string) { lines = append(lines, line) }
		defer e.Close()
		if _, err := e.Open(path, &Options{ReadOnly: true}); err != nil {
			t.Fatal(err)
		}
		return lines
	}
	if lines := told(); len(lines) > 0 {
		t.Errorf("beside the writer: %q", lines)
	}
	cmd.Process.Kill()
	io.Copy(io.Discard, out)
	cmd.Wait()
	lines := told()
	entries := 0
	if len(lines) == 1 {
		_, rest, _ := strings.Cut(lines[0], ": ")
		fmt.Sscan(rest, &entries)
	}
	if entries < 2000 {
		t.Errorf("after the kill: %q", lines)
	}
	db := openDB(t, path, nil)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if lines := told(); len(lines) > 0 {
		t.Errorf("after an open for writing: %q", lines)
	}
}

// TestReboot changes the boot id in the buffers that a killed process left, and takes
// a page of one, as a power failure does: only what stands before it may be taken.
func TestReboot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	cmd, _, out := child(t, "write", path, "process", "0", "held")
	var report [8]byte
	for binary.LittleEndian.Uint64(report[:]) < 2000 {
		if _, err := io.ReadFull(out, report[:]); err != nil {
			t.Fatal(err)
		}
	}
	cmd.Process.Kill()
	io.Copy(io.Discard, out)
	cmd.Wait()
	files, _ := filepath.Glob(filepath.Join(path, sideDir, "*.buf"))
	if len(files) == 0 {
		t.Fatal("the killed process left no buffers")
	}
	for _, file := range files {
		f, err := os.OpenFile(file, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt([]byte("another-boot"), bufferBootAt); err != nil {
			t.Fatal(err)
		}
		if file == files[0] {
			if _, err := f.WriteAt(make([]byte, 4096), 5*4096); err != nil {
				t.Fatal(err)
			}
		}
		f.Close()
	}
	db := openDB(t, path, nil)
	s, err := db.Stats()
	if err != nil || s.LostBytes == 0 || s.RecoveredEntries == 0 {
		t.Errorf("recovered %d entries, lost %d bytes, %v", s.RecoveredEntries, s.LostBytes, err)
	}
	if kept, _ := filepath.Glob(filepath.Join(path, sideDir, "*.unverified")); len(kept) == 0 {
		t.Error("what could not be trusted was not kept aside")
	}
	want := model{}
	for i := range s.RecoveredEntries {
		want.step(i)
	}
	if got := allRows(t, db, pingAn); !reflect.DeepEqual(got, want.rows(0, tick.MaxTime)) {
		t.Errorf("got %s, want the first %d steps", describe(got), s.RecoveredEntries)
	}
}

func TestLockedByAnotherProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	cmd, stdin, out := child(t, "hold", path)
	if _, err := out.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	_, err := env.Open(path, nil)
	if l := (*LockedError)(nil); !errors.As(err, &l) || l.PID != cmd.Process.Pid {
		t.Errorf("open beside process %d: %v", cmd.Process.Pid, err)
	}
	reader := openDB(t, path, &Options{ReadOnly: true})
	if value, _, err := reader.Get(pingAn, 1, 0); err != nil || value != "" && value != "x" {
		t.Errorf("read-only beside the writer: %q, %v", value, err)
	}
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	db := openDB(t, path, nil)
	if value, _, err := db.Get(pingAn, 1, 0); value != "x" || err != nil {
		t.Errorf("after the writer closed: %q, %v", value, err)
	}
}

// TestReadingTheFolderKeepsTheLock reads every file of an open database, as a backup
// does: closing RocksDB's file LOCK releases RocksDB's lock.
func TestReadingTheFolderKeepsTheLock(t *testing.T) {
	db := tempDB(t, nil)
	mustPut(t, db, pingAn, 1, 0, "x")
	err := filepath.WalkDir(db.Path(), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		_, err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	cmd, _, out := child(t, "try", db.Path())
	line, _ := out.ReadString('\n')
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("locked by another process (pid %d", os.Getpid()); !strings.Contains(line, want) {
		t.Errorf("another process opens the database: %q", line)
	}
}

func TestReadOnlyInAnotherProcess(t *testing.T) {
	db := tempDB(t, nil)
	for i := range int64(1000) {
		mustPut(t, db, pingAn, i, 0, "x")
	}
	if err := db.Flush(); err != nil {
		t.Fatal(err)
	}
	cmd, _, out := child(t, "read", db.Path())
	line, _ := out.ReadString('\n')
	if err := cmd.Wait(); err != nil || strings.TrimSpace(line) != "1000" {
		t.Errorf("the reader counts %q of 1000 ticks, %v", line, err)
	}
}

// TestWriterIsKnownWithoutRocksDBsLock reads the file LOCK of an open database, which
// releases RocksDB's lock.
func TestWriterIsKnownWithoutRocksDBsLock(t *testing.T) {
	db := tempDB(t, nil)
	readFile(t, filepath.Join(db.Path(), "LOCK"))
	if w := writerOf(db.Path()); w == nil || w.PID != os.Getpid() {
		t.Errorf("the writer is %v", w)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if w := writerOf(db.Path()); w != nil {
		t.Errorf("nobody writes, and the writer is %v", w)
	}
}
