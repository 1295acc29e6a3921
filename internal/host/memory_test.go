package host

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMemoryIsWhatGoAllocates compares the bytes that luavm.State.Memory counts with those
// that the garbage collector does.
func TestMemoryIsWhatGoAllocates(t *testing.T) {
	if testing.Short() {
		t.Skip("fills memory")
	}
	for _, c := range []struct{ name, code string }{
		{"strings", `t = {} for i = 1, 200000 do t[i] = ("x"):rep(100) .. i end`},
		{"one string", `t = {} s = ("x"):rep(1e7) for i = 1, 200000 do t[i] = s end`},
		{"numbers", `t = {} for i = 1, 1000000 do t[i] = i + 0.5 end`},
		{"named", `t = {} for i = 1, 200000 do t["key" .. i] = i end`},
		{"tables", `t = {} for i = 1, 200000 do t[i] = {i} end`},
		{"chain", `local u = {} for i = 1, 200000 do u = {u} end t = u`},
		{"closures", `t = {} for i = 1, 200000 do t[i] = function() return i end end`},
		{"coroutines", `t = {} for i = 1, 2000 do t[i] = coroutine.create(print) end`},
		{"locals", `local t = {} for i = 1, 200000 do t[i] = ("x"):rep(100) .. i end keep = function() return t end`},
		{"in coroutines", `co = coroutine.wrap(function() local t = {} for i = 1, 200000 do t[i] = ("x"):rep(100) .. i end coroutine.yield() return t end) co()`},
		{"metatables", `t = setmetatable({}, {}) for i = 1, 200000 do getmetatable(t)[i] = ("x"):rep(50) .. i end`},
		{"room", `t = {} for i = 1, 1000000 do t[i] = true end for i = 1, 1000000 do t[i] = nil end`},
		{"buffers", `ffi = require "ffi" t = {} for i = 1, 100 do t[i] = ffi.new("uint8_t[?]", 200000) end`},
	} {
		allocated, measured, err := weigh(c.code)
		if err != nil {
			t.Fatal(err)
		}
		if measured < allocated*6/10 || measured > allocated*18/10 {
			t.Errorf("%s: measured %d bytes, allocated %d", c.name, measured, allocated)
		}
	}
}

// weigh runs a Lua chunk and returns how many bytes the heap grew by, and how many
// luavm.State.Memory says that the state grew by.
func weigh(code string) (allocated, measured int64, err error) {
	var out strings.Builder
	s := New(Options{Out: NewOutput(&out, nil), Exit: func(int) {}})
	defer s.Close()
	before, had := heap(), s.Lua.Memory()
	err = runString(s, code)
	return heap() - before, s.Lua.Memory() - had, err
}

// heap returns how many bytes of the heap are in use. Pools let go of theirs at the
// third collection.
func heap() int64 {
	for range 4 {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestMemoryLimit ends scripts that use more than they may, whatever they catch.
func TestMemoryLimit(t *testing.T) {
	if testing.Short() {
		t.Skip("fills memory")
	}
	for _, c := range []struct{ name, code string }{
		{"table", `local t = {} while true do t[#t + 1] = {} end`},
		{"string", `local s = "x" while true do s = s .. s end`},
		{"caught", `local t = {} while true do pcall(function() while true do t[#t + 1] = {} end end) end`},
		{"patterns", `local t = {} for i = 1, math.huge do t[i] = string.gmatch(("x"):rep(1e5) .. i, "x") end`},
		{"folders", `local t = {} for i = 1, math.huge do t[i] = require("lfs").dir("/usr/bin") end`},
		{"objects", `local t = {} for i = 1, math.huge do local o = {} o.x = i t[i] = o end`},
		{"scans", `
			local db = require("micro_ts").open(os.tmpname() .. ".db")
			for i = 1, 100 do db:put("S", 1, i, 0, ("v"):rep(60000)) end
			local t = {} for i = 1, math.huge do t[i] = db:scan("S", 1, 0, 1000) t[i]() end`},
		{"hidden", `local t = {} coroutine.wrap(function() while true do t[#t + 1] = {} end end)()`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			s := New(Options{Out: NewOutput(&out, nil), Exit: func(int) {}, Memory: 32 << 20})
			defer s.Close()
			chunk, err := s.LoadString(c.code, "t.lua")
			if err != nil {
				t.Fatal(err)
			}
			stop := keepAsking(s)
			_, err = s.CallContext(t.Context(), chunk)
			stop()
			var script *ScriptError
			var memory *MemoryError
			if !errors.As(err, &script) || !errors.As(script.Cause, &memory) || !strings.Contains(script.Message, "memory limit of 32 MiB exceeded") {
				t.Errorf("%v", err)
			}
		})
	}
}

// keepAsking has another goroutine call AskMemory again and again, until stop is
// called.
func keepAsking(s *State) (stop func()) {
	quit, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		ticks := time.NewTicker(5 * time.Millisecond)
		defer ticks.Stop()
		for {
			select {
			case <-quit:
				return
			case <-ticks.C:
				s.AskMemory()
			}
		}
	}()
	return func() {
		close(quit)
		<-gone
	}
}

// TestMemoryLimitOfOneValue refuses values that alone are too large, before Go
// allocates them.
func TestMemoryLimitOfOneValue(t *testing.T) {
	var out strings.Builder
	s := New(Options{Out: NewOutput(&out, nil), Exit: func(int) {}, Memory: 1 << 20})
	defer s.Close()
	for _, code := range []string{
		`return ("x"):rep(2^24)`,
		`return ("x"):rep(2^10, ("y"):rep(2^14))`,
		`return require("ffi").new("char[?]", 2^24)`,
		`return (("x"):rep(1000):gsub("x", ("y"):rep(100000)))`,
		`return (("x"):rep(1000):gsub("x", function() return ("y"):rep(100000) end))`,
		`local s, t = ("x"):rep(1000), {} for i = 1, 2000 do t[i] = s end return table.concat(t)`,
		`local t = {} for i = 1, 1000 do t[i] = "" end return table.concat(t, ("x"):rep(10000))`,
		`local s = ("x"):rep(2^19) return s .. s .. s .. s .. s .. s .. s .. s`,
		`local s = ("x"):rep(2^19) return ("%s%s%s%s"):format(s, s, s, s)`,
		`return ("%q"):format(("\1"):rep(2^19))`,
		`return ("c2147483647"):pack("")`,
		`local s = ("x"):rep(2^19) return ("zzzz"):pack(s, s, s, s)`,
		`return table.new(2^20, 0)`,
		`local s = ("x"):rep(2^19) local t = {s, s, s, s} return require("cjson").encode(t)`,
		`local t = {"xxxxxxxx"} for i = 1, 30 do t = {t, t} end return require("cjson").encode(t)`,
		`return require("cjson").decode("[" .. ("1,"):rep(2^17) .. "1]")`,
		`return require("cjson").decode(("["):rep(900) .. ('{"a":1},'):rep(2000) .. "1" .. ("]"):rep(900))`,
		`return require("csv").parse(("a,b\n"):rep(2^16))`,
		`local s = ("x"):rep(2^18) return require("csv").encode({{s, s, s, s, s, s, s, s}})`,
		`return os.date(("%c"):rep(2^17))`,
		`local s = ("x"):rep(2^19) .. "x" error(s .. s:sub(1, 2^18))`,
		`return assert(loadstring("return {" .. ("1,"):rep(2^17) .. "}"))`,
		`return load(function() return ("x"):rep(1000) end)`,
		`return require(("x"):rep(2^19))`,
	} {
		chunk, _ := s.LoadString(code, "t.lua")
		if _, err := s.CallContext(t.Context(), chunk); err == nil || !strings.Contains(err.Error(), "not enough memory") {
			t.Errorf("%s: %v", code, err)
		}
	}
}
