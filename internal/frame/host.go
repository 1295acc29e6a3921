package frame

// Host is what operations run for: *luavm.Call is one. Its methods may end an operation
// with a panic; the operation then leaves nothing behind.
type Host interface {
	// Room is asked before so many bytes are allocated.
	Room(bytes int)
	// CheckStop is called every few ms.
	CheckStop()
}

// NoHost is a Host that has room for everything and never stops.
var NoHost Host = noHost{}

type noHost struct{}

func (noHost) Room(int)   {}
func (noHost) CheckStop() {}

// stride is how many rows are worked on between two calls of CheckStop.
const stride = 1 << 16

// inSteps calls do for the rows 0 to n, some at a time.
func inSteps(h Host, n int, do func(from, to int)) {
	for from := 0; from < n; from += stride {
		h.CheckStop()
		do(from, min(from+stride, n))
	}
}

// stopper calls CheckStop now and then in loops whose rounds are short.
type stopper struct {
	host Host
	left int
}

func (s *stopper) step(n int) {
	if s.left -= n; s.left < 0 {
		s.left = stride
		s.host.CheckStop()
	}
}
