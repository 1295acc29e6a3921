package compat

import (
	"errors"
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
