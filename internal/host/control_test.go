package host

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// newWatchedState makes a state whose scripts have a function started, which closes
// the channel that newWatchedState returns.
func newWatchedState(t *testing.T) (s *State, started <-chan struct{}) {
	t.Helper()
	s, _ = newTestState(t)
	c := make(chan struct{})
	start := sync.OnceFunc(func() { close(c) })
	s.Lua.SetGlobal("started", s.Lua.NewFunction(func(*lua.LState) int { start(); return 0 }))
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
