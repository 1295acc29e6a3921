package compat

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// CError returns the message and the number that C has for an error of the
// operating system. For any other error the number is 0.
func CError(err error) (message string, number int) {
	errno := syscall.Errno(0)
	if !errors.As(err, &errno) {
		if p := (*fs.PathError)(nil); errors.As(err, &p) {
			err = p.Err
		}
		return err.Error(), 0
	}
	text := errno.Error()
	return strings.ToUpper(text[:1]) + text[1:], int(errno)
}

// message is an error with the exact words of the library that a module copies,
// which may begin with a capital letter.
type message string

func (m message) Error() string { return string(m) }

func messagef(format string, args ...any) error { return message(fmt.Sprintf(format, args...)) }
