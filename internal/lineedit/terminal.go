package lineedit

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is the terminal of an Editor. While an Editor reads, it is in raw mode: each
// key arrives at once, is not echoed, and sends no signal.
type terminal struct {
	in, out *os.File
	held    []byte // read, and not yet decoded

	before  *unix.Termios // of the terminal; nil: it is not in raw mode
	signals chan os.Signal
	woken   [2]*os.File // a pipe that gets a byte for each signal
	ended   chan struct{}
}

// size returns the columns and rows of the terminal.
func (t *terminal) size() (width, height int) {
	const usualWidth, usualHeight = 80, 24
	size, err := unix.IoctlGetWinsize(int(t.out.Fd()), unix.TIOCGWINSZ)
	if err != nil || size.Col == 0 || size.Row == 0 {
		return usualWidth, usualHeight
	}
	return max(int(size.Col), 2), int(size.Row)
}

// What is written to the pipe of signals.
const (
	resized = 'r'
	resumed = 'c'
)

// listen begins to wait for the signals that an editor heeds. unlisten must follow.
func (t *terminal) listen(signals ...os.Signal) error {
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	t.woken = [2]*os.File{read, write}
	t.signals, t.ended = make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(t.signals, signals...)
	go func() {
		defer close(t.ended)
		for s := range t.signals {
			if s == syscall.SIGCONT {
				_, _ = write.Write([]byte{resumed})
			} else {
				_, _ = write.Write([]byte{resized})
			}
		}
	}()
	return nil
}

func (t *terminal) unlisten() {
	signal.Stop(t.signals)
	close(t.signals)
	<-t.ended
	t.woken[0].Close()
	t.woken[1].Close()
}

// raw puts the terminal in raw mode.
func (t *terminal) raw() error {
	mode, err := unix.IoctlGetTermios(int(t.in.Fd()), unix.TCGETS)
	if err != nil {
		return err
	}
	before := *mode
	mode.Iflag &^= unix.BRKINT | unix.INPCK | unix.ISTRIP | unix.IXON | unix.INLCR | unix.IGNCR | unix.ICRNL
	mode.Lflag &^= unix.ECHO | unix.ICANON | unix.IEXTEN | unix.ISIG
	mode.Cflag |= unix.CS8
	mode.Cc[unix.VMIN], mode.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(int(t.in.Fd()), unix.TCSETSW, mode); err != nil {
		return err
	}
	if t.before == nil {
		t.before = &before
	}
	return t.write("\x1b[?2004h") // bracketed paste
}

// restore puts the terminal in the mode that it had before raw.
func (t *terminal) restore() {
	if t.before == nil {
		return
	}
	_ = t.write("\x1b[?2004l")
	_ = unix.IoctlSetTermios(int(t.in.Fd()), unix.TCSETSW, t.before)
	t.before = nil
}

// suspend stops the process group, as the shell expects of Ctrl-Z, and returns when it
// goes on.
func (t *terminal) suspend() error {
	t.restore()
	if err := syscall.Kill(0, syscall.SIGTSTP); err != nil {
		return err
	}
	// Without a shell that controls jobs, nothing stops, and nothing goes on. A wait
	// that the stop interrupts says nothing: the next one sees that it goes on.
	const tries, each = 4, 50 // ms
	for range tries {
		if n, _ := unix.Poll([]unix.PollFd{{Fd: int32(t.woken[0].Fd()), Events: unix.POLLIN}}, each); n > 0 && t.wakeup() == errResumed {
			break
		}
	}
	return t.raw()
}

// wakeup reads which signals came, and returns the error that says so.
func (t *terminal) wakeup() error {
	var some [16]byte
	n, _ := t.woken[0].Read(some[:])
	if bytes.IndexByte(some[:n], resumed) >= 0 {
		return errResumed
	}
	return errResized
}

func (t *terminal) write(text string) error {
	_, err := io.WriteString(t.out, text)
	return err
}

// Instead of a byte, a signal may come.
var (
	errResized = errors.New("the size of the terminal has changed")
	errResumed = errors.New("the process was stopped and goes on")
)

// errNothing says that neither came.
var errNothing = errors.New("nothing to read")

// fill waits for bytes and adds them to held. After the timeout, unless that is
// negative, it returns os.ErrDeadlineExceeded.
func (t *terminal) fill(timeout time.Duration) error {
	ms := -1
	if timeout >= 0 {
		ms = int(timeout.Milliseconds())
	}
	in := int(t.in.Fd())
	polled := []unix.PollFd{{Fd: int32(in), Events: unix.POLLIN}, {Fd: int32(t.woken[0].Fd()), Events: unix.POLLIN}}
	n, err := unix.Poll(polled, ms)
	switch {
	case err == unix.EINTR:
		return errNothing
	case err != nil:
		return err
	case n == 0:
		return os.ErrDeadlineExceeded
	case polled[1].Revents != 0:
		return t.wakeup()
	}
	var some [4096]byte
	n, err = unix.Read(in, some[:])
	switch {
	case err == unix.EINTR, err == unix.EAGAIN:
		return errNothing
	case err != nil || n == 0: // EIO: the terminal is gone
		return io.EOF
	}
	t.held = append(t.held, some[:n]...)
	return nil
}

// waiting says whether there are bytes to read.
func (t *terminal) waiting() bool {
	if len(t.held) > 0 {
		return true
	}
	n, err := unix.IoctlGetInt(int(t.in.Fd()), unix.TIOCINQ)
	return err == nil && n > 0
}

// next waits for the next key. An error is errResized, errResumed or one of the
// terminal; io.EOF if that is gone.
func (t *terminal) next() (key, error) {
	for {
		if k, n := decode(t.held, false); n > 0 {
			t.held = t.held[n:]
			return k, nil
		}
		err := t.fill(t.patience())
		if errors.Is(err, os.ErrDeadlineExceeded) {
			k, n := decode(t.held, true)
			t.held = t.held[n:]
			return k, nil
		}
		if err != nil && err != errNothing {
			return key{}, err
		}
	}
}

// patience returns how long the rest of the key that has begun may take; less than 0 if
// none has.
func (t *terminal) patience() time.Duration {
	const (
		afterEscape  = 50 * time.Millisecond // or it is the key Esc
		withinKey    = time.Second
		withinPasted = 5 * time.Second
	)
	switch {
	case len(t.held) == 0:
		return -1
	case len(t.held) == 1 && t.held[0] == escape:
		return afterEscape
	case bytes.HasPrefix(t.held, []byte(pasteBegin)):
		return withinPasted
	}
	return withinKey
}

// takeAhead removes and returns the keys that were typed in raw mode and not read.
func (t *terminal) takeAhead() []byte {
	for {
		n, err := unix.IoctlGetInt(int(t.in.Fd()), unix.TIOCINQ)
		if err != nil || n == 0 {
			break
		}
		if err := t.fill(0); err != nil {
			break
		}
	}
	ahead := t.held
	t.held = nil
	return ahead
}
