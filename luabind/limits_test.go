package luabind

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"microts/internal/luavm"
)

var errStop = errors.New("stopped by the test")

// TestPutAllocatesNothing: a put makes no object of Go, neither as a function nor as a
// method.
func TestPutAllocatesNothing(t *testing.T) {
	const puts = 2000
	for _, call := range []string{`put(db, "S", 600000, i, 0, "101201")`, `db:put("S", 600000, i, 0, "101201")`} {
		s := newState(t)
		chunk, err := s.Load([]byte(`local put, db = ts.put, db for i = 1, ... do `+call+` end`), "=loop", s.Globals)
		if err != nil {
			t.Fatal(err)
		}
		allocations := testing.AllocsPerRun(5, func() {
			if _, err := s.Call(chunk.Value(), luavm.Int(puts)); err != nil {
				t.Fatal(err)
			}
		})
		if allocations > puts/20 { // what commits allocate
			t.Errorf("%s: %v allocations for %d puts", call, allocations, puts)
		}
	}
}

// TestStopEndsLongOperations: an operation that runs when the state is stopped ends with
// the cause of the stop, and the script cannot go on, although it catches errors.
func TestStopEndsLongOperations(t *testing.T) {
	const method = "storage engine"
	for _, c := range []struct{ name, of, code string }{
		{"codes", "micro_ts", `stopped(db)`},
		{"delete_range", "micro_ts", `stopped(db, "S", 1, 0, 1e6)`},
		{"read_range", method, `stopped(e, "SH600519")`},
		{"scan_prefix", method, `stopped(e, "")`},
	} {
		functions := Functions
		if c.of == method {
			functions = EngineMethods
		}
		s := newState(t)
		run(t, s, `e = require "storage_engine_v2":new(path) e:init()
			for i = 1, 5000 do db:put("S", i % 10, i, 0, "v") end
			e:write_point("SH600519", {timestamp = 1, value = 1})`)
		returned := false
		s.Globals.SetString("stopped", luavm.NewFunction(c.name, func(call *luavm.Call) {
			call.State().Stop(errStop)
			find(functions, c.name).call(call)
			returned = true
		}).Value())
		err := try(s, `pcall(function() `+c.code+` end) after = true`)
		if !errors.Is(err, errStop) || returned || !s.Globals.GetString("after").IsNil() {
			t.Errorf("%s: error %v, returned %v", c.name, err, returned)
		}
		s.Resume()
	}
}

// TestStopEndsAScan: the loop over a scan, too.
func TestStopEndsAScan(t *testing.T) {
	s := newState(t)
	run(t, s, `for i = 1, 5000 do db:put("S", 1, i, 0, "v") end rows = db:scan("S", 1, 0, 1e6)`)
	next := s.Globals.GetString("rows").Data().(*iterator)
	rows := 0
	s.Globals.SetString("stopped", luavm.NewFunction("stopped", func(call *luavm.Call) {
		call.State().Stop(errStop)
		for {
			next.next(call)
			rows++
		}
	}).Value())
	if err := try(s, `pcall(stopped)`); !errors.Is(err, errStop) || rows >= 5000 {
		t.Errorf("error %v after %d rows", err, rows)
	}
	s.Resume()
}

// TestMemoryLimitEndsLargeResults: a result for which there is no room is an error, and not
// first made.
func TestMemoryLimitEndsLargeResults(t *testing.T) {
	for _, c := range []struct{ name, code string }{
		{"read_range", `return e:read_range("SH600519")`},
		{"scan_prefix", `return e:scan_prefix("k")`},
	} {
		s := newStorageState(t, EngineV2Name)
		run(t, s, `local points = {}
			for i = 1, 20000 do points[i] = {timestamp = i, value = i, volume = i, order_no = i} end
			assert(e:write_points("SH600519", points))
			local list = {}
			for i = 1, 1000 do list[i] = {key = "k" .. i, value = ("v"):rep(4000)} end
			assert(e:write_batch(list)) points = nil`)
		exceeded := false
		s.LimitMemory(3<<20, func(int64) {
			exceeded = true
			s.Stop(errStop)
		})
		err := try(s, c.code)
		if err == nil || !exceeded && !strings.Contains(err.Error(), luavm.NoRoom) {
			t.Errorf("%s: error %v", c.name, err)
		}
		s.LimitMemory(0, nil)
		s.Resume()
	}
}

// TestMemoryLimitEndsFilledBars: bars of 1 µs for each µs of a year.
func TestMemoryLimitEndsFilledBars(t *testing.T) {
	s := newState(t)
	run(t, s, `for _, us in ipairs{1, 3e13} do db:put("S", 1, us, 0, ts.pack_value{price = 1, qty = 1}) end
		ticks = db:ticks("S", 1)`)
	for _, code := range []string{`return db:bars("S", 1, nil, nil, 1, {session = false, fill = "prev"})`, `return ticks:bars(1, {fill = "nan"})`} {
		exceeded := false
		s.LimitMemory(16<<20, func(int64) {
			exceeded = true
			s.Stop(errStop)
		})
		if err := try(s, code); err == nil || !exceeded && !strings.Contains(err.Error(), luavm.NoRoom) {
			t.Errorf("%s: error %v", code, err)
		}
		s.LimitMemory(0, nil)
		s.Resume()
	}
}

// TestIsScan: only what scan returns is a scan.
func TestIsScan(t *testing.T) {
	s := newState(t)
	run(t, s, `scan, other, text = db:scan("S", 1, 0, 1), print, "scan"`)
	for name, want := range map[string]bool{"scan": true, "other": false, "text": false, "db": false, "ts": false, "none": false} {
		if got := IsScan(s.Globals.GetString(name)); got != want {
			t.Errorf("IsScan(%s) is %v", name, got)
		}
	}
}

// TestStringsAndNumbersNameInstruments: a handle remembers the instrument of its last
// call, and tells the next one from it.
func TestStringsAndNumbersNameInstruments(t *testing.T) {
	s := newState(t)
	s.Globals.SetString("path2", luavm.NewString(filepath.Join(t.TempDir(), "db")).Value())
	run(t, s, `
		local function text(i) return ("x" .. i):sub(2) end
		for round = 1, 2 do
			for i = 1, 20 do
				db:put("S", i, round, 0, "number " .. i)
				db:put("T", text(i), round, 0, "text " .. i)
				assert(db:get("S", text(i), round) == "number " .. i)
				assert(db:get("T", i, round) == "text " .. i)
				assert(db:get(text("S"), i, round) == "number " .. i)
			end
		end
		assert(#db:codes() == 40)
		local other = ts.open(path2)
		assert(not pcall(other.put, other, nil, nil, 1, 0, "v"))
		assert(not pcall(other.put, other, false, false, 1, 0, "v"))
		assert(#other:codes() == 0)`)
}
