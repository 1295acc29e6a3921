package store

import (
	"errors"
	"strings"
	"testing"
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
		{"write_buffer_size", "much", "bad value"},
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

func TestRocksDBVersion(t *testing.T) {
	version, err := RocksDBVersion()
	if err != nil || strings.Count(version, ".") != 2 {
		t.Errorf("%q, %v", version, err)
	}
}
