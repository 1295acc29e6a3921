package host

import (
	"context"
	"io"
	"os"
	"syscall"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/room"
	"microts/internal/luasyntax"
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

// newPrint makes print. It writes each line whole.
func (s *State) newPrint() lua.LGFunction {
	var buffer []byte // kept from one call to the next
	return func(L *lua.LState) int {
		n := L.GetTop()
		line := room.Text{L: L}
		line.Reuse(buffer)
		line.Keep()
		buffer = nil // __tostring may call print
		for i := 1; i <= n; i++ {
			if i > 1 {
				line.AddByte('\t')
			}
			switch v := L.Get(i).(type) {
			case lua.LString:
				line.Add(string(v))
			case lua.LNumber:
				line.AddBytes(luasyntax.AppendNumber(line.Spare(), float64(v)))
			default:
				line.Add(lua.LVAsString(L.ToStringMeta(v)))
			}
		}
		line.AddByte('\n')
		_, _ = line.WriteTo(s.out) // Output.check reports the error
		buffer = line.Memory()
		if len(buffer) > outputSize {
			buffer = nil
		}
		return 0
	}
}
