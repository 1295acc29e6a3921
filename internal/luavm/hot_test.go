package luavm

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"microts/internal/luavm/code"
	"microts/internal/luavm/numeric"
	"microts/internal/luavm/syntax"
)

// interpretOnly makes f, and the functions in it, run without machine code.
func interpretOnly(fn *function) {
	copy(fn.code, fn.proto.Code)
	for i := range fn.proto.Protos {
		interpretOnly(fn.innerFunction(i))
	}
}

// compileAtOnce makes loops hot after their first iterations.
func compileAtOnce(fn *function) {
	for pc, i := range fn.code {
		if i.Op() == code.WarmLoop {
			fn.code[pc] = i.WithBC(math.MaxUint16 - 3)
		}
	}
	for i := range fn.proto.Protos {
		compileAtOnce(fn.innerFunction(i))
	}
}

// native counts the loops of f, and of the functions in it, that run as machine code.
func native(fn *function) (n int) {
	for _, i := range fn.code {
		if i.Op() == code.NativeLoop {
			n++
		}
	}
	for i := range fn.proto.Protos {
		n += native(fn.innerFunction(i))
	}
	return n
}

// runLoops runs a program, which calls result(...) with what it computes, and returns all that
// as text, numbers with their bits. Of a NaN that an operation makes of two NaNs, Go does not say
// which sign it has, so all NaNs are the same here.
func runLoops(t *testing.T, source string, prepare func(*function)) (got string, f *Closure) {
	t.Helper()
	var b strings.Builder
	s, _ := newTestState(t, &b)
	openTestLibraries(s, &b)
	s.Globals.setNative("result", func(c *Call) {
		for i := 1; i <= c.NumArgs(); i++ {
			switch v := c.Arg(i); {
			case v.isNumber() && v.float() != v.float():
				b.WriteString(" nan")
				if v.n>>48 == tags>>48 {
					t.Errorf("a NaN has the bits of a tag, %x", v.n)
				}
			case v.isNumber():
				fmt.Fprintf(&b, " %v(%x)", v.float(), v.n)
			default:
				fmt.Fprintf(&b, " %s", c.th.ToString(v).text())
			}
		}
		b.WriteByte('\n')
		c.Return()
	})
	s.Globals.setNative("join", func(c *Call) {
		JoinUpvalues(c.Arg(1), c.Int(2), c.Arg(3), c.Int(4))
		c.Return()
	})
	f, err := s.Load([]byte(source), "@loops.lua", s.Globals)
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	prepare(f.fn)
	if _, err := s.Call(f.Value()); err != nil {
		var e *Error
		if !errors.As(err, &e) {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, " error %s\n", err)
	}
	return b.String(), f
}

// TestRandomLoopsAnswerAsTheInterpreter runs random loops as machine code and without it:
// each result has the same bits, and each error the same message. MICROTS_ROUNDS times as
// many run if it is set.
func TestRandomLoopsAnswerAsTheInterpreter(t *testing.T) {
	rounds := 1
	if n, err := strconv.Atoi(os.Getenv("MICROTS_ROUNDS")); err == nil {
		rounds = n
	}
	loops := 0
	programs := 500 * rounds
	if testing.Short() {
		programs = 100
	}
	for seed := range uint64(programs) {
		source := loopProgram(seed)
		want, _ := runLoops(t, source, interpretOnly)
		got, f := runLoops(t, source, compileAtOnce)
		loops += native(f.fn)
		if got != want {
			t.Fatalf("seed %d: %s\n%s", seed, firstDifference(got, want), source)
		}
	}
	if want := programs; loops < want {
		t.Errorf("only %d loops ran as machine code, fewer than %d", loops, want)
	}
}

// TestLoopsRunAsMachineCode names what is compiled: loops that the documentation promises.
func TestLoopsRunAsMachineCode(t *testing.T) {
	const set = "local a, o, s = { 1, 2, 3 }, { x = 1 }, 0 local f = math.floor local function g() s = s + 1 end "
	for name, source := range map[string]string{
		"locals":           set + "for i = 1, 100 do s = s + i * 2 % 7 end result(s)",
		"nested":           set + "for i = 1, 100 do for j = i, 1, -1 do s = s + j end end result(s)",
		"while":            set + "local i = 0 while i < 100 do i = i + 1 if i ~= 50 then s = s - i end end result(s)",
		"repeat":           set + "local i = 0 repeat i = i + 0.5 local j = i until j > 50 result(i)",
		"goto":             set + "for i = 1, 100 do if i % 2 == 0 then goto next end s = s + i ::next:: end result(s)",
		"arrays":           set + "for i = 1, 100 do a[i] = (a[i - 1] or 1) + #a s = s + a[i] end result(s)",
		"fields":           set + "for i = 1, 100 do o.x = o.x + i s = s + o.x end result(s)",
		"globals":          set + "n = 1 for i = 1, 100 do n = n + math.sqrt(i) end result(n)",
		"functions":        set + "for i = 1, 100 do s = s + f(i / 3) + math.abs(-i) + math.sin(i) ^ 2 + math.max(i, s % 5) - math.min(i, 7) end result(s)",
		"upvalues":         set + "local function h() for i = 1, 100 do s = s + i end end h() result(s)",
		"booleans":         set + "local b = {} for i = 1, 100 do b[i] = i > 3 if not b[i] then s = s + 1 end end result(s)",
		"rare calls":       set + "for i = 1, 100 do if i == 70 then g() end s = s + i end result(s)",
		"calls":            set + "local function h(x, y) if x > y then return x - y end return y * o.x end for i = 1, 100 do s = s + h(i, 50) end result(s)",
		"shared variables": set + "local v, h = 0, nil for i = 1, 100 do v = v + i if i % 50 == 0 then h = h or function() v = v + 1 return v end s = s + h() end end result(s, v)",
		"break":            set + "for r = 1, 100 do for i = 1, 9 do if i > 5 then break end s = s + i end end result(s)",
	} {
		t.Run(name, func(t *testing.T) {
			want, _ := runLoops(t, source, interpretOnly)
			got, f := runLoops(t, source, compileAtOnce)
			if got != want {
				t.Error(firstDifference(got, want))
			}
			if native(f.fn) == 0 {
				t.Error("no loop ran as machine code")
			}
		})
	}
}

// TestLoopsThatLeaveMachineCode runs loops whose fast way would be wrong.
func TestLoopsThatLeaveMachineCode(t *testing.T) {
	for name, source := range map[string]string{
		"an upvalue of a called function that the loop writes": `
local s, v = 0, 0 local function h(x) return x + v end for i = 1, 100 do v = v + i s = s + h(i) end result(s)`,
		"an upvalue of both functions": `
local s, v = 0, 0 local function h(x) return x + v end
local function r() for i = 1, 100 do v = v + i s = s + h(i) end end r() result(s)`,
		"a joined upvalue of a called function": `
local s, v, w = 0, 0, 1 local function h(x) return x + w end local function get() return v end
join(h, 1, get, 1) for i = 1, 100 do v = v + i s = s + h(i) end result(s)`,
		"an upvalue that is joined later": `
local s, v, w = 0, 0, 1 local function h(x) return x + w end local function get() return v end
for i = 1, 100 do v = v + i if i == 50 then join(h, 1, get, 1) end s = s + h(i) end result(s)`,
		"joined upvalues": `
local a, b = 0, 0 local function f() for i = 1, 100 do a = a + 1 b = b + 1 end return a, b end join(f, 1, f, 2) result(f())`,
		"keys beyond the array": `
local t
for r = 1, 50 do t = { 1, 2, 3 } t[9] = -9 for i = 4, 8 do t[i] = i end result(#t) end`,
		"the length of an array with keys beyond it": `
local s, t = 0, { 1, 2, 3 } t[5] = 5 for i = 1, 100 do if i > 60 then t[4] = 4 end s = s + #t end result(s)`,
		"a variable of a function that is returned": `
local function make() local v = 0 local function f() return v end for i = 1, 100 do v = v + i end return f end result(make()())`,
		"a metamethod that a table gets": `
local m = { __index = 5, n = 1 } local t = setmetatable({}, { __index = m })
for i = 1, 100 do m.n = i if i == 50 then m.x = 7 end result(t.x) end`,
		"a nil in an array with a metatable": `
local a = setmetatable({ 1, 2, 3 }, { __index = function() return 10 end, __newindex = function() result("new") end })
local s = 0 for i = 1, 100 do s = s + a[i % 3 + 1] if i == 90 then a[2] = nil end end a[2] = 5 result(s)`,
	} {
		t.Run(name, func(t *testing.T) {
			want, _ := runLoops(t, source, interpretOnly)
			got, _ := runLoops(t, source, compileAtOnce)
			if got != want {
				t.Error(firstDifference(got, want))
			}
		})
	}
}

// TestLoopsStayInTheInterpreter names loops that machine code would not make faster: they
// leave it in each iteration, or soon.
func TestLoopsStayInTheInterpreter(t *testing.T) {
	for name, source := range map[string]string{
		"calls":          "local n = 0 local function f() n = n + 1 end for i = 1, 1e5 do f() end",
		"tables":         "for i = 1, 1e5 do local t = { i } end",
		"strings":        "for i = 1, 1e5 do local s = i .. '' end",
		"other types":    "local t, x = { 1, 'a' }, 0 for r = 1, 1e5 do for i = 2, 4 do if t[2] == 1 then x = x + t[i] end end end",
		"few iterations": "local x = 0 local function f() for i = 1, 2 do x = x + i end end for i = 1, 1e5 do f() end",
	} {
		t.Run(name, func(t *testing.T) {
			if _, f := runLoops(t, source, compileAtOnce); native(f.fn) != 0 {
				t.Error("a loop still runs as machine code")
			}
		})
	}
}

// TestValuesOfOtherTypesLeaveMachineCode gives a loop that was compiled for numbers other
// values, at its beginning and on the way.
func TestValuesOfOtherTypesLeaveMachineCode(t *testing.T) {
	const source = `
local log = {}
local meta = { __add = function(a, b) log[#log + 1] = "add" return 5 end, __index = function(t, k) return k * 2 end,
	__newindex = function(t, k, v) log[#log + 1] = k rawset(t, k, v) end }
local function sum(a, s, n)
	for i = 1, n do
		a[i] = a[i] + 1
		s = s + a[i]
	end
	return s
end
local function array(n) local a = {} for i = 1, n do a[i] = i end return a end
result(sum(array(500), 0, 500))
result(sum(array(500), "10", 500))
result(sum(array(500), setmetatable({}, meta), 500))
result(sum(setmetatable({}, meta), 0, 500))
local a = array(500) a[250] = "250"
result(sum(a, 0, 500), a[250])
a = array(500) a[250] = setmetatable({}, meta)
result(sum(a, 0, 500), a[250])
a = array(500) a[250] = nil
result(pcall(sum, a, 0, 500)) result(a[249], a[251])
result(pcall(sum, array(500), nil, 500))
result(pcall(sum, nil, 0, 500))
result(pcall(sum, array(500), 0, "500"))
result(pcall(sum, array(500), 0, {}))
result(#log, log[1], log[#log])
`
	want, _ := runLoops(t, source, interpretOnly)
	got, f := runLoops(t, source, compileAtOnce)
	if got != want {
		t.Error(firstDifference(got, want))
	}
	if native(f.fn) == 0 {
		t.Error("no loop ran as machine code")
	}
}

func TestStopEndsLoopsInMachineCode(t *testing.T) {
	for _, source := range []string{
		"while true do end",
		"local x = 0 while true do x = x + 1 end",
		"local x = 0 for i = 1, 1e18 do for j = 1, 3 do x = x + j end end",
		"local x = 0 for i = 1, 1e18 do for j = 1, 1e18 do x = x + math.sin(j) ^ 1.5 end end",
		"pcall(function() local a = { 1 } repeat a[1] = a[1] + 1 until false end)",
	} {
		// On a busy machine the code may not be there yet: then once more, and later.
		for after := 20 * time.Millisecond; ; after *= 2 {
			s, _ := newTestState(t, &strings.Builder{})
			openTestLibraries(s, &strings.Builder{})
			f, err := s.Load([]byte(source), "@x.lua", s.Globals)
			if err != nil {
				t.Fatal(err)
			}
			compileAtOnce(f.fn)
			cause := errors.New("enough")
			time.AfterFunc(after, func() { s.Stop(cause) })
			if _, err = s.Call(f.Value()); !errors.Is(err, cause) {
				t.Errorf("%s: %v", source, err)
			}
			if native(f.fn) > 0 {
				break
			}
			if after > 10*time.Second {
				t.Fatalf("%s: no loop ran as machine code", source)
			}
		}
	}
}

// TestStatesShareMachineCode runs one Proto in several goroutines, while the collector runs.
func TestStatesShareMachineCode(t *testing.T) {
	const source = `
local list = {}
for i = 1, 200 do list[i] = { x = i, next = list[i - 1], values = { i } } end
local s = 0
for r = 1, 100 do
	local t = { 1 }
	for i = 1, 200 do
		local e = list[i]
		local v = e.values
		e.x = e.x + v[1]
		t[i] = e.x
		s = s + t[i]
	end
	local e = list[200]
	for i = 1, 199 do e = e.next s = s + e.x end
	list[r % 200 + 1].values = { r }
end
result(s)
`
	tree, err := syntax.Parse([]byte(source), "x.lua")
	if err != nil {
		t.Fatal(err)
	}
	p, err := code.Compile(tree, code.FileName("x.lua"))
	if err != nil {
		t.Fatal(err)
	}
	run := func(prepare func(*function)) float64 {
		s := NewState()
		defer s.Close()
		OpenBase(s, io.Discard)
		var x float64
		s.Globals.setNative("result", func(c *Call) { x = c.Number(1); c.Return() })
		f := s.Link(p, s.Globals)
		prepare(f.fn)
		if _, err := s.Call(f.Value()); err != nil {
			t.Error(err)
		}
		return x
	}
	want := run(interpretOnly)
	done := make(chan struct{})
	var collector, states sync.WaitGroup
	collector.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				runtime.GC()
			}
		}
	})
	for range 4 {
		states.Go(func() {
			for range 5 {
				if got := run(compileAtOnce); got != want {
					t.Errorf("got %v, want %v", got, want)
				}
			}
		})
	}
	states.Wait()
	close(done)
	collector.Wait()
}

// TestMachineCodeOfACollectedProtoIsFreed wants no reference from a loop to its Proto.
func TestMachineCodeOfACollectedProtoIsFreed(t *testing.T) {
	freed := make(chan struct{})
	func() {
		s := NewState()
		defer s.Close()
		f, err := s.Load([]byte("local x = 0 for i = 1, 1e4 do x = x + i end"), "@x.lua", s.Globals)
		if err != nil {
			t.Fatal(err)
		}
		compileAtOnce(f.fn)
		if _, err := s.Call(f.Value()); err != nil || native(f.fn) == 0 {
			t.Fatal(err, "no loop ran as machine code")
		}
		runtime.AddCleanup(f.fn.proto, func(c chan struct{}) { close(c) }, freed)
	}()
	for range 100 {
		runtime.GC()
		select {
		case <-freed:
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Error("the Proto is still there")
}

// TestWhatMachineCodeReliesOnInMemory pins how Go lays out slices, and that the heap lies
// in the window.
func TestWhatMachineCodeReliesOnInMemory(t *testing.T) {
	a := make([]Value, 3, 5)
	words := *(*[3]uintptr)(unsafe.Pointer(&a))
	if words != [3]uintptr{uintptr(unsafe.Pointer(&a[0])), 3, 5} {
		t.Errorf("a slice is %x", words)
	}
	for _, n := range []int{1, 1 << 10, 1 << 20} {
		if _, ok := numeric.InWindow(uintptr(unsafe.Pointer(&make([]Value, n)[0]))); !ok {
			t.Errorf("an array of %d values is not in the window", n)
		}
	}
	if unsafe.Sizeof(Value{}) != 16 {
		t.Error("a Value has not 16 bytes")
	}
}
