package glua

import (
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// sink keeps the compiler from leaving out what is made.
var sink lua.LValue

// TestShareString pins how Go lays out an interface that holds a string which is a field.
func TestShareString(t *testing.T) {
	object := struct {
		text string
		hash uint32
	}{"text", 7}
	v := ShareString(&object.text)
	if s, ok := v.(lua.LString); !ok || s != "text" || v != lua.LString("text") {
		t.Fatalf("%#v is not the string that it shares: Go lays out interfaces in another way", v)
	}
	if n := testing.AllocsPerRun(100, func() { sink = ShareString(&object.text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
