package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/linxGnu/grocksdb"

	"microts/internal/tick"
)

// Durability says what a put promises when it returns.
type Durability int

const (
	// Process, the default: what was put survives the death of the process at
	// any moment. Writes go to buffers that are files mapped into memory, and
	// from there through RocksDB's WAL. A power failure may take the last of
	// them.
	Process Durability = iota
	// Sync: what was put survives a power failure. Each write waits for an
	// fsync of the WAL, which takes the disk 0.1 to 10 ms; several goroutines
	// that write at once share one.
	Sync
	// None: nothing is promised before Flush or Close returns, after which
	// everything is on the disk. No WAL is written. For bulk loads that can be
	// run again.
	None
)

var durabilityNames = []string{Process: "process", Sync: "sync", None: "none"}

// String returns "process", "sync" or "none".
func (d Durability) String() string { return durabilityNames[d] }

// ParseDurability reads "process", "sync" or "none".
func ParseDurability(name string) (Durability, error) {
	if i := slices.Index(durabilityNames, name); i >= 0 {
		return Durability(i), nil
	}
	return 0, &OptionError{"durability", fmt.Sprintf(`"process", "sync" or "none" expected, got %q`, name)}
}

// Options says how Open opens a database. The zero value is what Open takes
// for nil.
type Options struct {
	// ReadOnly opens an existing database, also beside the process that writes to
	// it (image.go): it sees what had been committed at one moment, and never
	// anything later. It takes no lock and changes nothing in the database's
	// folder; for the time of the open it needs room for the WAL in os.TempDir.
	// Within the process that writes, it shares the writer's database and sees
	// all that was put.
	ReadOnly bool

	// Format is the format of the database. Zero is V2.
	Format tick.Format

	// AnyFormat opens a database of the other format too, if there is one.
	AnyFormat bool

	// Durability says what a put promises. Zero is Process.
	Durability Durability

	// RocksDB holds options of RocksDB by RocksDB's own names, as in
	// {"write_buffer_size": "268435456", "compression": "kZSTD"}. They win over those
	// that microts sets (see baseOptions). Which names and values there are is in
	// rocksoptions.go; others are an *OptionError.
	RocksDB map[string]string

	// OneCore keeps scans from reading their next block in a goroutine while the
	// caller uses the current one. It is for processes that keep all cores busy: a
	// long scan from Lua takes about a seventh longer, and an eighth less CPU time. It
	// holds for this DB and its snapshots.
	OneCore bool

	holdCommits bool // tests: the committer commits nothing
}

// ownOptions are the options of a database that are not those of RocksDB, by the names
// that scripts give them.
var ownOptions = []string{"mode", "durability"}

const (
	mib            = 1 << 20
	blockCacheSize = 256 * mib // of all databases of the process together
)

// blockCache is shared by all databases of the process and never freed.
var blockCache = grocksdb.NewLRUCache(blockCacheSize)

// baseOptions returns the RocksDB options that were measured for ticks. The
// caller destroys them after the database.
func baseOptions(f tick.Format) *grocksdb.Options {
	table := grocksdb.NewDefaultBlockBasedTableOptions() // owned by o from SetBlockBasedTableFactory on
	table.SetBlockCache(blockCache)
	table.SetBlockSize(16 << 10)
	table.SetFormatVersion(5)
	// The filter is over the row key: "no tick of this instrument in this time
	// chunk". That is one entry a time chunk; one a tick would take more bytes
	// than the tick. Keys of format V1 have no row key: there the filter is over
	// whole keys.
	table.SetFilterPolicy(grocksdb.NewBloomFilter(10))
	table.SetWholeKeyFiltering(f == tick.V1)

	o := grocksdb.NewDefaultOptions()
	o.SetBlockBasedTableFactory(table)
	// On ticks ZSTD's level 1 takes the time that LZ4 takes, and about half the
	// bytes.
	o.SetCompression(grocksdb.ZSTDCompression)
	o.SetCompressionOptions(grocksdb.CompressionOptions{WindowBits: -14, Level: 1})
	// 64 MiB and more make close slow, whose flush nothing overlaps.
	o.SetWriteBufferSize(32 * mib)
	o.SetMaxWriteBufferNumber(8)
	o.SetTargetFileSizeBase(64 * mib)
	o.SetMaxBytesForLevelBase(512 * mib)
	o.SetLevel0FileNumCompactionTrigger(16)
	o.SetLevel0SlowdownWritesTrigger(40)
	o.SetLevel0StopWritesTrigger(64)
	o.SetMaxBackgroundJobs(2)
	o.SetAllowConcurrentMemtableWrites(false) // there is one committer
	// A RocksDB built with assertions, as Debian builds it, aborts when it
	// cannot write its log on a full disk: it logs nothing after the open.
	o.SetInfoLogLevel(grocksdb.FatalInfoLogLevel)
	o.SetKeepLogFileNum(4)
	o.SetStatsDumpPeriodSec(0)
	return o
}

// rocksOptions returns baseOptions with those of o.RocksDB over them.
func (o *Options) rocksOptions() (*grocksdb.Options, error) {
	base := baseOptions(o.Format)
	defer base.Destroy()
	var all strings.Builder
	// Set as a string: grocksdb double-frees an extractor set by
	// SetPrefixExtractor. The hint tells the memtable where it inserted last for
	// an instrument: mixed ticks of 500 instruments go in three times as fast.
	if o.Format == tick.V1 {
		fmt.Fprintf(&all, "memtable_insert_with_hint_prefix_extractor=fixed:%d;", symbolSize)
	} else {
		fmt.Fprintf(&all, "prefix_extractor=fixed:%d;memtable_insert_with_hint_prefix_extractor=fixed:%d;", rowKeySize, instrumentSize)
	}
	for _, name := range slices.Sorted(maps.Keys(o.RocksDB)) {
		if err := checkRocksOption(name, o.RocksDB[name]); err != nil {
			return nil, err
		}
		fmt.Fprintf(&all, "%s=%s;", name, o.RocksDB[name])
	}
	return grocksdb.GetOptionsFromString(base, all.String())
}
