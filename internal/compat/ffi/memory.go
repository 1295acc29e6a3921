package ffi

import (
	"fmt"
	"iter"
	"reflect"

	"microts/internal/luavm"
)

// memory is a buffer, which the cdata that point into it share.
type memory struct {
	bytes []byte

	// pointers are the pointers stored in the buffer, by their offset. They are
	// kept apart from bytes: Go pointers must not be hidden in bytes.
	pointers map[int]*cdata

	mark byte // its address is that of the memory to EachMemory
}

const (
	handleSize  = 80 // bytes of a userdata and its cdata, about
	memorySize  = 40 // bytes of a memory without its content, about
	pointerCost = 64 // bytes of an entry of pointers, about
)

// room counts bytes before they are allocated. If there is no room for a large value, it
// raises an error. A small one is only counted: the state stops the script if it keeps too
// many.
func room(c *luavm.Call, bytes int) {
	const small = 1024
	if bytes > small {
		c.Room(bytes)
		return
	}
	c.State().Room(bytes)
}

// newValue returns a value of type t in zeroed memory of its own. A small one takes
// one allocation.
func newValue(t *ctype) *cdata {
	switch {
	case t.size <= 16:
		v := &struct {
			cdata
			memory
			room [16]byte
		}{}
		return v.cdata.begin(t, &v.memory, v.room[:t.size:t.size])
	case t.size <= 32:
		v := &struct {
			cdata
			memory
			room [32]byte
		}{}
		return v.cdata.begin(t, &v.memory, v.room[:t.size:t.size])
	case t.size <= 64:
		v := &struct {
			cdata
			memory
			room [64]byte
		}{}
		return v.cdata.begin(t, &v.memory, v.room[:t.size:t.size])
	}
	v := &struct {
		cdata
		memory
	}{}
	return v.cdata.begin(t, &v.memory, make([]byte, t.size))
}

// begin makes c a value of type t at the beginning of a memory.
func (c *cdata) begin(t *ctype, mem *memory, bytes []byte) *cdata {
	mem.bytes = bytes
	*c = cdata{t, mem, 0}
	return c
}

// room returns the n bytes that begin off bytes after the place of c. They are
// those of the buffer.
func (c *cdata) room(off, n int) ([]byte, error) {
	start := c.off + off
	if n < 0 || start < 0 || start > len(c.mem.bytes) || n > len(c.mem.bytes)-start {
		return nil, fmt.Errorf("%d bytes at offset %d are outside of %s, which has %d", n, off, c.t, max(len(c.mem.bytes)-c.off, 0))
	}
	return c.mem.bytes[start : start+n : start+n], nil
}

// address returns where the buffer is, as messages show it.
func (m *memory) address() uintptr { return reflect.ValueOf(m).Pointer() }

// here returns the bytes of c, a value that lies in its memory.
func (c *cdata) here() []byte { return c.mem.bytes[c.off : c.off+c.t.size] }

// EachMemory is what makes a cdata a luavm.MemorySharer.
func (c *cdata) EachMemory(count func(at *byte, bytes int64) (first bool)) {
	pending := make([]*memory, 0, 1)
	for mem := c.mem; ; {
		first := count(&mem.mark, memorySize+int64(cap(mem.bytes)+len(mem.pointers)*pointerCost))
		if first {
			for _, p := range mem.pointers {
				pending = append(pending, p.mem)
			}
		}
		if len(pending) == 0 {
			return
		}
		mem = pending[len(pending)-1]
		pending = pending[:len(pending)-1]
	}
}

// setPointer stores a pointer in the buffer; nil is NULL.
func (m *memory) setPointer(c *luavm.Call, off int, p *cdata) {
	if p == nil {
		delete(m.pointers, off)
		return
	}
	if m.pointers[off] == nil {
		room(c, pointerCost)
	}
	if m.pointers == nil {
		m.pointers = map[int]*cdata{}
	}
	m.pointers[off] = p
}

// copyPointers copies the pointers among the n bytes at an offset, after the bytes were
// copied.
func (m *memory) copyPointers(c *luavm.Call, to int, from *memory, at, n int) {
	if from.pointers == nil && m.pointers == nil {
		return
	}
	copied := map[int]*cdata{}
	for off, p := range from.pointersIn(at, at+n-pointerSize+1) {
		copied[off-at+to] = p
	}
	m.dropPointers(to, n)
	for off, p := range copied {
		m.setPointer(c, off, p)
	}
}

// dropPointers makes NULL of the pointers among the n bytes at an offset.
func (m *memory) dropPointers(at, n int) {
	for off := range m.pointersIn(at-pointerSize+1, at+n) {
		delete(m.pointers, off)
	}
}

// pointersIn iterates over the pointers whose offset is in [from, to). The body may delete
// them.
func (m *memory) pointersIn(from, to int) iter.Seq2[int, *cdata] {
	return func(yield func(off int, p *cdata) bool) {
		if to-from > len(m.pointers) {
			for off, p := range m.pointers {
				if from <= off && off < to && !yield(off, p) {
					return
				}
			}
			return
		}
		for off := from; off < to; off++ {
			if p := m.pointers[off]; p != nil && !yield(off, p) {
				return
			}
		}
	}
}
