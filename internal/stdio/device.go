package stdio

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Device is what a Stream reads from and writes to. One goroutine at a time uses it.
// Errors of the operating system are, or wrap, a [syscall.Errno].
type Device interface {
	// Read waits until it can read at least one byte and at most len(p). At the end it
	// returns io.EOF. If ctx ends the wait, the error is an *EndError.
	Read(ctx context.Context, p []byte) (int, error)

	// Write writes all of p, or returns an error. If ctx ends the wait, the error is an
	// *EndError.
	Write(ctx context.Context, p []byte) error

	// Seek is that of io.Seeker.
	Seek(offset int64, whence int) (int64, error)

	Close() error
}

// EndError is the error of a function that its Caller's context ended, or that would
// make a value for which the Caller has no room. It is no matter of the file: it ends
// the script.
type EndError struct{ Err error }

func (e *EndError) Error() string { return e.Err.Error() }

func (e *EndError) Unwrap() error { return e.Err }

// ended returns an *EndError if ctx is done. ctx may be nil.
func ended(ctx context.Context) error {
	if ctx != nil && ctx.Err() != nil {
		return &EndError{ctx.Err()}
	}
	return nil
}

// OSDevice is a file of the operating system.
type OSDevice struct {
	file *os.File

	// waits says that the file is no regular one: what reads it may have to wait for a
	// user or for another program.
	waits bool
}

// NewOSDevice makes an OSDevice of an open file, which it owns from now on.
func NewOSDevice(f *os.File) *OSDevice {
	info, err := f.Stat()
	return &OSDevice{file: f, waits: err != nil || !info.Mode().IsRegular() && !info.IsDir()}
}

// Open opens a file. If it makes the file, everybody may read and write it, as far
// as the process's umask lets them.
//
// Open does not wait for the writer of a named pipe: the first read does. It waits
// for the reader.
func Open(ctx context.Context, path string, m Mode) (*OSDevice, error) {
	const everybody = 0o666
	for {
		f, err := os.OpenFile(path, m.openFlags()|unix.O_NONBLOCK, everybody)
		if err == nil {
			if m.Append && !m.Read {
				_, _ = f.Seek(0, io.SeekEnd) // a pipe has no end
			}
			return NewOSDevice(f), nil
		}
		if !errors.Is(err, unix.ENXIO) || !isNamedPipe(path) {
			return nil, err
		}
		if err := ended(ctx); err != nil {
			return nil, err
		}
		time.Sleep(pause)
	}
}

func isNamedPipe(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&os.ModeNamedPipe != 0
}

// pause is how long a wait lasts before it looks at its context again.
const pause = 20 * time.Millisecond

// Read implements Device.
func (d *OSDevice) Read(ctx context.Context, p []byte) (int, error) {
	for {
		if err := d.await(ctx, unix.POLLIN); err != nil {
			return 0, err
		}
		n, err := d.call(func(fd int) (int, error) { return unix.Read(fd, p) })
		switch {
		case mustRepeat(err):
		case err != nil:
			return 0, err
		case n == 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
}

// Write implements Device.
func (d *OSDevice) Write(ctx context.Context, p []byte) error {
	for len(p) > 0 {
		if err := d.await(ctx, unix.POLLOUT); err != nil {
			return err
		}
		n, err := d.call(func(fd int) (int, error) { return unix.Write(fd, p) })
		if err != nil && !mustRepeat(err) {
			// What ended the script may also have ended what it writes to.
			return cmp.Or(ended(ctx), err)
		}
		p = p[max(n, 0):]
	}
	return nil
}

// mustRepeat says whether a call has to be made again: a signal came between, or
// another program was faster.
func mustRepeat(err error) bool { return err == unix.EINTR || err == unix.EAGAIN }

// await waits until the file is ready for events, or ctx is done. The next call says
// what is wrong with the file.
func (d *OSDevice) await(ctx context.Context, events int16) error {
	timeout := int(pause.Milliseconds())
	if ctx == nil || ctx.Done() == nil {
		timeout = -1
	}
	for {
		if err := ended(ctx); err != nil || !d.waits {
			return err
		}
		n, err := d.call(func(fd int) (int, error) {
			return unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: events}}, timeout)
		})
		if n > 0 || err != nil && err != unix.EINTR {
			return nil
		}
	}
}

// call calls a function of the operating system. Unlike the methods of os.File, it
// leaves the waiting to await.
func (d *OSDevice) call(function func(fd int) (int, error)) (n int, err error) {
	conn, err := d.file.SyscallConn()
	if err != nil {
		return 0, syscall.EBADF
	}
	if closed := conn.Control(func(fd uintptr) { n, err = function(int(fd)) }); closed != nil {
		return 0, syscall.EBADF
	}
	return n, err
}

// Seek implements Device.
func (d *OSDevice) Seek(offset int64, whence int) (int64, error) { return d.file.Seek(offset, whence) }

// Close implements Device.
func (d *OSDevice) Close() error { return d.file.Close() }

// remaining returns how many bytes a regular file holds from its position on, else 0.
func (d *OSDevice) remaining() int64 {
	info, err := d.file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	at, err := d.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0
	}
	return max(info.Size()-at, 0)
}
