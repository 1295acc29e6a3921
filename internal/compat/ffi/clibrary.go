package ffi

import (
	"encoding/binary"
	"path/filepath"
	"slices"
	"strings"

	"microts/internal/luavm"
	"microts/internal/tick"
	"microts/luabind"
)

// load is ffi.load(path). It loads nothing: micro_ts and rocksdb stand for the
// functions of ffi.C, and there are no other libraries.
func (m *module) load(c *luavm.Call) {
	path := c.String(1)
	if !HasLibrary(path) {
		c.Errorf("ffi.load: library %q is not available in microts: it has micro_ts and rocksdb, whose place micro_ts's own functions take", path)
	}
	c.Return(m.c.Value())
}

// HasLibrary says whether ffi.load finds the library at a path.
func HasLibrary(path string) bool {
	name := strings.TrimPrefix(strings.TrimSuffix(filepath.Base(path), ".so"), "lib")
	return name == "micro_ts" || name == "rocksdb"
}

// cFunctions returns the functions of ffi.C: those of the original's C library.
func (m *module) cFunctions() map[string]luavm.Native {
	return map[string]luavm.Native{
		"pack_key_qual": packKey, "pack_qual": packQualifier, "unpack_timestamp": m.unpackTimestamp,
		"pack_value": packValue, "unpack_value": unpackValue,
		"db_open": luabind.CFunction("db_open"), "db_close": luabind.CFunction("db_close"), "db_put": dbPut(), "db_get": m.dbGet(),
	}
}

// HasCFunction says whether ffi.C has a function.
func HasCFunction(name string) bool { return (&module{}).cFunctions()[name] != nil }

// newNamespace makes ffi.C.
func (m *module) newNamespace() *luavm.Table {
	t := luavm.NewLibrary(m.cFunctions())
	t.SetMetaTable(luavm.NewLibrary(map[string]luavm.Native{"__index": m.missingInC}))
	return t
}

// missingInC is __index of ffi.C: it returns a constant that ffi.cdef declared.
func (m *module) missingInC(c *luavm.Call) {
	name := shown(c, c.Arg(2))
	n, ok := m.constants[name]
	if !ok {
		c.Errorf("C function '%s' is not available in microts: %s", name, InsteadOf(name))
	}
	c.Return(luavm.Int(int(n)))
}

// shown returns a value as tostring does.
func shown(c *luavm.Call, v luavm.Value) string { return luavm.PlainString(c.Thread().ToString(v)) }

// output returns the n bytes that argument i points to, for a function to write.
func output(c *luavm.Call, name string, i, n int) []byte {
	b, err := writableArg(c, i).room(0, n)
	if err != nil {
		badArg(c, name, i, err)
	}
	return b
}

// input fills b with the bytes that argument i points to.
func input(c *luavm.Call, name string, i int, b []byte) {
	if err := readableArg(c, i).copyTo(b); err != nil {
		badArg(c, name, i, err)
	}
}

func badArg(c *luavm.Call, name string, i int, err error) {
	c.Errorf("%s: argument #%d: %v", name, i, err)
}

// wholeArg returns argument i, an integer from 0 to most. A number is cut.
func wholeArg(c *luavm.Call, name string, i int, most uint64) uint64 {
	n, ok := integerOf(c.Arg(i))
	if !ok {
		n = integerOfNumber(c.Number(i))
	}
	if n.isNegative() || n.isHuge || n.bits > most {
		c.Errorf("%s: argument #%d: integer 0..%d expected, got %s", name, i, most, shown(c, c.Arg(i)))
	}
	return n.bits
}

// The C library splits the 24 bytes of a tick's key in two.
const (
	rowKey    = 18 // market, code, beginning of the time chunk
	qualifier = 6  // µs in the time chunk, seq
)

// packKey is void pack_key_qual(uint8_t *out18, char market, const char *code9,
// uint64_t chunk_base_ms).
func packKey(c *luavm.Call) {
	const name = "pack_key_qual"
	b := output(c, name, 1, rowKey)
	var market byte
	if v := c.Arg(2); !v.IsString() {
		market = byte(wholeArg(c, name, 2, 255))
	} else if s := v.Text(); len(s) == 1 {
		market = s[0]
	} else {
		c.ArgError(2, "one character expected")
	}
	var code [tick.CodeSize]byte
	input(c, name, 3, code[:])
	base := wholeArg(c, name, 4, 1<<64-1)
	b[0] = market
	copy(b[1:10], code[:])
	binary.BigEndian.PutUint64(b[10:], base)
	c.Return()
}

// packQualifier is void pack_qual(uint8_t *out6, uint32_t micro_off, uint16_t seq).
func packQualifier(c *luavm.Call) {
	const name = "pack_qual"
	b := output(c, name, 1, qualifier)
	offset, seq := wholeArg(c, name, 2, 1<<32-1), wholeArg(c, name, 3, 1<<16-1)
	binary.BigEndian.PutUint32(b, uint32(offset))
	binary.BigEndian.PutUint16(b[4:], uint16(seq))
	c.Return()
}

// packValue is void pack_value(uint8_t *out50, int32_t price, uint32_t qty,
// uint8_t ch, uint8_t side, uint64_t order_no, uint64_t tick_no).
func packValue(c *luavm.Call) {
	const name = "pack_value"
	b := output(c, name, 1, tick.RecordSize)
	price := c.Number(2)
	if price != float64(int32(price)) {
		c.Errorf("%s: argument #2: integer -2147483648..2147483647, in 1/10000 of the currency, expected, got %s", name, shown(c, c.Arg(2)))
	}
	tick.AppendRecord(b[:0], tick.Record{
		Price: int32(price), Qty: uint32(wholeArg(c, name, 3, 1<<32-1)), Channel: uint8(wholeArg(c, name, 4, 255)),
		Side: tick.Side(wholeArg(c, name, 5, 255)), OrderNo: wholeArg(c, name, 6, 1<<64-1), TickNo: wholeArg(c, name, 7, 1<<64-1),
	})
	c.Return()
}

// recordFields are the fields of a tick's record, in bytes, in the order of the arguments
// of unpack_value.
var recordFields = [...]struct{ at, size int }{{0, 4}, {4, 4}, {8, 1}, {9, 1}, {10, 8}, {18, 8}}

// unpackValue is void unpack_value(const uint8_t *in50, int32_t *price,
// uint32_t *qty, uint8_t *ch, uint8_t *side, uint64_t *order_no, uint64_t *tick_no).
func unpackValue(c *luavm.Call) {
	const name = "unpack_value"
	var b [tick.RecordSize]byte
	input(c, name, 1, b[:])
	for i, f := range recordFields {
		to := output(c, name, 2+i, f.size)
		copy(to, b[f.at:f.at+f.size])
		slices.Reverse(to) // the record is big-endian, numbers of C are little-endian
	}
	c.Return()
}

// unpackTimestamp is uint64_t unpack_timestamp(const uint8_t *in18): the beginning
// of the key's time chunk, in ms since 1970.
func (m *module) unpackTimestamp(c *luavm.Call) {
	var b [rowKey]byte
	input(c, "unpack_timestamp", 1, b[:])
	c.Return(m.integer(c, uint64Type, binary.BigEndian.Uint64(b[10:])))
}

// sizedArg returns the bytes that argument i points to; argument i+1 is how many.
func sizedArg(c *luavm.Call, name string, i int) luavm.Value {
	from := readableArg(c, i)
	v, err := from.value(c, int(wholeArg(c, name, i+1, 1<<31)))
	if err != nil {
		badArg(c, name, i, err)
	}
	return v
}

// dbPut returns void db_put(void *db, const char *key, int klen, const char *qual,
// int qlen, const char *val, int vlen). It calls the function of luabind, whose keys
// and values are strings.
func dbPut() luavm.Native {
	put := luavm.NewFunction("db_put", luabind.CFunction("db_put")).Value()
	return func(c *luavm.Call) {
		c.Call(put, c.Arg(1), sizedArg(c, "db_put", 2), sizedArg(c, "db_put", 4), sizedArg(c, "db_put", 6))
		c.Return()
	}
}

// dbGet returns const char *db_get(void *db, const char *key, int klen, const char
// *qual, int qlen, int *vlen). It returns nil if the key has no value.
func (m *module) dbGet() luavm.Native {
	get := luavm.NewFunction("db_get", luabind.CFunction("db_get")).Value()
	return func(c *luavm.Call) {
		key, qual := sizedArg(c, "db_get", 2), sizedArg(c, "db_get", 4)
		length := output(c, "db_get", 6, 4)
		value := c.Call1(get, c.Arg(1), key, qual)
		n := 0
		if value.IsString() {
			n = len(value.Text())
		}
		binary.LittleEndian.PutUint32(length, uint32(n))
		p, ok := pointer(c, value)
		if !ok { // the key has no value
			c.Return(luavm.Nil)
			return
		}
		c.Return(m.wrap(c, p))
	}
}
