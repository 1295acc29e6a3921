package luabind

import (
	"fmt"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"

	"microts/internal/tick"
)

// TestBoxes pins the layout of interfaces that boxes relies on.
func TestBoxes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b boxes
		rows := rapid.SliceOfN(rapid.Int64Range(0, tick.MaxTime-1), 1, 200).Draw(t, "rows")
		var times, values []lua.LValue
		for _, ts := range rows {
			n, s := b.number(float64(ts)), b.str(fmt.Sprint(ts))
			times, values = append(times, n), append(values, s)
		}
		for i, ts := range rows {
			if times[i] != lua.LNumber(ts) || values[i] != lua.LString(fmt.Sprint(ts)) {
				t.Fatalf("row %d: %v %v, not %d", i, times[i], values[i], ts)
			}
		}
	})
}
