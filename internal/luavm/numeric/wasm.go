package numeric

import (
	"encoding/binary"
	"math"
)

// The instructions of WebAssembly that loops need.
const (
	opUnreachable = 0x00
	opBlock       = 0x02
	opLoop        = 0x03
	opIf          = 0x04
	opElse        = 0x05
	opEnd         = 0x0b
	opBr          = 0x0c
	opBrIf        = 0x0d
	opReturn      = 0x0f
	opCall        = 0x10
	opSelect      = 0x1b
	opLocalGet    = 0x20
	opLocalSet    = 0x21
	opLocalTee    = 0x22

	opI32Load    = 0x28
	opI64Load    = 0x29
	opF64Load    = 0x2b
	opI32Load8U  = 0x2d
	opI32Load16U = 0x2f
	opI32Store   = 0x36
	opI64Store   = 0x37
	opF64Store   = 0x39
	opI32Store16 = 0x3b

	opI32Const = 0x41
	opI64Const = 0x42
	opF64Const = 0x44

	opI32Eqz = 0x45
	opI32Eq  = 0x46
	opI32Ne  = 0x47
	opI32LtS = 0x48
	opI32LtU = 0x49
	opI32LeU = 0x4d
	opI32GeU = 0x4f
	opI64Eqz = 0x50
	opI64Eq  = 0x51
	opI64Ne  = 0x52
	opI64LtU = 0x54
	opI64GeU = 0x5a
	opF64Eq  = 0x61
	opF64Ne  = 0x62
	opF64Lt  = 0x63
	opF64Gt  = 0x64
	opF64Le  = 0x65
	opF64Ge  = 0x66

	opI32Add = 0x6a
	opI32Sub = 0x6b
	opI32Mul = 0x6c
	opI32Shl = 0x74
	opI32Or  = 0x72

	opI64Add  = 0x7c
	opI64Sub  = 0x7d
	opI64Or   = 0x84
	opI64Shl  = 0x86
	opI64ShrU = 0x88

	opF64Abs   = 0x99
	opF64Neg   = 0x9a
	opF64Floor = 0x9c
	opF64Sqrt  = 0x9f
	opF64Add   = 0xa0
	opF64Sub   = 0xa1
	opF64Mul   = 0xa2
	opF64Div   = 0xa3

	opI32WrapI64     = 0xa7
	opI64ExtendI32U  = 0xad
	opF64ConvertI64  = 0xb9
	opI64Reinterpret = 0xbd

	typeI32 = 0x7f
	typeI64 = 0x7e
	typeF64 = 0x7c
	noType  = 0x40
)

// wasm is a growing piece of WebAssembly.
type wasm []byte

func (w *wasm) op(ops ...byte) { *w = append(*w, ops...) }

// uint writes an unsigned LEB128.
func (w *wasm) uint(x uint64) {
	for ; x >= 0x80; x >>= 7 {
		*w = append(*w, byte(x)|0x80)
	}
	*w = append(*w, byte(x))
}

// int writes a signed LEB128.
func (w *wasm) int(x int64) {
	for ; x < -0x40 || x >= 0x40; x >>= 7 {
		*w = append(*w, byte(x)|0x80)
	}
	*w = append(*w, byte(x)&0x7f)
}

func (w *wasm) name(s string) {
	w.uint(uint64(len(s)))
	*w = append(*w, s...)
}

// section writes a section, or an entry, that begins with its length.
func (w *wasm) section(id int, content wasm) {
	if id >= 0 {
		w.op(byte(id))
	}
	w.uint(uint64(len(content)))
	*w = append(*w, content...)
}

func (w *wasm) local(op byte, n int)       { w.op(op); w.uint(uint64(n)) }
func (w *wasm) get(n int)                  { w.local(opLocalGet, n) }
func (w *wasm) set(n int)                  { w.local(opLocalSet, n) }
func (w *wasm) tee(n int)                  { w.local(opLocalTee, n) }
func (w *wasm) i32(x int)                  { w.op(opI32Const); w.int(int64(int32(x))) }
func (w *wasm) i64(x uint64)               { w.op(opI64Const); w.int(int64(x)) }
func (w *wasm) memory(op byte, offset int) { w.op(op, 0); w.uint(uint64(offset)) }

func (w *wasm) f64(x float64) {
	w.op(opF64Const)
	*w = binary.LittleEndian.AppendUint64(*w, math.Float64bits(x))
}

// Indexes of functions in a module.
const (
	importNumber  = iota // a function of one number, which is in Go
	importNumbers        // one of two numbers
	importPow
	mainFunction
)

// module returns a module with one function, main, that has the parameter i32 and the
// result i32. types are those of its other locals.
func module(types []byte, body wasm) []byte {
	m := wasm("\x00asm\x01\x00\x00\x00")

	var s wasm
	s.op(4)
	s.op(0x60, 1, typeI32, 1, typeI32)
	s.op(0x60, 2, typeI32, typeF64, 1, typeF64)
	s.op(0x60, 3, typeI32, typeF64, typeF64, 1, typeF64)
	s.op(0x60, 2, typeF64, typeF64, 1, typeF64)
	m.section(1, s)

	s = nil
	s.op(3)
	for i, name := range []string{"number", "numbers", "pow"} {
		s.name("go")
		s.name(name)
		s.op(0, byte(1+i))
	}
	m.section(2, s)

	m.section(3, wasm{1, 0})

	s = nil
	s.op(1, 1)
	s.uint(windowPages)
	s.uint(windowPages)
	m.section(5, s)

	s = nil
	s.op(1)
	s.name("main")
	s.op(0)
	s.uint(mainFunction)
	m.section(7, s)

	var f wasm
	f.uint(uint64(len(types)))
	for _, t := range types {
		f.op(1, t)
	}
	f = append(f, body...)
	s = nil
	s.op(1)
	s.section(-1, f)
	m.section(10, s)
	return m
}
