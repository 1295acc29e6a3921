package luavm

// most is how many bytes a string of Lua may have.
const most = 0x7fffff00

// LimitRoom sets how many bytes one value may take; 0 is no limit. It is for the values
// whose size a script chooses: a single one of them can be larger than all that Measure
// has seen before.
func (s *State) LimitRoom(bytes int) { s.room = bytes }

// Room raises LuaJIT's error "not enough memory" if a value may not take so many
// bytes. A Native calls it before it allocates them.
func (c *Call) Room(bytes int) {
	s := c.th.state
	if bytes < 0 || bytes > most || s.room > 0 && bytes > s.room {
		c.Raise(NewString("not enough memory").Value())
	}
	s.allocated(bytes)
	c.th.checkStop()
}

// CheckStop raises the error of Stop. A Native that may run long calls it now and then.
func (c *Call) CheckStop() { c.th.checkStop() }
