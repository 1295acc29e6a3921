package glua

import (
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestCoroutineOf pins where gopher-lua keeps the coroutine that a function of
// coroutine.wrap resumes.
func TestCoroutineOf(t *testing.T) {
	L := newState(t)
	run(t, L, `
		created = coroutine.create(function() end)
		wrapped = coroutine.wrap(function() inside = coroutine.running() end)
		wrapped()
		local co = created
		function closure() return co end`)
	created := L.GetGlobal("created")
	if coroutineOf(created) != created {
		t.Error("a coroutine is not its own coroutine")
	}
	if inside := L.GetGlobal("inside"); coroutineOf(L.GetGlobal("wrapped")) != inside {
		t.Errorf("gopher-lua has changed: the first upvalue of a function of coroutine.wrap is not its coroutine %v", inside)
	}
	for _, name := range []string{"closure", "print", "missing"} {
		if co := coroutineOf(L.GetGlobal(name)); co != nil {
			t.Errorf("%s has the coroutine %v", name, co)
		}
	}
}

// TestNewCoroutine pins that coroutines of a state with a context, made by
// NewCoroutine, have the context and the plain main loop.
func TestNewCoroutine(t *testing.T) {
	L := newState(t)
	plain := mainLoopOf(L)
	c := NewControl(0, nil)
	giveControl(L, c)
	run(t, L, `
		created = coroutine.create(function() end)
		wrapped = coroutine.wrap(function() end)
		failed = not pcall(coroutine.create, 1) and not pcall(coroutine.wrap)`)
	for _, name := range []string{"created", "wrapped"} {
		co := coroutineOf(L.GetGlobal(name))
		if co.Context() != c {
			t.Errorf("%s: the coroutine has the context %v", name, co.Context())
		}
		if mainLoopOf(co) != plain {
			t.Errorf("%s: gopher-lua has changed: the coroutine has another main loop than its maker", name)
		}
	}
	if L.GetGlobal("failed") != lua.LTrue || L.Context() != c {
		t.Errorf("after errors of create and wrap the state has the context %v", L.Context())
	}
}
