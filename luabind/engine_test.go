package luabind

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// engineModules are the engines by the module that scripts require.
var engineModules = []string{EngineV1Name, EngineV2Name}

// newEngine returns a state with an engine that is open in its global e, its
// class in SE and its path in path; same(a, b) compares tables deeply.
func newEngineState(t testing.TB, module string) *lua.LState {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db")
	L := lua.NewState()
	m := Open(L)
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
		L.Close()
	})
	L.SetGlobal("path", lua.LString(path))
	run(t, L, fmt.Sprintf(`
		SE = require %q
		e = SE:new(path, {})
		assert(e:init())
		function same(a, b)
			if type(a) ~= "table" then return a == b end
			for k, v in pairs(a) do if not same(v, b[k]) then return false, k end end
			return true
		end`, module))
	return L
}

func TestEngines(t *testing.T) {
	for name, code := range map[string]string{
		"what is written comes back": `
			local points = {
				{timestamp = 1234567890, value = 100.5, quality = 100},
				{timestamp = 1234567891.000001, value = 1/3},
				{timestamp = 1234567892, value = -0.0001, quality = 0.5, seq = 0, volume = 1e15, channel = 300, side = "S", order_no = 1, tick_no = 2},
				{timestamp = 1234567893, value = 1e300, side = 1},
				{timestamp = 1234567894, value = 10.5, volume = 300, channel = 1, side = "B", order_no = "18446744073709551615", tick_no = 0},
				{timestamp = 1234567895, value = 2^53, qty = 7},
			}
			assert(select(2, e:write_points("SH000001", points, 0)) == 6)
			local ok, got = e:read_range("SH000001", 1234567890, 1234567895, 0)
			assert(ok and #got == 6)
			for i, p in ipairs(points) do
				local eq, k = same(p, got[i])
				assert(eq, i .. tostring(k))
				local ok, one = e:read_point("000001.SH", p.timestamp)
				assert(ok and same(p, one), i)
			end
			local ok, last = e:get_latest_point("SH000001", 0)
			assert(ok and same(points[6], last))
			assert(got[5].qty == 300 and got[6].volume == 7 and got[1].qty == nil)
			local n = 0
			for k in pairs(got[1]) do n = n + 1 end
			assert(n == 4) -- timestamp, value, quality, seq
			got[1].mine = 1
			n = 0
			for k in pairs(got[1]) do n = n + 1 end
			assert(n == 5)
			n = 0
			for k in pairs(got[2]) do n = n + 1 end
			assert(n == 3 and got[2].mine == nil)`,
		"one point": `
			local ok, n = e:write_point("SZ000001", {timestamp = 5, value = 1}, 7)
			assert(ok == true and n == 1)
			local ok, p = e:read_point("SZ000001", 5, 7)
			assert(ok and p.value == 1)
			local ok, msg = e:read_point("SZ000001", 5, 0)
			assert(ok == false and msg == "t.lua:6: read_point: no point of SZ000001 at 5", msg)
			local ok, msg = e:get_latest_point("SZ000001")
			assert(ok == false and msg:find("no point of SZ000001", 1, true))
			assert(select("#", e:write_point("SZ000001", {timestamp = 5, value = 1})) == 2)`,
		"data types and symbols are apart": `
			for _, s in ipairs{"SH000001", "SZ000001", "HK00001", "US.A", "rb2405"} do
				for dt = 0, 2 do assert(e:write_point(s, {timestamp = 1, value = dt}, dt)) end
			end
			for _, s in ipairs{"SH000001", "SZ000001", "HK00001", "US.A", "rb2405"} do
				for dt = 0, 2 do
					local ok, r = e:read_range(s, nil, nil, dt)
					assert(#r == 1 and r[1].value == dt, s)
				end
			end
			local ok, r = e:read_range("SZ000002")
			assert(ok and #r == 0)`,
		"units of time": `
			assert(e:write_point("SH600519", {timestamp = 1700000000.25, value = 1}))
			local function ts(...) return (select(2, e:read_range("SH600519", ...)))[1].timestamp end
			assert(ts(1700000000, 1700000001) == 1700000000.25)
			assert(ts(1700000000000, 1700000001000) == 1700000000250)
			assert(ts(1700000000000000, 1700000001000000) == 1700000000250000)
			assert(ts(0, 1700000001000) == 1700000000250)
			assert(ts() == 1700000000.25, "as it was written")
			assert(ts(0, 1/0) == 1700000000.25)
			assert(select(2, e:get_latest_point("SH600519")).timestamp == 1700000000.25)
			e:shutdown()
			local us = SE:new{data_dir = path, time_unit = "us"}
			assert(us:init())
			assert(select(2, us:get_latest_point("SH600519")).timestamp == 1700000000250000)
			assert(us:write_point("SH600519", {timestamp = 100, value = 2}))
			assert(select(2, us:read_point("SH600519", 100)).value == 2)
			us:shutdown()
			assert(e:init())
			assert(select(2, e:get_latest_point("SH600519")).timestamp == 1700000000.25)`,
		"deleting": `
			for i = 1, 10 do assert(e:write_point("SH600519", {timestamp = i, value = i})) end
			local ok, n = e:delete_data("SH600519", 3, 5)
			assert(ok and n == 3, n)
			local ok, r = e:read_range("SH600519", 0, 100)
			assert(#r == 7)
			assert(e:compact_data("SH600519") and e:compact_data())`,
		"keys and column families": `
			assert(e:put("k1", "v1") and e:put("k2", 2))
			local ok, v = e:get("k2")
			assert(ok and v == "2")
			local ok, v = e:get("none")
			assert(ok and v == nil)
			assert(e:create_column_family("meta"))
			local ok, msg = e:create_column_family("meta")
			assert(not ok and msg:find("exists already"), msg)
			assert(e:put("k1", "m1", "meta"))
			assert(select(2, e:get("k1", "meta")) == "m1" and select(2, e:get("k1")) == "v1")
			local ok, n = e:write_batch{{key = "b1", value = "x"}, {op = "delete", key = "k1"}, {"put", "b2", "y", "meta"}, {"delete", "k1", nil, "meta"}}
			assert(ok and n == 4, n)
			local ok, r = e:scan_prefix("")
			assert(#r == 2 and r[1].key == "b1" and r[1].value == "x" and r[2].key == "k2")
			local ok, r = e:scan_prefix("b", 1, "meta")
			assert(#r == 1 and r[1].value == "y")
			local ok, names = e:get_column_families()
			assert(ok and table.concat(names, ",") == "default,meta")
			assert(e:drop_column_family("meta"))
			local ok, msg = e:get("k1", "meta")
			assert(not ok and msg:find('"meta": no such column family'), msg)
			assert(e:delete("k2"))`,
		"its life": `
			assert(e:init() == true, "twice is no error")
			assert(e:write_point("SH600519", {timestamp = 1, value = 1}))
			local ok, stats = e:get_statistics()
			assert(ok and stats.write_count == 1 and stats.engine == e.version)
			assert(tostring(e):find("open: " .. path, 1, true))
			assert(e:shutdown() == true and e:shutdown() == true)
			assert(tostring(e):find("closed: " .. path, 1, true))
			local ok, msg = e:read_point("SH600519", 1)
			assert(ok == false and msg:find("call engine:init() first", 1, true), msg)
			assert(e:initialize() and e:close() and e:open())
			assert(select(2, e:read_point("SH600519", 1)).value == 1)
			local ok, stats = e:get_stats()
			assert(ok and stats.write_count == 1)`,
		"a derived class": `
			local Mine = setmetatable({}, {__index = SE})
			Mine.__index = Mine
			function Mine:twice(symbol, p) assert(self:write_point(symbol, p)) p.timestamp = p.timestamp + 1 return self:write_point(symbol, p) end
			e:shutdown()
			local m = Mine:new({data_dir = path})
			assert(m:init())
			assert(m:twice("SH600519", {timestamp = 1, value = 1}))
			assert(#select(2, m:read_range("SH600519")) == 2)
			assert(m.config.data_dir == path)`,
	} {
		for _, module := range engineModules {
			t.Run(module+" "+name, func(t *testing.T) { run(t, newEngineState(t, module), code) })
		}
	}
}

func TestEngineErrors(t *testing.T) {
	for call, want := range map[string]string{
		`e:write_point("SH60051", {timestamp = 1, value = 1})`:                       `bad argument #1 to 'write_point' (symbol: six digits with SH expected, got "SH60051")`,
		`e:write_point(600519, {timestamp = 1, value = 1})`:                          `bad argument #1 to 'write_point' (symbol: symbol such as "SH600519" expected, got 600519)`,
		`e:write_point("SH600519", 5)`:                                               `bad argument #2 to 'write_point' (point: table expected, got 5)`,
		`e:write_point("SH600519", {value = 1})`:                                     `(point: timestamp: number expected, got nil)`,
		`e:write_point("SH600519", {timestamp = 1})`:                                 `(point: value: number expected, got nil)`,
		`e:write_point("SH600519", {timestamp = 1, value = "1"})`:                    `(point: value: number expected, got "1")`,
		`e:write_point("SH600519", {timestamp = -1, value = 1})`:                     `(point: timestamp: seconds, ms or integer µs from 0 to the year 2255 expected, got -1)`,
		`e:write_point("SH600519", {timestamp = 1700000000000000.5, value = 1})`:     `integer µs`,
		`e:write_point("SH600519", {timestamp = 1, value = 1, valeu = 2})`:           `(point: field "valeu" is unknown; did you mean "value"?)`,
		`e:write_point("SH600519", {timestamp = 1, value = 1, seq = 65536})`:         `seq: integer 0..65535 expected, got 65536`,
		`e:write_point("SH600519", {timestamp = 1, value = 1, side = "X"})`:          `side: "B", "S" or "N", or 0, 1 or 2 expected, got "X"`,
		`e:write_point("SH600519", {timestamp = 1, value = 1, order_no = 2^60})`:     `order_no: integer 0..2^53, or a decimal string`,
		`e:write_point("SH600519", {timestamp = 1, value = 1, qty = 1, volume = 2})`: `volume and qty are one field`,
		`e:write_point("SH600519", {timestamp = 1, value = 1}, 256)`:                 `bad argument #3 to 'write_point' (data_type: integer 0..255 expected, got 256)`,
		`e:write_points("SH600519", {{timestamp = 1, value = 1}, {timestamp = 2}})`:  `(points: point 2: value: number expected, got nil)`,
		`e:write_points("SH600519", {timestamp = 1, value = 1})`:                     `(points: array of points expected, got a table with the key "`,
		`e:read_range("SH600519", "a", 1)`:                                           `bad argument #2 to 'read_range' (start: seconds, ms or µs expected, got "a")`,
		`e:delete_data("SH600519", 1)`:                                               `bad argument #3 to 'delete_data' (end: seconds, ms or µs expected, got no value)`,
		`e:put("", "v")`:                                                             `bad argument #1 to 'put' (key: 1 to 256 bytes expected, got 0)`,
		`e:put("k", {})`:                                                             `bad argument #2 to 'put' (value: string expected, got table)`,
		`e:write_batch{{key = "k"}}`:                                                 `(list: entry 1: value: string expected, got nil)`,
		`e:write_batch{{op = "merge", key = "k"}}`:                                   `op: "put" or "delete" expected, got "merge"`,
		`e:scan_prefix("k", 0)`:                                                      `(limit: integer number of keys from 1 on expected, got 0)`,
		`SE:new(path, {time_unit = "min"}):init()`:                                   `error: t.lua:1: bad argument #3 to 'new' (options: option "time_unit": "s", "ms", "us" or "auto" expected, got "min")`,
		`SE:new{}`:                        `option "data_dir": path of a folder expected, got none`,
		`SE:new(path, {compression = 9})`: `option "compression": 0 to 7 or one of no_compression,`,
		`SE:new(path .. "2", {write_bufer_size = 1}):init()`: `"write_bufer_size": neither microts nor RocksDB knows it; did you mean "write_buffer_size"?`,
		`SE.new("x")`:                 `'new' must be called with the class`,
		`e.read_point("SH600519", 1)`: `'read_point' must be called with a storage engine, as in engine:read_point(...), got "SH600519"`,
		`require "storage".create_engine{data_dir = "x", version = "v3"}`: `option "version": "v1" or "v2" expected, got "v3"`,
	} {
		for _, module := range engineModules {
			L := newEngineState(t, module)
			if err := try(L, `local ok, a, msg = pcall(function() return `+call+` end)
				if ok then assert(a == false) else msg = "error: " .. a end
				error(msg, 0)`); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "t.lua:1:") && !strings.Contains(call, ":init()") {
				t.Errorf("%s: %s:\n got %v\nwant %s", module, call, err, want)
			}
			run(t, L, `local ok, r = e:read_range("SH600519") assert(ok and #r == 0)`)
		}
	}
}

// TestEngineOptions gives every kind of option that scripts of LuaJIT do.
func TestEngineOptions(t *testing.T) {
	L := newEngineState(t, EngineV2Name)
	run(t, L, `
		local storage = require "storage"
		for i, c in ipairs{4, "lz4_compression", "kLZ4Compression"} do
			local e = storage.create_engine{
				data_dir = path .. i, write_buffer_size = 64 * 1024 * 1024, max_write_buffer_number = 4,
				target_file_size_base = 64 * 1024 * 1024, max_bytes_for_level_base = 256 * 1024 * 1024,
				compression = c, durability = "none", max_background_jobs = 2,
			}
			assert(e.version == "V2" and e:init() and e:write_point("SH600519", {timestamp = 1, value = 1}) and e:shutdown())
		end
		local e = storage.create_engine{data_dir = path .. "v1", version = "v1", compression_type = "zstd_compression"}
		assert(e.version == "V1" and e:init() and e:shutdown())
		local ok, msg = storage.create_engine{data_dir = path .. "v1"}:init()
		assert(not ok and msg:find("V1") and msg:find("V2"), msg)`)
}

// TestTicksAndPoints reads what micro_ts wrote through the engine, and back.
func TestTicksAndPoints(t *testing.T) {
	L := newEngineState(t, EngineV2Name)
	run(t, L, `
		local ts = require "micro_ts"
		local db = ts.open(path)
		local tick = {price = 105000, qty = 300, channel = 1, side = "B", order_no = 7, tick_no = 8}
		db:put("S", 600519, 1700000000000100, 2, ts.pack_value(tick))
		local ok, p = e:read_point("SH600519", 1700000000.0001)
		assert(ok and same({timestamp = 1700000000.0001, value = 10.5, seq = 2, volume = 300, qty = 300, channel = 1, side = "B", order_no = 7, tick_no = 8}, p))
		p.timestamp = 1700000001
		assert(e:write_point("SH600519", p))
		assert(same(tick, ts.unpack_value(db:get("S", 600519, 1700000001000000, 2))))
		assert(e:write_point("SH600519", {timestamp = 2, value = 10.5, qty = 5}))
		local v = ts.unpack_value(db:get("S", 600519, 2000000))
		assert(v.price == 105000 and v.value == 10.5 and v.volume == 5 and v.qty == 5 and v.timestamp == nil)`)
}

func benchmarkEngine(b *testing.B, module, point string, read bool) {
	L := newEngineState(b, module)
	const batch = 1000
	run(b, L, fmt.Sprintf(`
		points = {}
		for i = 1, %d do points[i] = %s end
		function write(from) for i = 1, #points do points[i].timestamp = from + i * 0.001 end return assert(e:write_points("SH600519", points)) end
		function read(from) return select(2, assert(e:read_range("SH600519", from, from + 1))) end
		assert(write(1700000000))`, batch, point))
	name := "write"
	if read {
		name = "read"
	}
	fn := L.GetGlobal(name)
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; n += batch {
		L.Push(fn)
		if read {
			L.Push(lua.LNumber(1700000000))
		} else {
			L.Push(lua.LNumber(1700000000 + n/batch))
		}
		L.Call(1, 0)
	}
}

func BenchmarkEngine(b *testing.B) {
	for _, module := range engineModules {
		for name, point := range map[string]string{
			"quality": `{value = 100 + i % 200 / 100, quality = 100}`,
			"tick":    `{value = 100 + i % 200 / 100, volume = i, channel = 1, side = "B", order_no = i, tick_no = i}`,
		} {
			for _, read := range []bool{false, true} {
				what := "write"
				if read {
					what = "read"
				}
				b.Run(fmt.Sprintf("%s/%s/%s", module, name, what), func(b *testing.B) { benchmarkEngine(b, module, point, read) })
			}
		}
	}
}
