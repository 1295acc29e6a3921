package compat

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"microts/luabind"
)

// newState returns a state as the host makes it, apart from its output.
func newState(t testing.TB) *lua.LState {
	t.Helper()
	L := lua.NewState()
	Open(L)
	module := luabind.Open(L)
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
