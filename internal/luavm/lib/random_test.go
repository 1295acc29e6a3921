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
