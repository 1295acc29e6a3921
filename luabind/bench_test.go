package luabind

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"microts/internal/luavm"
	"microts/internal/tick"
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
	begin := userTime()
	for n := 0; n < b.N; n += most {
		if _, err := s.Call(chunk.Value(), luavm.Int(min(b.N-n, most))); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(userTime()-begin)/float64(b.N), "user-ns/op")
}

// userTime returns the time that the process, with all its threads, has run outside of the
// kernel. Other processes make it less uncertain than the time on the clock.
func userTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano())
}

const benchRows = 100_000

// benchmarkRead runs a loop over a database of benchRows ticks of the instrument S 1, at
// the times from 1 on.
func benchmarkRead(b *testing.B, value, code string) {
	s := newState(b)
	run(b, s, fmt.Sprintf(`local v = %s for i = 1, %d do db:put("S", 1, i, 0, v) end db:close() db = ts.open(path)`, value, benchRows))
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

// endlessRows repeats one block of a scan.
type endlessRows struct{ block tick.Block }

func newEndlessRows(value string) *endlessRows {
	const rows = 2048
	e := &endlessRows{tick.Block{Times: make([]int64, rows), Seqs: make([]uint16, rows)}}
	e.block.Values = tick.Values{Bytes: strings.Repeat(value, rows), Offsets: make([]uint32, rows+1)}
	for i := range rows + 1 {
		e.block.Values.Offsets[i] = uint32(i * len(value))
	}
	return e
}

func (e *endlessRows) Read(b *tick.Block) bool {
	*b = e.block
	return true
}

func (*endlessRows) Err() error { return nil }
func (*endlessRows) Close()     {}

// BenchmarkIterator is what a row of a scan costs beside its reading from RocksDB.
func BenchmarkIterator(b *testing.B) {
	s := newState(b)
	it := &iterator{rows: tick.NewRows(newEndlessRows("101201"))}
	s.Globals.SetString("rows", luavm.NewFunction("rows", it.next).Value())
	benchmarkLoop(b, s, b.N, `local left = ... for us, value in rows do left = left - 1 if left <= 0 then break end end`)
}
