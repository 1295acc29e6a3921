package luabind

import (
	"fmt"
	"strings"

	luar "layeh.com/gopher-luar"

	"microts/internal/luavm"
	"microts/internal/source"
	"microts/store"
)

// StatField is a field of what stats and get_statistics return.
type StatField struct {
	Name string // as scripts see it
	Unit string // what a number counts, such as "bytes"; "" for a text
	Help string // what the field says, without a period

	read func(*source.Stats) any // a string or an integer; nil if there is none of it
}

// ofDatabase returns what reads a field that databases have.
func ofDatabase(read func(*store.Stats) any) func(*source.Stats) any {
	return func(s *source.Stats) any {
		if s.Database == nil {
			return nil
		}
		return read(s.Database)
	}
}

// ofArchive returns what reads a field that archives have.
func ofArchive(read func(*source.ArchiveStats) any) func(*source.Stats) any {
	return func(s *source.Stats) any {
		if s.Archive == nil {
			return nil
		}
		return read(s.Archive)
	}
}

// StatFields are the fields of what stats and get_statistics return, in the order
// in which they are shown. Scripts depend on the names.
var StatFields = []StatField{
	{"path", "", "folder of the database, or URL of the archive", func(s *source.Stats) any { return s.Path }},
	{"engine", "", "format of the database: V1 or V2", ofDatabase(func(s *store.Stats) any { return s.Format })},
	{"mode", "", "rw, r (read-only) or snapshot", func(s *source.Stats) any { return s.Mode }},
	{"durability", "", "process, sync or none", ofDatabase(func(s *store.Stats) any { return s.Durability })},
	{"keys", "keys", "RocksDB's estimate of the number of keys; a tick that was replaced may count twice", ofDatabase(func(s *store.Stats) any { return s.Keys })},
	{"disk_bytes", "bytes", "size of all files in the folder", ofDatabase(func(s *store.Stats) any { return s.DiskBytes })},
	{"live_bytes", "bytes", "size of the table files that hold data", ofDatabase(func(s *store.Stats) any { return s.LiveBytes })},
	{"memtable_bytes", "bytes", "memory of the memtables, which hold what is not yet in table files", ofDatabase(func(s *store.Stats) any { return s.MemtableBytes })},
	{"cache_bytes", "bytes", "memory of the block cache that all databases of the process share", ofDatabase(func(s *store.Stats) any { return s.CacheBytes })},
	{"commits", "commits", "commits to RocksDB since the database was opened, each of a write batch or an ingestion", ofDatabase(func(s *store.Stats) any { return s.Commits })},
	{"records", "writes", "puts and deletes in these commits", ofDatabase(func(s *store.Stats) any { return s.Entries })},
	{"pending_records", "writes", "puts and deletes that are not yet committed", ofDatabase(func(s *store.Stats) any { return s.PendingEntries })},
	{"overwritten", "writes", "puts that were noticed to replace a tick or point; others may have", ofDatabase(func(s *store.Stats) any { return s.Overwritten })},
	{"handles", "handles", "open handles of the database in the process, snapshots included", ofDatabase(func(s *store.Stats) any { return s.Handles })},
	{"scans", "scans", "scans that have not come to their end", ofDatabase(func(s *store.Stats) any { return s.Scans })},
	{"recovered_buffers", "buffers", "buffers of a dead process that the open committed", ofDatabase(func(s *store.Stats) any { return s.RecoveredBuffers })},
	{"recovered_records", "writes", "puts and deletes in these buffers", ofDatabase(func(s *store.Stats) any { return s.RecoveredEntries })},
	{"lost_bytes", "bytes", "size of what the open could not verify after a power failure, and kept as `*.unverified`", ofDatabase(func(s *store.Stats) any { return s.LostBytes })},
	{"lost_records", "writes", "puts and deletes in the buffers among them, an estimate", ofDatabase(func(s *store.Stats) any { return s.LostEntries })},
	{"archive", "", "URL of the archive; without one there are no fields after it", ofArchive(func(s *source.ArchiveStats) any { return s.URL })},
	{"sealed_days", "days", "days of markets that are sealed in the archive", ofArchive(func(s *source.ArchiveStats) any { return s.Days })},
	{"requests", "requests", "requests to the store of the archive, by all its handles in the process", ofArchive(func(s *source.ArchiveStats) any { return s.Requests })},
	{"fetched_bytes", "bytes", "size of what was read from the store", ofArchive(func(s *source.ArchiveStats) any { return s.Bytes })},
	{"cached_bytes", "bytes", "size of what was read from the cache instead", ofArchive(func(s *source.ArchiveStats) any { return s.CachedBytes })},
}

// Stats is what stats returns: the values of StatFields by name, as far as the source has
// them. gopher-luar gives a script the values as fields, and String as tostring.
type Stats map[string]any

// NewStats returns s as scripts see it.
func NewStats(s *source.Stats) Stats {
	stats := Stats{}
	for _, f := range StatFields {
		if v := f.read(s); v != nil {
			stats[f.Name] = v
		}
	}
	return stats
}

// String returns a line for each field: its name and its value.
func (s Stats) String() string {
	var lines []string
	for _, f := range StatFields {
		if v, ok := s[f.Name]; ok {
			lines = append(lines, fmt.Sprintf("%-17s %v", f.Name, v))
		}
	}
	return strings.Join(lines, "\n")
}

var statsSig = newSignature("stats", "db")

func stats(c *luavm.Call) {
	h := statsSig.handle(c)
	s, err := h.source.Stats()
	if err != nil {
		statsSig.raise(c, h, err)
	}
	c.Return(reflected(c, NewStats(&s)))
}

// statsTable returns s as a plain table, which a script can iterate over.
func statsTable(c *luavm.Call, s *source.Stats) *luavm.Table {
	t := luavm.NewTable(0, len(StatFields))
	for name, v := range NewStats(s) {
		t.SetString(name, reflected(c, v))
	}
	return t
}

// reflected returns a value of Go as gopher-luar gives it to scripts.
func reflected(c *luavm.Call, v any) luavm.Value {
	return luavm.FromLValue(luar.New(c.State().GoState(), v))
}
