package host

import (
	"context"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// input is the standard input of a script. It flushes the output before each read. A
// read ends with the script's context, even while it waits for the keys of a user.
type input struct {
	r       io.Reader
	out     *Output
	control *control
}

func (i *input) Read(p []byte) (int, error) {
	_ = i.out.Flush() // Output.check reports the error
	if f, ok := i.r.(*os.File); ok {
		awaitInput(i.control.Context, f)
	}
	if err := i.control.Err(); err != nil {
		return 0, err
	}
	return i.r.Read(p)
}

// awaitInput waits until f can be read without waiting, or ctx is done.
func awaitInput(ctx context.Context, f *os.File) {
	if ctx.Done() == nil {
		return // nothing ends it: Read can do the waiting
	}
	const pause = 20 * time.Millisecond // between two looks at ctx
	fds := []unix.PollFd{{Fd: int32(f.Fd()), Events: unix.POLLIN}}
	for ctx.Err() == nil {
		n, err := unix.Poll(fds, int(pause.Milliseconds()))
		if n > 0 || err != nil && err != unix.EINTR {
			return // what is wrong with f, Read says
		}
	}
}
