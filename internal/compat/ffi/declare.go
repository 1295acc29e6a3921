package ffi

import "fmt"

// Declarations are the types and constants that a script declared by ffi.cdef. The zero
// value holds none and is ready for use. It is for one goroutine.
type Declarations struct {
	types       map[string]*ctype // by the names of typedefs
	unavailable map[string]error  // why a typedef is only available to point to
	constants   map[string]int64  // of enums, and static const integers
}

// typeError says why a C type is not available. It begins with a capital C, as
// scripts see it.
type typeError string

func (e typeError) Error() string { return string(e) }

func typeErrorf(format string, args ...any) error { return typeError(fmt.Sprintf(format, args...)) }

func structError(name string) error {
	return typeErrorf("C struct %q is not available in microts: use a Lua table, and string.pack and string.unpack for its bytes", name)
}

func unsupported(text string) error {
	return typeErrorf("C type %q is not available in microts: it has numbers, pointers to them and arrays of both", text)
}

// Check returns why a C type such as "const uint8_t *" is not available, or nil.
func (d *Declarations) Check(text string) error {
	_, err := d.parse(text)
	return err
}

// Constant returns the value of a constant that ffi.C has: of an enum, or a static const.
func (d *Declarations) Constant(name string) (n int64, ok bool) {
	n, ok = d.constants[name]
	return n, ok
}

// parse reads a type such as "const uint8_t *" or "char[18]".
func (d *Declarations) parse(text string) (*ctype, error) {
	p := parser{Declarations: d, lexer: lexer{rest: text}}
	p.next()
	base, err := p.specifiers()
	if err != nil {
		return nil, err
	}
	name, t, err := p.declarator(base, text)
	if err == nil && (name != "" || p.kind != tokenEnd) {
		err = unsupported(text)
	}
	return t, err
}

// Declare reads the text of an ffi.cdef. It skips what it does not know, such as
// the declarations of functions: an error follows when the script uses it.
func (d *Declarations) Declare(text string) {
	p := parser{Declarations: d, lexer: lexer{rest: text}}
	for p.next(); p.kind != tokenEnd; p.next() {
		p.declaration()
		for !p.is(";") && p.kind != tokenEnd {
			if !p.skipBody() {
				p.next()
			}
		}
	}
}

// declaration reads what stands before the semicolon of a typedef or a constant. It stops
// at what it does not know.
func (p *parser) declaration() {
	isTypedef := p.accept("typedef")
	base, unknown := p.specifiers()
	for more := true; more; more = p.accept(",") {
		name, t, err := p.declarator(base, "")
		if unknown != nil {
			err = unknown
		}
		switch {
		case name == "":
			return
		case isTypedef && err == nil:
			p.addType(name, t)
		case isTypedef:
			p.addUnavailable(name, err)
		case err == nil && p.accept("="):
			n, ok := p.constant()
			if !ok || !p.is(",") && !p.is(";") {
				return
			}
			p.addConstant(name, n)
		}
	}
}

func (d *Declarations) addType(name string, t *ctype) {
	if d.types == nil {
		d.types = map[string]*ctype{}
	}
	d.types[name] = t
}

func (d *Declarations) addUnavailable(name string, err error) {
	if d.unavailable == nil {
		d.unavailable = map[string]error{}
	}
	d.unavailable[name] = err
}

func (d *Declarations) addConstant(name string, n int64) {
	if d.constants == nil {
		d.constants = map[string]int64{}
	}
	d.constants[name] = n
}
