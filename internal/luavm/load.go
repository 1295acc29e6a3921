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
		var ok bool
		if source, ok = readPieces(c, v); !ok {
			c.Return(Nil, NewString("reader function must return a string").Value())
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
// returned. ok is false if it returned something that is no string.
func readPieces(c *Call, next Value) (source []byte, ok bool) {
	text := NewBuilder(c)
	for {
		c.CheckStop()
		c.Hold(text.Len())
		switch piece := c.Call1(next); {
		case piece.isNil(), piece.isString() && piece.text() == "":
			c.Hold(0)
			return text.Bytes(), true
		case !piece.isString():
			return nil, false
		default:
			text.Add(piece.text())
		}
	}
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
	env := c.State().Globals
	if c.NumArgs() > i {
		env = c.Table(i + 1)
	}
	c.Return(c.State().Link(p, env).Value())
}
