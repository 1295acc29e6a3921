package luavm

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestRandomPrograms compares what random programs print with what LuaJIT printed: a hash
// of it stands in testdata/programs.txt, a line for each seed. With MICROTS_ROUNDS, it runs
// that many other programs, with luajit beside it.
func TestRandomPrograms(t *testing.T) {
	if rounds, err := strconv.Atoi(os.Getenv("MICROTS_ROUNDS")); err == nil {
		againstLuaJIT(t, rounds)
		return
	}
	path := filepath.Join("testdata", "programs.txt")
	if os.Getenv("MICROTS_RECORD") != "" {
		recordPrograms(t, path)
	}
	recorded, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	hashes := strings.Fields(string(recorded))
	if testing.Short() {
		hashes = hashes[:100]
	}
	for seed, want := range hashes {
		if got := hashOutput(runProgram(t, program(uint64(seed)))); got != want {
			t.Errorf("seed %d prints something else than on LuaJIT; MICROTS_SEED=%d go test -run TestPrintProgram shows it", seed, seed)
		}
	}
}

const recordedPrograms = 500

func recordPrograms(t *testing.T, path string) {
	var b strings.Builder
	for seed := range recordedPrograms {
		want, ok := luajit(t, program(uint64(seed)))
		if !ok {
			t.Fatalf("luajit crashes with seed %d", seed)
		}
		fmt.Fprintln(&b, hashOutput(want))
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func againstLuaJIT(t *testing.T, rounds int) {
	failures := 0
	for seed := uint64(recordedPrograms); seed < uint64(recordedPrograms+rounds) && failures < 10; seed++ {
		source := program(seed)
		want, ok := luajit(t, source)
		if !ok {
			t.Logf("luajit crashes or does not end with seed %d", seed)
			continue
		}
		if got := runProgram(t, source); got != want {
			failures++
			t.Errorf("seed %d:\n%s", seed, firstDifference(got, want))
		}
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range w {
		if i >= len(g) || g[i] != w[i] {
			return fmt.Sprintf("line %d: got  %q\nwant %q", i+1, strings.Join(g[min(i, len(g)):min(i+1, len(g))], ""), w[i])
		}
	}
	return "got more lines"
}

// TestPrintProgram shows the program of a seed.
func TestPrintProgram(t *testing.T) {
	seed, err := strconv.ParseUint(os.Getenv("MICROTS_SEED"), 10, 64)
	if err != nil {
		t.Skip("MICROTS_SEED is not set")
	}
	fmt.Println(program(seed))
}

func hashOutput(s string) string {
	h := fnv.New64a()
	h.Write([]byte(s))
	return fmt.Sprintf("%016x", h.Sum64())
}

// runProgram returns what a program prints, and its error.
func runProgram(t *testing.T, source string) string {
	t.Helper()
	var out strings.Builder
	s, _ := newTestState(t, &out)
	openTestLibraries(s, &out)
	f, err := s.Load([]byte(source), "@program", s.Globals)
	if err == nil {
		_, err = s.Call(f.Value())
	}
	if err != nil {
		fmt.Fprintln(&out, err)
	}
	return out.String()
}

// luajit returns what LuaJIT's interpreter prints for a program, and its error; ok is
// false if it crashes or does not end. Its compiler gets some of these programs wrong.
func luajit(t *testing.T, source string) (output string, ok bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "luajit", "-joff", "-e", `local f, err = loadstring(io.read("*a"), "@program") if f then local ok, e = pcall(f) err = not ok and e end if err then print(err) end`)
	cmd.Stdin = strings.NewReader(source)
	out, err := cmd.CombinedOutput()
	if crash := (*exec.ExitError)(nil); errors.As(err, &crash) {
		return "", false
	} else if err != nil {
		t.Fatalf("luajit: %v", err)
	}
	return string(out), true
}
