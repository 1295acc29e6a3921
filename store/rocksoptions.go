package store

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"microts/internal/suggest"
)

// rocksOption is an option of RocksDB that Options.RocksDB may set.
type rocksOption struct {
	name   string
	values []string // what the option may be; nil: a number, or options in braces
	least  float64  // of a number
	most   float64
	inside []rocksOption // of options in braces: "{name=value;name=value}"
}

const (
	kib = 1 << 10
	gib = 1 << 30
	tib = 1 << 40
)

var (
	boolean      = []string{"true", "false", "1", "0"}
	compressions = []string{"kNoCompression", "kSnappyCompression", "kZlibCompression", "kBZip2Compression", "kLZ4Compression", "kLZ4HCCompression", "kZSTD"}
)

// rocksOptions are the options of RocksDB that Options.RocksDB may set, with the
// values that keep every promise of this package: RocksDB itself takes others, with
// which it ends the process, loses what was written or writes to other folders.
// TestRocksDBOptions tries each at its bounds.
var rocksOptions = []rocksOption{
	// Memory.
	{name: "write_buffer_size", least: 64 * kib, most: 4 * gib},
	{name: "db_write_buffer_size", least: 0, most: tib},
	{name: "max_write_buffer_number", least: 2, most: 64},
	{name: "min_write_buffer_number_to_merge", least: 1, most: 32},
	{name: "memtable_prefix_bloom_size_ratio", least: 0, most: 0.25},
	{name: "memtable_whole_key_filtering", values: boolean},
	{name: "memtable_huge_page_size", least: 0, most: gib},
	{name: "arena_block_size", least: 0, most: 64 * mib},

	// Files and levels.
	{name: "compression", values: compressions},
	{name: "bottommost_compression", values: append([]string{"kDisableCompressionOption"}, compressions...)},
	{name: "compression_opts", inside: compressionOptions},
	{name: "bottommost_compression_opts", inside: compressionOptions},
	{name: "block_based_table_factory", inside: []rocksOption{
		{name: "block_size", least: kib, most: 4 * mib},
		{name: "block_size_deviation", least: 0, most: 100},
		{name: "block_restart_interval", least: 1, most: 256},
		{name: "index_block_restart_interval", least: 1, most: 256},
		{name: "metadata_block_size", least: kib, most: 4 * mib},
		{name: "format_version", least: 2, most: 5},
		{name: "cache_index_and_filter_blocks", values: boolean},
		{name: "pin_l0_filter_and_index_blocks_in_cache", values: boolean},
		{name: "enable_index_compression", values: boolean},
		{name: "verify_compression", values: boolean},
	}},
	{name: "target_file_size_base", least: 64 * kib, most: 64 * gib},
	{name: "target_file_size_multiplier", least: 1, most: 16},
	{name: "num_levels", least: 2, most: 20},
	{name: "max_bytes_for_level_base", least: 64 * kib, most: tib},
	{name: "max_bytes_for_level_multiplier", least: 1, most: 1000},
	{name: "level_compaction_dynamic_level_bytes", values: boolean},
	{name: "optimize_filters_for_hits", values: boolean},
	{name: "max_open_files", least: -1, most: 1_000_000},

	// Compaction and flushing.
	{name: "compaction_style", values: []string{"kCompactionStyleLevel", "kCompactionStyleUniversal"}},
	{name: "compaction_pri", values: []string{"kByCompensatedSize", "kOldestLargestSeqFirst", "kOldestSmallestSeqFirst", "kMinOverlappingRatio"}},
	{name: "compaction_readahead_size", least: 0, most: gib},
	{name: "disable_auto_compactions", values: boolean},
	{name: "level0_file_num_compaction_trigger", least: 1, most: 10_000},
	{name: "level0_slowdown_writes_trigger", least: 1, most: 100_000},
	{name: "level0_stop_writes_trigger", least: 1, most: 100_000},
	{name: "soft_pending_compaction_bytes_limit", least: 0, most: 1024 * tib},
	{name: "hard_pending_compaction_bytes_limit", least: 0, most: 1024 * tib},
	{name: "max_compaction_bytes", least: 0, most: 1024 * tib},
	{name: "max_background_jobs", least: 1, most: 64},
	{name: "max_subcompactions", least: 1, most: 64},
	{name: "periodic_compaction_seconds", least: 0, most: 1 << 32},
	{name: "delayed_write_rate", least: 0, most: tib},
	{name: "rate_limiter_bytes_per_sec", least: 1_000_000, most: tib},
	{name: "bytes_per_sync", least: 0, most: gib},
	{name: "wal_bytes_per_sync", least: 0, most: gib},
	{name: "strict_bytes_per_sync", values: boolean},
	{name: "max_total_wal_size", least: 0, most: tib},
	{name: "use_direct_reads", values: boolean},
	{name: "use_direct_io_for_flush_and_compaction", values: boolean},
	{name: "allow_mmap_reads", values: boolean},

	// RocksDB's own log and statistics.
	{name: "keep_log_file_num", least: 1, most: 1000},
	{name: "stats_dump_period_sec", least: 0, most: 1 << 31},
	{name: "stats_persist_period_sec", least: 0, most: 1 << 31},
	{name: "report_bg_io_stats", values: boolean},
}

var compressionOptions = []rocksOption{
	{name: "window_bits", least: -14, most: 15},
	{name: "level", least: -5, most: 22},
	{name: "max_dict_bytes", least: 0, most: 16 * mib},
	{name: "enabled", values: boolean},
}

// refusedOptions says why options that RocksDB has cannot be set.
var refusedOptions = map[string]string{
	"allow_2pc":                         "durability decides how writes reach the disk",
	"allow_mmap_writes":                 "a full disk would end the process",
	"atomic_flush":                      "durability decides how writes reach the disk",
	"avoid_flush_during_recovery":       "recovery decides what is flushed",
	"avoid_flush_during_shutdown":       "Close promises that everything is on the disk",
	"best_efforts_recovery":             "a damaged database must not open as a shorter one",
	"blob_file_size":                    "blob files are not backed up and checked with the database",
	"comparator":                        "ticks are in the order of their bytes",
	"create_if_missing":                 "open creates a database if there is none",
	"db_log_dir":                        "a database lies in one folder",
	"db_paths":                          "a database lies in one folder",
	"enable_blob_files":                 "blob files are not backed up and checked with the database",
	"enable_pipelined_write":            "the write chain has one writer",
	"error_if_exists":                   "open opens a database that exists",
	"inplace_update_support":            "snapshots and scans must not see later writes",
	"manual_wal_flush":                  "durability decides when the WAL is written",
	"memtable_factory":                  "the memtable is part of what was measured and tested",
	"merge_operator":                    "values are written as they are",
	"paranoid_checks":                   "damage must be an error",
	"prefix_extractor":                  "it follows from the format of the keys",
	"recycle_log_file_num":              "recovery must tell the end of a WAL",
	"track_and_verify_wals_in_manifest": "recovery decides which WALs count",
	"ttl":                               "ticks are never deleted by their age",
	"two_write_queues":                  "the write chain has one writer",
	"unordered_write":                   "the write chain has one order",
	"wal_compression":                   "recovery must read the WAL",
	"wal_dir":                           "a database lies in one folder",
	"wal_recovery_mode":                 "a damaged database must not open as a shorter one",
	"WAL_size_limit_MB":                 "old WALs are not archived",
	"WAL_ttl_seconds":                   "old WALs are not archived",
	"write_dbid_to_manifest":            "it changes the files of the database",
}

// RocksOption describes an option of RocksDB to the users of Options.RocksDB.
type RocksOption struct {
	Name    string
	Values  string // what it may be, such as "1 to 64"; "" if it cannot be set
	Refused string // why it cannot be set; "" if it can
}

// RocksOptions returns the options that Options.RocksDB may set, by what they are
// about, and then those that it may not set, in alphabetical order.
func RocksOptions() (all []RocksOption) {
	for _, o := range rocksOptions {
		all = append(all, RocksOption{Name: o.name, Values: o.describe()})
	}
	for _, name := range slices.Sorted(maps.Keys(refusedOptions)) {
		all = append(all, RocksOption{Name: name, Refused: refusedOptions[name]})
	}
	return all
}

// describe says what the option may be.
func (o *rocksOption) describe() string {
	switch {
	case o.values != nil:
		return strings.Join(o.values, ", ")
	case o.inside == nil:
		return showNumber(o.least) + " to " + showNumber(o.most)
	}
	var parts []string
	for _, in := range o.inside {
		parts = append(parts, in.name+"="+in.describe())
	}
	return "{" + strings.Join(parts, "; ") + "}"
}

// checkRocksOption returns an *OptionError unless an option may be set to a value.
func checkRocksOption(name, value string) error {
	i := slices.IndexFunc(rocksOptions, func(o rocksOption) bool { return o.name == name })
	switch {
	case i < 0 && strings.ContainsAny(name, "=;{}"):
		return &OptionError{name, fmt.Sprintf("bad value %q: the name of an option ends before it", value)}
	case i < 0:
		return &OptionError{name, unknownRocksOption(name)}
	}
	if problem := rocksOptions[i].check(value); problem != "" {
		return &OptionError{name, problem}
	}
	return nil
}

func unknownRocksOption(name string) string {
	if why := refusedOptions[name]; why != "" {
		return "microts does not let it be set: " + why
	}
	known := slices.Clone(ownOptions)
	for _, o := range rocksOptions {
		known = append(known, o.name)
	}
	if near := suggest.Nearest(name, known); near != "" {
		return fmt.Sprintf("neither microts nor RocksDB knows it; did you mean %q?", near)
	}
	return "neither microts nor RocksDB knows it, or it cannot be set"
}

// check returns what is wrong with a value, or "".
func (o *rocksOption) check(value string) string {
	switch {
	case o.values != nil:
		if !slices.Contains(o.values, value) {
			return fmt.Sprintf("bad value %q: one of %s expected", value, strings.Join(o.values, ", "))
		}
	case o.inside != nil:
		return o.checkInside(value)
	default:
		n, err := strconv.ParseFloat(value, 64)
		if whole := n == float64(int64(n)); err != nil || !(o.least <= n && n <= o.most) || !whole && o.most > 1 {
			return fmt.Sprintf("bad value %q: a number from %s to %s expected", value, showNumber(o.least), showNumber(o.most))
		}
	}
	return ""
}

func showNumber(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// checkInside is check of options in braces.
func (o *rocksOption) checkInside(value string) string {
	body, ok := strings.CutPrefix(value, "{")
	body, closed := strings.CutSuffix(body, "}")
	if !ok || !closed {
		return fmt.Sprintf("bad value %q: options in braces expected, such as \"{%s=%s}\"", value, o.inside[0].name, showNumber(o.inside[0].least))
	}
	for part := range strings.SplitSeq(body, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		i := slices.IndexFunc(o.inside, func(o rocksOption) bool { return o.name == name })
		if i < 0 {
			var known []string
			for _, o := range o.inside {
				known = append(known, o.name)
			}
			return fmt.Sprintf("bad value: %s has the options %s, not %q", o.name, strings.Join(known, ", "), name)
		}
		if problem := o.inside[i].check(value); problem != "" {
			return name + ": " + problem
		}
	}
	return ""
}
