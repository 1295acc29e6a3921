package luavm

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

func TestStopEndsLoopsThroughPcall(t *testing.T) {
	cause := errors.New("time is over")
	for _, source := range []string{
		"while true do end",
		"repeat until false",
		"for i = 1, math.huge do end",
		"for i = 1, 1e300, 1 / 2 do end",
		"::top:: goto top",
		"while true do pcall(function() while true do end end) end",
		"local function f() return f() end f()",
		"for k in function() return 1 end do end",
		"coroutine.wrap(function() while true do end end)()",
		"setmetatable({}, { __index = function() while true do end end }).x()",
		"xpcall(function() while true do end end, print)",
	} {
		var out strings.Builder
		s, _ := newTestState(t, &out)
		openTestLibraries(s, &out)
		f, err := s.Load([]byte(source), "@x.lua", s.Globals)
		if err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(10*time.Millisecond, func() { s.Stop(cause) })
		if _, err = s.Call(f.Value()); !errors.Is(err, cause) || err.Error() != "x.lua:1: time is over" {
			t.Errorf("%s ends with %v", source, err)
		}
		timer.Stop()
		s.Resume()
		if f, _ = s.Load([]byte("return 1"), "=x", s.Globals); f != nil {
			if results, err := s.Call(f.Value()); err != nil || len(results) != 1 {
				t.Errorf("after %s, the state returns %v, %v", source, results, err)
			}
		}
	}
}

func TestTracebackNamesTheCalls(t *testing.T) {
	_, err := runSource(t, `
local t = {}
function t.field() error("boom") end
function global() t.field() end
local function loc() global() return 1 end
function t:method() loc() return 1 end
t:method()
`, nil)
	e := (*Error)(nil)
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	const want = `stack traceback:
	[C]: in function 'error'
	x.lua:3: in function 'field'
	x.lua:4: in function 'global'
	x.lua:5: in function 'loc'
	x.lua:6: in function 'method'
	x.lua:7: in main chunk`
	if e.Error() != "x.lua:3: boom" || e.Traceback != want {
		t.Errorf("%s\n%s\nwant\n%s", e.Error(), e.Traceback, want)
	}
}

func TestMemoryLimitEndsAScriptThatKeepsWhatItAllocates(t *testing.T) {
	const limit = 8 << 20
	for _, source := range []string{
		"local t = {} for i = 1, 1e9 do t[i] = i end",
		"local s = 'x' for i = 1, 1e9 do s = s .. s end",
		"local t = {} for i = 1, 1e9 do t[#t + 1] = {} end",
		"local t = {} for i = 1, 1e9 do t['k' .. i] = function() return i end end",
		"local t = {} for i = 1, 1e9 do t[i] = coroutine.create(print) end",
		"local function f(...) return f(1, ...) end local t = {} for i = 1, 1e9 do t = {t} end",
	} {
		var out strings.Builder
		s, _ := newTestState(t, &out)
		full := errors.New("full")
		used := int64(0)
		s.LimitMemory(limit, func(n int64) {
			used = n
			s.Stop(full)
		})
		f, err := s.Load([]byte(source), "@x.lua", s.Globals)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = s.Call(f.Value()); !errors.Is(err, full) && err.Error() != NoRoom {
			t.Errorf("%s ends with %v", source, err)
		}
		if used > 3*limit {
			t.Errorf("%s used %d bytes", source, used)
		}
	}
}

func TestMemoryLimitLeavesGarbageAlone(t *testing.T) {
	_, err := runSource(t, `
local t
for i = 1, 300000 do t = {i, tostring(i), {}} end
local s = "" for i = 1, 3000 do s = s .. "0123456789" end`, func(s *State, _ *lua.LState) {
		s.LimitMemory(1<<20, func(n int64) { s.Stop(fmt.Errorf("%d bytes", n)) })
	})
	if err != nil {
		t.Error(err)
	}
}

// TestMemoryCountsEachValueOnce wants the size of a table of known values.
func TestMemoryCountsEachValueOnce(t *testing.T) {
	s := NewState()
	before := s.Memory()
	text := NewString(strings.Repeat("x", 1<<20)).Value()
	table := NewTable(2, 1)
	table.SetInt(1, text)
	table.SetInt(2, text)
	table.SetString("self", table.Value())
	s.Globals.SetString("t", table.Value())
	if got := s.Memory() - before; got < 1<<20 || got > 1<<20+1000 {
		t.Errorf("a text of 1 MiB, twice in a table, takes %d bytes", got)
	}
}

func TestDeepRecursionIsAnErrorAtOnce(t *testing.T) {
	out, err := runSource(t, `
local depth = 0
local function f() depth = depth + 1 return 1 + f() end
local ok, message = pcall(f)
print(ok, message, depth > 21000)
print(xpcall(f, function(m) return "handled: " .. m end))
print(xpcall(f, function(m) return f() end))
print(pcall(type, 3))
`, nil)
	want := "false\tx.lua:3: stack overflow\ttrue\nfalse\thandled: x.lua:3: stack overflow\nfalse\terror in error handling\ntrue\tnumber\n"
	if err != nil || out != want {
		t.Errorf("%q, %v; want %q", out, err, want)
	}
}

func TestCompilingManyRowsTakesLinearTime(t *testing.T) {
	var b strings.Builder
	b.WriteString("return {\n")
	const rows = 100_000
	for range rows {
		b.WriteString("{ code = 'x', price = 1.5, 3 },\n")
	}
	b.WriteString("}")
	var out strings.Builder
	s, _ := newTestState(t, &out)
	f, err := s.Load([]byte(b.String()), "@rows.lua", s.Globals)
	if err != nil {
		t.Fatal(err)
	}
	results, err := s.Call(f.Value())
	if err != nil || results[0].table().Len() != rows {
		t.Errorf("%v, %v", results, err)
	}
}
