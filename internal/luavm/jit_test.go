package luavm

import (
	"strings"
	"testing"

	"microts/internal/luavm/code"
)

// TestMachineCodeCanBeTurnedOff counts the loops that become machine code.
func TestMachineCodeCanBeTurnedOff(t *testing.T) {
	for _, use := range []bool{true, false} {
		var out strings.Builder
		s, _ := newTestState(t, &out)
		s.UseMachineCode(use)
		f, err := s.Load([]byte("local x = 0 for i = 1, 1e6 do x = x + i end return x"), "@x.lua", s.Globals)
		if err != nil {
			t.Fatal(err)
		}
		results, err := s.Call(f.Value())
		if err != nil || results[0] != Number(500000500000) {
			t.Errorf("%v, %v", results, err)
		}
		native := false
		for _, i := range f.fn.code {
			native = native || i.Op() == code.NativeLoop
		}
		if native != use && !interpretAll {
			t.Errorf("machine code: %v, wanted: %v", native, use)
		}
	}
}
