package luabind

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"go.uber.org/goleak"

	"microts/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// env has the databases of all tests.
var env = store.NewEnv()

// newLuaState returns a Lua state with this package, the functions of
// testdata/prelude.lua, and the path of a database, which is not there yet, in the
// global path.
func newLuaState(t testing.TB) *lua.LState {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db") // removed after what follows
	L := lua.NewState()
	module := Open(L, env)
	t.Cleanup(func() {
		if err := module.Close(); err != nil {
			t.Error(err)
		}
		L.Close()
	})
	L.SetGlobal("path", lua.LString(path))
	runFile(t, L, "testdata/prelude.lua")
	return L
}

// newState returns a Lua state with micro_ts in the global ts and an open database
// in the global db.
func newState(t testing.TB) *lua.LState {
	t.Helper()
	L := newLuaState(t)
	run(t, L, `ts = require "micro_ts" db = ts.open(path)`)
	return L
}

// run runs code, a Lua chunk that errors call "t.lua".
func run(t testing.TB, L *lua.LState, code string) {
	t.Helper()
	if err := try(L, code); err != nil {
		t.Fatal(err)
	}
}

func try(L *lua.LState, code string) error { return tryChunk(L, "t.lua", code) }

// runFile runs a file of Lua, which errors call by its path.
func runFile(t testing.TB, L *lua.LState, path string) {
	t.Helper()
	code, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := tryChunk(L, path, string(code)); err != nil {
		t.Fatal(err)
	}
}

func tryChunk(L *lua.LState, name, code string) error {
	chunk, err := L.Load(strings.NewReader(code), name)
	if err != nil {
		return err
	}
	L.Push(chunk)
	return L.PCall(0, 0, nil)
}

// runFiles runs each file of Lua in a folder in a state of its own.
func runFiles(t *testing.T, folder string, newState func(testing.TB) *lua.LState) {
	files, err := filepath.Glob(folder + "/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", folder, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".lua"), func(t *testing.T) {
			runFile(t, newState(t), file)
		})
	}
}
