package stdio

import (
	"os"
	"syscall"
)

// Descriptor calls f with the number that the operating system gives the file, and returns
// what f returns. The file does not have what is in the Stream's buffer. The error of a
// closed Stream is os.ErrClosed; that of a device that is no file of the operating system
// is EBADF.
func (s *Stream) Descriptor(f func(fd int) error) error {
	if s.closed {
		return os.ErrClosed
	}
	d, ok := s.device.(*OSDevice)
	if !ok {
		return syscall.EBADF
	}
	_, err := d.call(func(fd int) (int, error) { return 0, f(fd) })
	return err
}
