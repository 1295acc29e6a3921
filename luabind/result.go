package luabind

import "microts/internal/luavm"

// longValue is the length in bytes up to which Return counts a string as memory that the
// script allocates. Longer ones are counted here.
const longValue = 256

// textValue returns s as a value for the script that calls. It does not copy a long one.
func textValue(c *luavm.Call, s string) luavm.Value {
	if len(s) > longValue {
		c.Room(len(s))
	}
	return luavm.Part(s)
}

// bytesValue returns b, which nobody changes any more, as a value for the script that
// calls.
func bytesValue(c *luavm.Call, b []byte) luavm.Value {
	if len(b) > longValue {
		c.Room(len(b))
	}
	return luavm.OwnText(b)
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
