package compat

import (
	"encoding/binary"
	"math"

	"microts/internal/luavm"
)

// The format in which string.buffer of LuaJIT serializes values. Numbers of several bytes
// are little-endian; U is a length, in 1, 2 or 5 bytes (see appendLength).
//
//	value        bytes
//	nil          00
//	false, true  01, 02
//	null         03; read as nil
//	integer      06, 4 bytes; only read
//	number       07, 8 bytes
//	table        08 to 0d: 08, plus 1 if it has keys and values, plus 2 if it has a list
//	             from the key 0 on, or 4 if from the key 1 on.
//	             Then U of the list, which counts the key 0, and U of the keys, then both
//	known key    0f, U of its index in the option dict, from 0 on
//	known meta   0e, U of its index in the option metatable, from 0 on; then a table
//	string       U of 0x20 + its length; then its bytes
const (
	serialNil      = 0x00
	serialFalse    = 0x01
	serialTrue     = 0x02
	serialNull     = 0x03
	serialInteger  = 0x06
	serialNumber   = 0x07
	serialTable    = 0x08
	serialKeys     = 1
	serialFromZero = 2
	serialFromOne  = 4
	serialMeta     = 0x0e
	serialKnown    = 0x0f
	serialString   = 0x20
)

// mostSerialDepth is how deep tables may nest.
const mostSerialDepth = 100

// serialOptions are strings and metatables that both sides know.
type serialOptions struct {
	strings, metatables []luavm.Value
	stringIndex         map[string]int
	metaIndex           map[luavm.Value]int
}

// readSerialOptions reads argument i: a table with the lists dict and metatable.
func readSerialOptions(c *luavm.Call, i int) (o serialOptions) {
	t := c.Table(i)
	list := func(name string, is func(luavm.Value) bool) []luavm.Value {
		v := t.GetString(name)
		if v.IsNil() || !v.IsTable() {
			return nil
		}
		values := make([]luavm.Value, 0, v.RawLen())
		for n := range v.RawLen() {
			item := v.RawGet(luavm.Int(n + 1))
			if !is(item) {
				c.Errorf("bad options table")
			}
			values = append(values, item)
		}
		return values
	}
	o.strings = list("dict", luavm.Value.IsString)
	o.metatables = list("metatable", luavm.Value.IsTable)
	o.stringIndex, o.metaIndex = map[string]int{}, map[luavm.Value]int{}
	for n, v := range o.strings {
		o.stringIndex[v.Text()] = n
	}
	for n, v := range o.metatables {
		o.metaIndex[v] = n
	}
	return o
}

// encodeValue is buffer.encode(value).
func encodeValue(c *luavm.Call) {
	c.CheckAny(1)
	w := serialWriter{call: c, text: luavm.NewBuilder(c)}
	w.value(c.Arg(1), 0)
	c.Return(w.text.Value())
}

// serialWriter serializes a value.
type serialWriter struct {
	call    *luavm.Call
	text    luavm.Builder
	options serialOptions
	steps   int
}

// value appends a value in depth tables.
func (w *serialWriter) value(v luavm.Value, depth int) {
	if w.steps++; w.steps%mostSteps == 0 {
		w.call.CheckStop()
	}
	switch {
	case v.IsNil():
		w.text.AddByte(serialNil)
	case v == luavm.False:
		w.text.AddByte(serialFalse)
	case v == luavm.True:
		w.text.AddByte(serialTrue)
	case v.IsNumber():
		w.text.AddByte(serialNumber)
		const size = 8
		w.text.Grow(size)
		w.text.AddBytes(binary.LittleEndian.AppendUint64(w.text.Spare(), math.Float64bits(v.Float())))
	case v.IsString():
		w.length(serialString + len(v.Text()))
		w.text.Add(v.Text())
	case v.IsTable():
		w.table(ownTable(v), depth)
	default:
		w.call.Errorf("cannot serialize '%s'", v.TypeName())
	}
}

// key appends a key of a table.
func (w *serialWriter) key(key luavm.Value, depth int) {
	if key.IsString() {
		if i, ok := w.options.stringIndex[key.Text()]; ok {
			w.text.AddByte(serialKnown)
			w.length(i)
			return
		}
	}
	w.value(key, depth)
}

func (w *serialWriter) length(n int) {
	const longest = 5
	w.text.Grow(longest)
	w.text.AddBytes(appendLength(w.text.Spare(), n))
}

// appendLength appends a length: below 0xe0 in 1 byte, below 0x1fe0 in 2, else in 5.
func appendLength(b []byte, n int) []byte {
	const one, two = 0xe0, 0x1fe0
	switch {
	case n < one:
		return append(b, byte(n))
	case n < two:
		n -= one
		return append(b, byte(one|n>>8), byte(n))
	}
	return binary.LittleEndian.AppendUint32(append(b, 0xff), uint32(n))
}

func (w *serialWriter) table(t *luavm.Table, depth int) {
	if depth == mostSerialDepth {
		w.call.Errorf("too deep to serialize")
	}
	if i, ok := w.options.metaIndex[t.MetaTable()]; ok {
		w.text.AddByte(serialMeta)
		w.length(i)
	}
	items := t.Len()
	list, isList := t.List()
	if isList {
		items = len(list)
	}
	keys := 0
	if !isList {
		for key, _, at := t.NextAt(0); !key.IsNil(); key, _, at = t.NextAt(at) {
			if !inList(key, items) {
				keys++
			}
		}
	}
	tag := byte(serialTable)
	if items > 0 {
		tag += serialFromOne
	}
	if keys > 0 {
		tag += serialKeys
	}
	w.text.AddByte(tag)
	if items > 0 {
		w.length(items + 1)
	}
	if keys > 0 {
		w.length(keys)
	}
	for i := range items {
		w.value(t.GetInt(i+1), depth+1)
	}
	if keys == 0 {
		return
	}
	for key, v, at := t.NextAt(0); !key.IsNil(); key, v, at = t.NextAt(at) {
		if !inList(key, items) {
			w.key(key, depth+1)
			w.value(v, depth+1)
		}
	}
}

// inList reports whether a key is one of the integers 1 to n.
func inList(key luavm.Value, n int) bool {
	if !key.IsNumber() {
		return false
	}
	f := key.Float()
	return f >= 1 && f <= float64(n) && f == math.Trunc(f)
}

// decodeValue is buffer.decode(text).
func decodeValue(c *luavm.Call) {
	if !c.Arg(1).IsString() {
		c.TypeError(1, "string")
	}
	r := serialReader{making: making{call: c}, s: c.Arg(1).Text()}
	v := r.value(0)
	if r.at < len(r.s) {
		c.Errorf("left-over data in buffer")
	}
	r.end()
	c.Return(v)
}

// serialReader reads serialized values.
type serialReader struct {
	making
	s       string
	at      int
	options serialOptions
}

// take returns the next n bytes. n is below 0 when a length that has no need of 5 bytes
// stands in them: no string has the length 0 - 0x20.
func (r *serialReader) take(n int) string {
	if n < 0 || n > len(r.s)-r.at {
		r.call.Errorf("unexpected end of buffer")
	}
	part := r.s[r.at : r.at+n]
	r.at += n
	return part
}

func (r *serialReader) length() int {
	const one, four = 0xe0, 0xff
	n := int(r.take(1)[0])
	switch {
	case n == four:
		return int(binary.LittleEndian.Uint32([]byte(r.take(4))))
	case n >= one:
		return one + (n-one)<<8 + int(r.take(1)[0])
	}
	return n
}

// value reads a value in depth tables.
func (r *serialReader) value(depth int) luavm.Value {
	r.add(sizeValue)
	r.take(1)
	r.at--
	if r.s[r.at] >= serialString {
		text := r.take(r.length() - serialString)
		r.add(sizeString + len(text))
		return luavm.Text([]byte(text))
	}
	switch tag := r.take(1)[0]; tag {
	case serialNil, serialNull:
		return luavm.Nil
	case serialFalse:
		return luavm.False
	case serialTrue:
		return luavm.True
	case serialInteger:
		return luavm.Int(int(int32(binary.LittleEndian.Uint32([]byte(r.take(4))))))
	case serialNumber:
		return luavm.Number(math.Float64frombits(binary.LittleEndian.Uint64([]byte(r.take(8)))))
	case serialKnown:
		return r.known(r.options.strings)
	case serialMeta:
		meta, _ := r.known(r.options.metatables).AsTable()
		tag := r.take(1)[0]
		if tag < serialTable || tag >= serialMeta {
			r.call.Errorf("cannot deserialize tag 0x%02x", tag)
		}
		t := r.table(tag, depth)
		t.SetMetaTable(meta)
		return t.Value()
	default:
		if tag < serialTable || tag > serialTable+serialFromOne+serialKeys {
			r.call.Errorf("cannot deserialize tag 0x%02x", tag)
		}
		return r.table(tag, depth).Value()
	}
}

// known reads the index of a value in a list.
func (r *serialReader) known(list []luavm.Value) luavm.Value {
	i := r.length()
	if i >= len(list) {
		r.call.Errorf("cannot deserialize dictionary index %d", i+1)
	}
	return list[i]
}

func (r *serialReader) table(tag byte, depth int) *luavm.Table {
	if depth == mostSerialDepth {
		r.call.Errorf("too deep to serialize")
	}
	first, items, keys := 1, 0, 0
	if kind := tag - serialTable; kind >= serialFromZero {
		if items = r.length(); kind < serialFromOne {
			first = 0
		} else {
			items = max(items-1, 0)
		}
	}
	if (tag-serialTable)&serialKeys != 0 {
		keys = r.length()
	}
	const fewest = 1 // bytes of a value
	if (items+2*keys)*fewest > len(r.s)-r.at {
		r.call.Errorf("unexpected end of buffer")
	}
	t := luavm.NewTable(0, 0)
	for i := range items {
		t.SetInt(first+i, r.value(depth+1))
	}
	for range keys {
		r.setKey(t, depth)
	}
	r.add(int(t.MemorySize()))
	return t
}

// setKey reads a key and its value.
func (r *serialReader) setKey(t *luavm.Table, depth int) {
	key := r.value(depth + 1)
	switch {
	case key.IsNil():
		r.call.Errorf("table index is nil")
	case key.IsNumber() && key.Float() != key.Float():
		r.call.Errorf("table index is NaN")
	case !t.Get(key).IsNil():
		r.call.Errorf("duplicate table key")
	}
	t.Set(key, r.value(depth+1))
}
