package luavm

import (
	"errors"
	"strings"

	"microts/internal/luavm/code"
)

// load is load(source [, name [, mode [, environment]]]), and loadstring. The source is a
// string, or a function that returns it in pieces.
func load(c *Call) {
	var source []byte
	name := "=(load)"
	if v := c.Arg(1); v.isFunction() {
		var fault *Error
		if source, fault = readPieces(c, v); fault != nil {
			c.Return(Nil, fault.Value)
			return
		}
	} else {
		name = c.String(1)
		source = []byte(name)
	}
	p, err := c.State().Compile(source, code.NameOf(c.OptString(2, name)))
	c.ReturnChunk(p, err, 3)
}

// readPieces calls a function until it returns nil, nothing or "", and joins what it
// returned. The error is that of the function, or says that it returned something else.
func readPieces(c *Call, next Value) (source []byte, fault *Error) {
	text := NewBuilder(c)
	defer c.Hold(0)
	for {
		c.CheckStop()
		c.Hold(text.Len())
		piece, fault := c.try1(next)
		switch {
		case fault != nil:
			return nil, fault
		case piece.isNil(), piece.isString() && piece.text() == "":
			return text.Bytes(), nil
		case !piece.isString():
			return nil, &Error{Value: NewString(c.th.position() + "reader function must return a string").Value()}
		}
		text.Add(piece.text())
	}
}

// try1 calls a value and returns its first result, or the error that it raises. What ends
// the script goes on.
func (c *Call) try1(f Value) (v Value, fault *Error) {
	results, err := c.State().Call(f)
	switch fault, _ := err.(*Error); {
	case fault != nil && fault.cause != nil:
		panic(fault)
	case fault != nil:
		return Nil, fault
	case len(results) == 0:
		return Nil, nil
	}
	return results[0], nil
}

// ReturnChunk returns a Lua chunk as a function, or nil and the message of an error, as load
// does. Argument i is the mode of load, "t", "b" or "bt", and argument i+1 the environment.
func (c *Call) ReturnChunk(p *code.Proto, err error, i int) {
	if mode := c.OptString(i, "bt"); err == nil {
		kind := "t"
		if p.IsDump {
			kind = "b"
		}
		if !strings.Contains(mode, kind) {
			err = errors.New("attempt to load chunk with wrong mode")
		}
	}
	if err != nil {
		c.CheckStop()
		c.Return(Nil, NewString(err.Error()).Value())
		return
	}
	env := c.th.Globals()
	if c.NumArgs() > i {
		env = c.Table(i + 1)
	}
	c.Return(c.State().Link(p, env).Value())
}
