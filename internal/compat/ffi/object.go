package ffi

import (
	"errors"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
	"microts/internal/compat/room"
)

// ctypeMetamethods are those of what ffi.typeof returns.
func ctypeMetamethods() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"__call": makeNew,
		"__tostring": func(L *lua.LState) int {
			L.Push(lua.LString("ctype<" + L.CheckUserData(1).Value.(*ctype).name + ">"))
			return 1
		},
	}
}

// typeArg returns argument i of ffi.name, a type: its text, a ctype, or a cdata,
// which stands for its type.
func typeArg(L *lua.LState, name string, i int) *ctype {
	switch v := L.Get(i).(type) {
	case lua.LString:
		t, err := moduleOf(L).parse(string(v))
		if err != nil {
			raise(L, name, err)
		}
		return t
	case *lua.LUserData:
		switch v := v.Value.(type) {
		case *ctype:
			return v
		case *cdata:
			return v.t
		}
	}
	L.ArgError(i, "C type expected, got "+describe(L.Get(i)))
	return nil
}

// makeNew is ffi.new(type [, n] [, init...]); n is the length of a "type[?]".
func makeNew(L *lua.LState) int {
	t := typeArg(L, "new", 1)
	init := 2 // the first argument to initialise with
	if t.kind == cArray && t.n < 0 {
		n := int(convert.Number(L, 2))
		if n < 0 || n*max(t.elem.size, 1) > maxBytes {
			L.ArgError(2, "number of elements is out of range")
		}
		t, init = arrayOf(t.elem, n), 3
	}
	if t.kind == cVoid {
		raise(L, "new", errors.New("void has no size"))
	}
	room.Check(L, int64(t.size))
	c := newValue(t)
	if t.kind == cArray {
		if err := c.fill(L, init); err != nil {
			raise(L, "new", err)
		}
		L.Push(wrap(L, c))
		return 1
	}
	if L.GetTop() >= init {
		if err := c.store(L.Get(init)); err != nil {
			raise(L, "new", err)
		}
	}
	L.Push(c.value(L))
	return 1
}

// fill initialises an array with the arguments from i on: one value for each
// element, or a table of values, or a string of bytes, or one value for all
// elements.
func (c *cdata) fill(L *lua.LState, i int) error {
	n := L.GetTop() - i + 1
	if n != 1 {
		return c.storeAll(n, func(k int) lua.LValue { return L.Get(i + k) })
	}
	switch v := L.Get(i).(type) {
	case lua.LString:
		if c.t.elem.size == 1 {
			if len(v) > c.t.size {
				return fmt.Errorf("a string of %d bytes does not fit into %s", len(v), c.t.name)
			}
			copy(c.mem.bytes, v)
			return nil
		}
	case *lua.LTable:
		first := 1
		if v.RawGetInt(0) != lua.LNil {
			first = 0
		}
		length := 0
		for v.RawGetInt(first+length) != lua.LNil {
			length++
		}
		return c.storeAll(length, func(k int) lua.LValue { return v.RawGetInt(first + k) })
	}
	return c.storeAll(c.t.n, func(int) lua.LValue { return L.Get(i) })
}

// storeAll stores values in the first n elements.
func (c *cdata) storeAll(n int, value func(i int) lua.LValue) error {
	for i := range n {
		e, err := c.element(i)
		if err == nil {
			err = e.store(value(i))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// cast is ffi.cast(type, value). The new pointer keeps the buffer alive.
func cast(L *lua.LState) int {
	t := typeArg(L, "cast", 1)
	v := L.Get(2)
	switch t.kind {
	case cPointer:
		if v == lua.LNil || v == lua.LNumber(0) {
			L.Push(lua.LNil)
			return 1
		}
		p, ok := pointer(v)
		if !ok {
			raise(L, "cast", fmt.Errorf("%w: microts has no memory outside of its buffers", cannotConvert(v, t)))
		}
		L.Push(wrap(L, &cdata{t, p.mem, p.off}))
		return 1
	case cArray, cVoid:
		raise(L, "cast", fmt.Errorf("cannot convert to %s: cast to a pointer", t.name))
	}
	c := newValue(t)
	if err := c.store(v); err != nil {
		raise(L, "cast", err)
	}
	L.Push(c.value(L))
	return 1
}

// typeOf is ffi.typeof(type).
func typeOf(L *lua.LState) int {
	ud := L.NewUserData()
	ud.Value, ud.Metatable = typeArg(L, "typeof", 1), moduleOf(L).ctypeMeta
	L.Push(ud)
	return 1
}

// sizeOf is ffi.sizeof(type [, n]) in bytes; n is the length of a "type[?]".
func sizeOf(L *lua.LState) int {
	t := typeArg(L, "sizeof", 1)
	size := t.size
	if t.kind == cArray && t.n < 0 {
		size = int(convert.Number(L, 2)) * t.elem.size
	}
	L.Push(lua.LNumber(size))
	return 1
}

// alignOf is ffi.alignof(type) in bytes.
func alignOf(L *lua.LState) int {
	t := typeArg(L, "alignof", 1)
	for t.kind == cArray {
		t = t.elem
	}
	L.Push(lua.LNumber(t.size))
	return 1
}

// isType is ffi.istype(type, value).
func isType(L *lua.LState) int {
	t := typeArg(L, "istype", 1)
	c, ok := unwrap(L.Get(2))
	L.Push(lua.LBool(ok && c.t.name == t.name))
	return 1
}
