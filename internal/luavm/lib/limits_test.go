package lib_test

import "testing"

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
		`return ("x"):rep(1e300)`, // becomes -2^31, so this one is ""
	} {
		s := newState(nil)
		s.LimitRoom(1 << 20)
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

// TestStringsOfNativesAreMeasured wants a call of Measure about each MiB.
func TestStringsOfNativesAreMeasured(t *testing.T) {
	s := newState(nil)
	calls := 0
	s.Measure(func() { calls++ })
	f, err := s.Load([]byte(`for i = 1, 200000 do local x = string.format("%20d", i) end`), "=x", s.Globals)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Call(f.Value()); err != nil {
		t.Fatal(err)
	}
	if calls < 5 {
		t.Errorf("%d calls for 200000 strings of 20 bytes", calls)
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
