package ffi

import "strings"

// insteadOf says what to use in the place of C functions, by the beginnings of
// their names. Of several beginnings the longest counts.
var insteadOf = map[string]string{
	"rocksdb_open":            `use require "micro_ts".open(path), or a storage engine`,
	"rocksdb_close":           "use micro_ts.close(db)",
	"rocksdb_put":             "use micro_ts.put(db, market, code, ts_us, seq, value), or engine:put(key, value)",
	"rocksdb_get":             "use micro_ts.get(db, market, code, ts_us, seq), or engine:get(key)",
	"rocksdb_delete":          "use micro_ts.delete(db, market, code, ts_us, seq), or engine:delete(key)",
	"rocksdb_write":           "use micro_ts.put_many(db, market, code, rows), or engine:write_batch(list)",
	"rocksdb_create_iterator": "use micro_ts.scan(db, market, code, start_us, end_us), or engine:scan_prefix(prefix)",
	"rocksdb_iter_":           "use micro_ts.scan(db, market, code, start_us, end_us), or engine:scan_prefix(prefix)",
	"rocksdb_options_":        "use the options of micro_ts.open(path, {...}), by RocksDB's own names",
	"rocksdb_writeoptions_":   "use the option durability of micro_ts.open(path, {...})",
	"rocksdb_flush":           "use micro_ts.flush(db)",
	"rocksdb_compact":         "use engine:compact_data()",
	"rocksdb_":                "use micro_ts or a storage engine",
	"gettimeofday":            `use require "socket".gettime()`,
	"clock_gettime":           `use require "socket".gettime()`,
	"usleep":                  `use require "socket".sleep(seconds)`,
	"nanosleep":               `use require "socket".sleep(seconds)`,
	"sleep":                   `use require "socket".sleep(seconds)`,
	"mkdir":                   `use require "lfs".mkdir(path)`,
	"malloc":                  `use ffi.new("char[?]", n)`,
	"free":                    "leave it out, memory is collected",
	"printf":                  "use print or io.write",
	"memcpy":                  "use ffi.copy",
	"memset":                  "use ffi.fill",
	"strlen":                  "use #ffi.string(p)",
	"htobe":                   `use string.pack(">I8", n)`,
	"be64toh":                 `use string.unpack(">I8", s)`,
}

// InsteadOf says what to use in the place of a C function that is missing.
func InsteadOf(name string) string {
	best := ""
	for prefix := range insteadOf {
		if strings.HasPrefix(name, prefix) && len(prefix) > len(best) {
			best = prefix
		}
	}
	if best == "" {
		return "write it in Lua, no C is called"
	}
	return insteadOf[best]
}
