package host

import (
	"context"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestStandardFiles has all that writes to the standard output keep its order, and
// wait for the flush.
func TestStandardFiles(t *testing.T) {
	s, buf := newTestState(t)
	if err := runString(s, `
		print("a") io.write("b", 1, "\n") io.stdout:write("c\n") print("d", 2)
		assert(io.type(io.stdout) == "file" and io.output() == io.stdout)`); err != nil {
		t.Fatal(err)
	}
	if buf.Len() != 0 {
		t.Errorf("written before the flush: %q", buf.String())
	}
	if err := runString(s, `io.flush() io.stdout:flush()`); err != nil {
		t.Fatal(err)
	}
	if buf.String() != "a\nb1\nc\nd\t2\n" {
		t.Errorf("written: %q", buf.String())
	}
}

// TestPrintWithinPrint prints from __tostring: both lines are whole.
func TestPrintWithinPrint(t *testing.T) {
	s, buf := newTestState(t)
	if err := runString(s, `
		local loud = setmetatable({}, {__tostring = function() print("within", 1) return "loud" end})
		print("before", loud, "after")
		pcall(print, "lost", setmetatable({}, {__tostring = error}))
		print("last")
		io.flush()`); err != nil {
		t.Fatal(err)
	}
	if buf.String() != "within\t1\nbefore\tloud\tafter\nlast\n" {
		t.Errorf("written: %q", buf.String())
	}
}

// TestPrintCallsTheGlobalToString, as LuaJIT's does: the output is LuaJIT's.
func TestPrintCallsTheGlobalToString(t *testing.T) {
	s, buf := newTestState(t)
	if err := runString(s, `
		local builtin, write = tostring, io.write
		local function try(...) local _, message = pcall(print, ...) write(builtin(message), "\n") end
		function tostring(v) return "<" .. builtin(v) .. ">" end
		print(1, "a", nil, true)
		function tostring() return 5 end
		print("x")
		function tostring() return {} end
		try("x")
		tostring = nil
		try("x")
		try()
		tostring = 5
		try("x")
		tostring = setmetatable({}, {__call = function(_, v) return "called " .. builtin(v) end})
		print(7, "s")
		tostring = nil
		setmetatable(_G, {__index = function(_, name) if name == "tostring" then return builtin end end})
		print(8, "s")
		setmetatable(_G, nil)
		tostring = builtin
		coroutine.wrap(function() setfenv(0, {tostring = function() return "of the thread" end}) print("x") end)()
		function tostring() error("no text", 0) end
		try("x")
		tostring = builtin
		print("end")
		io.flush()`); err != nil {
		t.Fatal(err)
	}
	const want = `<1>	<a>	<nil>	<true>
5
'tostring' must return a string to 'print'
attempt to call a nil value

nil
attempt to call a number value
called 7	called s
8	s
of the thread
no text
end
`
	if buf.String() != want {
		t.Errorf("written:\n%s", buf.String())
	}
}

// TestPipeThatNobodyWritesEndsWithTheScript loads a named pipe as a script and as a module
// that a caller's context ends.
func TestPipeThatNobodyWritesEndsWithTheScript(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	writer, err := syscall.Open(pipe, syscall.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(writer)
	s, _ := newTestState(t)
	chunk, err := s.LoadString("dofile(...)", "=load")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := s.CallContext(ctx, chunk, pipe)
		done <- err
	}()
	select {
	case err := <-done:
		if err == nil {
			t.Error("a script of a pipe without end came to its end")
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the script waits although its context is done")
	}
}
