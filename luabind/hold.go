package luabind

import "microts/internal/luavm"

// holder is the frame.Host of a native: the limit of memory counts what an operation
// allocates before the script has it.
type holder struct {
	c    *luavm.Call
	held int // bytes
}

// hold returns the holder of a native, which calls end before it returns.
func hold(c *luavm.Call) *holder { return &holder{c: c} }

// Room implements frame.Host.
func (h *holder) Room(bytes int) {
	h.c.Room(bytes)
	h.held += bytes
	h.c.Hold(h.held)
}

// Free implements frame.Host.
func (h *holder) Free(bytes int) {
	h.held -= bytes
	h.c.Hold(h.held)
}

// CheckStop implements frame.Host.
func (h *holder) CheckStop() { h.c.CheckStop() }

// end says that the script has what the native made.
func (h *holder) end() { h.c.Hold(0) }
