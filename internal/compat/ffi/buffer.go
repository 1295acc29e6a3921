package ffi

import (
	"bytes"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
)

// bufferArg returns argument i, a pointer, an array or a string.
func bufferArg(L *lua.LState, i int) *cdata {
	c, ok := pointer(L.Get(i))
	if !ok {
		L.ArgError(i, "pointer, array or string expected, got "+describe(L.Get(i)))
	}
	return c
}

// writableArg is bufferArg without strings, which never change.
func writableArg(L *lua.LState, i int) *cdata {
	if L.Get(i).Type() == lua.LTString {
		L.ArgError(i, "pointer or array expected, got string")
	}
	return bufferArg(L, i)
}

// toString is ffi.string(buffer [, n]): n bytes, or those before the first zero.
func toString(L *lua.LState) int {
	if v, ok := L.Get(1).(lua.LString); ok && L.Get(2) == lua.LNil {
		L.Push(v)
		return 1
	}
	c := bufferArg(L, 1)
	bounded := L.Get(2) != lua.LNil
	n := max(len(c.mem.bytes)-c.off, 0)
	if bounded {
		n = int(convert.Number(L, 2))
	}
	b, err := c.room(0, n)
	if err != nil {
		raise(L, "string", err)
	}
	if !bounded {
		if c.t.kind == cArray {
			b = b[:min(c.t.size, len(b))]
		}
		b, _, _ = bytes.Cut(b, []byte{0})
	}
	L.Push(lua.LString(b))
	return 1
}

// copyBytes is ffi.copy(to, from, n), or ffi.copy(to, string), which copies a
// zero after the string too.
func copyBytes(L *lua.LState) int {
	to, from := writableArg(L, 1), bufferArg(L, 2)
	n := 0
	if s, ok := L.Get(2).(lua.LString); ok && L.Get(3) == lua.LNil {
		n = len(s) + 1
	} else {
		n = int(convert.Number(L, 3))
	}
	source, err := from.room(0, n)
	if err != nil {
		raise(L, "copy", err)
	}
	target, err := to.room(0, n)
	if err != nil {
		raise(L, "copy", err)
	}
	copy(target, source)
	return 0
}

// fillBytes is ffi.fill(buffer, n [, byte]); the byte is 0 by default.
func fillBytes(L *lua.LState) int {
	b, err := writableArg(L, 1).room(0, int(convert.Number(L, 2)))
	if err != nil {
		raise(L, "fill", err)
	}
	c := byte(int64(convert.OptNumber(L, 3, 0)))
	for i := range b {
		b[i] = c
	}
	return 0
}
