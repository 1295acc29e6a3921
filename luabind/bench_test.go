package luabind

import (
	"fmt"
	"testing"

	"microts/internal/luavm"
)

// benchmarkLoop runs a chunk of Lua that gets the number of its rounds as its argument,
// with at most most rounds at once.
func benchmarkLoop(b *testing.B, s *luavm.State, most int, code string) {
	b.Helper()
	chunk, err := s.Load([]byte(code), "=bench", s.Globals)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; n += most {
		if _, err := s.Call(chunk.Value(), luavm.Int(min(b.N-n, most))); err != nil {
			b.Fatal(err)
		}
	}
}

const benchRows = 100_000

// benchmarkRead runs a loop over a database of benchRows ticks of the instrument S 1, at
// the times from 1 on.
func benchmarkRead(b *testing.B, value, code string) {
	s := newState(b)
	run(b, s, fmt.Sprintf(`local v = %s for i = 1, %d do db:put("S", 1, i, 0, v) end db:flush()`, value, benchRows))
	benchmarkLoop(b, s, benchRows, code)
}

const (
	shortValue = `"101201"` // as long as those of scripts/writer.lua
	tickValue  = `ts.pack_value{price = 105000, qty = 300, side = "B"}`
)

// BenchmarkPut is a put of a loop such as that of scripts/writer.lua.
func BenchmarkPut(b *testing.B) {
	for _, c := range []struct{ name, code string }{
		{"function", `put(db, "S", 600000, i, 0, "101201")`},
		{"field", `ts.put(db, "S", 600000, i, 0, "101201")`},
		{"method", `db:put("S", 600000, i, 0, "101201")`},
		{"instruments", `put(db, "S", i % 5000, i, 0, "101201")`},
		{"pack", `put(db, "S", 600000, i, 0, pack{price = i % 1000, qty = 300, side = "B"})`},
	} {
		b.Run(c.name, func(b *testing.B) {
			benchmarkLoop(b, newState(b), b.N, `local n = ... local put, pack, db, ts = ts.put, ts.pack_value, db, ts
				for i = 1, n do `+c.code+` end`)
		})
	}
}

// BenchmarkPutMany is a row of arrays of 1000 rows.
func BenchmarkPutMany(b *testing.B) {
	for _, c := range []struct{ name, rows string }{
		{"array", `local rows = {} for i = 1, 1000 do rows[i] = {i, "101201"} end`},
		{"fields", `local rows = {} for i = 1, 1000 do rows[i] = {ts_us = i, value = "101201", seq = 0} end`},
		{"packed", `local rows = {} for i = 1, 1000 do rows[i] = ts.pack_row(i, 0, "101201") end rows = table.concat(rows)`},
	} {
		b.Run(c.name, func(b *testing.B) {
			benchmarkLoop(b, newState(b), b.N, `local n = ... local db = db `+c.rows+` for i = 1, n, 1000 do db:put_many("S", 600000, rows) end`)
		})
	}
}

// BenchmarkGet is a get of a tick: in ascending order, or not.
func BenchmarkGet(b *testing.B) {
	for _, c := range []struct{ name, code string }{
		{"ascending", `get(db, "S", 1, i, 0)`},
		{"random", fmt.Sprintf(`get(db, "S", 1, i * 7919 %% %d + 1)`, benchRows)},
	} {
		b.Run(c.name, func(b *testing.B) {
			benchmarkRead(b, shortValue, `local n = ... local get, db = ts.get, db for i = 1, n do `+c.code+` end`)
		})
	}
}

// BenchmarkScan is a row of a scan.
func BenchmarkScan(b *testing.B) {
	for _, c := range []struct{ name, value, code string }{
		{"short", shortValue, `local n = ... for us, value in db:scan("S", 1, 1, n) do end`},
		{"tick", tickValue, `local n = ... for us, value, seq in db:scan("S", 1, 1, n) do end`},
		{"unpack", tickValue, `local n = ... local unpack = ts.unpack_value for us, value in db:scan("S", 1, 1, n) do unpack(value) end`},
		{"kept", shortValue, `local n = ... local all = {} for us, value in db:scan("S", 1, 1, n) do all[#all + 1] = value end`},
	} {
		b.Run(c.name, func(b *testing.B) { benchmarkRead(b, c.value, c.code) })
	}
}

// BenchmarkValues makes a tick record, reads one, and makes a packed row.
func BenchmarkValues(b *testing.B) {
	for _, c := range []struct{ name, code string }{
		{"pack_value", `pack{price = 105000, qty = 300, side = "B"}`},
		{"unpack_value", `unpack(value)`},
		{"pack_row", `row(i, 0, "101201")`},
	} {
		b.Run(c.name, func(b *testing.B) {
			benchmarkLoop(b, newState(b), b.N, `local n = ... local pack, unpack, row = ts.pack_value, ts.unpack_value, ts.pack_row
				local value = pack{price = 105000, qty = 300, side = "B"} for i = 1, n do `+c.code+` end`)
		})
	}
}

// BenchmarkStorage is a point that a storage engine writes or reads.
func BenchmarkStorage(b *testing.B) {
	const perCall = 1000
	for _, module := range engineModules {
		for _, c := range []struct{ name, point string }{
			{"quality", `{value = 100 + i % 200 / 100, quality = 100}`},
			{"tick", `{value = 100 + i % 200 / 100, volume = i, channel = 1, side = "B", order_no = i, tick_no = i}`},
		} {
			setUp := fmt.Sprintf(`
				points = {}
				for i = 1, %d do points[i] = %s end
				function write(from)
					for i = 1, #points do points[i].timestamp = from + i * 0.001 end
					return assert(e:write_points("SH600519", points))
				end
				assert(write(1700000000))`, perCall, c.point)
			for _, how := range []struct{ name, code string }{
				{"write", `write(1700000000 + i)`},
				{"read", `assert(e:read_range("SH600519", 1700000000, 1700000001))`},
			} {
				b.Run(module+"/"+c.name+"/"+how.name, func(b *testing.B) {
					s := newStorageState(b, module)
					run(b, s, setUp)
					benchmarkLoop(b, s, b.N, fmt.Sprintf(`for i = 1, ..., %d do %s end`, perCall, how.code))
				})
			}
		}
	}
}

// BenchmarkWritePoint is a point written by itself.
func BenchmarkWritePoint(b *testing.B) {
	s := newStorageState(b, EngineV2Name)
	benchmarkLoop(b, s, b.N, `local e = e for i = 1, ... do e:write_point("SH600519", {timestamp = 1700000000 + i * 0.001, value = 100}) end`)
}
