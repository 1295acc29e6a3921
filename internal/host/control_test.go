package host

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"
)

// endless are chunks that run for ever.
var endless = map[string]string{
	"while":           `while true do end`,
	"repeat":          `repeat until false`,
	"for":             `for i = 1, math.huge do end`,
	"generic for":     `for _ in function() return 1 end do end`,
	"goto":            `::again:: goto again`,
	"tail call":       `local function f() return f() end f()`,
	"pcall":           `while true do pcall(function() while true do end end) end`,
	"xpcall":          `while true do xpcall(function() while true do end end, function() while true do end end) end`,
	"coroutine":       `coroutine.wrap(function() while true do end end)()`,
	"coroutines":      `local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end`,
	"resumed":         `while true do coroutine.resume(coroutine.create(function() while true do end end)) end`,
	"metamethod":      `local t = setmetatable({}, {__index = function() while true do end end}) return t.x`,
	"sort":            `local t = {} for i = 1, 100 do t[i] = i end while true do table.sort(t, function(a, b) return a > b end) end`,
	"gsub":            `while true do string.gsub("xxxx", "x", function() while true do end end) end`,
	"pattern":         `string.find(("a"):rep(30), ("a*"):rep(30) .. "b")`,
	"sleep":           `while true do require("socket").sleep(100) end`,
	"other programs":  `while true do os.execute("sleep 100") end`,
	"pipe":            `return io.popen("sleep 100"):read("*a")`,
	"string building": `local s = "x" while true do s = (s .. "x"):sub(1, 5) end`,
}

// TestWatchEndsEverything ends what would run for ever; the state lives on.
func TestWatchEndsEverything(t *testing.T) {
	for name, code := range endless {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := newTestState(t)
			chunk, err := s.LoadString(code, "t.lua")
			if err != nil {
				t.Fatal(err)
			}
			because := errors.New("because of the test")
			ctx, cancel := context.WithCancelCause(t.Context())
			stop := time.AfterFunc(30*time.Millisecond, func() { cancel(because) })
			defer stop.Stop()
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

// TestCoroutinesOutliveAnInterrupt resumes a coroutine that was made before one.
func TestCoroutinesOutliveAnInterrupt(t *testing.T) {
	s, _ := newTestState(t)
	run := func(ctx context.Context, code string) error {
		chunk, err := s.LoadString(code, "t.lua")
		if err == nil {
			_, err = s.CallContext(ctx, chunk)
		}
		return err
	}
	ended, cancel := context.WithCancel(t.Context())
	if err := run(ended, `co = coroutine.wrap(function() for i = 1, 100 do coroutine.yield(i) end while true do end end) assert(co() == 1)`); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := run(ended, `while true do end`); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("%v", err)
	}
	if err := run(t.Context(), `for i = 2, 100 do assert(co() == i) end`); err != nil {
		t.Error(err)
	}
	soon, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if err := run(soon, `co()`); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("the coroutine's loop: %v", err)
	}
}

func TestExitWithinCalls(t *testing.T) {
	code, after := -1, false
	var out strings.Builder
	done := make(chan struct{})
	go func() {
		defer close(done)
		s := New(Options{Out: NewOutput(&out, nil), Exit: func(c int) { code = c; runtime.Goexit() }})
		defer s.Close()
		chunk, _ := s.LoadString(`pcall(function() coroutine.wrap(function() os.exit(7) end)() end) print("after")`, "t.lua")
		_, _ = s.Call(chunk)
		after = true
	}()
	<-done
	if code != 7 || after || strings.Contains(out.String(), "after") {
		t.Errorf("code %d, after %v, %q", code, after, out.String())
	}
}

// TestProgramsOutliveAChunk reads in one chunk of a console from a program that an
// earlier one started; the end of the state ends it.
func TestProgramsOutliveAChunk(t *testing.T) {
	var out strings.Builder
	s := New(Options{Out: NewOutput(&out, nil), Exit: func(int) {}})
	for _, code := range []string{
		`f = io.popen("echo first; echo second; exec sleep 100")`,
		`assert(f:read() == "first")`, `assert(f:read() == "second")`,
	} {
		chunk, err := s.LoadString(code, "t.lua")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.CallContext(t.Context(), chunk); err != nil {
			t.Fatal(err)
		}
	}
	program := s.programs[0]
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if program.ProcessState == nil || !strings.Contains(program.ProcessState.String(), "killed") {
		t.Errorf("the program: %v", program.ProcessState)
	}
}
