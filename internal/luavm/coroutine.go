package luavm

const (
	maxResumes     = 10_000 // coroutines that have resumed each other; deep ones count more
	framesAsResume = 100    // calls of a coroutine that count as one more
)

// NewThread makes a coroutine that runs f.
func (s *State) NewThread(f Value) *Thread {
	th := newThread(s)
	th.stack[1] = f
	th.top = 2
	th.globals = s.current.globals
	s.allocated(len(th.stack)*valueSize + 512)
	return th
}

// cannotResume says why a coroutine cannot be resumed, or returns "".
func (th *Thread) cannotResume() string {
	switch th.status {
	case dead:
		return "cannot resume dead coroutine"
	case suspended:
		return ""
	case running:
		return "cannot resume running coroutine"
	}
	return "cannot resume non-suspended coroutine"
}

// resume does coroutine.resume with n arguments, in its frame.
func (th *Thread) resume(n int) *Thread {
	base := int(th.frame().base)
	if n == 0 || th.stack[base].n != tagThread {
		th.argTypeError(1, n, "coroutine")
	}
	co, ok := asThread(th.stack[base].thread())
	if !ok || co.cannotResume() != "" {
		why := "cannot resume running coroutine"
		if ok {
			why = co.cannotResume()
		}
		th.stack[base-1], th.stack[base] = False, Intern(why).Value()
		return th.leave(base-1, 2)
	}
	return th.transfer(co, base+1, n-1)
}

// resumeWrapped does a call of a function that coroutine.wrap made.
func (th *Thread) resumeWrapped(fn *Function, n int) *Thread {
	if why := fn.wrapped.cannotResume(); why != "" {
		th.Errorf("%s", why)
	}
	return th.transfer(fn.wrapped, int(th.frame().base), n)
}

// transfer resumes co with n values of the stack of th.
func (th *Thread) transfer(co *Thread, from, n int) *Thread {
	if th.resumes >= maxResumes {
		th.Errorf("C stack overflow")
	}
	co.resumes = th.resumes + 1 + th.depth/framesAsResume
	th.status, co.status = normal, running
	co.resumer = th
	th.state.current = co
	args := th.stack[from : from+n]
	if co.depth == 0 {
		co.need(2 + n + spare)
		copy(co.stack[2:], args)
		return co.invoke(1, n, frame{ret: 1, want: multi, then: toResumer})
	}
	return co.receive(args)
}

// receive ends the frame that runs, which is that of a native function, with values from
// the stack of another thread.
func (th *Thread) receive(values []Value) *Thread {
	f := th.frame()
	if f.then == toRegisters && f.want >= 0 {
		th.depth--
		to := th.stack[f.ret : int(f.ret)+int(f.want)]
		for i := range to {
			if i < len(values) {
				to[i] = values[i]
			} else {
				to[i] = Nil
			}
		}
		return th
	}
	base := int(f.base)
	th.need(base + len(values) + spare)
	copy(th.stack[base:], values)
	return th.leave(base, len(values))
}

// yield does coroutine.yield with n arguments, in its frame.
func (th *Thread) yield(n int) *Thread {
	if th.resumer == nil || th.goCalls > 0 {
		th.Errorf("attempt to yield across C-call boundary")
	}
	to := th.resumer
	th.resumer = nil
	th.status = suspended
	return th.handBack(to, int(th.frame().base), n)
}

// finished ends a coroutine that returned n results.
func (th *Thread) finished(from, n int) *Thread {
	return th.handBack(th.die(), from, n)
}

// die ends a coroutine and returns the thread that resumed it.
func (th *Thread) die() *Thread {
	to := th.resumer
	th.closeUpvalues(0)
	th.status = dead
	th.resumer = nil
	return to
}

// handBack gives n values of the stack of th to the thread to, which resumed th, and
// lets it go on.
func (th *Thread) handBack(to *Thread, from, n int) *Thread {
	th.state.current = to
	to.status = running
	values := th.stack[from : from+n]
	base := int(to.frame().base)
	if to.stack[base-1].native().special == specialWrap {
		return to.receive(values)
	}
	to.need(base + n + spare)
	copy(to.stack[base:], values)
	to.stack[base-1] = True
	return to.leave(base-1, n+1)
}
