package luavm

import (
	"fmt"
	"math"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestValuesGoToGoAndBack converts values of each type, twice: the same object comes back.
func TestValuesGoToGoAndBack(t *testing.T) {
	L := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer L.Close()
	closure := &lua.LFunction{Proto: closureMark}
	for _, c := range []struct {
		v    lua.LValue
		want lua.LValueType
		n    uint64 // if it is an object
	}{
		{lua.LNil, lua.LTNil, 0},
		{lua.LFalse, lua.LTBool, 0},
		{lua.LTrue, lua.LTBool, 0},
		{lua.LNumber(0.5), lua.LTNumber, 0},
		{lua.LNumber(-128), lua.LTNumber, 0},
		{lua.LNumber(1024), lua.LTNumber, 0},
		{lua.LNumber(math.Inf(-1)), lua.LTNumber, 0},
		{lua.LString(""), lua.LTString, tagString},
		{lua.LString("text\x00"), lua.LTString, tagString},
		{&NewTable(0, 0).LTable, lua.LTTable, tagTable},
		{&lua.LTable{}, lua.LTTable, tagPlainTable},
		{&lua.LTable{Metatable: &lua.LTable{}}, lua.LTTable, tagPlainTable},
		{closure, lua.LTFunction, tagClosure},
		{L.NewFunction(func(*lua.LState) int { return 0 }), lua.LTFunction, tagGoFunction},
		{L.NewUserData(), lua.LTUserData, tagUserData},
		{L, lua.LTThread, tagThread},
	} {
		v := FromLValue(c.v)
		if got := v.LValue(); got != c.v {
			t.Errorf("%v came back as %v", c.v, got)
		}
		if v.Type() != c.want || c.n != 0 && v.n != c.n {
			t.Errorf("%v has type %v and n %x", c.v, v.Type(), v.n)
		}
		if !rawEqual(v, FromLValue(c.v)) {
			t.Errorf("%v differs from itself", c.v)
		}
		if v.truthy() != lua.LVAsBool(c.v) {
			t.Errorf("%v counts as %v", c.v, v.truthy())
		}
	}
}

// TestConversionsThatAllocateNothing pins what LValue costs.
func TestConversionsThatAllocateNothing(t *testing.T) {
	table := NewTable(0, 0)
	for _, v := range []Value{Nil, True, Intern("s").Value(), table.Value()} {
		if n := testing.AllocsPerRun(100, func() { sinkLValue = v.LValue() }); n != 0 {
			t.Errorf("%v: %v allocations", v.LValue(), n)
		}
	}
	list := NewTable(1000, 0)
	if n := testing.AllocsPerRun(100, func() {
		for i := range 1000 {
			list.SetInt(i+1, Number(float64(i)+0.5))
		}
	}); n != 0 {
		t.Errorf("numbers in a table: %v allocations", n)
	}
}

// TestNoNumberIsATag wants NaNs with the bits of tags replaced.
func TestNoNumberIsATag(t *testing.T) {
	for _, bits := range []uint64{tagString, tagTable, tagThread, 0x7FF0000000000001, ^uint64(0)} {
		for _, v := range []Value{Number(math.Float64frombits(bits)), FromLValue(lua.LNumber(math.Float64frombits(bits)))} {
			if v.n == bits && bits >= tags || !v.isNumber() || v.float() == v.float() {
				t.Errorf("%x became %x", bits, v.n)
			}
		}
	}
	nan, negated := Number(math.NaN()), num(-math.NaN())
	if nan.n >= tags || negated.n >= tags {
		t.Errorf("NaN is %x and negated %x: both are tags", nan.n, negated.n)
	}
}

func TestRawEqual(t *testing.T) {
	negative := num(math.Copysign(0, -1))
	for _, c := range []struct {
		a, b Value
		want bool
	}{
		{Int(0), negative, true},
		{Number(math.NaN()), Number(math.NaN()), false},
		{NewString("a").Value(), NewString("a").Value(), true},
		{NewString("a").Value(), NewString("b").Value(), false},
		{Int(1), NewString("1").Value(), false},
		{Nil, False, false},
		{True, True, true},
		{NewTable(0, 0).Value(), NewTable(0, 0).Value(), false},
		{num(math.Float64frombits(1)), False, false}, // the bits of false
	} {
		if rawEqual(c.a, c.b) != c.want || rawEqual(c.b, c.a) != c.want {
			t.Errorf("%v == %v: %v", c.a.LValue(), c.b.LValue(), !c.want)
		}
	}
	if v := negative.LValue(); math.Signbit(float64(v.(lua.LNumber))) == false {
		t.Errorf("-0 came back as %v", fmt.Sprint(v))
	}
}
