package host

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"reflect"
	"sync"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
	"golang.org/x/term"

	"microts/internal/compat"
)

// Output is the standard output of scripts: buffered, unless it is a terminal.
// It is flushed before the standard input is read, before something is written
// to the standard error, before another program is run, and at the end. Any
// number of goroutines may share it; each of their writes is whole.
type Output struct {
	mu       sync.Mutex
	w        *bufio.Writer
	buffered bool
	to       *os.File    // nil where it does not go to a file
	broken   func(error) // called once, when a write fails
	err      error
}

const outputSize = 64 << 10 // bytes

// NewOutput makes the output to w. broken, unless it is nil, is called when a
// write fails, as it does when the reader of a pipe is gone.
func NewOutput(w io.Writer, broken func(error)) *Output {
	f, isFile := w.(*os.File)
	return &Output{
		w:        bufio.NewWriterSize(w, outputSize),
		buffered: !isFile || !term.IsTerminal(int(f.Fd())),
		to:       f,
		broken:   broken,
	}
}

// file returns what another program can write to.
func (o *Output) file() io.Writer {
	if o.to != nil {
		return o.to
	}
	return o
}

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	n, err := o.w.Write(p)
	if err == nil && !o.buffered {
		err = o.w.Flush()
	}
	o.mu.Unlock()
	o.check(err)
	return n, err
}

// Flush writes what is buffered.
func (o *Output) Flush() error {
	o.mu.Lock()
	err := o.w.Flush()
	o.mu.Unlock()
	o.check(err)
	return err
}

func (o *Output) check(err error) {
	if err == nil {
		return
	}
	o.mu.Lock()
	first := o.err == nil
	o.err = err
	o.mu.Unlock()
	if first && o.broken != nil {
		o.broken(err)
	}
}

// setBuffered is what setvbuf does.
func (o *Output) setBuffered(buffered bool) {
	o.mu.Lock()
	o.buffered = buffered
	o.mu.Unlock()
	if !buffered {
		_ = o.Flush()
	}
}

// before is a writer or reader that flushes the output first.
type before struct {
	out *Output
	w   io.Writer
	r   io.Reader
}

func (b before) Write(p []byte) (int, error) {
	_ = b.out.Flush() // its error belongs to the output
	return b.w.Write(p)
}

func (b before) Read(p []byte) (int, error) {
	_ = b.out.Flush()
	return b.r.Read(p)
}

// openOutput lets print, io.write and io.stdout write to the state's Output,
// and io.stdin and io.stderr flush it first.
func (s *State) openOutput() {
	L, out := s.Lua, s.out
	io, ok := L.GetGlobal("io").(*lua.LTable)
	if !ok {
		return
	}
	stdout := io.RawGetString("stdout")
	*writerOf(stdout) = out
	*writerOf(io.RawGetString("stderr")) = before{out: out, w: s.err}
	*readerOf(io.RawGetString("stdin")) = bufio.NewReader(before{out: out, r: s.in})

	if s.apart() {
		for _, name := range []string{"stdin", "stdout", "stderr"} {
			*fileOf(io.RawGetString(name)) = nobodys
		}
	}

	methods := L.GetTypeMetatable("FILE*").(*lua.LTable)
	flushFirst(L, out, methods, "flush")
	flushFirst(L, out, io, "flush", "popen")
	kind := reflect.TypeOf(stdout.(*lua.LUserData).Value)
	output := io.RawGetString("output")
	for _, in := range []*lua.LTable{methods, io} {
		closeFile := in.RawGetString("close")
		in.RawSetString("close", L.NewFunction(func(L *lua.LState) int {
			_ = out.Flush()
			if L.GetTop() == 0 && in == io {
				callThrough(L, output) // the one that is meant
			}
			if ud, ok := L.Get(1).(*lua.LUserData); ok && reflect.TypeOf(ud.Value) == kind {
				closeInput(ud)
				if s.apart() && *fileOf(ud) == nobodys {
					*(*bool)(unsafe.Pointer(fieldOf(ud, "closed").UnsafeAddr())) = true
					L.Push(lua.LTrue)
					return 1
				}
			}
			return callThrough(L, closeFile)
		}))
	}
	setvbuf := methods.RawGetString("setvbuf")
	methods.RawSetString("setvbuf", L.NewFunction(func(L *lua.LState) int {
		if L.Get(1) != stdout {
			return callThrough(L, setvbuf)
		}
		out.setBuffered(L.CheckString(2) == "full")
		L.Push(lua.LTrue)
		return 1
	}))

	var line []byte // of print, used again
	L.SetGlobal("print", L.NewFunction(func(L *lua.LState) int {
		line = line[:0]
		for i, n := 1, L.GetTop(); i <= n; i++ {
			if i > 1 {
				line = append(line, '\t')
			}
			switch v := L.Get(i).(type) {
			case lua.LString:
				line = append(line, v...)
			case lua.LNumber:
				line = compat.AppendNumber(line, float64(v))
			default:
				// __tostring may print itself
				had := line
				line = nil
				text := lua.LVAsString(L.ToStringMeta(v))
				line = append(had, text...)
			}
		}
		line = append(line, '\n')
		_, _ = out.Write(line) // check has seen the error
		return 0
	}))
}

// nobodys stands for the files of the process where a script has readers and writers
// of its own: all use of it is an error, since no process has so many files.
var nobodys = os.NewFile(1<<30, "standard file")

// fileOf returns the operating system's file of one of gopher-lua's.
func fileOf(file lua.LValue) **os.File {
	return (**os.File)(unsafe.Pointer(fieldOf(file, "fp").UnsafeAddr()))
}

// flushFirst replaces functions by ones that flush the output first.
func flushFirst(L *lua.LState, out *Output, in *lua.LTable, names ...string) {
	for _, name := range names {
		original := in.RawGetString(name)
		in.RawSetString(name, L.NewFunction(func(L *lua.LState) int {
			_ = out.Flush()
			return callThrough(L, original)
		}))
	}
}

// callThrough calls fn with the arguments of the current function and returns
// the number of its results, which are on the stack.
func callThrough(L *lua.LState, fn lua.LValue) int {
	n := L.GetTop()
	L.Push(fn)
	for i := 1; i <= n; i++ {
		L.Push(L.Get(i))
	}
	L.Call(n, lua.MultRet)
	return L.GetTop() - n
}

// closeInput closes the pipe into a process that io.popen started for writing.
// gopher-lua's close waits for the process with the pipe open: for ever.
func closeInput(file lua.LValue) {
	if fieldOf(file, "pp").IsNil() {
		return
	}
	if w, ok := (*writerOf(file)).(io.Closer); ok {
		_ = w.Close()
	}
}

// gopher-lua does not export the writer and the reader of its files, so the
// unexported fields are set; TestStandardFiles pins them.

func writerOf(file lua.LValue) *io.Writer {
	return (*io.Writer)(unsafe.Pointer(fieldOf(file, "writer").UnsafeAddr()))
}

func readerOf(file lua.LValue) **bufio.Reader {
	return (**bufio.Reader)(unsafe.Pointer(fieldOf(file, "reader").UnsafeAddr()))
}

// commandOf returns the program that io.popen started.
func commandOf(file lua.LValue) *exec.Cmd {
	return *(**exec.Cmd)(unsafe.Pointer(fieldOf(file, "pp").UnsafeAddr()))
}

// pipeOf returns what is read of the program that io.popen started, or nil.
func pipeOf(file lua.LValue) io.ReadCloser {
	return *(*io.ReadCloser)(unsafe.Pointer(fieldOf(file, "stdout").UnsafeAddr()))
}

func fieldOf(file lua.LValue, name string) reflect.Value {
	return reflect.ValueOf(file.(*lua.LUserData).Value).Elem().FieldByName(name)
}
