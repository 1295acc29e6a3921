package host

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"

	"microts/internal/stdio"
)

// Output is the standard output of scripts. It is buffered unless it goes to a
// terminal. A State flushes it before it reads standard input, writes to standard
// error or starts a program. Whoever made the Output flushes it at the end.
//
// Any number of goroutines may share an Output. Writes do not mix.
type Output struct {
	mu        sync.Mutex
	w         *bufio.Writer
	buffering stdio.Buffering
	file      *os.File    // where it goes, or nil when that is no file
	broken    func(error) // may be nil
	err       error       // of the last write that failed
}

const outputSize = 64 << 10 // bytes of the buffer

// NewOutput makes an Output that goes to w. When a write fails for the first time,
// such as after the reader of a pipe is gone, it calls broken, unless that is nil.
func NewOutput(w io.Writer, broken func(error)) *Output {
	o := &Output{w: bufio.NewWriterSize(w, outputSize), broken: broken}
	if f, ok := w.(*os.File); ok {
		o.file = f
		if term.IsTerminal(int(f.Fd())) {
			o.buffering = stdio.None
		}
	}
	return o
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
	return n, o.wrote(err, bytes.IndexByte(p, '\n') >= 0)
}

// WriteString implements io.StringWriter.
func (o *Output) WriteString(text string) (int, error) {
	o.mu.Lock()
	n, err := o.w.WriteString(text)
	return n, o.wrote(err, strings.IndexByte(text, '\n') >= 0)
}

// wrote ends a write, which has locked o.mu: it flushes if the write must not wait.
func (o *Output) wrote(err error, hasLineEnd bool) error {
	if err == nil && (o.buffering == stdio.None || o.buffering == stdio.Line && hasLineEnd) {
		err = o.w.Flush()
	}
	o.mu.Unlock()
	o.check(err)
	return err
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

// setBuffering says how long writes may wait for a Flush.
func (o *Output) setBuffering(b stdio.Buffering) error {
	o.mu.Lock()
	o.buffering = b
	o.mu.Unlock()
	if b == stdio.None {
		return o.Flush()
	}
	return nil
}
