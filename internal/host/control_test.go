package host

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"microts/internal/luavm"
)

// newWatchedState makes a state whose scripts have a function started, which closes
// the channel that newWatchedState returns.
func newWatchedState(t *testing.T) (s *State, started <-chan struct{}) {
	t.Helper()
	s, _ = newTestState(t)
	c := make(chan struct{})
	start := sync.OnceFunc(func() { close(c) })
	s.Lua.Globals.SetFunctions(map[string]luavm.Native{"started": func(c *luavm.Call) { start(); c.Return() }})
	return s, c
}

// endless are Lua chunks that run for ever once they have called started, or soon
// after.
var endless = []struct{ name, code string }{
	{"while", `started() while true do end`},
	{"repeat", `started() repeat until false`},
	{"for", `started() for i = 1, math.huge do end`},
	{"generic for", `started() for _ in function() return 1 end do end`},
	{"goto", `started() ::again:: goto again`},
	{"tail call", `started() local function f() return f() end f()`},
	{"pcall", `started() while true do pcall(function() while true do end end) end`},
	{"xpcall", `started() while true do xpcall(function() while true do end end, function() while true do end end) end`},
	{"coroutine", `coroutine.wrap(function() started() while true do end end)()`},
	{"coroutines", `started() local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end`},
	{"resumed", `started() while true do coroutine.resume(coroutine.create(function() while true do end end)) end`},
	{"after an error of coroutine.create", `pcall(coroutine.create, 1) started() while true do end`},
	{"after an error of coroutine.wrap", `pcall(coroutine.wrap) started() while true do end`},
	{"metamethod", `local t = setmetatable({}, {__index = function() started() while true do end end}) return t.x`},
	{"sort", `local t = {} for i = 1, 100 do t[i] = i end started() while true do table.sort(t, function(a, b) return a > b end) end`},
	{"gsub", `started() while true do string.gsub("xxxx", "x", function() while true do end end) end`},
	{"pattern", `started() string.find(("a"):rep(30), ("a*"):rep(30) .. "b")`},
	{"string building", `started() local s = "x" while true do s = (s .. "x"):sub(1, 5) end`},
	{"pattern of brackets", `local s = ("("):rep(3e5) started() while true do s:find("%b()") end`},
	{"gsub of a long string", `local s = ("a"):rep(3e6) started() while true do s:gsub("b", "c") end`},
	{"cjson.encode", `local t = {1} for i = 1, 40 do t = {t, t} end started() require("cjson").encode(t)`},
	{"cjson.decode", `local s = "[" .. ("1,"):rep(3e5) .. "1]" started() while true do require("cjson").decode(s) end`},
	{"table.move", `started() table.move({}, 1, 2^31 - 1, 2)`},
	{"table.concat", `local t = {} for i = 1, 1e5 do t[i] = "" end started() while true do table.concat(t, ("x"):rep(100)) end`},
	{"table.sort", `local t = {} for i = 1, 1e5 do t[i] = i * 7919 % 100003 end started() while true do table.sort(t) t[1], t[1e5] = t[1e5], t[1] end`},
	{"string.rep", `started() while true do ("x"):rep(1e6, "y") end`},
	{"digests", `local s = ("x"):rep(1e7) started() while true do require("md5").sum(s) end`},
	{"csv.parse", `local s = ("a,b\n"):rep(1e5) started() while true do require("csv").parse(s) end`},
	{"csv.lines", `local next = require("csv").lines("/dev/zero") started() next()`},
	{"os.date", `local f = ("%c"):rep(1e6) started() while true do os.date(f) end`},
	{"load", `local s = "return {" .. ("a.b.c,"):rep(1e5) .. "}" started() while true do loadstring(s) end`},
	{"many calls of pcall", `local function f() started() return 1 + select(2, pcall(f)) end while true do pcall(f) end`},
	{"os.exit", `started() pcall(function() while true do end end) os.exit(0)`},
	{"sleep", `started() while true do require("socket").sleep(100) end`},
	{"other programs", `started() while true do os.execute("sleep 100") end`},
	{"pipe", `local f = io.popen("echo ready; exec sleep 100") f:read() started() return f:read("*a")`},
}

// TestWatchEndsEverything ends what would run for ever; the state lives on.
func TestWatchEndsEverything(t *testing.T) {
	for _, c := range endless {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, started := newWatchedState(t)
			chunk, err := s.LoadString(c.code, "t.lua")
			if err != nil {
				t.Fatal(err)
			}
			because := errors.New("because of the test")
			ctx, cancel := context.WithCancelCause(t.Context())
			go func() {
				<-started
				cancel(because)
			}()
			_, err = s.CallContext(ctx, chunk)
			e := (*ScriptError)(nil)
			if !errors.As(err, &e) || e.Cause != because || !strings.Contains(e.Message, "because of the test") {
				t.Errorf("%v", err)
			}
			if err := runString(s, `local n = 0 for i = 1, 10 do n = n + i end assert(n == 55)`); err != nil {
				t.Errorf("the state is unusable: %v", err)
			}
		})
	}
}

// TestAScriptThatIsToEndIsNotDone ends scripts that catch the error and then come to
// their end.
func TestAScriptThatIsToEndIsNotDone(t *testing.T) {
	for _, code := range []string{
		`pcall(function() started() while true do end end) return 1`,
		`xpcall(function() started() while true do end end, function() end) return 1`,
		`coroutine.resume(coroutine.create(function() started() while true do end end)) return 1`,
	} {
		s, started := newWatchedState(t)
		chunk, err := s.LoadString(code, "t.lua")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-started
			cancel()
		}()
		if results, err := s.CallContext(ctx, chunk); err == nil {
			t.Errorf("%s returned %v", code, results)
		}
	}
}

// TestCoroutinesNest resumes coroutines one within the other.
func TestCoroutinesNest(t *testing.T) {
	s, _ := newTestState(t)
	err := runString(s, `
		local function deepest(resume)
			local n = 0
			local function f() n = n + 1 return resume(f) end
			local ok, message = pcall(f)
			return n, tostring(message)
		end
		local n, message = deepest(function(f) return coroutine.wrap(f)() end)
		assert(n >= 190 and message:find("C stack overflow"), n .. message)
		n, message = deepest(function(f)
			local ok, message = coroutine.resume(coroutine.create(f))
			if not ok then error(message, 0) end
		end)
		assert(n >= 190 and message:find("C stack overflow"), n .. message)

		-- many calls in each
		local function calls(n, f) if n == 0 then return f() end return 1 + calls(n - 1, f) end
		n, message = deepest(function(f) return coroutine.wrap(function() return calls(15000, f) end)() end)
		assert(message:find("C stack overflow"), n .. message)

		-- one after the other, and resumed again
		for i = 1, 1000 do
			local co = coroutine.wrap(function() coroutine.yield(1) return 2 end)
			assert(co() == 1 and co() == 2)
		end`)
	if err != nil {
		t.Error(err)
	}
}

// TestWatchEndsARunningProgram ends a command of os.execute in its midst.
func TestWatchEndsARunningProgram(t *testing.T) {
	started := make(chan struct{})
	start := sync.OnceFunc(func() { close(started) })
	stderr := writerFunc(func([]byte) { start() })
	var out strings.Builder
	s := New(Options{Out: NewOutput(&out, nil), Err: stderr, Exit: func(int) {}})
	defer s.Close()
	chunk, err := s.LoadString(`os.execute("echo started >&2; sleep 100")`, "t.lua")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-started
		cancel()
	}()
	if _, err := s.CallContext(ctx, chunk); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("%v", err)
	}
}

// writerFunc is called with what is written.
type writerFunc func([]byte)

func (f writerFunc) Write(p []byte) (int, error) {
	f(p)
	return len(p), nil
}

// TestCoroutinesOutliveAnInterrupt resumes a coroutine that was made before one.
func TestCoroutinesOutliveAnInterrupt(t *testing.T) {
	s, started := newWatchedState(t)
	run := func(ctx context.Context, code string) error {
		chunk, err := s.LoadString(code, "t.lua")
		if err == nil {
			_, err = s.CallContext(ctx, chunk)
		}
		return err
	}
	ended, cancel := context.WithCancel(t.Context())
	if err := run(ended, `co = coroutine.wrap(function() for i = 1, 100 do coroutine.yield(i) end started() while true do end end) assert(co() == 1)`); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := run(ended, `while true do end`); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("%v", err)
	}
	if err := run(t.Context(), `for i = 2, 100 do assert(co() == i) end`); err != nil {
		t.Error(err)
	}
	ended, cancel = context.WithCancel(t.Context())
	go func() {
		<-started
		cancel()
	}()
	if err := run(ended, `co()`); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("the coroutine's loop: %v", err)
	}
}

// TestCoroutinesAreSmall keeps many coroutines alive.
func TestCoroutinesAreSmall(t *testing.T) {
	s, _ := newTestState(t)
	if err := runFile(s, "control/coroutines.lua"); err != nil {
		t.Error(err)
	}
}
