package compat

import (
	"encoding/binary"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// ctype is a C type that ffi knows: a number, a pointer, or an array of either.
type ctype struct {
	name string
	kind ctypeKind
	size int    // bytes; of a variable-length array 0
	elem *ctype // of a pointer or an array
	n    int    // elements of an array, or -1: given when one is made
}

type ctypeKind int

const (
	cVoid ctypeKind = iota
	cBool
	cInt
	cUint
	cFloat
	cPointer
	cArray
)

const pointerSize = 8

var (
	charType = &ctype{name: "char", kind: cInt, size: 1}
	voidType = &ctype{name: "void", kind: cVoid}
)

// baseTypes are the types that have no parts, on 64-bit Linux.
var baseTypes = func() map[string]*ctype {
	all := map[string]*ctype{"char": charType, "void": voidType}
	for kind, sizes := range map[ctypeKind]map[int]string{
		cInt: {
			1: "int8_t,signed char", 2: "int16_t,short,short int,signed short", 4: "int32_t,int,signed,signed int,wchar_t",
			8: "int64_t,long,long int,long long,long long int,ssize_t,intptr_t,ptrdiff_t,time_t,off_t",
		},
		cUint: {
			1: "uint8_t,unsigned char", 2: "uint16_t,unsigned short,unsigned short int", 4: "uint32_t,unsigned,unsigned int",
			8: "uint64_t,unsigned long,unsigned long int,unsigned long long,unsigned long long int,size_t,uintptr_t",
		},
		cFloat: {4: "float", 8: "double"},
		cBool:  {1: "bool,_Bool"},
	} {
		for size, names := range sizes {
			for name := range strings.SplitSeq(names, ",") {
				all[name] = &ctype{name: name, kind: kind, size: size}
			}
		}
	}
	return all
}()

func pointerTo(elem *ctype) *ctype {
	name := elem.name + " *"
	if strings.HasSuffix(elem.name, "*") {
		name = elem.name + "*"
	}
	return &ctype{name: name, kind: cPointer, size: pointerSize, elem: elem}
}

func arrayOf(elem *ctype, n int) *ctype {
	if n < 0 {
		return &ctype{name: elem.name + " [?]", kind: cArray, elem: elem, n: n}
	}
	return &ctype{name: fmt.Sprintf("%s [%d]", elem.name, n), kind: cArray, elem: elem, n: n, size: n * elem.size}
}

// Declarations are what scripts have declared by ffi.cdef. The zero value is
// ready for use.
type Declarations struct {
	types   map[string]*ctype // by typedef; of an opaque struct void
	structs map[string]bool   // with fields
}

var declarator = regexp.MustCompile(`^((?:[A-Za-z_][A-Za-z0-9_]*\s*)+)((?:\*\s*(?:const\s*)?)*)\s*(?:\[\s*(\?|[0-9]*)\s*\])?$`)

// Check returns why a C type is not available, or nil.
func (d *Declarations) Check(text string) error {
	_, err := d.parse(text)
	return err
}

// parse reads a type such as "const uint8_t *" or "char[18]".
func (d *Declarations) parse(text string) (*ctype, error) {
	m := declarator.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return nil, messagef("C type %q is not available in microts: it has numbers, pointers to them and arrays of both", text)
	}
	var words []string
	isStruct := false
	for w := range strings.FieldsSeq(m[1]) {
		switch w {
		case "const", "volatile", "restrict":
		case "struct", "union", "enum":
			isStruct = true
		default:
			words = append(words, w)
		}
	}
	name := strings.Join(words, " ")
	t := baseTypes[name]
	if t == nil {
		t = d.types[name]
	}
	pointers := strings.Count(m[2], "*")
	switch {
	case t != nil && !isStruct:
	case d.structs[name] || isStruct:
		if t = voidType; pointers == 0 {
			return nil, messagef("C struct %q is not available in microts: use a Lua table, and string.pack and string.unpack for its bytes", name)
		}
	default:
		return nil, messagef("C type %q is unknown: declare it by ffi.cdef", name)
	}
	for range pointers {
		t = pointerTo(t)
	}
	if strings.HasSuffix(strings.TrimSpace(text), "]") {
		if t.kind == cVoid {
			return nil, fmt.Errorf("array of void in C type %q", text)
		}
		n := -1
		if m[3] != "?" && m[3] != "" {
			n, _ = strconv.Atoi(m[3]) // digits
		}
		const most = 1 << 31
		if n > most/max(t.size, 1) {
			return nil, messagef("C type %q is too large", text)
		}
		t = arrayOf(t, n)
	}
	return t, nil
}

var (
	cComment = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)
	cBody    = regexp.MustCompile(`(?s)\b(struct|union|enum)\s*([A-Za-z_][A-Za-z0-9_]*)?\s*\{[^{}]*\}`)
	cTypedef = regexp.MustCompile(`(?s)^typedef\s+(.*?)\s*\b([A-Za-z_][A-Za-z0-9_]*)((?:\s*\[[^\]]*\])?)$`)
)

// Declare reads the text of an ffi.cdef. What it does not know, such as the
// declarations of functions, it passes over: their use is what fails.
func (d *Declarations) Declare(text string) {
	text = cComment.ReplaceAllString(text, " ")
	text = cBody.ReplaceAllStringFunc(text, func(body string) string {
		m := cBody.FindStringSubmatch(body)
		name := m[2]
		if name == "" {
			name = "(anonymous)"
		}
		d.addStruct(name)
		return m[1] + " " + name
	})
	for statement := range strings.SplitSeq(text, ";") {
		m := cTypedef.FindStringSubmatch(strings.TrimSpace(statement))
		if m == nil {
			continue
		}
		if t, err := d.parse(m[1] + m[3]); err == nil {
			if d.types == nil {
				d.types = map[string]*ctype{}
			}
			d.types[m[2]] = t
		} else {
			d.addStruct(m[2])
		}
	}
}

func (d *Declarations) addStruct(name string) {
	if d.structs == nil {
		d.structs = map[string]bool{}
	}
	d.structs[name] = true
}

// memory is what cdata lies in. Pointers within it are kept apart, by their
// place: they are no bytes here.
type memory struct {
	bytes    []byte
	pointers map[int]*cdata
}

// cdata is a C value: an array or a number at a place of memory, or a pointer
// to one. What reaches outside of its memory is an error, not a crash.
type cdata struct {
	t   *ctype
	mem *memory
	off int
}

// Memory returns the bytes that c keeps alive, so that they can be counted.
func (c *cdata) Memory() []byte { return c.mem.bytes }

// room returns the n bytes from an offset (of the cdata) on, or an error.
func (c *cdata) room(off, n int) ([]byte, error) {
	start := c.off + off
	if n < 0 || start < 0 || start > len(c.mem.bytes) || n > len(c.mem.bytes)-start {
		return nil, fmt.Errorf("%d bytes at offset %d are outside of %s, which has %d", n, off, c.t.name, max(len(c.mem.bytes)-c.off, 0))
	}
	return c.mem.bytes[start : start+n], nil
}

// element returns element i of an array, or of what a pointer points to.
func (c *cdata) element(i int) (*cdata, error) {
	elem := c.t.elem
	if elem == nil || elem.size == 0 {
		return nil, fmt.Errorf("%s cannot be indexed", c.t.name)
	}
	if _, err := c.room(i*elem.size, elem.size); err != nil {
		return nil, err
	}
	return &cdata{elem, c.mem, c.off + i*elem.size}, nil
}

// load returns the value of a number or pointer in memory: a Lua number, a
// boolean, nil for NULL, or a cdata.
func (c *cdata) load(L *lua.LState) lua.LValue {
	if c.t.kind == cPointer {
		if p := c.mem.pointers[c.off]; p != nil {
			return newCData(L, &cdata{c.t, p.mem, p.off})
		}
		return lua.LNil
	}
	n := c.bits()
	switch c.t.kind {
	case cBool:
		return lua.LBool(n != 0)
	case cFloat:
		return lua.LNumber(c.float())
	case cInt:
		if i := int64(n); i < -exactInt || i > exactInt {
			return newCData(L, c.copy())
		}
		return lua.LNumber(int64(n))
	case cUint:
		if n > exactInt {
			return newCData(L, c.copy())
		}
		return lua.LNumber(n)
	}
	return newCData(L, c)
}

const exactInt = 1 << 53 // numbers hold integers exactly up to here

// copy returns the same value in memory of its own.
func (c *cdata) copy() *cdata {
	b := append([]byte(nil), c.mem.bytes[c.off:c.off+c.t.size]...)
	return &cdata{c.t, &memory{bytes: b}, 0}
}

// bits returns an integer, extended to 64 bits as its type has a sign.
func (c *cdata) bits() uint64 {
	var buf [8]byte
	copy(buf[:], c.mem.bytes[c.off:c.off+c.t.size])
	n := binary.LittleEndian.Uint64(buf[:])
	if shift := 64 - 8*c.t.size; c.t.kind == cInt && shift > 0 {
		n = uint64(int64(n<<shift) >> shift)
	}
	return n
}

func (c *cdata) float() float64 {
	b := c.mem.bytes[c.off:]
	switch {
	case c.t.kind == cFloat && c.t.size == 4:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	case c.t.kind == cFloat:
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	case c.t.kind == cInt:
		return float64(int64(c.bits()))
	}
	return float64(c.bits())
}

// store puts a Lua value into a number or pointer in memory, converted as C
// does.
func (c *cdata) store(v lua.LValue) error {
	if c.t.kind == cPointer {
		return c.storePointer(v)
	}
	var n uint64
	var f float64
	switch v := v.(type) {
	case lua.LNumber:
		f = float64(v)
		n = unsignedOf(f)
	case lua.LBool:
		if v {
			n, f = 1, 1
		}
	case lua.LString:
		if len(v) != 1 || c.t.size != 1 {
			return fmt.Errorf("cannot convert a string of %d bytes to %s", len(v), c.t.name)
		}
		n, f = uint64(v[0]), float64(v[0])
	case *lua.LUserData:
		from, ok := v.Value.(*cdata)
		if !ok || from.t.kind == cPointer || from.t.kind == cArray {
			return fmt.Errorf("cannot convert %s to %s", describe(v), c.t.name)
		}
		n, f = from.bits(), from.float()
		if from.t.kind == cFloat {
			n = unsignedOf(f)
		}
	default:
		return fmt.Errorf("cannot convert %s to %s", describe(v), c.t.name)
	}
	b := c.mem.bytes[c.off : c.off+c.t.size]
	switch {
	case c.t.kind == cFloat && c.t.size == 4:
		binary.LittleEndian.PutUint32(b, math.Float32bits(float32(f)))
		return nil
	case c.t.kind == cFloat:
		n = math.Float64bits(f)
	case c.t.kind == cBool && n != 0:
		n = 1
	}
	var buf [8]byte
	binary.LittleEndian.PutUint64(buf[:], n)
	copy(b, buf[:])
	return nil
}

func (c *cdata) storePointer(v lua.LValue) error {
	if c.mem.pointers == nil {
		c.mem.pointers = map[int]*cdata{}
	}
	if v == lua.LNil {
		delete(c.mem.pointers, c.off)
		return nil
	}
	p, ok := pointerOf(v)
	if !ok {
		return fmt.Errorf("cannot convert %s to %s", describe(v), c.t.name)
	}
	c.mem.pointers[c.off] = p
	return nil
}

// pointerOf returns a value as what a pointer points to: an array, a pointer, or
// a string, which is copied and ends with a zero.
func pointerOf(v lua.LValue) (*cdata, bool) {
	switch v := v.(type) {
	case lua.LString:
		return &cdata{arrayOf(charType, len(v)+1), &memory{bytes: append([]byte(v), 0)}, 0}, true
	case *lua.LUserData:
		if c, ok := v.Value.(*cdata); ok && (c.t.kind == cPointer || c.t.kind == cArray) {
			return c, true
		}
	}
	return nil, false
}

// describe says what a value is, for messages.
func describe(v lua.LValue) string {
	if ud, ok := v.(*lua.LUserData); ok {
		if c, ok := ud.Value.(*cdata); ok {
			return "cdata of type " + c.t.name
		}
	}
	return v.Type().String()
}
