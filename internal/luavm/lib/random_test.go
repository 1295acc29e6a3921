package lib_test

import (
	"os"
	"os/exec"
	"strconv"
	"testing"
)

// TestRandomCallsAnswerAsLuaJIT runs testdata/random.lua with MICROTS_ROUNDS seeds and
// compares what it prints with a luajit of this machine. TestPrintsWhatLuaJITPrints has
// one seed, with recorded answers.
func TestRandomCallsAnswerAsLuaJIT(t *testing.T) {
	rounds, _ := strconv.Atoi(os.Getenv("MICROTS_ROUNDS"))
	if rounds == 0 {
		t.Skip("MICROTS_ROUNDS is not set")
	}
	luajit, err := exec.LookPath("luajit")
	if err != nil {
		t.Skip(err)
	}
	const script = "random.lua"
	source, err := os.ReadFile("testdata/" + script)
	if err != nil {
		t.Fatal(err)
	}
	const patterns = "2000"
	for seed := range rounds {
		text := strconv.Itoa(seed + 2)
		// Without its compiler: compiled, string.sub of this LuaJIT has a fault.
		cmd := exec.Command(luajit, "-joff", script, text, patterns)
		cmd.Dir = "testdata"
		want, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		compareLines(t, run(t, string(source), "@"+script, text, patterns), string(want))
		if t.Failed() {
			t.Fatalf("seed %s", text)
		}
	}
}

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
