package luafile

import (
	"os"

	"microts/internal/luavm"
	"microts/internal/stdio"
)

// functions returns the functions of io.
func (l *Library) functions() map[string]luavm.Native {
	return map[string]luavm.Native{
		"close": l.close, "flush": l.flush, "input": l.setInput, "lines": l.lines, "open": l.openPath,
		"output": l.setOutput, "popen": l.popen, "read": l.read, "tmpfile": l.tmpfile, "type": fileType,
		"write": l.write,
	}
}

// openPath is io.open(path [, mode]).
func (l *Library) openPath(c *luavm.Call) {
	path := c.String(1)
	f, err := l.openFile(path, c.OptString(2, "r"))
	if err != nil {
		returnResult(c, path, err)
		return
	}
	c.Return(l.newUserData(f))
}

// tmpfile is io.tmpfile(). The file has no name any more when the script gets it.
func (l *Library) tmpfile(c *luavm.Call) {
	var f *os.File
	err := l.withForgotten(func() (err error) {
		f, err = os.CreateTemp("", "lua_")
		return err
	})
	if err != nil {
		returnResult(c, "", err)
		return
	}
	_ = os.Remove(f.Name()) // a file that remains does no harm
	s := stdio.NewStream(stdio.NewOSDevice(f), stdio.Mode{Read: true, Write: true})
	c.Return(l.newUserData(l.newFile(&file{Stream: s}, "a temporary file")))
}

// popen is io.popen(command [, mode]).
func (l *Library) popen(c *luavm.Call) {
	command := c.String(1)
	m, err := stdio.ParseProgramMode(c.OptString(2, "r"))
	if err != nil {
		returnResult(c, command, err)
		return
	}
	l.Flush() // the program may read what the script has written
	var p *stdio.Program
	err = l.withForgotten(func() (err error) {
		p, err = stdio.Start(l.options.Program(command), m, l.options.Start)
		return err
	})
	if err != nil {
		returnResult(c, command, err)
		return
	}
	c.Return(l.newUserData(l.newFile(&file{Stream: stdio.NewStream(p, m), program: true}, command)))
}

// openStandard returns a default file, which must be open.
func openStandard(c *luavm.Call, s *standard) *file {
	if s.Closed() {
		c.Errorf("standard file is closed")
	}
	return s.file
}

// read is io.read([format, ...]).
func (l *Library) read(c *luavm.Call) { read(c, openStandard(c, &l.input), 1) }

// write is io.write(value, ...).
func (l *Library) write(c *luavm.Call) { l.writeTo(c, openStandard(c, &l.output), 1) }

// flush is io.flush().
func (l *Library) flush(c *luavm.Call) { flush(c, openStandard(c, &l.output)) }

func (l *Library) setInput(c *luavm.Call)  { l.setStandard(c, &l.input, "r") }
func (l *Library) setOutput(c *luavm.Call) { l.setStandard(c, &l.output, "w") }

// setStandard is io.input and io.output: with a path or a file, it sets the default file.
func (l *Library) setStandard(c *luavm.Call, which *standard, mode string) {
	switch v := c.Arg(1); {
	case v.IsNil():
	case v.IsUserData():
		*which = standard{openSelf(c), v}
	default:
		f := l.mustOpen(c, mode)
		*which = standard{f, l.newUserData(f)}
	}
	c.Return(which.value)
}

// lines is io.lines([path, format, ...]).
func (l *Library) lines(c *luavm.Call) {
	if c.Arg(1).IsNil() {
		l.returnLines(c, l.input.file, false)
		return
	}
	l.returnLines(c, l.mustOpen(c, "r"), true)
}

// fileType is io.type(value).
func fileType(c *luavm.Call) {
	switch f, ok := c.CheckAny(1).Data().(*file); {
	case !ok:
		c.Return(luavm.Nil)
	case f.Closed():
		c.Return(closedFileText)
	default:
		c.Return(fileText)
	}
}

// What io.type returns. Go's variables keep them interned.
var (
	fileText       = luavm.Intern("file").Value()
	closedFileText = luavm.Intern("closed file").Value()
)
