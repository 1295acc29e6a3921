package luabind

import (
	"reflect"

	"microts/internal/luavm"
	"microts/internal/tick"
)

// longValue is the length in bytes up to which Return counts a string as memory that the
// script allocates. Longer ones are counted here.
const longValue = 256

// How many bytes of memory a row and a point take.
var (
	rowSize   = int64(reflect.TypeFor[tick.Row]().Size())
	pointSize = int64(reflect.TypeFor[tick.Point]().Size())
)

// textValue returns s as a value for the script that calls. It does not copy a long one.
func textValue(c *luavm.Call, s string) luavm.Value {
	if len(s) > longValue {
		c.Room(len(s))
	}
	return luavm.Part(s)
}

// growing counts the memory of a list that a native builds for the script, before it
// returns it: the limit of memory ends a call whose result would be too large.
type growing struct {
	c        *luavm.Call
	held     int
	counting int // of held; the rest is not yet counted
}

// growStep is how many bytes are counted together.
const growStep = 64 << 10

// add counts bytes.
func (g *growing) add(bytes int) {
	if g.counting += bytes; g.counting >= growStep {
		g.count()
	}
}

func (g *growing) count() {
	g.c.Room(g.counting)
	g.held += g.counting
	g.counting = 0
	g.c.Hold(g.held)
}

// end ends the counting: the list is the script's now.
func (g *growing) end() {
	g.count()
	g.c.Hold(0)
}
