package store

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"microts/internal/torture"
)

// leftTicks is how many ticks stand in each of the buffers that leaveBuffers makes.
const leftTicks = 60

// leaveBuffers makes a database with files of buffers such as a killed process leaves
// them: the i-th holds leftTicks ticks from i*leftTicks on. boot is that of the process.
func leaveBuffers(t testing.TB, boot string, buffers int) (path string, files []string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "db")
	db, err := env.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	last := db.chain.committed
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for i := range buffers {
		file := filepath.Join(path, sideDir, fmt.Sprint(i, bufferSuffix))
		writeFile(t, file, leftFile(t, boot, last+1+uint64(i), i*leftTicks, (i+1)*leftTicks))
		files = append(files, file)
	}
	return path, files
}

func writeFile(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// reports makes the opens of a test report to a list.
func reports(t testing.TB) *[]string {
	var lines []string
	before := env.Report
	env.Report = func(line string) { lines = append(lines, line) }
	t.Cleanup(func() { env.Report = before })
	return &lines
}

// expectFirst opens a database, which must hold the first ticks of leaveBuffers and no
// other one, and returns their number.
func expectFirst(t testing.TB, path, what string) (n int, s Stats) {
	t.Helper()
	db, err := env.Open(path, nil)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	defer db.Close()
	for i, row := range allRows(t, db, pingAn) {
		if row.Time != int64(i) || row.Value != leftValue(i) {
			t.Fatalf("%s: tick %d is %d %.40q", what, i, row.Time, row.Value)
		}
		n++
	}
	if s, err = db.Stats(); err != nil {
		t.Fatal(err)
	}
	return n, s
}

// asideFiles returns the contents of all files that were set aside.
func asideFiles(t testing.TB, path string) (all [][]byte) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(path, sideDir, "*"+unverifiedSuffix+"*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		all = append(all, readFile(t, f))
	}
	return all
}

// TestDamagedBuffersLoseNothingSilently flips a bit of one of the buffers that a killed
// process, or a power failure, left: the open refuses and changes no buffer, or it takes
// the first ticks, says what is lost, and keeps the files of the rest.
func TestDamagedBuffersLoseNothingSilently(t *testing.T) {
	const buffers = 3
	rng := rand.New(rand.NewPCG(5, 6))
	lines := reports(t)
	refusals, losses := 0, 0
	for round := range torture.Rounds(t, 60, 60) {
		boot := []string{bootID(), otherBoot}[rng.IntN(2)]
		path, files := leaveBuffers(t, boot, buffers)
		which := rng.IntN(buffers)
		mem := readFile(t, files[which])
		bit := rng.IntN(8 * (len(mem) - 300))
		mem[bit/8] ^= 1 << (bit % 8)
		writeFile(t, files[which], mem)
		what := fmt.Sprintf("round %d: bit %d of byte %d of buffer %d, boot %.1s", round, bit%8, bit/8, which, boot)
		before := contents(t, filepath.Join(path, sideDir))
		*lines = nil
		db, err := env.Open(path, nil)
		if err != nil {
			refusals++
			f := (*FormatError)(nil)
			if !errors.As(err, &f) && !strings.Contains(err.Error(), "version") || !strings.Contains(err.Error(), sideDir) {
				t.Errorf("%s: %v", what, err)
			}
			if boot == otherBoot && f != nil {
				t.Errorf("%s: refused after a power failure: %v", what, err)
			}
			if changed := sameContents(before, contents(t, filepath.Join(path, sideDir))); strings.Contains(changed, bufferSuffix) {
				t.Errorf("%s: refused (%v) and changed %s", what, err, changed)
			}
			continue
		}
		s, err := db.Stats()
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		n, _ := expectFirst(t, path, what)
		aside := asideFiles(t, path)
		if n == buffers*leftTicks {
			continue
		}
		losses++
		if s.LostBytes == 0 || len(*lines) != 1 || n < which*leftTicks || n > (which+1)*leftTicks || len(aside) != buffers-which {
			t.Errorf("%s: %d ticks, %d bytes are lost, %d files are kept, reports %q", what, n, s.LostBytes, len(aside), *lines)
		}
		if boot != otherBoot && which < buffers-1 {
			t.Errorf("%s: opened with %d ticks, though the damage is in the midst", what, n)
		}
		if !slices.ContainsFunc(aside, func(kept []byte) bool { return bytes.Equal(kept, mem) }) {
			t.Errorf("%s: the damaged file is not kept as it was", what)
		}
	}
	if refusals == 0 || losses == 0 {
		t.Errorf("%d refusals, %d losses: the test has tested nothing", refusals, losses)
	}
}

// TestDamageInTheMidstOfBuffersIsRefused: a killed process cannot have left it.
func TestDamageInTheMidstOfBuffersIsRefused(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, files []string){
		"a flipped bit": func(t *testing.T, files []string) {
			mem := readFile(t, files[1])
			mem[1000] ^= 1
			writeFile(t, files[1], mem)
		},
		"a file that is gone": func(t *testing.T, files []string) {
			if err := os.Remove(files[1]); err != nil {
				t.Fatal(err)
			}
		},
		"an early group of the last file": func(t *testing.T, files []string) {
			mem := readFile(t, files[2])
			mem[300] ^= 1
			writeFile(t, files[2], mem)
		},
		"a file without its header": func(t *testing.T, files []string) {
			mem := readFile(t, files[1])
			clear(mem[:300])
			writeFile(t, files[1], mem)
		},
	} {
		t.Run(name, func(t *testing.T) {
			path, files := leaveBuffers(t, bootID(), 3)
			damage(t, files)
			before := contents(t, filepath.Join(path, sideDir))
			_, err := env.Open(path, nil)
			f := (*FormatError)(nil)
			if !errors.As(err, &f) || !strings.Contains(err.Error(), bufferSuffix) || !strings.Contains(err.Error(), "bytes in") {
				t.Errorf("open: %v", err)
			}
			if changed := sameContents(before, contents(t, filepath.Join(path, sideDir))); strings.Contains(changed, bufferSuffix) {
				t.Errorf("open changed %s", changed)
			}
		})
	}
}

// TestWhatIsSetAsideIsNeverOverwritten loses the end of a buffer three times.
func TestWhatIsSetAsideIsNeverOverwritten(t *testing.T) {
	lines := reports(t)
	path, files := leaveBuffers(t, bootID(), 1)
	var kept [][]byte
	for loss := range 3 {
		number := uint64(1)
		if loss > 0 {
			db := openDB(t, path, nil)
			number = db.chain.committed + 1
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
		mem := leftFile(t, bootID(), number, 0, leftTicks+loss)
		mem[len(mem)-310] ^= 1 // in the last entry
		writeFile(t, files[0], mem)
		kept = append(kept, mem)
		if n, s := expectFirst(t, path, fmt.Sprint("loss ", loss)); n == 0 || s.LostBytes == 0 {
			t.Errorf("loss %d: %d ticks, %d bytes are lost", loss, n, s.LostBytes)
		}
	}
	aside := asideFiles(t, path)
	for i, mem := range kept {
		if !slices.ContainsFunc(aside, func(file []byte) bool { return bytes.Equal(file, mem) }) {
			t.Errorf("what was set aside by loss %d is gone", i)
		}
	}
	want := []string{"0.buf.unverified", "0.buf.unverified.2", "0.buf.unverified.3"}
	for i, line := range *lines {
		if !strings.HasSuffix(line, want[i]) {
			t.Errorf("loss %d reports %q", i, line)
		}
	}
	if len(*lines) != len(want) {
		t.Errorf("reports: %q", *lines)
	}
}

// TestADeathWhileSettingAsideLosesNothing makes the folder what the death of a process
// leaves that had committed what could be trusted and had not yet renamed its file.
func TestADeathWhileSettingAsideLosesNothing(t *testing.T) {
	lines := reports(t)
	path, files := leaveBuffers(t, otherBoot, 2)
	mem := readFile(t, files[0])
	mem[1500] ^= 1
	writeFile(t, files[0], mem)
	n, _ := expectFirst(t, path, "the first open")
	if err := os.Rename(files[0]+unverifiedSuffix, files[0]); err != nil {
		t.Fatal(err)
	}
	again, s := expectFirst(t, path, "the second open")
	if n == 0 || again != n || s.LostBytes == 0 || len(*lines) != 2 {
		t.Errorf("%d ticks, then %d; %d bytes are lost; reports %q", n, again, s.LostBytes, *lines)
	}
	if !bytes.Equal(readFile(t, files[0]+unverifiedSuffix), mem) {
		t.Error("the damaged file was not kept")
	}
}

// TestBuffersOfVersion1AreRecovered opens a database that a killed older microts left.
func TestBuffersOfVersion1AreRecovered(t *testing.T) {
	path, files := leaveBuffers(t, bootID(), 2)
	writeFile(t, files[0], leftFile1(t, bootID(), 1, 0, 500))
	writeFile(t, files[1], leftFile1(t, bootID(), 2, 500, 1000))
	if n, s := expectFirst(t, path, "version 1"); n != 1000 || s.RecoveredEntries != 1000 || s.LostBytes != 0 {
		t.Errorf("%d of 1000 ticks, %d recovered, %d bytes are lost", n, s.RecoveredEntries, s.LostBytes)
	}
}

// TestOnlyBuffersAreRecovered: other files in the folder stay.
func TestOnlyBuffersAreRecovered(t *testing.T) {
	path, files := leaveBuffers(t, bootID(), 1)
	notes := filepath.Join(path, sideDir, "notes.buf")
	writeFile(t, notes, []byte("mine"))
	if n, _ := expectFirst(t, path, "notes.buf"); n != leftTicks {
		t.Errorf("%d ticks", n)
	}
	if string(readFile(t, notes)) != "mine" {
		t.Error("notes.buf was changed")
	}
	if _, err := os.Stat(files[0]); !os.IsNotExist(err) {
		t.Errorf("the recovered buffer is still there: %v", err)
	}
}
