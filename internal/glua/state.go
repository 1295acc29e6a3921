package glua

import (
	"fmt"
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// stateField returns the offset of an unexported field of [lua.LState]. It panics
// if the field is missing or has another type: the process must not start then.
func stateField(name, typ string) uintptr {
	f, ok := reflect.TypeFor[lua.LState]().FieldByName(name)
	if !ok {
		panic(fmt.Sprintf("gopher-lua has changed: LState has no field %s", name))
	}
	if f.Type.String() != typ {
		panic(fmt.Sprintf("gopher-lua has changed: LState.%s is %v, not %s", name, f.Type, typ))
	}
	return f.Offset
}

// registryOffset is where a state points to its registry.
var registryOffset = stateField("reg", "*lua.registry")

// registryLayout is the beginning of gopher-lua's registry.
type registryLayout struct{ array []lua.LValue }

// registers returns the registers of a state, in use or not. The state owns the
// slice and may replace it at the next instruction.
func registers(L *lua.LState) []lua.LValue {
	return (*(**registryLayout)(unsafe.Add(unsafe.Pointer(L), registryOffset))).array
}

// sizeSegment is how many bytes a segment of a call stack takes: it holds
// [lua.FramesPerSegment] calls.
const sizeSegment = 640

// callStackSize returns how many bytes the call stack of a state takes before it
// grows: a pointer for each segment that it may come to have, and one segment.
// This is true of states that are made with Options.MinimizeStackMemory.
func callStackSize(L *lua.LState) int64 {
	const pointer = int64(unsafe.Sizeof(uintptr(0)))
	return int64(L.Options.CallStackSize)/lua.FramesPerSegment*pointer + sizeSegment
}

// ForgetCalls clears the call stack of a state. Call it right before Close.
//
// With Options.MinimizeStackMemory, Close puts the call stack into a pool as it is.
// The next state takes it from there, and would keep alive what the closed state
// called last, and all globals with it. (Segments that deep calls needed are in the
// pool already; ForgetCalls does not reach them.)
func ForgetCalls(L *lua.LState) {
	if !L.Options.MinimizeStackMemory {
		return
	}
	segments := callSegments(L)
	for i := range segments.Len() {
		if segment := segments.Index(i); !segment.IsNil() {
			segment = segment.Elem()
			reflect.NewAt(segment.Type(), unsafe.Pointer(segment.UnsafeAddr())).Elem().SetZero()
		}
	}
}

// CallDepth returns how many calls a state is in, and those of the coroutines that
// resumed it, one the other.
func CallDepth(L *lua.LState) (calls int) {
	for ; L != nil; L = L.Parent {
		stack := reflect.ValueOf(L).Elem().FieldByName("stack").Elem().Elem()
		calls += int(stack.FieldByName("segIdx").Uint()*lua.FramesPerSegment + stack.FieldByName("segSp").Uint())
	}
	return calls
}

// callSegments returns the segments of a state's call stack: a slice of pointers,
// some of them nil.
func callSegments(L *lua.LState) reflect.Value {
	stack := reflect.ValueOf(L).Elem().FieldByName("stack") // an interface that holds a pointer
	return stack.Elem().Elem().FieldByName("segments")
}
