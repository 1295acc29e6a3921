package luabind

import (
	"fmt"
	"strings"

	"microts/internal/luavm"
	"microts/internal/tick"
)

// compressions are the ways in which a script can name a compression of RocksDB.
var compressions = []struct {
	number  int    // of RocksDB's enum
	cName   string // in RocksDB's C interface, without the prefix "rocksdb_"
	rocksDB string // in RocksDB's option strings
}{
	{0, "no_compression", "kNoCompression"},
	{1, "snappy_compression", "kSnappyCompression"},
	{2, "zlib_compression", "kZlibCompression"},
	{3, "bz2_compression", "kBZip2Compression"},
	{4, "lz4_compression", "kLZ4Compression"},
	{5, "lz4hc_compression", "kLZ4HCCompression"},
	{6, "xpress_compression", "kXpressCompression"},
	{7, "zstd_compression", "kZSTD"},
}

// setOption sets an option of a storage engine: one of its own, or one of a
// database.
func (e *storageEngine) setOption(name string, value luavm.Value) error {
	switch name {
	case "data_dir":
		return e.setPath(value)
	case "time_unit":
		return e.setUnit(value)
	case "version":
		return e.checkVersion(value)
	case "compression", "compression_type":
		return e.setCompression(value)
	}
	return setOption(&e.options.Options, name, value)
}

func (e *storageEngine) setPath(value luavm.Value) error {
	if !value.IsString() {
		return expected(wantPath, value)
	}
	e.path = value.Text()
	return nil
}

func (e *storageEngine) setUnit(value luavm.Value) error {
	unit, err := tick.ParseUnit(optText(value))
	if err != nil {
		return expected(`"s", "ms", "us" or "auto"`, value)
	}
	e.unit = unit
	return nil
}

// checkVersion accepts the version that the storage engine has.
func (e *storageEngine) checkVersion(value luavm.Value) error {
	if !strings.EqualFold(optText(value), e.format.String()) {
		return fmt.Errorf("%q expected, which this storage engine is, got %s", strings.ToLower(e.format.String()), describeValue(value))
	}
	return nil
}

func (e *storageEngine) setCompression(value luavm.Value) error {
	var names []string
	for _, c := range compressions {
		if value.Equal(luavm.Int(c.number)) || isText(value, c.cName) || isText(value, c.rocksDB) {
			return setOption(&e.options.Options, "compression", luavm.Intern(c.rocksDB).Value())
		}
		names = append(names, c.cName)
	}
	return expected("0 to 7 or one of "+strings.Join(names, ", "), value)
}
