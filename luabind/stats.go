package luabind

import (
	"fmt"
	"strings"

	luar "layeh.com/gopher-luar"

	"microts/internal/luavm"
	"microts/store"
)

// StatField is a field of what stats and get_statistics return.
type StatField struct {
	Name string // as scripts see it
	Unit string // what a number counts, such as "bytes"; "" for a text
	Help string // what the field says, without a period

	read func(*store.Stats) any // a string or an integer
}

// StatFields are the fields of what stats and get_statistics return, in the order
// in which they are shown. Scripts depend on the names.
var StatFields = []StatField{
	{"path", "", "folder of the database", func(s *store.Stats) any { return s.Path }},
	{"engine", "", "format of the database: V1 or V2", func(s *store.Stats) any { return s.Format }},
	{"mode", "", "rw, r (read-only) or snapshot", func(s *store.Stats) any { return s.Mode }},
	{"durability", "", "process, sync or none", func(s *store.Stats) any { return s.Durability }},
	{"keys", "keys", "RocksDB's estimate of the number of keys; a tick that was replaced may count twice", func(s *store.Stats) any { return s.Keys }},
	{"disk_bytes", "bytes", "size of all files in the folder", func(s *store.Stats) any { return s.DiskBytes }},
	{"live_bytes", "bytes", "size of the table files that hold data", func(s *store.Stats) any { return s.LiveBytes }},
	{"memtable_bytes", "bytes", "memory of the memtables, which hold what is not yet in table files", func(s *store.Stats) any { return s.MemtableBytes }},
	{"cache_bytes", "bytes", "memory of the block cache that all databases of the process share", func(s *store.Stats) any { return s.CacheBytes }},
	{"commits", "commits", "commits to RocksDB since the database was opened, each of a write batch or an ingestion", func(s *store.Stats) any { return s.Commits }},
	{"records", "writes", "puts and deletes in these commits", func(s *store.Stats) any { return s.Entries }},
	{"pending_records", "writes", "puts and deletes that are not yet committed", func(s *store.Stats) any { return s.PendingEntries }},
	{"overwritten", "writes", "puts that were noticed to replace a tick or point; others may have", func(s *store.Stats) any { return s.Overwritten }},
	{"handles", "handles", "open handles of the database in the process, snapshots included", func(s *store.Stats) any { return s.Handles }},
	{"scans", "scans", "scans that have not come to their end", func(s *store.Stats) any { return s.Scans }},
	{"recovered_buffers", "buffers", "buffers of a dead process that the open committed", func(s *store.Stats) any { return s.RecoveredBuffers }},
	{"recovered_records", "writes", "puts and deletes in these buffers", func(s *store.Stats) any { return s.RecoveredEntries }},
	{"lost_bytes", "bytes", "size of what the open could not verify after a power failure, and kept as `*.unverified`", func(s *store.Stats) any { return s.LostBytes }},
	{"lost_records", "writes", "puts and deletes in the buffers among them, an estimate", func(s *store.Stats) any { return s.LostEntries }},
}

// Stats is what stats returns: the values of StatFields by name. gopher-luar gives
// a script the values as fields, and String as tostring.
type Stats map[string]any

// NewStats returns s as scripts see it.
func NewStats(s *store.Stats) Stats {
	stats := Stats{}
	for _, f := range StatFields {
		stats[f.Name] = f.read(s)
	}
	return stats
}

// String returns a line for each of StatFields: its name and its value.
func (s Stats) String() string {
	var b strings.Builder
	for i, f := range StatFields {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%-17s %v", f.Name, s[f.Name])
	}
	return b.String()
}

var statsSig = newSignature("stats", "db")

func stats(c *luavm.Call) {
	h := statsSig.handle(c)
	s, err := statsSig.database(c, h).Stats()
	if err != nil {
		statsSig.raise(c, h, err)
	}
	c.Return(reflected(c, NewStats(&s)))
}

// statsTable returns s as a plain table, which a script can iterate over.
func statsTable(c *luavm.Call, s *store.Stats) *luavm.Table {
	t := luavm.NewTable(0, len(StatFields))
	for _, f := range StatFields {
		t.SetString(f.Name, reflected(c, f.read(s)))
	}
	return t
}

// reflected returns a value of Go as gopher-luar gives it to scripts.
func reflected(c *luavm.Call, v any) luavm.Value {
	return luavm.FromLValue(luar.New(c.State().GoState(), v))
}
