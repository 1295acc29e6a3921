package luabind

import (
	"fmt"
	"strings"
	"testing"

	"microts/internal/luavm"
)

// engineModules are the modules of the storage engines.
var engineModules = []string{EngineV1Name, EngineV2Name}

// newStorageState returns a Lua state with the class that a module returns in the
// global SE, and an open storage engine in the global e.
func newStorageState(t testing.TB, module string) *luavm.State {
	t.Helper()
	L := newLuaState(t)
	run(t, L, fmt.Sprintf(`SE = require %q e = SE:new(path, {}) assert(e:init())`, module))
	return L
}

// TestStorage runs testdata/storage with each storage engine. Each file says what
// the storage engines promise.
func TestStorage(t *testing.T) {
	for _, module := range engineModules {
		t.Run(module, func(t *testing.T) {
			runFiles(t, "testdata/storage", func(t testing.TB) *luavm.State { return newStorageState(t, module) })
		})
	}
}

// TestStorageErrors: a method returns false and a message. A constructor raises the
// message instead. Either begins with file and line, and nothing is written.
func TestStorageErrors(t *testing.T) {
	for _, c := range []struct{ call, want string }{
		// Symbols, points and times.
		{`e:write_point("SH60051", {timestamp = 1, value = 1})`, `bad argument #1 to 'write_point' (symbol: six digits with SH expected, got "SH60051")`},
		{`e:write_point(600519, {timestamp = 1, value = 1})`, `bad argument #1 to 'write_point' (symbol: symbol such as "SH600519" expected, got 600519)`},
		{`e:write_point("SH600519", 5)`, `bad argument #2 to 'write_point' (point: table expected, got 5)`},
		{`e:write_point("SH600519", {value = 1})`, `(point: timestamp: number expected, got nil)`},
		{`e:write_point("SH600519", {timestamp = 1})`, `(point: value: number expected, got nil)`},
		{`e:write_point("SH600519", {timestamp = 1, value = "1"})`, `(point: value: number expected, got "1")`},
		{`e:write_point("SH600519", {timestamp = -1, value = 1})`, `(point: timestamp: seconds, ms or integer µs from 0 to the year 2255 expected, got -1)`},
		{`e:write_point("SH600519", {timestamp = 1700000000000000.5, value = 1})`, `integer µs`},
		{`e:write_point("SH600519", {timestamp = 1, value = 1, valeu = 2})`, `(point: field "valeu" is unknown; did you mean "value"?)`},
		{`e:write_point("SH600519", {timestamp = 1, value = 1, seq = 65536})`, `seq: integer 0..65535 or "auto" expected, got 65536`},
		{`e:write_point("SH600519", {timestamp = 1, value = 1, seq = "next"})`, `seq: integer 0..65535 or "auto" expected, got "next"`},
		{`e:write_points("SH600519", {{timestamp = 1, value = 1, seq = "auto"}, {timestamp = 1, value = 2}})`, `(points: point 2: seq: "auto", as before it, expected, got nil)`},
		{`e:write_points("SH600519", {}, 0, {seq = 1})`, `bad argument #4 to 'write_points' (opts: option "seq": "auto" expected, got 1)`},
		{`e:write_points("SH600519", {}, 0, true)`, `bad argument #4 to 'write_points' (opts: table of options expected, got boolean)`},
		{`e:write_point("SH600519", {timestamp = 1, value = 1, side = "X"})`, `side: "B", "S" or "N", or 0, 1 or 2 expected, got "X"`},
		{`e:write_point("SH600519", {timestamp = 1, value = 1, order_no = 2^60})`, `order_no: integer 0..2^53, or a decimal string`},
		{`e:write_point("SH600519", {timestamp = 1, value = 1, qty = 1, volume = 2})`, `volume and qty are one field`},
		{`e:write_point("SH600519", {timestamp = 1, value = 1}, 256)`, `bad argument #3 to 'write_point' (data_type: integer 0..255 expected, got 256)`},
		{`e:write_points("SH600519", {{timestamp = 1, value = 1}, {timestamp = 2}})`, `(points: point 2: value: number expected, got nil)`},
		{`e:write_points("SH600519", {timestamp = 1, value = 1})`, `(points: array of points expected, got a table with the key "`},
		{`e:read_range("SH600519", "a", 1)`, `bad argument #2 to 'read_range' (start: seconds, ms or µs expected, got "a")`},
		{`e:delete_data("SH600519", 1)`, `bad argument #3 to 'delete_data' (end: seconds, ms or µs expected, got no value)`},
		// Keys.
		{`e:put("", "v")`, `bad argument #1 to 'put' (key: 1 to 256 bytes expected, got 0)`},
		{`e:put("k", {})`, `bad argument #2 to 'put' (value: string expected, got table)`},
		{`e:write_batch{{key = "k"}}`, `(list: entry 1: value: string expected, got nil)`},
		{`e:write_batch{{op = "merge", key = "k"}}`, `op: "put" or "delete" expected, got "merge"`},
		{`e:scan_prefix("k", 0)`, `(limit: integer number of keys from 1 on expected, got 0)`},
		{`e:create_column_family({})`, `bad argument #1 to 'create_column_family' (name: string expected, got table)`},
		// The storage engine itself.
		{`SE:new(path, {time_unit = "min"}):init()`, `error: t.lua:1: bad argument #3 to 'new' (options: option "time_unit": "s", "ms", "us" or "auto" expected, got "min")`},
		{`SE:new{}`, `option "data_dir": path of a folder expected, got none`},
		{`SE:new(path, {compression = 9})`, `option "compression": 0 to 7 or one of no_compression,`},
		{`SE:new(path .. "2", {write_bufer_size = 1}):init()`, `"write_bufer_size": neither microts nor RocksDB knows it; did you mean "write_buffer_size"?`},
		{`SE.new("x")`, `'new' must be called with the class`},
		{`e.read_point("SH600519", 1)`, `'read_point' must be called with a storage engine, as in engine:read_point(...), got "SH600519"`},
		{`require "storage".create_engine{data_dir = "x", version = "v3"}`, `option "version": "v1" or "v2" expected, got "v3"`},
	} {
		for _, module := range engineModules {
			L := newStorageState(t, module)
			err := try(L, `local ok, a, msg = pcall(function() return `+c.call+` end)
				if ok then assert(a == false) else msg = "error: " .. a end
				error(msg, 0)`)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "t.lua:1:") {
				t.Errorf("%s: %s:\n got %v\nwant %s", module, c.call, err, c.want)
			}
			run(t, L, `local ok, r = e:read_range("SH600519") assert(ok and #r == 0)`)
		}
	}
}
