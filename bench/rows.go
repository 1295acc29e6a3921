package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"microts/internal/tick"
	"microts/store"
)

// bench is one benchmark: its folder, which holds scripts and databases, and the
// rows so far.
type bench struct {
	dir     string
	ticks   int
	rows    []*row
	storage []*storageRow

	programs []*program

	writer, gets, scan, idle string // scripts in dir; the original runs all but scan
	microts                  string // path of the binary
}

// side is one of the two programs that are compared.
type side struct {
	name string
	cmd  func(script string, args ...string) *exec.Cmd
}

//go:embed lua/gets.lua
var getsScript string

//go:embed lua/scan.lua
var scanScript string

const idleScript = `
local ts = require "micro_ts"
ts.close(ts.open(arg[1]))
`

// prepare builds the original and writes the scripts into the folder.
func (b *bench) prepare() error {
	so := exec.Command("gcc", "-O3", "-shared", "-fPIC", "bench/original/micro_ts.c", "-lrocksdb", "-o", filepath.Join(b.dir, "libmicro_ts.so"))
	if out, err := so.CombinedOutput(); err != nil {
		return fmt.Errorf("build the original: %w\n%s", err, out)
	}
	lua, err := os.ReadFile("bench/original/micro_ts.lua")
	if err != nil {
		return err
	}
	writer, err := os.ReadFile("scripts/writer.lua")
	if err != nil {
		return err
	}
	text := string(writer)
	if b.ticks != 5_000_000 {
		text = strings.Replace(text, "5000000", strconv.Itoa(b.ticks), 1)
	}
	for name, content := range map[string]string{
		"micro_ts.lua": string(lua), "writer.lua": text, "gets.lua": getsScript, "scan.lua": scanScript, "idle.lua": idleScript,
	} {
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	b.writer, b.gets, b.scan, b.idle = "writer.lua", "gets.lua", "scan.lua", "idle.lua"
	b.microts, err = filepath.Abs("bin/microts")
	return err
}

// row returns the row of a name; it makes it if there is none.
func (b *bench) row(name, unit string, less bool, target string) *row {
	for _, r := range b.rows {
		if r.Name == name {
			return r
		}
	}
	r := &row{Name: name, Unit: unit, Less: less, Target: target}
	b.rows = append(b.rows, r)
	return r
}

// measure measures the rows of single scripts once, on both sides.
func (b *bench) measure() error {
	sides := []side{
		{"original", func(script string, args ...string) *exec.Cmd {
			return exec.Command("luajit", append([]string{script}, args...)...)
		}},
		{"microts", func(script string, args ...string) *exec.Cmd {
			return exec.Command(b.microts, append([]string{script}, args...)...)
		}},
	}
	put := b.row("writer.lua, whole process", "s", true, "4.5 x")
	gets := b.row("reader.lua's loop, 10,000 gets, warm", "ms", true, "2 x")
	open := b.row("open and close that database, whole process", "ms", true, "")
	disk := b.row("bytes on disk a tick", "B", true, "8")
	for _, s := range sides {
		db := filepath.Join(b.dir, s.name)
		if err := os.RemoveAll(db); err != nil {
			return err
		}
		add := func(r *row, v float64) {
			if s.name == "original" {
				r.Original = append(r.Original, value(v))
			} else {
				r.Microts = append(r.Microts, value(v))
			}
		}
		wall, _, err := b.run(s, b.writer, db)
		if err != nil {
			return err
		}
		add(put, wall.Seconds())
		// The first open of the original replays its whole WAL.
		if wall, _, err = b.run(s, b.idle, db); err != nil {
			return err
		}
		add(open, wall.Seconds()*1e3)
		size, err := folderSize(db)
		if err != nil {
			return err
		}
		add(disk, float64(size)/float64(b.ticks))
		_, seconds, err := b.run(s, b.gets, db)
		if err != nil {
			return err
		}
		add(gets, seconds*1e3)
	}
	db := filepath.Join(b.dir, "microts")
	_, seconds, err := b.run(sides[1], b.scan, db, strconv.Itoa(b.ticks))
	if err != nil {
		return err
	}
	b.add("scan all ticks from Lua", "M/s", false, "4 M/s", float64(b.ticks)/seconds/1e6)
	return b.measureStore(db)
}

// run runs a script and returns its wall clock time and the last number that it
// printed, or 0.
func (b *bench) run(s side, script string, args ...string) (wall time.Duration, printed float64, err error) {
	cmd := s.cmd(script, args...)
	cmd.Dir = b.dir
	cmd.Stderr = os.Stderr
	start := time.Now()
	out, err := cmd.Output()
	wall = time.Since(start)
	if err != nil {
		return 0, 0, fmt.Errorf("%s runs %s: %w", s.name, script, err)
	}
	fields := strings.Fields(string(out))
	if len(fields) > 0 {
		printed, _ = strconv.ParseFloat(fields[len(fields)-1], 64)
	}
	return wall, printed, nil
}

// measureStore measures reads without Lua of the database that microts wrote, then
// puts.
func (b *bench) measureStore(path string) error {
	start := time.Now()
	env := store.NewEnv()
	db, err := env.Open(path, nil)
	if err != nil {
		return err
	}
	opened := time.Since(start)
	in, err := tick.NewInstrument('S', 600000)
	if err != nil {
		return err
	}
	start = time.Now()
	n, err := db.Count(&in, tick.Always)
	counted := time.Since(start)
	if err != nil {
		return err
	}
	if n != b.ticks {
		return fmt.Errorf("the database holds %d ticks, not %d", n, b.ticks)
	}
	if err := db.Close(); err != nil {
		return err
	}
	b.add("open that database, in Go", "ms", true, "20 ms", opened.Seconds()*1e3)
	b.add("count all ticks, in Go", "M/s", false, "9.5 M/s", float64(n)/counted.Seconds()/1e6)
	return b.measurePut(path+"-go", &in)
}

// measurePut measures puts without Lua into a new database.
func (b *bench) measurePut(path string, in *tick.Instrument) error {
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	env := store.NewEnv()
	db, err := env.Open(path, nil)
	if err != nil {
		return err
	}
	values := make([]string, 600)
	for i := range values {
		values[i] = strconv.Itoa(100+i%200) + strconv.Itoa(200+i%300)
	}
	start := time.Now()
	for i := range b.ticks {
		if err := db.Put(in, 1_700_000_000_000_000+int64(i)*100, 0, values[i%600]); err != nil {
			return errors.Join(err, db.Close())
		}
	}
	if err := db.Flush(); err != nil {
		return errors.Join(err, db.Close())
	}
	took := time.Since(start)
	if err := db.Close(); err != nil {
		return err
	}
	b.add("put, in Go, durability \"process\"", "M/s", false, "2.7 M/s", float64(b.ticks)/took.Seconds()/1e6)
	return os.RemoveAll(path)
}

// folderSize returns the bytes of all files in a folder.
func folderSize(path string) (bytes int64, err error) {
	err = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	return bytes, err
}
