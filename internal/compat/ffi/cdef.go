package ffi

import (
	"math"
	"strings"

	"microts/internal/luavm"
)

// cdef is ffi.cdef(text). A script that declares the original's db_put shifts
// times of more than 32 bits with bit.rshift, which the original's LuaJIT cut to
// 32 bits. The function that calls cdef sees a bit.rshift that does not cut.
func (m *module) cdef(c *luavm.Call) {
	text := c.String(1)
	m.Declare(text)
	m.parsed = nil
	if strings.Contains(text, "db_put") {
		widenShifts(c)
	}
	c.Return()
}

// widenShifts gives the Lua function that calls the current one an environment
// in which the global bit is wideBit.
func widenShifts(c *luavm.Call) {
	caller, ok := c.Thread().Inspect(1)
	if !ok {
		return
	}
	outer := c.State().Environment(caller.Function)
	meta := luavm.NewTable(0, 2)
	meta.SetString("__index", outer)
	meta.SetString("__newindex", outer)
	env := luavm.NewTable(0, 1)
	env.SetString("bit", wideBit(c.State()).Value())
	env.SetMetaTable(meta)
	luavm.SetEnvironment(caller.Function, env) // does nothing if it is no function of Lua
}

// wideBit returns a copy of the library bit whose rshift shifts integers of up
// to 53 bits.
func wideBit(s *luavm.State) *luavm.Table {
	wide := luavm.NewTable(0, 16)
	bit, ok := s.Globals.GetString("bit").AsTable()
	if !ok {
		return wide
	}
	for name, f := range bit.All() {
		wide.Set(name, f)
	}
	narrow := bit.GetString("rshift")
	if !narrow.IsFunction() || luavm.InspectFunction(narrow).What != "C" {
		return wide
	}
	wide.SetFunctions(map[string]luavm.Native{"rshift": func(c *luavm.Call) {
		c.Return(luavm.Int(shiftRight(c.Number(1), c.Number(2))))
	}})
	return wide
}

// shiftRight is bit.rshift for integers of up to 53 bits.
func shiftRight(n, distance float64) int {
	if n > math.MaxUint32 && n <= exactInt && n == math.Trunc(n) {
		return int(n) >> (lowBits(distance) & 63)
	}
	return int(int32(lowBits(n) >> (lowBits(distance) & 31)))
}
