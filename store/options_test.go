package store

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"microts/internal/tick"
)

func TestRocksDBOptions(t *testing.T) {
	db := tempDB(t, &Options{RocksDB: map[string]string{
		"write_buffer_size": "1048576", "compression": "kLZ4Compression", "max_background_jobs": "3", "disable_auto_compactions": "true",
		"block_based_table_factory": "{block_size=4096}",
	}})
	mustPut(t, db, pingAn, 1, 0, "x")
	if value, _, err := db.Get(pingAn, 1, 0); value != "x" || err != nil {
		t.Errorf("%q, %v", value, err)
	}
}

func TestBadOptions(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"write_bufer_size", "1", `did you mean "write_buffer_size"?`},
		{"durabilty", "sync", `did you mean "durability"?`},
		{"qqqqqqqqqqqqqqqq", "1", "neither microts nor RocksDB knows it"},
		{"write_buffer_size", "much", `bad value "much": a number from 65536 to 4294967296 expected`},
		{"write_buffer_size", "1", "bad value"},
		{"write_buffer_size", "65536.5", "bad value"},
		{"compaction_style", "kCompactionStyleFIFO", "one of kCompactionStyleLevel, kCompactionStyleUniversal expected"},
		{"manual_wal_flush", "true", "microts does not let it be set: durability decides when the WAL is written"},
		{"wal_dir", "/tmp", "microts does not let it be set: a database lies in one folder"},
		{"block_based_table_factory", "{block_size=1}", "block_size: bad value"},
		{"block_based_table_factory", "{block_cache=1}", `not "block_cache"`},
		{"block_based_table_factory", "4096", "options in braces expected"},
		{"compression", "kZip", "bad value"},
		{"write_buffer_size", "1;compression=kZSTD", "bad value"},
		{"a=b", "1", "bad value"},
	} {
		_, err := env.Open(t.TempDir(), &Options{RocksDB: map[string]string{c.name: c.value}})
		if o := (*OptionError)(nil); !errors.As(err, &o) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s=%s: %v", c.name, c.value, err)
		}
	}
}

// TestRocksDBOptionsAtTheirBounds tries each value of rocksOptions in a process of its
// own: RocksDB ends the process for values that it does not expect.
func TestRocksDBOptionsAtTheirBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("one process, one goroutine")
	}
	cmd, _, out := child(t, "options", t.TempDir())
	last, done := "nothing", false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		last, done = lines.Text(), lines.Text() == "done"
	}
	if err := cmd.Wait(); err != nil || !done {
		t.Errorf("the process ended with %v at %s", err, last)
	}
}

// tryRocksOptions opens a database with each option at each of its bounds, writes,
// compacts and reads, and opens it again without the option.
func tryRocksOptions(dir string) {
	for _, o := range rocksOptions {
		for i, value := range o.bounds() {
			fmt.Println(o.name, value)
			path := filepath.Join(dir, fmt.Sprint(o.name, i))
			for _, options := range []map[string]string{{o.name: value}, nil, {o.name: value}} {
				db, err := env.Open(path, &Options{RocksDB: options})
				if err != nil && strings.HasPrefix(o.name, "use_direct") { // not on this file system
					break
				}
				check(err)
				for i := range int64(500) {
					check(db.Put(pingAn, i*1_000_000, 0, strings.Repeat("v", int(i))))
				}
				check(db.Flush())
				check(db.Compact())
				n, err := db.Count(pingAn, tick.Always)
				check(err)
				if _, ok, err := db.Get(pingAn, 1_000_000, 0); n != 500 || !ok || err != nil {
					check(fmt.Errorf("%d ticks, %v, %v", n, ok, err))
				}
				check(db.Close())
			}
			check(os.RemoveAll(path))
		}
	}
	fmt.Println("done")
}

// bounds returns the values at the bounds of an option.
func (o *rocksOption) bounds() (values []string) {
	switch {
	case o.values != nil:
		return o.values
	case o.inside == nil:
		return []string{showNumber(o.least), showNumber(o.most)}
	}
	for _, in := range o.inside {
		for _, value := range in.bounds() {
			values = append(values, "{"+in.name+"="+value+"}")
		}
	}
	return values
}

func TestRocksDBVersion(t *testing.T) {
	version, err := RocksDBVersion()
	if err != nil || strings.Count(version, ".") != 2 {
		t.Errorf("%q, %v", version, err)
	}
}
