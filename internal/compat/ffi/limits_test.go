package ffi_test

import (
	"errors"
	"strings"
	"testing"

	"microts/internal/luavm"
)

// TestBuffersLargerThanTheRoomAreErrors wants the error before the memory is taken.
func TestBuffersLargerThanTheRoomAreErrors(t *testing.T) {
	for _, source := range []string{
		`return ffi.new("char[?]", 2e9)`,
		`return ffi.new("double[250000]")`,
		`return ffi.new("char *[?]", 50000, "text")`,
		`return ffi.cast("char *", ("x"):rep(1e6))`,
		`local b, t = ffi.new("char[500000]"), {} for i = 1, 10 do t[i] = ffi.string(b, 5e5) end`,
	} {
		s := newState(t)
		run(t, s, `ffi = require "ffi"`, "=x")
		s.LimitMemory(s.Memory()+1<<20, func(int64) {})
		f, err := s.Load([]byte(source), "=x", s.Globals)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = s.Call(f.Value()); err == nil || err.Error() != "not enough memory" {
			t.Errorf("%s: %v", source, err)
		}
	}
}

// TestWhatScriptsKeepIsMeasured keeps many small things.
func TestWhatScriptsKeepIsMeasured(t *testing.T) {
	errStop := errors.New("stop")
	for _, source := range []string{
		`local t = {} for i = 1, 1e7 do t[i] = ffi.new "char[100]" end`,
		`local t, b = {}, ffi.new "int[4]" for i = 1, 1e7 do t[i] = b + i end`,
		`local t, b = {}, ffi.new("int64_t[1]", 2^60) for i = 1, 1e7 do t[i] = b[0] end`,
		`local last for i = 1, 1e7 do local p = ffi.new "void *[1]" p[0] = last last = p end`,
		`local b = ffi.new "char *[20000]" for i = 0, 19999 do b[i] = ("x"):rep(600) end`,
	} {
		s := newState(t)
		run(t, s, `ffi = require "ffi"`, "=x")
		used, limit := int64(0), s.Memory()+4<<20
		s.LimitMemory(limit, func(n int64) {
			used = n
			s.Stop(errStop)
		})
		f, err := s.Load([]byte(source), "=x", s.Globals)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = s.Call(f.Value()); err != nil && strings.HasSuffix(err.Error(), luavm.NoRoom) {
			continue // the next piece alone was too much
		}
		if !errors.Is(err, errStop) {
			t.Errorf("%s: %v", source, err)
		}
		if used < limit || used > 2*limit {
			t.Errorf("%s: stopped with %d bytes of %d in use", source, used, limit)
		}
	}
}

// TestMemoryCountsABufferOnce points into one buffer many times, and from a buffer to itself.
func TestMemoryCountsABufferOnce(t *testing.T) {
	s := newState(t)
	run(t, s, `ffi = require "ffi" b = ffi.new "char[1000000]" p = {} for i = 1, 10 do p[i] = b + i end
		local other = ffi.new "void *[1]" ring = ffi.new "void *[1]" ring[0] = other other[0] = ring`, "=x")
	if n := s.Memory(); n < 1e6 || n > 1.5e6 {
		t.Errorf("%d bytes", n)
	}
	s.Globals.SetString("b", luavm.Nil)
	if n := s.Memory(); n < 1e6 {
		t.Errorf("%d bytes while pointers keep the buffer", n)
	}
	s.Globals.SetString("p", luavm.Nil)
	run(t, s, "local "+strings.Repeat("a, ", 100)+"b", "=x") // no slot of the stack holds it any more
	if n := s.Memory(); n > 1e6 {
		t.Errorf("%d bytes without the buffer", n)
	}
}

// TestLongListsEndWhenTheStateStops stops a state while an array is initialised.
func TestLongListsEndWhenTheStateStops(t *testing.T) {
	s := newState(t)
	f, err := s.Load([]byte(`local ffi, t = require "ffi", {} for i = 1, 1e5 do t[i] = i end while true do ffi.new("int[?]", #t, t) end`), "=x", s.Globals)
	if err != nil {
		t.Fatal(err)
	}
	go s.Stop(errors.New("stop"))
	if _, err := s.Call(f.Value()); err == nil {
		t.Error("no error")
	}
}
