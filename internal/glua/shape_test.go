package glua

import (
	"fmt"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestShape makes two tables of one Shape: they share nothing that either changes,
// and behave as tables that a script made.
func TestShape(t *testing.T) {
	shape := NewShape("x", "y")
	newTable := func(x, y lua.LNumber) *lua.LTable {
		table, fields := shape.NewTable(lua.LNil)
		fields["x"], fields["y"] = x, y
		return table
	}
	a, b := newTable(1, 2), newTable(3, 4)
	a.RawSetString("z", lua.LNumber(5))
	if l := layoutOf(b); len(l.keys) != 2 || len(l.k2i) != 2 || len(l.strdict) != 2 {
		t.Errorf("gopher-lua has changed: a new key of one table changes another: %v", l)
	}
	if k, v := a.Next(lua.LString("y")); k != lua.LString("z") || v != lua.LNumber(5) {
		t.Errorf("gopher-lua has changed: after y comes %v = %v", k, v)
	}
	L := newState(t)
	L.SetGlobal("a", a)
	L.SetGlobal("b", b)
	run(t, L, `
		local function show(t)
			local all = {}
			for k, v in pairs(t) do all[#all + 1] = k .. "=" .. v end
			return table.concat(all, " ")
		end
		assert(show(a) == "x=1 y=2 z=5", show(a))
		assert(show(b) == "x=3 y=4", show(b))
		b.x, b[1] = nil, 6
		assert(show(b) == "1=6 y=4", show(b))
		assert(show(a) == "x=1 y=2 z=5", show(a))
		b.x = 7
		assert(b.x == 7 and a.x == 1 and getmetatable(b) == nil)`)
}

// BenchmarkShape compares a Shape with gopher-lua's own way to set the keys of a
// new table. Up to eight keys Go's maps keep in one group, which they copy whole.
func BenchmarkShape(b *testing.B) {
	all := []string{"timestamp", "value", "seq", "quality", "volume", "channel", "side", "order_no", "tick_no"}
	var one lua.LValue = lua.LNumber(1)
	for _, n := range []int{4, 8, 9} {
		keys := all[:n]
		b.Run(fmt.Sprintf("with/keys=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			shape := NewShape(keys...)
			for range b.N {
				table, fields := shape.NewTable(lua.LNil)
				for _, key := range keys {
					fields[key] = one
				}
				sink = table
			}
		})
		b.Run(fmt.Sprintf("without/keys=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			L := newState(b)
			for range b.N {
				table := L.CreateTable(0, n)
				for _, key := range keys {
					table.RawSetString(key, one)
				}
				sink = table
			}
		})
	}
}
