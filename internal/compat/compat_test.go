package compat

import (
	"os"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"microts/luabind"
	"microts/store"
)

// newState returns a state as the host makes it, apart from its output.
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

func run(t testing.TB, L *lua.LState, code string) {
	t.Helper()
	if err := try(L, code); err != nil {
		t.Error(err)
	}
}

// try runs a chunk, which errors call "t.lua".
func try(L *lua.LState, code string) error {
	chunk, err := Compile(L, strings.NewReader(code), "t.lua")
	if err != nil {
		return err
	}
	L.Push(chunk)
	return L.PCall(0, 0, nil)
}

// TestREADME keeps the tables of both READMEs true.
func TestREADME(t *testing.T) {
	english, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(english), Markdown()) {
		t.Errorf("README.md does not hold the table of modules:\n%s", Markdown())
	}
	chinese, err := os.ReadFile("../../README.zh-CN.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range Modules {
		if !strings.Contains(string(chinese), "| `"+m.Name+"` |") {
			t.Errorf("README.zh-CN.md has no row for %s", m.Name)
		}
	}
}
