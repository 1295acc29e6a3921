package host

import (
	"context"
	"io"
	"os"
	"syscall"

	"microts/internal/luavm"
	"microts/internal/stdio"
)

// hasOwnOutput says whether the script has an output that is not a file of the
// process. Then the script is one of many in the process: its standard files, and
// the programs that it starts, are its own.
func (s *State) hasOwnOutput() bool { return s.out.file == nil }

// outputDevice is the device of io.stdout: the Output, which has a buffer of its own.
type outputDevice struct{ out *Output }

// Read implements stdio.Device.
func (d outputDevice) Read(context.Context, []byte) (int, error) { return 0, syscall.EBADF }

// Write implements stdio.Device.
func (d outputDevice) Write(_ context.Context, p []byte) error {
	_, err := d.out.Write(p)
	return err
}

// WriteString implements stdio.Buffered.
func (d outputDevice) WriteString(text string) error {
	_, err := d.out.WriteString(text)
	return err
}

// Flush implements stdio.Buffered.
func (d outputDevice) Flush() error { return d.out.Flush() }

// SetBuffering implements stdio.Buffered.
func (d outputDevice) SetBuffering(b stdio.Buffering) error { return d.out.setBuffering(b) }

// Seek implements stdio.Device.
func (d outputDevice) Seek(offset int64, whence int) (int64, error) {
	return seekFile(d.out.file, offset, whence)
}

// Close implements stdio.Device. Nobody closes a standard file.
func (d outputDevice) Close() error { return nil }

// errorDevice is the device of io.stderr. It flushes the output before each write.
type errorDevice struct {
	out *Output
	w   io.Writer
}

// Read implements stdio.Device.
func (d errorDevice) Read(context.Context, []byte) (int, error) { return 0, syscall.EBADF }

// Write implements stdio.Device.
func (d errorDevice) Write(_ context.Context, p []byte) error {
	_ = d.out.Flush() // Output.check reports the error
	_, err := d.w.Write(p)
	return err
}

// Seek implements stdio.Device.
func (d errorDevice) Seek(offset int64, whence int) (int64, error) {
	f, _ := d.w.(*os.File)
	return seekFile(f, offset, whence)
}

// Close implements stdio.Device. Nobody closes a standard file.
func (d errorDevice) Close() error { return nil }

// seekFile is Seek of a standard file; nil is one that is no file of the process.
func seekFile(f *os.File, offset int64, whence int) (int64, error) {
	if f == nil {
		return 0, syscall.ESPIPE
	}
	return f.Seek(offset, whence)
}

// newPrint makes print. It writes each line whole, unless the line is large: a script may
// print one string many times, and has no room for all of that.
func (s *State) newPrint() luavm.Native {
	const large = 64 << 10 // bytes that print collects before it writes
	var buffer []byte      // kept from one call to the next
	return func(c *luavm.Call) {
		line := buffer[:0]
		buffer = nil // __tostring may call print
		for i, n := 1, c.NumArgs(); i <= n; i++ {
			if i > 1 {
				line = append(line, '\t')
			}
			v := c.Printed(i)
			if v.IsNumber() {
				line = luavm.AppendNumber(line, v.Float())
				continue
			}
			text := luavm.PlainString(v)
			if len(line)+len(text) > large {
				_, _ = s.out.Write(line) // Output.check reports the error
				line = line[:0]
			}
			if len(text) > large {
				_, _ = s.out.WriteString(text)
			} else {
				line = append(line, text...)
			}
		}
		line = append(line, '\n')
		_, _ = s.out.Write(line)
		buffer = line
		c.Return()
	}
}
