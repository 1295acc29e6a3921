package luafile

import (
	"microts/internal/luavm"
	"microts/internal/stdio"
)

// read is read of io and of files. The formats are the arguments from first on; without
// any, it reads a line. It returns what it read: the first nil is the last.
func read(c *luavm.Call, f *file, first int) {
	last := c.NumArgs()
	if last <= first {
		format := formatLine
		if last == first {
			format = parseFormat(c.Arg(first))
		}
		v, err := readFormat(c, f, format, first)
		if err != nil {
			returnResult(c, "", err)
			return
		}
		c.Return(v)
		return
	}
	var few [4]luavm.Value
	r := reader{c: c, f: f, results: few[:0]}
	for i := first; i <= last && r.goesOn(); i++ {
		r.read(parseFormat(c.Arg(i)), i)
	}
	r.release()
	if r.err != nil {
		returnResult(c, "", r.err)
		return
	}
	c.Return(r.results...)
}

// reader reads what several formats ask for, up to the first nil or error.
type reader struct {
	c       *luavm.Call
	f       *file
	results []luavm.Value
	held    int // bytes of results
	err     error
}

// goesOn says whether another format may be read.
func (r *reader) goesOn() bool {
	n := len(r.results)
	return r.err == nil && (n == 0 || !r.results[n-1].IsNil())
}

// read reads a format, which stands in argument i.
func (r *reader) read(format format, i int) {
	var v luavm.Value
	if v, r.err = readFormat(r.c, r.f, format, i); r.err != nil {
		return
	}
	r.results = append(r.results, v)
	const few = 4 << 10
	if v.IsString() && len(v.Text()) > few {
		r.held += len(v.Text())
		r.c.Hold(r.held)
	}
}

// release says that the state finds the results itself from now on.
func (r *reader) release() {
	if r.held > 0 {
		r.c.Hold(0)
	}
}

// readFormat reads what a format asks for. It returns nil when there is no such thing. i
// is the number of the argument that has the format, for errors.
func readFormat(c *luavm.Call, f *file, format format, i int) (luavm.Value, error) {
	caller := callerOf(c)
	switch format.kind {
	case numberFormat:
		n, ok, err := f.ReadNumber(caller)
		return valueIf(ok, luavm.Number(n)), err
	case lineFormat, lineWithEndFormat:
		line, ok, err := f.ReadLine(caller, format.kind == lineWithEndFormat)
		if !ok || err != nil {
			return luavm.Nil, err
		}
		return text(c, line), nil
	case allFormat:
		all, err := f.ReadAll(caller)
		return text(c, all), err
	case bytesFormat:
		part, err := f.ReadUpTo(caller, format.bytes)
		if len(part.Bytes) == 0 || err != nil {
			return luavm.Nil, err
		}
		return text(c, part), nil
	case endFormat:
		end, err := f.AtEnd(caller)
		return valueIf(!end, luavm.Part("")), err
	}
	c.ArgError(i, format.problem)
	return luavm.Nil, nil
}

// text makes a string of what was read.
func text(c *luavm.Call, t stdio.Text) luavm.Value {
	if !t.Shared {
		return luavm.OwnText(t.Bytes)
	}
	const counted = 256 // Return counts shorter strings
	if len(t.Bytes) > counted {
		c.Room(len(t.Bytes))
	}
	return luavm.Text(t.Bytes)
}

// valueIf returns a value, or nil if there is none.
func valueIf(ok bool, v luavm.Value) luavm.Value {
	if !ok {
		return luavm.Nil
	}
	return v
}
