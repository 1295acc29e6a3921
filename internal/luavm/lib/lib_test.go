package lib_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"microts/internal/luavm"
	"microts/internal/luavm/lib"
)

var errStop = errors.New("stop")

// newState makes a state with the library. print and io.write write to out.
func newState(out *bytes.Buffer) *luavm.State {
	if out == nil {
		out = &bytes.Buffer{}
	}
	s := luavm.NewState()
	luavm.OpenBase(s, out)
	lib.Open(s)
	write := luavm.NewFunction("write", func(c *luavm.Call) {
		for i := 1; i <= c.NumArgs(); i++ {
			out.WriteString(c.String(i))
		}
		c.Return()
	})
	io := luavm.NewTable(0, 1)
	io.SetStr(luavm.Intern("write"), write.Value())
	s.Globals.SetStr(luavm.Intern("io"), io.Value())
	table, _ := s.Globals.GetStr(luavm.Intern("table")).AsTable()
	require := luavm.NewFunction("require", func(c *luavm.Call) {
		c.Return(table.GetStr(luavm.Intern(strings.TrimPrefix(c.String(1), "table."))))
	})
	s.Globals.SetStr(luavm.Intern("require"), require.Value())
	return s
}

// run runs a script with arguments and returns what it prints.
func run(t testing.TB, source, name string, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	s := newState(&out)
	arg := luavm.NewTable(len(args), 0)
	for i, a := range args {
		arg.SetInt(i+1, luavm.Intern(a).Value())
	}
	s.Globals.SetStr(luavm.Intern("arg"), arg.Value())
	f, err := s.Load([]byte(source), name, s.Globals)
	if err == nil {
		_, err = s.Call(f.Value())
	}
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return out.String()
}

// TestPrintsWhatLuaJITPrints runs testdata/*.lua. What LuaJIT 2.1.0-beta3 prints for them,
// in UTC, is in the files .out, but with all digits of integers: see luavm.FormatNumber.
func TestPrintsWhatLuaJITPrints(t *testing.T) {
	zone := time.Local
	time.Local = time.UTC
	t.Cleanup(func() { time.Local = zone })
	scripts, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(scripts) == 0 {
		t.Fatal(scripts, err)
	}
	for _, script := range scripts {
		t.Run(filepath.Base(script), func(t *testing.T) {
			source, err := os.ReadFile(script)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(script, ".lua") + ".out")
			if err != nil {
				t.Fatal(err)
			}
			got := run(t, string(source), "@"+filepath.Base(script))
			compareLines(t, got, string(want))
		})
	}
}

func compareLines(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Errorf("line %d is\n\t%s\nand in LuaJIT\n\t%s", i+1, g[i], w[i])
		}
	}
	if len(g) != len(w) {
		t.Errorf("%d lines, and in LuaJIT %d", len(g), len(w))
	}
}

// TestLoopsThatWaitForTheCollectorEnd runs loops that other Luas end.
func TestLoopsThatWaitForTheCollectorEnd(t *testing.T) {
	const source = `
repeat until collectgarbage("step")
local before = collectgarbage("count")
repeat
  local now = collectgarbage("count")
  local less = now < before
  before = now
  local garbage = {}
until less
print(before > 0)`
	if got := run(t, source, "collect.lua"); got != "true\n" {
		t.Errorf("printed %q", got)
	}
}

// TestCollectionGivesMemoryBack: what a script has dropped goes back to the system.
func TestCollectionGivesMemoryBack(t *testing.T) {
	const name = "/memory/classes/heap/free:bytes" // of the process, that no object uses
	time.Sleep(time.Second)                        // an earlier test may have given it back just now
	run(t, `local t = {} for i = 1, 64 do t[i] = ("x"):rep(2^20 + i) end t = nil collectgarbage()`, "=x")
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	if free := sample[0].Value.Uint64(); free > 32<<20 {
		t.Errorf("%d MiB are kept", free>>20)
	}
}
