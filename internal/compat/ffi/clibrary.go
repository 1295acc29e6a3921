package ffi

import (
	"encoding/binary"
	"path/filepath"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
	"microts/internal/tick"
	"microts/luabind"
)

// load is ffi.load(path). It loads nothing: micro_ts and rocksdb stand for the
// functions of ffi.C, and there are no other libraries.
func load(L *lua.LState) int {
	path := convert.Text(L, 1)
	if !HasLibrary(path) {
		L.RaiseError("ffi.load: library %q is not available in microts: it has micro_ts and rocksdb, whose place micro_ts's own functions take", path)
	}
	L.Push(moduleOf(L).c)
	return 1
}

// HasLibrary says whether ffi.load finds the library at a path.
func HasLibrary(path string) bool {
	name := strings.TrimPrefix(strings.TrimSuffix(filepath.Base(path), ".so"), "lib")
	return name == "micro_ts" || name == "rocksdb"
}

// cFunctions returns the functions of ffi.C: those of the original's C library.
func cFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"pack_key_qual": packKey, "pack_qual": packQualifier, "unpack_timestamp": unpackTimestamp,
		"pack_value": packValue, "unpack_value": unpackValue,
		"db_open": luabind.CFunction("db_open"), "db_close": luabind.CFunction("db_close"), "db_put": dbPut, "db_get": dbGet,
	}
}

// HasCFunction says whether ffi.C has a function.
func HasCFunction(name string) bool { return cFunctions()[name] != nil }

// newNamespace makes ffi.C.
func newNamespace(L *lua.LState) *lua.LTable {
	t := L.SetFuncs(L.NewTable(), cFunctions())
	L.SetMetatable(t, L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"__index": func(L *lua.LState) int {
			name := convert.ToString(L, L.Get(2))
			L.RaiseError("C function '%s' is not available in microts: %s", name, InsteadOf(name))
			return 0
		},
	}))
	return t
}

// output returns the n bytes that argument i points to, for a function to write.
func output(L *lua.LState, name string, i, n int) []byte {
	return roomOf(L, name, i, writableArg(L, i), n)
}

// input returns the n bytes that argument i points to, for a function to read.
func input(L *lua.LState, name string, i, n int) []byte {
	return roomOf(L, name, i, bufferArg(L, i), n)
}

func roomOf(L *lua.LState, name string, i int, c *cdata, n int) []byte {
	b, err := c.room(0, n)
	if err != nil {
		L.RaiseError("%s: argument #%d: %v", name, i, err)
	}
	return b
}

// wholeArg returns argument i, an integer from 0 to most.
func wholeArg(L *lua.LState, name string, i int, most uint64) uint64 {
	n, _ := integerArg(L, i)
	if n.Sign() < 0 || !n.IsUint64() || n.Uint64() > most {
		L.RaiseError("%s: argument #%d: integer 0..%d expected, got %s", name, i, most, convert.ToString(L, L.Get(i)))
	}
	return n.Uint64()
}

// The C library splits the 24 bytes of a tick's key in two.
const (
	rowKey    = 18 // market, code, beginning of the time chunk
	qualifier = 6  // µs in the time chunk, seq
)

// packKey is void pack_key_qual(uint8_t *out18, char market, const char *code9,
// uint64_t chunk_base_ms).
func packKey(L *lua.LState) int {
	b := output(L, "pack_key_qual", 1, rowKey)
	market, ok := L.Get(2).(lua.LString)
	if !ok {
		market = lua.LString([]byte{byte(wholeArg(L, "pack_key_qual", 2, 255))})
	}
	if len(market) != 1 {
		L.ArgError(2, "one character expected")
	}
	b[0] = market[0]
	copy(b[1:10], input(L, "pack_key_qual", 3, tick.CodeSize))
	binary.BigEndian.PutUint64(b[10:], wholeArg(L, "pack_key_qual", 4, 1<<64-1))
	return 0
}

// packQualifier is void pack_qual(uint8_t *out6, uint32_t micro_off, uint16_t seq).
func packQualifier(L *lua.LState) int {
	b := output(L, "pack_qual", 1, qualifier)
	binary.BigEndian.PutUint32(b, uint32(wholeArg(L, "pack_qual", 2, 1<<32-1)))
	binary.BigEndian.PutUint16(b[4:], uint16(wholeArg(L, "pack_qual", 3, 1<<16-1)))
	return 0
}

// packValue is void pack_value(uint8_t *out50, int32_t price, uint32_t qty,
// uint8_t ch, uint8_t side, uint64_t order_no, uint64_t tick_no).
func packValue(L *lua.LState) int {
	const name = "pack_value"
	b := output(L, name, 1, tick.RecordSize)
	price := convert.Number(L, 2)
	if price != float64(int32(price)) {
		L.RaiseError("%s: argument #2: integer -2147483648..2147483647, in 1/10000 of the currency, expected, got %s", name, convert.ToString(L, L.Get(2)))
	}
	copy(b, tick.AppendRecord(nil, tick.Record{
		Price: int32(price), Qty: uint32(wholeArg(L, name, 3, 1<<32-1)), Channel: uint8(wholeArg(L, name, 4, 255)),
		Side: tick.Side(wholeArg(L, name, 5, 255)), OrderNo: wholeArg(L, name, 6, 1<<64-1), TickNo: wholeArg(L, name, 7, 1<<64-1),
	}))
	return 0
}

// unpackValue is void unpack_value(const uint8_t *in50, int32_t *price,
// uint32_t *qty, uint8_t *ch, uint8_t *side, uint64_t *order_no, uint64_t *tick_no).
func unpackValue(L *lua.LState) int {
	const name = "unpack_value"
	b := input(L, name, 1, tick.RecordSize)
	fields := []struct{ at, size int }{ // of the tick record, in bytes
		{0, 4}, {4, 4}, {8, 1}, {9, 1}, {10, 8}, {18, 8},
	}
	for i, f := range fields {
		to := output(L, name, 2+i, f.size)
		copy(to, b[f.at:f.at+f.size])
		slices.Reverse(to) // the record is big-endian, numbers of C are little-endian
	}
	return 0
}

// unpackTimestamp is uint64_t unpack_timestamp(const uint8_t *in18): the beginning
// of the key's time chunk, in ms since 1970.
func unpackTimestamp(L *lua.LState) int {
	base := binary.BigEndian.Uint64(input(L, "unpack_timestamp", 1, rowKey)[10:])
	L.Push(newInteger(baseTypes["uint64_t"], base).value(L))
	return 1
}

// sizedArg returns the bytes that argument i points to; argument i+1 is how many.
func sizedArg(L *lua.LState, name string, i int) lua.LString {
	return lua.LString(input(L, name, i, int(wholeArg(L, name, i+1, 1<<31))))
}

// dbPut is void db_put(void *db, const char *key, int klen, const char *qual,
// int qlen, const char *val, int vlen).
func dbPut(L *lua.LState) int {
	args := []lua.LValue{L.Get(1), sizedArg(L, "db_put", 2), sizedArg(L, "db_put", 4), sizedArg(L, "db_put", 6)}
	return callLibrary(L, "db_put", args, 0)
}

// dbGet is const char *db_get(void *db, const char *key, int klen, const char
// *qual, int qlen, int *vlen). It returns nil if the key has no value.
func dbGet(L *lua.LState) int {
	args := []lua.LValue{L.Get(1), sizedArg(L, "db_get", 2), sizedArg(L, "db_get", 4)}
	length := output(L, "db_get", 6, 4)
	callLibrary(L, "db_get", args, 1)
	value, found := L.Get(-1).(lua.LString)
	binary.LittleEndian.PutUint32(length, uint32(len(value)))
	if !found {
		return 1 // the nil
	}
	p, _ := pointer(value) // a string always is one
	L.Push(wrap(L, &cdata{pointerTo(charType), p.mem, 0}))
	return 1
}

// callLibrary calls a function of luabind's C library, whose keys and values are
// strings.
func callLibrary(L *lua.LState, name string, args []lua.LValue, results int) int {
	L.Push(L.NewFunction(luabind.CFunction(name)))
	for _, a := range args {
		L.Push(a)
	}
	L.Call(len(args), results)
	return results
}
