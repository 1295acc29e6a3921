package lib_test

import (
	"errors"
	"testing"
)

// TestLongCallsEndWhenTheStateStops stops a state while it is in calls that would take
// very long.
func TestLongCallsEndWhenTheStateStops(t *testing.T) {
	for name, source := range map[string]string{
		"pattern": `return string.rep("a", 200000):find(string.rep(".-", 20) .. "b")`,
		"insert":  `return table.insert({}, -2^31, 1)`,
		"concat":  `return table.concat(setmetatable({}, {}), "", -2^31, 2^31 - 1)`,
		"move":    `return table.move({}, 1, 2^31 - 1, 2)`,
		"gsub":    `return string.rep("a", 200000):gsub(".-b", "")`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newState(nil)
			f, err := s.Load([]byte(source), "=x", s.Globals)
			if err != nil {
				t.Fatal(err)
			}
			go s.Stop(errStop)
			if _, err := s.Call(f.Value()); err == nil {
				t.Error("no error")
			}
		})
	}
}

// TestValuesLargerThanTheRoomAreErrors wants the error before the memory is taken.
func TestValuesLargerThanTheRoomAreErrors(t *testing.T) {
	for _, source := range []string{
		`return ("x"):rep(2e6)`,
		`return ("x"):rep(1e3, ("y"):rep(2e3))`,
		`local t = {} for i = 1, 2000 do t[i] = ("x"):rep(1000) end return table.concat(t)`,
		`return (("x"):rep(5e5):gsub("x", "yyyyy"))`,
		`return require "table.new"(2e6, 0)`,
		`local s = ("x"):rep(9e5) return string.format("%s%s", s, s)`,
		`local s = ("x"):rep(3e5) return s .. s .. s .. s`,
		`error(("x"):rep(6e5))`,
		`local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(1e5):gmatch("x") end`,
		`local t = {} for i = 1, 1e9 do t[i] = ("x"):gmatch(("x"):rep(1e5)) end`,
		`return ("x"):rep(1e300)`, // becomes -2^31, so this one is ""
	} {
		s := newState(nil)
		s.LimitMemory(1<<20, func(int64) {})
		f, err := s.Load([]byte(source), "=x", s.Globals)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Call(f.Value())
		if empty := source == `return ("x"):rep(1e300)`; empty != (err == nil) || err != nil && err.Error() != "not enough memory" {
			t.Errorf("%s: %v", source, err)
		}
	}
}

// TestStringsOfNativesAreMeasured keeps strings that natives made.
func TestStringsOfNativesAreMeasured(t *testing.T) {
	s := newState(nil)
	used := int64(0)
	s.LimitMemory(4<<20, func(n int64) {
		used = n
		s.Stop(errStop)
	})
	f, err := s.Load([]byte(`local t = {} for i = 1, 1e7 do t[i] = string.format("%20d", i) end`), "=x", s.Globals)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Call(f.Value()); !errors.Is(err, errStop) {
		t.Errorf("ended with %v", err)
	}
	if used < 4<<20 || used > 8<<20 {
		t.Errorf("stopped with %d bytes of 4 MiB in use", used)
	}
}

// TestHiddenVariablesOfLoopsCannotBeSet sets the variables that the machine keeps for a
// loop: the loop goes on as if nothing had happened.
func TestHiddenVariablesOfLoopsCannotBeSet(t *testing.T) {
	const source = `
for k, v in pairs({a = 1}) do
  for n = 1, 8 do
    local name, value = debug.getlocal(1, n)
    if name and name:sub(1, 1) == "(" then
      if type(value) == "thread" then print(name, "is a thread") end
      debug.setlocal(1, n, "text")
    end
  end
  print(k, v)
end
for i = 1, 2 do
  for n = 1, 3 do debug.setlocal(1, n, {}) end
  print(i)
end`
	if got, want := run(t, source, "hidden.lua"), "a\t1\n1\n2\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}
