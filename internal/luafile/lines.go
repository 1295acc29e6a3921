package luafile

import "microts/internal/luavm"

// lines is what an iterator of the lines of a file knows.
type lines struct {
	library *Library
	file    *file
	formats []format
	own     bool // the iterator opened the file, and closes it at the end
	ended   bool // it did; only with formats, because without them the next call is an error
}

// MemorySize returns the size of the buffer, in bytes, if no userdata has it.
func (it *lines) MemorySize() int64 {
	if it.own {
		return it.file.MemorySize()
	}
	return 0
}

// returnLines returns an iterator of lines. The formats are the arguments from number 2
// on. own says that the iterator has the file for itself.
func (l *Library) returnLines(c *luavm.Call, f *file, own bool) {
	const most = 60 // upvalues of a function of LuaJIT
	if c.NumArgs() > most {
		c.Errorf("too many results to unpack")
	}
	it := &lines{library: l, file: f, own: own}
	for _, v := range c.Args(2) {
		it.formats = append(it.formats, parseFormat(v))
	}
	c.Return(luavm.NewFunctionWith("lines", it, nextLine).Value())
}

// nextLine is an iterator of lines.
func nextLine(c *luavm.Call) {
	it := c.Data().(*lines)
	if it.ended {
		c.Return(luavm.Nil)
		return
	}
	checkOpen(c, it.file)
	if len(it.formats) == 0 {
		it.next(c)
		return
	}
	var few [4]luavm.Value
	r := reader{c: c, f: it.file, results: few[:0]}
	for i := 0; i < len(it.formats) && r.goesOn(); i++ {
		r.read(it.formats[i], i+1)
	}
	r.release()
	checkRead(c, r.err)
	if it.own && r.results[0].IsNil() {
		end, err := it.file.AtEnd(callerOf(c))
		checkRead(c, err)
		if end {
			it.ended = true
			it.close()
		}
	}
	c.Return(r.results...)
}

// next returns the next line.
func (it *lines) next(c *luavm.Call) {
	line, err := readFormat(c, it.file, formatLine, 1)
	checkRead(c, err)
	if line.IsNil() && it.own {
		it.close()
		c.Return()
		return
	}
	c.Return(line)
}

// close closes a file that was read.
func (it *lines) close() {
	_ = it.library.open.Close(it.library.state.Context(), it.file.Stream)
}

// checkRead raises an error of reading.
func checkRead(c *luavm.Call, err error) {
	if err != nil {
		message, _ := describe(c, "", err)
		c.Errorf("%s", message)
	}
}
