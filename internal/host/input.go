package host

import (
	"context"
	"io"
	"os"
	"syscall"

	"microts/internal/stdio"
)

// input is the device of io.stdin. It flushes the output before each read. A read ends
// with the script's context, even while it waits for the keys of a user.
type input struct {
	r    io.Reader
	file *stdio.OSDevice // of r, or nil when that is no file
	out  *Output
}

func newInput(r io.Reader, out *Output) *input {
	i := &input{r: r, out: out}
	if f, ok := r.(*os.File); ok {
		i.file = stdio.NewOSDevice(f)
	}
	return i
}

// Read implements stdio.Device.
func (i *input) Read(ctx context.Context, p []byte) (n int, err error) {
	_ = i.out.Flush() // Output.check reports the error
	if i.file != nil {
		n, err = i.file.Read(ctx, p)
	} else {
		n, err = io.ReadAtLeast(i.r, p, 1)
	}
	return n, err
}

// Write implements stdio.Device.
func (i *input) Write(context.Context, []byte) error { return syscall.EBADF }

// Seek implements stdio.Device.
func (i *input) Seek(offset int64, whence int) (int64, error) {
	if i.file == nil {
		return 0, syscall.ESPIPE
	}
	return i.file.Seek(offset, whence)
}

// Close implements stdio.Device. Nobody closes the standard input.
func (i *input) Close() error { return nil }
