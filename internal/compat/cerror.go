package compat

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// CError returns the message and the number that C has for an error.
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

// message is an error that scripts see as the original says it, capital letters
// and all.
type message string

func (m message) Error() string { return string(m) }

func messagef(format string, args ...any) error { return message(fmt.Sprintf(format, args...)) }
