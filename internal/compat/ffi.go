package compat

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"runtime"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// The module ffi covers what tick scripts use it for: plain buffers of bytes and
// numbers, and the functions of the original's C library. There is no other C:
// anything else is an error that says what to use.

// FFIInstead says what to use for the functions of LuaJIT's ffi that are missing.
var FFIInstead = map[string]string{
	"metatype": "a Lua table with a metatable", "offsetof": "string.pack and string.unpack", "typeinfo": "ffi.typeof",
}

// ffi is the module of one state.
type ffi struct {
	Declarations
	meta  *lua.LTable // of cdata
	types *lua.LTable // of ctypes
	c     *lua.LTable // the namespace ffi.C, which all libraries share
}

const ffiRegistry = "microts.ffi"

// ffiOf returns the state's ffi.
func ffiOf(L *lua.LState) *ffi {
	registry := L.Get(lua.RegistryIndex).(*lua.LTable)
	if ud, ok := registry.RawGetString(ffiRegistry).(*lua.LUserData); ok {
		return ud.Value.(*ffi)
	}
	f := &ffi{}
	f.meta, f.types, f.c = L.NewTable(), L.NewTable(), cNamespace(L)
	L.SetFuncs(f.meta, map[string]lua.LGFunction{
		"__index": cdataIndex, "__newindex": cdataNewIndex, "__tostring": cdataToString,
		"__add": cdataAdd, "__sub": cdataSub, "__mul": arithmetic((*big.Int).Mul), "__div": arithmetic(quotient), "__mod": arithmetic(remainder),
		"__unm": func(L *lua.LState) int {
			L.Replace(2, L.Get(1))
			L.Replace(1, lua.LNumber(0))
			return cdataSub(L)
		},
		"__eq": cdataEqual, "__lt": compare(func(c int) bool { return c < 0 }), "__le": compare(func(c int) bool { return c <= 0 }),
		"__len": func(L *lua.LState) int {
			L.RaiseError("attempt to get length of cdata: use ffi.sizeof")
			return 0
		},
	})
	L.SetFuncs(f.types, map[string]lua.LGFunction{
		"__call": ffiNew,
		"__tostring": func(L *lua.LState) int {
			L.Push(lua.LString("ctype<" + L.CheckUserData(1).Value.(*ctype).name + ">"))
			return 1
		},
	})
	ud := L.NewUserData()
	ud.Value = f
	registry.RawSetString(ffiRegistry, ud)
	return f
}

func openFFI(L *lua.LState) int {
	f := ffiOf(L)
	t := functions(L, map[string]lua.LGFunction{
		"new": ffiNew, "cast": ffiCast, "typeof": ffiTypeof, "sizeof": ffiSizeof, "alignof": ffiAlignof, "istype": ffiIsType,
		"string": ffiString, "copy": ffiCopy, "fill": ffiFill, "cdef": ffiCdef, "load": ffiLoad,
		"gc": func(L *lua.LState) int { // Go collects memory, and nothing else is there to be freed
			L.Push(L.Get(1))
			return 1
		},
		"errno": func(L *lua.LState) int {
			L.Push(lua.LNumber(0)) // no function sets it
			return 1
		},
		"abi": func(L *lua.LState) int {
			known := map[string]bool{"64bit": true, "le": true, "fpu": true, "hardfp": true}
			L.Push(lua.LBool(known[text(L, 1)]))
			return 1
		},
	})
	t.RawSetString("C", f.c)
	t.RawSetString("os", lua.LString("Linux"))
	t.RawSetString("arch", lua.LString(map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]))
	meta := L.NewTable()
	meta.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
		name := ToString(L, L.Get(2))
		use := FFIInstead[name]
		if use == "" {
			use = "Lua tables, string.pack and string.unpack"
		}
		L.RaiseError("ffi.%s is not available in microts: use %s", name, use)
		return 0
	}))
	L.SetMetatable(t, meta)
	L.Push(t)
	return 1
}

func newCData(L *lua.LState, c *cdata) *lua.LUserData {
	return &lua.LUserData{Value: c, Env: L.Env, Metatable: ffiOf(L).meta}
}

// raiseFFI raises an error of a function of ffi.
func raiseFFI(L *lua.LState, name string, err error) { L.RaiseError("ffi.%s: %v", name, err) }

// typeArg returns argument i, a type: text, a ctype, or the type of a cdata.
func typeArg(L *lua.LState, name string, i int) *ctype {
	switch v := L.Get(i).(type) {
	case lua.LString:
		t, err := ffiOf(L).parse(string(v))
		if err != nil {
			raiseFFI(L, name, err)
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

func ffiNew(L *lua.LState) int {
	t := typeArg(L, "new", 1)
	next := 2
	if t.kind == cArray && t.n < 0 {
		n := int(number(L, 2))
		const most = 1 << 31
		if n < 0 || n*max(t.elem.size, 1) > most {
			L.ArgError(2, "number of elements is out of range")
		}
		t, next = arrayOf(t.elem, n), 3
	}
	if t.kind == cVoid {
		raiseFFI(L, "new", fmt.Errorf("void has no size"))
	}
	checkRoom(L, int64(t.size))
	c := &cdata{t, &memory{bytes: make([]byte, t.size)}, 0}
	if t.kind != cArray {
		if L.GetTop() >= next {
			if err := c.store(L.Get(next)); err != nil {
				raiseFFI(L, "new", err)
			}
		}
		L.Push(c.load(L))
		return 1
	}
	if err := c.fill(L, next); err != nil {
		raiseFFI(L, "new", err)
	}
	L.Push(newCData(L, c))
	return 1
}

// fill initialises an array with the arguments from i on: a table of values, a
// string, or values; one value alone goes into all elements.
func (c *cdata) fill(L *lua.LState, i int) error {
	set := func(at int, v lua.LValue) error {
		e, err := c.element(at)
		if err == nil {
			err = e.store(v)
		}
		return err
	}
	n := L.GetTop() - i + 1
	if n == 1 {
		switch v := L.Get(i).(type) {
		case lua.LString:
			if c.t.elem.size != 1 {
				break
			}
			if len(v) > c.t.size {
				return fmt.Errorf("a string of %d bytes does not fit into %s", len(v), c.t.name)
			}
			copy(c.mem.bytes, v)
			return nil
		case *lua.LTable:
			first := 1
			if v.RawGetInt(0) != lua.LNil {
				first = 0
			}
			for k := 0; v.RawGetInt(first+k) != lua.LNil; k++ {
				if err := set(k, v.RawGetInt(first+k)); err != nil {
					return err
				}
			}
			return nil
		}
		for k := range c.t.n {
			if err := set(k, L.Get(i)); err != nil {
				return err
			}
		}
		return nil
	}
	for k := range n {
		if err := set(k, L.Get(i+k)); err != nil {
			return err
		}
	}
	return nil
}

func ffiTypeof(L *lua.LState) int {
	ud := L.NewUserData()
	ud.Value, ud.Metatable = typeArg(L, "typeof", 1), ffiOf(L).types
	L.Push(ud)
	return 1
}

func ffiSizeof(L *lua.LState) int {
	t := typeArg(L, "sizeof", 1)
	size := t.size
	if t.kind == cArray && t.n < 0 {
		size = int(number(L, 2)) * t.elem.size
	}
	L.Push(lua.LNumber(size))
	return 1
}

func ffiAlignof(L *lua.LState) int {
	t := typeArg(L, "alignof", 1)
	for t.kind == cArray {
		t = t.elem
	}
	L.Push(lua.LNumber(t.size))
	return 1
}

func ffiIsType(L *lua.LState) int {
	t := typeArg(L, "istype", 1)
	ud, _ := L.Get(2).(*lua.LUserData)
	is := false
	if ud != nil {
		c, ok := ud.Value.(*cdata)
		is = ok && c.t.name == t.name
	}
	L.Push(lua.LBool(is))
	return 1
}

func ffiCast(L *lua.LState) int {
	t := typeArg(L, "cast", 1)
	v := L.Get(2)
	if t.kind == cPointer {
		if v == lua.LNil || v == lua.LNumber(0) {
			L.Push(lua.LNil)
			return 1
		}
		p, ok := pointerOf(v)
		if !ok {
			raiseFFI(L, "cast", fmt.Errorf("cannot convert %s to %s: microts has no memory outside of its buffers", describe(v), t.name))
		}
		L.Push(newCData(L, &cdata{t, p.mem, p.off}))
		return 1
	}
	if t.kind == cArray || t.kind == cVoid {
		raiseFFI(L, "cast", fmt.Errorf("cannot convert to %s: cast to a pointer", t.name))
	}
	c := &cdata{t, &memory{bytes: make([]byte, t.size)}, 0}
	if err := c.store(v); err != nil {
		raiseFFI(L, "cast", err)
	}
	L.Push(c.load(L))
	return 1
}

// bufferArg returns argument i, a pointer, an array or a string.
func bufferArg(L *lua.LState, i int) *cdata {
	c, ok := pointerOf(L.Get(i))
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

func ffiString(L *lua.LState) int {
	if v, ok := L.Get(1).(lua.LString); ok && L.Get(2) == lua.LNil {
		L.Push(v)
		return 1
	}
	c := bufferArg(L, 1)
	if L.Get(2) == lua.LNil {
		rest, err := c.room(0, max(len(c.mem.bytes)-c.off, 0))
		if err != nil {
			raiseFFI(L, "string", err)
		}
		if c.t.kind == cArray {
			rest = rest[:min(c.t.size, len(rest))]
		}
		if end := bytes.IndexByte(rest, 0); end >= 0 {
			rest = rest[:end]
		}
		L.Push(lua.LString(rest))
		return 1
	}
	b, err := c.room(0, int(number(L, 2)))
	if err != nil {
		raiseFFI(L, "string", err)
	}
	L.Push(lua.LString(b))
	return 1
}

func ffiCopy(L *lua.LState) int {
	to, from := writableArg(L, 1), bufferArg(L, 2)
	n := 0
	if s, ok := L.Get(2).(lua.LString); ok && L.Get(3) == lua.LNil {
		n = len(s) + 1 // with the zero at its end
	} else {
		n = int(number(L, 3))
	}
	source, err := from.room(0, n)
	if err != nil {
		raiseFFI(L, "copy", err)
	}
	target, err := to.room(0, n)
	if err != nil {
		raiseFFI(L, "copy", err)
	}
	copy(target, source)
	return 0
}

func ffiFill(L *lua.LState) int {
	b, err := writableArg(L, 1).room(0, int(number(L, 2)))
	if err != nil {
		raiseFFI(L, "fill", err)
	}
	c := byte(int64(optNumber(L, 3, 0)))
	for i := range b {
		b[i] = c
	}
	return 0
}

// ffiCdef takes declarations. A chunk that declares the original's db_put makes
// its keys with bit.rshift on times of more than 32 bits, which LuaJIT cuts; it
// sees a bit.rshift that does not.
func ffiCdef(L *lua.LState) int {
	text := text(L, 1)
	ffiOf(L).Declare(text)
	if !strings.Contains(text, "db_put") {
		return 0
	}
	frame, ok := L.GetStack(1)
	if !ok {
		return 0
	}
	v, err := L.GetInfo("f", frame, lua.LNil)
	if fn, ok := v.(*lua.LFunction); ok && err == nil && !fn.IsG {
		env := L.NewTable()
		env.RawSetString("bit", wideBit(L))
		meta := L.NewTable()
		meta.RawSetString("__index", fn.Env)
		meta.RawSetString("__newindex", fn.Env)
		L.SetMetatable(env, meta)
		fn.Env = env
	}
	return 0
}

// wideBit is bit with an rshift that shifts integers of up to 53 bits.
func wideBit(L *lua.LState) *lua.LTable {
	t := L.NewTable()
	global(L, "bit").ForEach(func(k, v lua.LValue) { t.RawSet(k, v) })
	narrow, _ := t.RawGetString("rshift").(*lua.LFunction)
	t.RawSetString("rshift", L.NewFunction(func(L *lua.LState) int {
		n, ok := L.Get(1).(lua.LNumber)
		if !ok || n != lua.LNumber(int64(n)) || n <= math.MaxUint32 || n > exactInt {
			return narrow.GFunction(L)
		}
		L.Push(lua.LNumber(int64(n) >> (toBits(number(L, 2)) & 63)))
		return 1
	}))
	return t
}

// place of an index: a number, or a 64-bit cdata.
func indexOf(L *lua.LState, v lua.LValue) int {
	switch v := v.(type) {
	case lua.LNumber:
		return int(v)
	case *lua.LUserData:
		if f, ok := cdataNumber(v); ok {
			return int(f)
		}
	}
	L.RaiseError("cdata is indexed by numbers, got %s: microts has no C structs, use a Lua table", ToString(L, v))
	return 0
}

func cdataIndex(L *lua.LState) int {
	c := L.CheckUserData(1).Value.(*cdata)
	e, err := c.element(indexOf(L, L.Get(2)))
	if err != nil {
		L.RaiseError("%v", err)
	}
	L.Push(e.load(L))
	return 1
}

func cdataNewIndex(L *lua.LState) int {
	c := L.CheckUserData(1).Value.(*cdata)
	e, err := c.element(indexOf(L, L.Get(2)))
	if err == nil {
		err = e.store(L.Get(3))
	}
	if err != nil {
		L.RaiseError("%v", err)
	}
	return 0
}

// cdataNumber returns a number that is a cdata, as tonumber does.
func cdataNumber(ud *lua.LUserData) (float64, bool) {
	c, ok := ud.Value.(*cdata)
	if !ok || c.t.kind == cPointer || c.t.kind == cArray {
		return 0, false
	}
	return c.float(), true
}

func cdataToString(L *lua.LState) int {
	c := L.CheckUserData(1).Value.(*cdata)
	text := fmt.Sprintf("cdata<%s>: %p", c.t.name, &c.mem.bytes)
	switch c.t.kind {
	case cInt:
		text = strconv.FormatInt(int64(c.bits()), 10) + "LL"
	case cUint:
		text = strconv.FormatUint(c.bits(), 10) + "ULL"
	}
	L.Push(lua.LString(text))
	return 1
}

// offset returns a pointer some elements further.
func offset(L *lua.LState, p *cdata, n float64) int {
	elem := p.t.elem
	L.Push(newCData(L, &cdata{pointerTo(elem), p.mem, p.off + int(n)*max(elem.size, 1)}))
	return 1
}

func cdataAdd(L *lua.LState) int {
	if p, ok := pointerOf(L.Get(1)); ok && L.Get(1).Type() == lua.LTUserData {
		return offset(L, p, number(L, 2))
	}
	if p, ok := pointerOf(L.Get(2)); ok && L.Get(2).Type() == lua.LTUserData {
		return offset(L, p, number(L, 1))
	}
	return arithmetic((*big.Int).Add)(L)
}

func cdataSub(L *lua.LState) int {
	a, isPointer := pointerOf(L.Get(1))
	if !isPointer || L.Get(1).Type() != lua.LTUserData {
		return arithmetic((*big.Int).Sub)(L)
	}
	if b, ok := pointerOf(L.Get(2)); ok && L.Get(2).Type() == lua.LTUserData {
		if a.mem != b.mem {
			L.RaiseError("the difference of pointers into two buffers has no meaning")
		}
		L.Push(lua.LNumber((a.off - b.off) / max(a.t.elem.size, 1)))
		return 1
	}
	return offset(L, a, -number(L, 2))
}

// integerArg returns argument i, an integer; unsigned says that it is a uint64.
func integerArg(L *lua.LState, i int) (n *big.Int, unsigned bool) {
	if ud, ok := L.Get(i).(*lua.LUserData); ok {
		if c, ok := ud.Value.(*cdata); ok && c.t.elem == nil {
			if c.t.kind == cUint {
				return new(big.Int).SetUint64(c.bits()), true
			}
			return big.NewInt(int64(c.bits())), false
		}
	}
	f := number(L, i)
	if f >= 1<<63 {
		return new(big.Int).SetUint64(unsignedOf(f)), true
	}
	return big.NewInt(int64(f)), false
}

func quotient(z, x, y *big.Int) *big.Int  { return z.Quo(x, y) }
func remainder(z, x, y *big.Int) *big.Int { return z.Rem(x, y) }

// arithmetic computes modulo 2^64, unsigned where one of the operands is.
func arithmetic(op func(z, x, y *big.Int) *big.Int) lua.LGFunction {
	return func(L *lua.LState) int {
		x, xu := integerArg(L, 1)
		y, yu := integerArg(L, 2)
		var z *big.Int
		func() {
			defer func() {
				if recover() != nil { // a division by zero
					z = nil
				}
			}()
			z = op(new(big.Int), x, y)
		}()
		if z == nil {
			L.RaiseError("attempt to divide a 64-bit integer by zero")
		}
		mask := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 64), big.NewInt(1))
		bits := new(big.Int).And(z, mask).Uint64()
		t := baseTypes["int64_t"]
		if xu || yu {
			t = baseTypes["uint64_t"]
		}
		c := &cdata{t, &memory{bytes: make([]byte, 8)}, 0}
		for i := range 8 {
			c.mem.bytes[i] = byte(bits >> (8 * i))
		}
		L.Push(c.load(L))
		return 1
	}
}

func cdataEqual(L *lua.LState) int {
	a, aPointer := pointerOf(L.Get(1))
	b, bPointer := pointerOf(L.Get(2))
	if aPointer || bPointer {
		L.Push(lua.LBool(aPointer && bPointer && a.mem == b.mem && a.off == b.off))
		return 1
	}
	return compare(func(c int) bool { return c == 0 })(L)
}

func compare(holds func(int) bool) lua.LGFunction {
	return func(L *lua.LState) int {
		a, aPointer := pointerOf(L.Get(1))
		b, bPointer := pointerOf(L.Get(2))
		if aPointer && bPointer {
			L.Push(lua.LBool(a.mem == b.mem && holds(a.off-b.off)))
			return 1
		}
		x, _ := integerArg(L, 1)
		y, _ := integerArg(L, 2)
		L.Push(lua.LBool(holds(x.Cmp(y))))
		return 1
	}
}
