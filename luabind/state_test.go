package luabind

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"microts/internal/luavm"
	"microts/internal/luavm/lib"
	"microts/internal/source"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// env has the databases of all tests.
var env = source.NewEnv()

// newLuaState returns a Lua state with this package, the functions of
// testdata/prelude.lua, and the path of a database, which is not there yet, in the
// global path.
func newLuaState(t testing.TB) *luavm.State {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db") // removed after what follows
	s := bareState()
	module := Open(s, env)
	t.Cleanup(func() {
		if err := module.Close(); err != nil {
			t.Error(err)
		}
		s.Close()
	})
	s.Globals.SetString("path", luavm.NewString(path).Value())
	runFile(t, s, "testdata/prelude.lua")
	return s
}

// bareState returns a Lua state with the standard library, as far as these tests use it.
func bareState() *luavm.State {
	s := luavm.NewState()
	luavm.OpenBase(s, io.Discard)
	lib.Open(s)
	lib.OpenPackage(s, lib.PackageOptions{})
	return s
}

// newState returns a Lua state with micro_ts in the global ts and an open database
// in the global db.
func newState(t testing.TB) *luavm.State {
	t.Helper()
	s := newLuaState(t)
	run(t, s, `ts = require "micro_ts" db = ts.open(path)`)
	return s
}

// run runs code, a Lua chunk that errors call "t.lua".
func run(t testing.TB, s *luavm.State, code string) {
	t.Helper()
	if err := try(s, code); err != nil {
		t.Fatal(err)
	}
}

func try(s *luavm.State, code string) error { return tryChunk(s, "t.lua", code) }

// runFile runs a file of Lua, which errors call by its path.
func runFile(t testing.TB, s *luavm.State, path string) {
	t.Helper()
	code, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := tryChunk(s, path, string(code)); err != nil {
		t.Fatal(err)
	}
}

func tryChunk(s *luavm.State, name, code string) error {
	chunk, err := s.Load([]byte(code), "@"+name, s.Globals)
	if err != nil {
		return err
	}
	_, err = s.Call(chunk.Value())
	return err
}

// runFiles runs each file of Lua in a folder in a state of its own.
func runFiles(t *testing.T, folder string, newState func(testing.TB) *luavm.State) {
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
