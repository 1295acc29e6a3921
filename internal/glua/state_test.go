package glua

import (
	"reflect"
	"runtime"
	"testing"
	"unsafe"
	"weak"

	lua "github.com/yuin/gopher-lua"
)

// options make states as package host does.
var options = lua.Options{CallStackSize: 20_000, RegistrySize: 1024, RegistryMaxSize: 1 << 20, RegistryGrowStep: 4096, MinimizeStackMemory: true}

func newState(t testing.TB) *lua.LState {
	t.Helper()
	L := lua.NewState(options)
	t.Cleanup(L.Close)
	return L
}

func run(t testing.TB, L *lua.LState, code string) {
	t.Helper()
	if err := L.DoString(code); err != nil {
		t.Fatal(err)
	}
}

func TestStateFieldPanicsWhenGopherLuaChanges(t *testing.T) {
	for _, c := range []struct{ name, typ, want string }{
		{"missing", "int", "gopher-lua has changed: LState has no field missing"},
		{"reg", "int", "gopher-lua has changed: LState.reg is *lua.registry, not int"},
	} {
		func() {
			defer func() {
				if got := recover(); got != c.want {
					t.Errorf("%s %s: %v", c.name, c.typ, got)
				}
			}()
			stateField(c.name, c.typ)
		}()
	}
}

// TestRegisters pins that the registry of a state holds its values.
func TestRegisters(t *testing.T) {
	L := newState(t)
	if n := len(registers(L)); n != options.RegistrySize {
		t.Errorf("a new state has %d registers, not the %d of Options.RegistrySize", n, options.RegistrySize)
	}
	L.Push(lua.LString("pushed"))
	if v := registers(L)[0]; v != lua.LString("pushed") {
		t.Errorf("gopher-lua has changed: the first register holds %v, not what was pushed first", v)
	}
}

// TestCallStackLayout pins the call stack of states with MinimizeStackMemory.
func TestCallStackLayout(t *testing.T) {
	L := newState(t)
	f, ok := reflect.TypeFor[lua.LState]().FieldByName("stack")
	if !ok || f.Type.Kind() != reflect.Interface {
		t.Fatalf("gopher-lua has changed: LState.stack is %v, not an interface", f.Type)
	}
	dynamic := reflect.ValueOf(L).Elem().FieldByName("stack").Elem().Type()
	if dynamic.String() != "*lua.autoGrowingCallFrameStack" {
		t.Fatalf("gopher-lua has changed: the call stack is a %v", dynamic)
	}
	segments, ok := dynamic.Elem().FieldByName("segments")
	if !ok || segments.Type.String() != "[]*lua.callFrameStackSegment" {
		t.Fatalf("gopher-lua has changed: the segments of a call stack are %v", segments.Type)
	}
	segment := segments.Type.Elem().Elem()
	if segment.Size() != sizeSegment {
		t.Errorf("gopher-lua has changed: a segment takes %d bytes, not %d", segment.Size(), sizeSegment)
	}
	if n, want := callSegments(L).Len(), options.CallStackSize/lua.FramesPerSegment; n != want {
		t.Errorf("gopher-lua has changed: %d calls are %d segments, not %d", options.CallStackSize, n, want)
	}
	used := 0
	for i := range callSegments(L).Len() {
		if !callSegments(L).Index(i).IsNil() {
			used++
		}
	}
	if used != 1 {
		t.Errorf("gopher-lua has changed: a new call stack has %d segments", used)
	}
	if got, want := callStackSize(L), int64(callSegments(L).Len())*int64(unsafe.Sizeof(uintptr(0)))+sizeSegment; got != want {
		t.Errorf("a call stack takes %d bytes, not %d", want, got)
	}
}

// TestForgetCalls closes a state and opens another, which takes the call stack of
// the first from gopher-lua's pool: the globals of the first must be garbage.
func TestForgetCalls(t *testing.T) {
	globals := func() weak.Pointer[lua.LTable] {
		L := lua.NewState(options)
		run(t, L, `local function f(n) return n end assert(f(1) == 1)`)
		ForgetCalls(L)
		L.Close()
		return weak.Make(L.G.Global)
	}()
	next := newState(t)
	for range 3 { // the pool itself forgets at the second collection
		runtime.GC()
	}
	if globals.Value() != nil {
		t.Error("the next state keeps the globals of a closed one alive")
	}
	runtime.KeepAlive(next)
}

// TestForgetCallsOfAWholeStack does nothing: gopher-lua pools no whole call stacks.
func TestForgetCallsOfAWholeStack(t *testing.T) {
	whole := options
	whole.MinimizeStackMemory = false
	L := lua.NewState(whole)
	defer L.Close()
	ForgetCalls(L)
	run(t, L, `assert(1 == 1)`)
}
