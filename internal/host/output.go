package host

import (
	"bufio"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// Output is the standard output of scripts. It is buffered unless it goes to a
// terminal. A State flushes it before it reads standard input, writes to standard
// error or starts a program. Whoever made the Output flushes it at the end.
//
// Any number of goroutines may share an Output. Writes do not mix.
type Output struct {
	mu       sync.Mutex
	w        *bufio.Writer
	buffered bool
	file     *os.File    // where it goes, or nil when that is no file
	broken   func(error) // may be nil
	err      error       // of the last write that failed
}

const outputSize = 64 << 10 // bytes of the buffer

// NewOutput makes an Output that goes to w. When a write fails for the first time,
// such as after the reader of a pipe is gone, it calls broken, unless that is nil.
func NewOutput(w io.Writer, broken func(error)) *Output {
	f, isFile := w.(*os.File)
	return &Output{
		w:        bufio.NewWriterSize(w, outputSize),
		buffered: !isFile || !term.IsTerminal(int(f.Fd())),
		file:     f,
		broken:   broken,
	}
}

// forProgram returns what a program can use as its standard output.
func (o *Output) forProgram() io.Writer {
	if o.file != nil {
		return o.file
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

// check reports the first error. o.mu must not be locked: broken may use o.
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

// setBuffered says whether writes may wait for a Flush.
func (o *Output) setBuffered(buffered bool) {
	o.mu.Lock()
	o.buffered = buffered
	o.mu.Unlock()
	if !buffered {
		_ = o.Flush()
	}
}

// flushingWriter flushes the output before each write.
type flushingWriter struct {
	out *Output
	w   io.Writer
}

func (f flushingWriter) Write(p []byte) (int, error) {
	_ = f.out.Flush() // Output.check reports the error
	return f.w.Write(p)
}
