package luabind

import (
	"reflect"
	"testing"

	"microts/internal/archive"
	"microts/internal/luavm"
	"microts/internal/source"
	"microts/store"
)

// TestStatFields pins what scripts depend on: the name of each field and what it
// holds.
func TestStatFields(t *testing.T) {
	db := store.Stats{
		Path: "/data", Format: "V2", Mode: "rw", Durability: "process",
		Keys: 1, DiskBytes: 2, LiveBytes: 3, MemtableBytes: 4, CacheBytes: 5, Commits: 6, Entries: 7, PendingEntries: 8,
		Overwritten: 15, Handles: 9, Scans: 10, RecoveredBuffers: 11, RecoveredEntries: 12, LostBytes: 13, LostEntries: 14,
	}
	a := source.ArchiveStats{URL: "file:///archive", Days: 16, Usage: archive.Usage{Requests: 17, Bytes: 18, CachedBytes: 19}}
	const ofBoth = `
archive           file:///archive
sealed_days       16
requests          17
fetched_bytes     18
cached_bytes      19`
	const want = `path              /data
engine            V2
mode              rw
durability        process
keys              1
disk_bytes        2
live_bytes        3
memtable_bytes    4
cache_bytes       5
commits           6
records           7
pending_records   8
overwritten       15
handles           9
scans             10
recovered_buffers 11
recovered_records 12
lost_bytes        13
lost_records      14`
	both := source.Stats{Path: "/data", Mode: "rw", Database: &db, Archive: &a}
	for _, c := range []struct {
		stats source.Stats
		want  string
	}{
		{source.Stats{Path: "/data", Mode: "rw", Database: &db}, want},
		{both, want + ofBoth},
		{source.Stats{Path: "file:///archive", Mode: "r", Archive: &a}, "path              file:///archive\nmode              r" + ofBoth},
	} {
		if got := NewStats(&c.stats).String(); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
	const ofArchives = 5
	if n := reflect.TypeFor[store.Stats]().NumField() + ofArchives; n != len(StatFields) {
		t.Errorf("store.Stats has %d fields, StatFields %d: add the new ones, or a reason not to", n, len(StatFields))
	}
	for _, f := range StatFields {
		_, isText := f.read(&both).(string)
		if f.Help == "" || isText != (f.Unit == "") {
			t.Errorf("%s: unit %q, help %q", f.Name, f.Unit, f.Help)
		}
	}
}

// TestStatistics pins the fields of get_statistics: those of stats and three more.
func TestStatistics(t *testing.T) {
	L := newStorageState(t, EngineV2Name)
	names := luavm.NewTable(len(StatFields), 0)
	for _, f := range StatFields {
		if f.Name == "archive" {
			break
		}
		names.Append(luavm.Intern(f.Name).Value())
	}
	L.Globals.SetString("names", names.Value())
	run(t, L, `
		local ok, statistics = e:get_statistics()
		local stats = require "micro_ts".open(path):stats()
		for _, name in ipairs(names) do
			assert(stats[name] ~= nil and type(stats[name]) == type(statistics[name]), name)
			statistics[name] = nil
		end
		assert(statistics.write_count == 0 and statistics.read_count == 0 and statistics.is_initialized == true)
		statistics.write_count, statistics.read_count, statistics.is_initialized = nil, nil, nil
		assert(next(statistics) == nil, next(statistics))`)
}
