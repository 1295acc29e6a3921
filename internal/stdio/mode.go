package stdio

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// Mode says what may be done with a file, and how it is opened.
type Mode struct {
	Read, Write bool

	// Append makes each write go to the end of the file.
	Append bool

	flags int // of open(2), beyond those that follow from Read, Write and Append
}

// ParseMode reads a mode of fopen as glibc does: "r", "w" or "a", then up to six
// bytes, of which '+' and 'x' mean something and all others nothing. The error is
// EINVAL.
func ParseMode(text string) (Mode, error) {
	const longest = 7
	if text == "" {
		return Mode{}, syscall.EINVAL
	}
	var m Mode
	switch text[0] {
	case 'r':
		m.Read = true
	case 'w':
		m.Write, m.flags = true, unix.O_CREAT|unix.O_TRUNC
	case 'a':
		m.Write, m.Append, m.flags = true, true, unix.O_CREAT
	default:
		return Mode{}, syscall.EINVAL
	}
	for _, c := range []byte(text[1:min(len(text), longest)]) {
		switch c {
		case '+':
			m.Read, m.Write = true, true
		case 'x':
			m.flags |= unix.O_EXCL
		}
	}
	return m, nil
}

// openFlags returns the flags of open(2).
func (m Mode) openFlags() int {
	flags := m.flags
	switch {
	case m.Read && m.Write:
		flags |= unix.O_RDWR
	case m.Write:
		flags |= unix.O_WRONLY
	}
	if m.Append {
		flags |= unix.O_APPEND
	}
	return flags
}

// ParseProgramMode reads a mode of popen as glibc does: "r" or "w", with any number
// of 'e', which means nothing here. The error is EINVAL.
func ParseProgramMode(text string) (Mode, error) {
	var m Mode
	for _, c := range []byte(text) {
		switch c {
		case 'r':
			m.Read = true
		case 'w':
			m.Write = true
		case 'e':
		default:
			return Mode{}, syscall.EINVAL
		}
	}
	if m.Read == m.Write {
		return Mode{}, syscall.EINVAL
	}
	return m, nil
}
