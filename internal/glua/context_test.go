package glua

import (
	"context"
	"reflect"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestSetContext pins that L.Context returns the field that SetContext sets, and
// that the field does not choose the main loop.
func TestSetContext(t *testing.T) {
	L := newState(t)
	loop := mainLoopOf(L)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if previous := SetContext(L, ctx); previous != nil {
		t.Errorf("gopher-lua has changed: a new state has the context %v", previous)
	}
	if L.Context() != ctx {
		t.Errorf("gopher-lua has changed: L.Context returns %v, not what SetContext set", L.Context())
	}
	if mainLoopOf(L) != loop {
		t.Error("SetContext changed the main loop")
	}
	run(t, L, `for i = 1, 10 do assert(i) end`) // the plain loop does not look at ctx, which is done
	if previous := SetContext(L, nil); previous != ctx || L.Context() != nil {
		t.Errorf("SetContext(nil) returned %v and left %v", previous, L.Context())
	}

	L.SetContext(t.Context())
	if mainLoopOf(L) == loop {
		t.Error("gopher-lua has changed: L.SetContext does not choose another main loop; SetContext may be needless")
	}
}

// mainLoopOf returns the address of the main loop of a state.
func mainLoopOf(L *lua.LState) uintptr {
	return reflect.ValueOf(L).Elem().FieldByName("mainLoop").Pointer()
}
