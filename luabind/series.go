package luabind

import (
	"microts/internal/luavm"
	"microts/internal/series"
)

// seriesValue is what a script holds of a series, as the value of a userdata.
type seriesValue struct{ series.Series }

// EachMemory implements luavm.MemorySharer.
func (x *seriesValue) EachMemory(count func(at *byte, bytes int64) (first bool)) { x.Memory(count) }

// newSeries returns a series as a script holds it. The memory is counted by who made it:
// see calc.
func (m *Module) newSeries(x series.Series) luavm.Value {
	return luavm.NewUserData(&seriesValue{x}, m.seriesMethods)
}

// Series returns the series that v is. ok is false if it is none.
func Series(v luavm.Value) (x series.Series, ok bool) {
	s, ok := v.Data().(*seriesValue)
	if !ok {
		return series.Series{}, false
	}
	return s.Series, true
}

// calc returns a Calc for a native: it ends when the script is stopped, and the limit of
// memory counts what it allocates.
func calc(c *luavm.Call) series.Calc {
	const size = 8
	return series.Calc{Stop: c.CheckStop, Alloc: func(n int) { c.Room(size * n) }}
}
