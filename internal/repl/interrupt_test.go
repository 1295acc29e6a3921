package repl

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"microts/internal/luavm"
)

// interruptWhenRunning interrupts a console when Lua calls running().
func interruptWhenRunning(t *testing.T, r *REPL) {
	t.Helper()
	running, ended := make(chan struct{}), make(chan struct{})
	r.L.Globals.SetFunctions(map[string]luavm.Native{"running": func(c *luavm.Call) {
		running <- struct{}{}
		c.Return()
	}})
	go func() {
		defer close(ended)
		for range running {
			r.Interrupt()
		}
	}()
	t.Cleanup(func() {
		close(running)
		<-ended
	})
}

// TestInterrupt ends what runs for long, in Lua and in Go.
func TestInterrupt(t *testing.T) {
	r, buf := newREPL(t)
	typed(r, buf, `for i = 1, 200000 do db:put("S", 1, i, 0, "x") end keep = 1`)
	typed(r, buf, `endless = newproxy(true) getmetatable(endless).__tostring = function() running() while true do end end`)
	interruptWhenRunning(t, r)
	file := filepath.Join(t.TempDir(), "endless.lua")
	if err := os.WriteFile(file, []byte("running() while true do end"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"running() while true do end",
		"running() while true do pcall(function() while true do end end) end",
		`running() while true do for us in db:scan("S", 1, 0, 2^53 - 1) do end end`,
		`running() while true do db:count("S", 1) end`,
		`running() return ("a"):rep(40):find(("a*"):rep(30) .. "b")`,
		`running() require("socket").sleep(60)`,
		`local t = {1} for i = 1, 40 do t = {t, t} end running() return #require("cjson").encode(t)`,
		`local t = {} running() return table.move(t, 1, 2^31 - 3, 2)`,
		`running() coroutine.wrap(function() while true do end end)()`,
		`running() local s = "" while true do s = s .. "x" if #s > 1000 then s = "" end end`,
		"return endless",
		".load " + file,
	} {
		start := time.Now()
		got := typed(r, buf, text)
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s took %v", text, took)
		}
		if !strings.Contains(got, "interrupted") {
			t.Errorf("%s: %s", text, got)
		}
		if got := typed(r, buf, "keep"); got != "1" {
			t.Errorf("after %s: %s", text, got)
		}
	}
}

// TestInterruptCountsFromEnter interrupts a line that was taken and does not run
// yet: it never runs.
func TestInterruptCountsFromEnter(t *testing.T) {
	r, buf := newREPL(t)
	typed(r, buf, "keep = 1")
	for _, line := range []string{"keep = 2", "while true do end", "= = syntax", ".close", ".count S 600000", ".edit", ".quit"} {
		r.take()
		r.Interrupt()
		if got := typed(r, buf, line); got != "interrupted" {
			t.Errorf("%s: %s", line, got)
		}
		if got := typed(r, buf, "keep, db:count('S', 600000)"); got != "1\n100" {
			t.Errorf("after %s: %s", line, got)
		}
	}
}

// TestInterruptEndsShowing shows long values after an interrupt: most of them is left
// out.
func TestInterruptEndsShowing(t *testing.T) {
	r, buf := newREPL(t)
	typed(r, buf, "numbers, rows = {}, {} for i = 1, 1000 do numbers[i] = i rows[i] = {value = i} end")
	for _, c := range []struct{ name, want string }{
		{"numbers", "{ ... 1000 more }"},
		{"rows", "value"},
	} {
		r.take()
		r.Interrupt()
		buf.Reset()
		r.showValue(nil, r.L.Globals.GetString(c.name), true)
		r.release()
		_ = r.Out.Flush()
		if got := buf.String(); !strings.Contains(got, c.want) || strings.Contains(got, "999") {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

// TestInterruptEndsNoLaterLine interrupts while no line is taken.
func TestInterruptEndsNoLaterLine(t *testing.T) {
	r, buf := newREPL(t)
	for _, line := range []string{"1 + 1", "1 + 1", "error('x')", "1 + 1"} {
		r.Interrupt()
		if got := typed(r, buf, line); strings.Contains(got, "interrupted") {
			t.Errorf("%s: %s", line, got)
		}
	}
}

// TestInterruptOfAnEditorProgram interrupts while .edit waits for the program: the
// interrupt is the program's, and the Lua chunk runs.
func TestInterruptOfAnEditorProgram(t *testing.T) {
	r, buf := newREPL(t)
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("VISUAL", "")
	t.Setenv("EDITOR", fmt.Sprintf("cat %s >/dev/null", fifo)) // runs until the FIFO is closed
	typed(r, buf, "1 + 1")
	interrupted := make(chan error)
	go func() {
		f, err := os.OpenFile(fifo, os.O_WRONLY, 0)
		if err == nil {
			r.Interrupt()
			err = f.Close()
		}
		interrupted <- err
	}()
	if got := typed(r, buf, ".edit"); got != "1 + 1\n2" {
		t.Error(got)
	}
	if err := <-interrupted; err != nil {
		t.Error(err)
	}
}
