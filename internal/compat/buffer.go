package compat

import (
	"microts/internal/luavm"
	"microts/internal/luavm/lib"
)

// buffer is a string buffer of LuaJIT: a queue of bytes.
type buffer struct {
	b       []byte // b[from:] is in the queue
	from    int
	options serialOptions
}

// MemorySize implements luavm.MemorySizer.
func (b *buffer) MemorySize() int64 { return int64(cap(b.b)) }

func (b *buffer) text() []byte { return b.b[b.from:] }

// grow makes place for n bytes more.
func (b *buffer) grow(c *luavm.Call, n int) {
	if len(b.b)+n <= cap(b.b) {
		return
	}
	if b.from > len(b.b)/2 {
		b.b = append(b.b[:0], b.text()...)
		b.from = 0
		if len(b.b)+n <= cap(b.b) {
			return
		}
	}
	const smallest = 32 // bytes
	size := max(smallest, len(b.b)+n, 2*cap(b.b))
	c.Room(size)
	b.b = append(make([]byte, 0, size), b.b...)
}

func (b *buffer) add(c *luavm.Call, s string) {
	b.grow(c, len(s))
	b.b = append(b.b, s...)
}

// take removes the first n bytes, or all if there are less, and returns them.
func (b *buffer) take(n int) []byte {
	part := b.text()
	part = part[:min(n, len(part))]
	if b.from += len(part); b.from == len(b.b) {
		b.from, b.b = 0, b.b[:0]
	}
	return part
}

// openBuffer makes the module string.buffer. What needs pointers of C is missing: reserve,
// commit, ref and putcdata.
func openBuffer(c *luavm.Call) {
	methods := luavm.NewLibrary(map[string]luavm.Native{
		"put":      bufferPut,
		"set":      bufferSet,
		"get":      bufferGet,
		"skip":     bufferSkip,
		"tostring": bufferToString,
		"putf":     bufferPutF,
		"encode":   bufferEncode,
		"decode":   bufferDecode,
		"reset": func(c *luavm.Call) {
			b := bufferOf(c)
			b.b, b.from = b.b[:0], 0
			c.Return(c.Arg(1))
		},
		"free": func(c *luavm.Call) {
			b := bufferOf(c)
			b.b, b.from = nil, 0
			c.Return(c.Arg(1))
		},
	})
	meta := luavm.NewLibrary(map[string]luavm.Native{
		"__tostring": bufferToString,
		"__len":      func(c *luavm.Call) { c.Return(luavm.Int(len(bufferOf(c).text()))) },
		"__concat":   bufferConcat,
	})
	meta.SetString("__index", methods.Value())
	meta.SetString("__metatable", luavm.Part("buffer"))
	c.Return(luavm.NewLibrary(map[string]luavm.Native{
		"new":    func(c *luavm.Call) { c.Return(luavm.NewUserData(newBuffer(c), meta)) },
		"encode": encodeValue,
		"decode": decodeValue,
	}).Value())
}

// bufferOf returns argument 1, which must be a buffer.
func bufferOf(c *luavm.Call) *buffer {
	b, ok := c.Arg(1).Data().(*buffer)
	if !ok {
		c.TypeError(1, "buffer")
	}
	return b
}

// newBuffer is buffer.new([size,] [options]).
func newBuffer(c *luavm.Call) *buffer {
	b, i := &buffer{}, 1
	if v := c.Arg(1); !v.IsTable() {
		if i = 2; !v.IsNil() {
			size := intArg(c, 1)
			c.Room(size)
			b.b = make([]byte, 0, size)
		}
	}
	if !c.Arg(i).IsNil() {
		b.options = readSerialOptions(c, i)
	}
	return b
}

// intArg returns an argument that is a number from 0 on; unlike elsewhere, a string is none.
func intArg(c *luavm.Call, i int) int {
	if !c.Arg(i).IsNumber() {
		c.TypeError(i, "number")
	}
	n := c.Int(i)
	if n < 0 {
		c.ArgError(i, "number out of range")
	}
	return n
}

// bufferPut is buffer:put(...): strings, numbers, buffers and what has a __tostring.
func bufferPut(c *luavm.Call) {
	b := bufferOf(c)
	for i := 2; i <= c.NumArgs(); i++ {
		v := c.Arg(i)
		other, isBuffer := v.Data().(*buffer)
		switch {
		case v.IsString():
			b.add(c, v.Text())
		case v.IsNumber():
			const longest = 32 // bytes
			b.grow(c, longest)
			b.b = luavm.AppendNumber(b.b, v.Float())
		case other == b && isBuffer:
			c.ArgError(i, "cannot put buffer into itself")
		case isBuffer:
			b.add(c, string(other.text()))
		case !hasToString(c, v):
			c.TypeError(i, "string/number/__tostring")
		default:
			b.add(c, luavm.PlainString(c.Thread().ToString(v)))
		}
	}
	c.Return(c.Arg(1))
}

func hasToString(c *luavm.Call, v luavm.Value) bool {
	meta := c.State().RawMetatable(v)
	return meta.IsTable() && !meta.RawGet(luavm.Intern("__tostring").Value()).IsNil()
}

// bufferPutF is buffer:putf(format, ...).
func bufferPutF(c *luavm.Call) {
	b := bufferOf(c)
	var room [128]byte
	text := lib.AppendFormat(c, room[:0], 2)
	b.grow(c, len(text))
	b.b = append(b.b, text...)
	c.Return(c.Arg(1))
}

// bufferSet is buffer:set(s).
func bufferSet(c *luavm.Call) {
	b := bufferOf(c)
	if !c.Arg(2).IsString() {
		c.TypeError(2, "string")
	}
	b.b, b.from = b.b[:0], 0
	b.add(c, c.Arg(2).Text())
	c.Return(c.Arg(1))
}

// bufferGet is buffer:get([length] ...): for each length a string from the beginning, which
// leaves the buffer. nil takes all.
func bufferGet(c *luavm.Call) {
	b := bufferOf(c)
	n := max(c.NumArgs(), 2)
	results := make([]luavm.Value, 0, n-1)
	for i := 2; i <= n; i++ {
		length := len(b.text())
		if !c.Arg(i).IsNil() {
			length = min(length, intArg(c, i))
		}
		c.Room(length)
		results = append(results, luavm.Text(b.take(length)))
	}
	c.Return(results...)
}

// bufferSkip is buffer:skip(length).
func bufferSkip(c *luavm.Call) {
	bufferOf(c).take(intArg(c, 2))
	c.Return(c.Arg(1))
}

// bufferToString is buffer:tostring().
func bufferToString(c *luavm.Call) {
	b := bufferOf(c)
	c.Room(len(b.text()))
	c.Return(luavm.Text(b.text()))
}

// bufferConcat is the operator .. with a buffer.
func bufferConcat(c *luavm.Call) {
	text := luavm.NewBuilder(c)
	for i := 1; i <= 2; i++ {
		v := c.Arg(i)
		if b, ok := v.Data().(*buffer); ok {
			text.AddBytes(b.text())
			continue
		}
		if !v.IsString() && !v.IsNumber() {
			c.Errorf("attempt to concatenate a %s value", v.TypeName())
		}
		text.Add(luavm.PlainString(v))
	}
	c.Return(text.Value())
}

// bufferEncode is buffer:encode(value).
func bufferEncode(c *luavm.Call) {
	b := bufferOf(c)
	c.CheckAny(2)
	w := serialWriter{call: c, text: luavm.NewBuilder(c), options: b.options}
	w.value(c.Arg(2), 0)
	b.grow(c, w.text.Len())
	b.b = append(b.b, w.text.Bytes()...)
	c.Return(c.Arg(1))
}

// bufferDecode is buffer:decode(): it takes one value.
func bufferDecode(c *luavm.Call) {
	b := bufferOf(c)
	r := serialReader{making: making{call: c}, s: string(b.text()), options: b.options}
	v := r.value(0)
	r.end()
	b.take(r.at)
	c.Return(v)
}
