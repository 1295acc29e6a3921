package ffi

import (
	"errors"
	"fmt"

	"microts/internal/luavm"
)

// ctypeMetamethods are those of what ffi.typeof returns.
func (m *module) ctypeMetamethods() map[string]luavm.Native {
	return map[string]luavm.Native{
		"__call": m.makeNew,
		"__tostring": func(c *luavm.Call) {
			c.Return(luavm.NewString("ctype<" + m.typeArg(c, "typeof", 1).String() + ">").Value())
		},
	}
}

// typeArg returns argument i of ffi.name, a type: its text, a ctype, or a cdata,
// which stands for its type.
func (m *module) typeArg(c *luavm.Call, name string, i int) *ctype {
	v := c.Arg(i)
	if v.IsString() {
		t, err := m.typeNamed(v.Text())
		if err != nil {
			raise(c, name, err)
		}
		return t
	}
	switch v := v.Data().(type) {
	case *ctype:
		return v
	case *cdata:
		return v.t
	}
	c.TypeError(i, "C type")
	return nil
}

// types are types by what was parsed.
type types map[string]*ctype

// typeNamed is parse for a text of a script, which may give it again and again.
func (m *module) typeNamed(text string) (*ctype, error) {
	t := m.parsed[text]
	if t != nil {
		return t, nil
	}
	t, err := m.parse(text)
	const longest, most = 64, 256 // bytes; texts
	if err == nil && len(text) <= longest {
		if m.parsed == nil || len(m.parsed) >= most {
			m.parsed = types{}
		}
		m.parsed[text] = t
	}
	return t, err
}

// lengthArg returns the length in elements of a "type[?]": argument 2. ok is false if it is
// too large.
func lengthArg(c *luavm.Call, t *ctype) (n int, ok bool) {
	f := c.Number(2)
	ok = f > -1 && f*float64(max(t.elem.size, 1)) <= maxBytes
	return int(f), ok
}

// makeNew is ffi.new(type [, n] [, init...]); n is the length of a "type[?]".
func (m *module) makeNew(c *luavm.Call) {
	t := m.typeArg(c, "new", 1)
	init := 2 // the first argument to initialise with
	if t.kind == cArray && t.n < 0 {
		n, ok := lengthArg(c, t)
		if !ok {
			c.ArgError(2, "number of elements is out of range")
		}
		t, init = arrayOf(t.elem, n), 3
	}
	if t.kind == cVoid {
		raise(c, "new", errors.New("void has no size"))
	}
	room(c, memorySize+t.size)
	v := newValue(t)
	var err error
	if t.kind == cArray {
		err = v.initArray(c, c.Args(init))
	} else if c.NumArgs() >= init {
		err = v.store(c, c.Arg(init))
	}
	if err != nil {
		raise(c, "new", err)
	}
	if t.kind == cArray {
		c.Return(m.wrap(c, v))
		return
	}
	c.Return(m.value(c, *v))
}

// initArray initialises an array with the arguments of ffi.new: one value for each
// element, or one that init takes, or one value for all elements.
func (c cdata) initArray(call *luavm.Call, args []luavm.Value) error {
	if len(args) == 1 && (args[0].IsString() && c.t.elem.size == 1 || args[0].IsTable() || args[0].IsUserData()) {
		if p, ok := unwrap(args[0]); !ok || p.t.String() == c.t.String() {
			return c.init(call, args[0])
		}
	}
	return c.initElements(call, len(args), func(i int) luavm.Value { return args[i] })
}

// init initialises what stands at a place with one value. That of an array may be a table
// of values, from index 0 or 1 on, a string of bytes, or an array of the same type.
func (c cdata) init(call *luavm.Call, v luavm.Value) error {
	if c.t.kind != cArray {
		return c.store(call, v)
	}
	switch p, _ := address(v); {
	case v.IsString() && c.t.elem.size == 1:
		copy(c.here(), v.Text())
		return nil
	case v.IsTable():
		first := 0
		if v.RawGet(luavm.Int(0)).IsNil() {
			first = 1
		}
		n := 0
		for !v.RawGet(luavm.Int(first + n)).IsNil() {
			n++
		}
		return c.initElements(call, n, func(i int) luavm.Value { return v.RawGet(luavm.Int(first + i)) })
	case p != nil && p.t.String() == c.t.String():
		source, err := p.room(0, p.t.size)
		if err != nil {
			return err
		}
		copy(c.here(), source)
		c.mem.copyPointers(call, c.off, p.mem, p.off, p.t.size)
		return nil
	}
	return cannotConvert(v, c.t)
}

// initElements initialises the first n elements of an array. The value of a single one is
// that of all.
func (c cdata) initElements(call *luavm.Call, n int, value func(i int) luavm.Value) error {
	if n > c.t.n {
		return fmt.Errorf("too many initializers for '%s'", c.t)
	}
	const pause = 1 << 14 // elements
	for i := range n {
		if i%pause == pause-1 {
			call.CheckStop()
		}
		e := cdata{c.t.elem, c.mem, c.off + i*c.t.elem.size}
		if err := e.init(call, value(i)); err != nil {
			return err
		}
	}
	if n != 1 {
		return nil
	}
	b, size := c.here(), c.t.elem.size
	for done := size; done < len(b); done *= 2 {
		copy(b[done:], b[:done])
	}
	if c.mem.pointers == nil {
		return nil
	}
	room(call, (c.t.n-1)*size/pointerSize*pointerCost) // the state does not see the array yet
	for i := range c.t.n {
		if i%pause == pause-1 {
			call.CheckStop()
		}
		for off := 0; off < size; off += pointerSize {
			if p := c.mem.pointers[c.off+off]; p != nil {
				c.mem.setPointer(call, c.off+i*size+off, p)
			}
		}
	}
	return nil
}

// cast is ffi.cast(type, value). The new pointer keeps the buffer alive.
func (m *module) cast(c *luavm.Call) {
	t := m.typeArg(c, "cast", 1)
	v := c.Arg(2)
	switch t.kind {
	case cPointer:
		if v.IsNil() || v.Equal(luavm.Int(0)) {
			c.Return(luavm.Nil)
			return
		}
		p, ok := pointer(c, v)
		if !ok {
			raise(c, "cast", fmt.Errorf("%w: microts has no memory outside of its buffers", cannotConvert(v, t)))
		}
		c.Return(m.wrap(c, &cdata{t, p.mem, p.off}))
		return
	case cArray, cVoid:
		raise(c, "cast", fmt.Errorf("cannot convert to %s: cast to a pointer", t))
	}
	to := newValue(t)
	if err := to.store(c, v); err != nil {
		raise(c, "cast", err)
	}
	c.Return(m.value(c, *to))
}

// typeOf is ffi.typeof(type).
func (m *module) typeOf(c *luavm.Call) {
	c.Return(luavm.NewUserData(m.typeArg(c, "typeof", 1), m.ctypeMeta))
}

// sizeOf is ffi.sizeof(type [, n]) in bytes; n is the length of a "type[?]". It is nil if
// that is too large.
func (m *module) sizeOf(c *luavm.Call) {
	t := m.typeArg(c, "sizeof", 1)
	if t.kind != cArray || t.n >= 0 {
		c.Return(luavm.Int(t.size))
		return
	}
	n, ok := lengthArg(c, t)
	if !ok {
		c.Return(luavm.Nil)
		return
	}
	c.Return(luavm.Int(n * t.elem.size))
}

// alignOf is ffi.alignof(type) in bytes.
func (m *module) alignOf(c *luavm.Call) {
	t := m.typeArg(c, "alignof", 1)
	for t.kind == cArray {
		t = t.elem
	}
	c.Return(luavm.Int(max(t.size, 1)))
}

// isType is ffi.istype(type, value).
func (m *module) isType(c *luavm.Call) {
	t := m.typeArg(c, "istype", 1)
	p, ok := unwrap(c.Arg(2))
	c.Return(luavm.Bool(ok && p.t.String() == t.String()))
}
