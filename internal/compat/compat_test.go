package compat

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luasyntax"
	"microts/luabind"
	"microts/store"
)

// newState returns a state as the host makes it, apart from its input and output.
func newState(t testing.TB) *lua.LState {
	t.Helper()
	L := lua.NewState()
	Open(L)
	module := luabind.Open(L, store.NewEnv())
	t.Cleanup(func() {
		if err := module.Close(); err != nil {
			t.Error(err)
		}
		L.Close()
	})
	return L
}

// runFile runs a file, which raises an error if it finds something wrong.
func runFile(t testing.TB, L *lua.LState, path string) {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	proto, err := luasyntax.Compile(source, path)
	if err != nil {
		t.Fatal(err)
	}
	L.Push(L.NewFunctionFromProto(proto))
	if err := L.PCall(0, 0, nil); err != nil {
		t.Error(err)
	}
}

// TestLua runs the files testdata/*.lua, each in a state of its own.
func TestLua(t *testing.T) {
	files, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".lua"), func(t *testing.T) {
			L := newState(t)
			L.SetGlobal("tmp", lua.LString(t.TempDir()))
			runFile(t, L, path)
		})
	}
}
