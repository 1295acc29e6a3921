package compat

import (
	"encoding/binary"
	"path/filepath"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/tick"
	"microts/luabind"
	"microts/store"
)

// ffiLoad is ffi.load: the libraries micro_ts and rocksdb are names of what Go
// offers; there are no others.
func ffiLoad(L *lua.LState) int {
	path := text(L, 1)
	if HasLibrary(path) {
		L.Push(ffiOf(L).c)
		return 1
	}
	L.RaiseError("ffi.load: library %q is not available in microts: it has micro_ts and rocksdb, whose place micro_ts's own functions take", path)
	return 0
}

// cFunctions returns the functions of ffi.C.
func cFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"pack_key_qual": cPackKey, "pack_qual": cPackQual, "pack_value": cPackValue,
		"unpack_value": cUnpackValue, "unpack_timestamp": cUnpackTimestamp,
		"db_open": luabind.CFunction("db_open"), "db_close": luabind.CFunction("db_close"), "db_put": cPut, "db_get": cGet,
	}
}

// HasCFunction says whether ffi.C has a function.
func HasCFunction(name string) bool { return cFunctions()[name] != nil }

// HasLibrary says whether ffi.load finds a library.
func HasLibrary(path string) bool {
	name := strings.TrimPrefix(strings.TrimSuffix(filepath.Base(path), ".so"), "lib")
	return name == "micro_ts" || name == "rocksdb"
}

// cNamespace makes ffi.C.
func cNamespace(L *lua.LState) *lua.LTable {
	t := functions(L, cFunctions())
	meta := L.NewTable()
	meta.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
		name := ToString(L, L.Get(2))
		L.RaiseError("C function '%s' is not available in microts: %s", name, InsteadOf(name))
		return 0
	}))
	L.SetMetatable(t, meta)
	return t
}

// insteadOf says what to do instead of calling C functions, by the beginning of their names;
// the longest that fits counts.
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

// InsteadOf says what to do instead of calling a C function.
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

// out returns n bytes that argument i points to.
func out(L *lua.LState, name string, i, n int) []byte {
	b, err := writableArg(L, i).room(0, n)
	if err != nil {
		L.RaiseError("%s: argument #%d: %v", name, i, err)
	}
	return b
}

func in(L *lua.LState, name string, i, n int) []byte {
	b, err := bufferArg(L, i).room(0, n)
	if err != nil {
		L.RaiseError("%s: argument #%d: %v", name, i, err)
	}
	return b
}

// whole returns argument i, an integer from 0 to most.
func whole(L *lua.LState, name string, i int, most uint64) uint64 {
	n, _ := integerArg(L, i)
	if n.Sign() < 0 || !n.IsUint64() || n.Uint64() > most {
		L.RaiseError("%s: argument #%d: integer 0..%d expected, got %s", name, i, most, ToString(L, L.Get(i)))
	}
	return n.Uint64()
}

const rowKey, qualifier = store.KeySize - 6, 6

// cPackKey is void pack_key_qual(uint8_t *out18, char market, const char *code9,
// uint64_t chunk_base_ms).
func cPackKey(L *lua.LState) int {
	b := out(L, "pack_key_qual", 1, rowKey)
	market, ok := L.Get(2).(lua.LString)
	if !ok {
		market = lua.LString([]byte{byte(whole(L, "pack_key_qual", 2, 255))})
	}
	if len(market) != 1 {
		L.ArgError(2, "one character expected")
	}
	b[0] = market[0]
	copy(b[1:10], in(L, "pack_key_qual", 3, tick.CodeSize))
	binary.BigEndian.PutUint64(b[10:], whole(L, "pack_key_qual", 4, 1<<64-1))
	return 0
}

// cPackQual is void pack_qual(uint8_t *out6, uint32_t micro_off, uint16_t seq).
func cPackQual(L *lua.LState) int {
	b := out(L, "pack_qual", 1, qualifier)
	binary.BigEndian.PutUint32(b, uint32(whole(L, "pack_qual", 2, 1<<32-1)))
	binary.BigEndian.PutUint16(b[4:], uint16(whole(L, "pack_qual", 3, 1<<16-1)))
	return 0
}

// cPackValue is void pack_value(uint8_t *out50, int32_t price, uint32_t qty,
// uint8_t ch, uint8_t side, uint64_t order_no, uint64_t tick_no).
func cPackValue(L *lua.LState) int {
	const name = "pack_value"
	b := out(L, name, 1, tick.RecordSize)
	price := number(L, 2)
	if price != float64(int32(price)) {
		L.RaiseError("%s: argument #2: integer -2147483648..2147483647, in 1/10000 of the currency, expected, got %s", name, ToString(L, L.Get(2)))
	}
	copy(b, tick.AppendRecord(nil, tick.Record{
		Price: int32(price), Qty: uint32(whole(L, name, 3, 1<<32-1)), Channel: uint8(whole(L, name, 4, 255)),
		Side: tick.Side(whole(L, name, 5, 255)), OrderNo: whole(L, name, 6, 1<<64-1), TickNo: whole(L, name, 7, 1<<64-1),
	}))
	return 0
}

// cUnpackValue is void unpack_value(const uint8_t *in50, int32_t *price,
// uint32_t *qty, uint8_t *ch, uint8_t *side, uint64_t *order_no, uint64_t *tick_no).
func cUnpackValue(L *lua.LState) int {
	const name = "unpack_value"
	b := in(L, name, 1, tick.RecordSize)
	fields := []struct{ at, size int }{{0, 4}, {4, 4}, {8, 1}, {9, 1}, {10, 8}, {18, 8}}
	for i, f := range fields {
		to := out(L, name, 2+i, f.size)
		copy(to, b[f.at:f.at+f.size])
		reverse(to) // C's memory is little-endian here
	}
	return 0
}

// cUnpackTimestamp is uint64_t unpack_timestamp(const uint8_t *in18).
func cUnpackTimestamp(L *lua.LState) int {
	c := &cdata{baseTypes["uint64_t"], &memory{bytes: append([]byte(nil), in(L, "unpack_timestamp", 1, rowKey)[10:]...)}, 0}
	reverse(c.mem.bytes)
	L.Push(c.load(L))
	return 1
}

// sized returns the bytes of argument i, whose number is argument i+1.
func sized(L *lua.LState, name string, i int) lua.LString {
	return lua.LString(in(L, name, i, int(whole(L, name, i+1, 1<<31))))
}

// cPut is void db_put(void *db, const char *key, int klen, const char *qual,
// int qlen, const char *val, int vlen).
func cPut(L *lua.LState) int {
	args := []lua.LValue{L.Get(1), sized(L, "db_put", 2), sized(L, "db_put", 4), sized(L, "db_put", 6)}
	return callC(L, "db_put", args, 0)
}

// cGet is const char *db_get(void *db, const char *key, int klen, const char
// *qual, int qlen, int *vlen).
func cGet(L *lua.LState) int {
	args := []lua.LValue{L.Get(1), sized(L, "db_get", 2), sized(L, "db_get", 4)}
	length := out(L, "db_get", 6, 4)
	callC(L, "db_get", args, 1)
	value, _ := L.Get(-1).(lua.LString)
	binary.LittleEndian.PutUint32(length, uint32(len(value)))
	if L.Get(-1) == lua.LNil {
		return 1
	}
	p, _ := pointerOf(value)
	L.Push(newCData(L, &cdata{pointerTo(charType), p.mem, 0}))
	return 1
}

// callC calls a function of the C library that luabind has.
func callC(L *lua.LState, name string, args []lua.LValue, results int) int {
	L.Push(L.NewFunction(luabind.CFunction(name)))
	for _, a := range args {
		L.Push(a)
	}
	L.Call(len(args), results)
	return results
}
