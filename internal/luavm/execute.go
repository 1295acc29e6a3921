package luavm

// callValue calls f from Go with arguments. Its results are in th.stack[from:from+n],
// until th calls something else.
func (th *Thread) callValue(f Value, args []Value) (from, n int) {
	if th.state.goCalls >= maxGoCalls {
		th.Errorf("C stack overflow")
	}
	at, top := th.frameEnd(), th.top
	th.need(at + len(args) + 1 + spare)
	to := th.stack[at : at+len(args)+1]
	to[0] = f
	for i := range args { // one by one: there are few
		to[i+1] = args[i]
	}
	th.state.execute(th, at, len(args))
	from, n = at, th.top-at
	th.top = top
	return from, n
}

// execute calls the value in a slot of th from Go: it runs the machine until the call is
// over. An error that no pcall in the call catches goes on as a panic.
func (s *State) execute(th *Thread, at, n int) {
	depth, top, call := th.depth, th.top, th.call
	th.goCalls++
	s.goCalls++
	for err := th.begin(at, n); err != nil; {
		s.memory.held[s.goCalls] = 0 // a native function at this level may have held it
		next := s.catch(err, th, depth)
		if next == nil {
			th.top, th.call = top, call
			s.goCalls--
			th.goCalls--
			panic(err)
		}
		err = goOn(next)
	}
	th.call = call
	s.goCalls--
	th.goCalls--
}

// begin calls the value in a slot from Go and runs the machine. It returns the error that
// ends it.
func (th *Thread) begin(at, n int) (err *Error) {
	defer recoverError(&err)
	f := frame{ret: int32(at), want: multi, then: toGo}
	if th.stack[at].isClosure() {
		th.enter(at, n, f)
	} else if th = th.invoke(at, n, f); th == nil {
		return nil
	}
	run(th)
	return nil
}

// goOn runs the machine on after an error, with the thread that next returns. It returns
// the error that ends it.
func goOn(next func() *Thread) (err *Error) {
	defer recoverError(&err)
	if th := next(); th != nil {
		run(th)
	}
	return nil
}

// recoverError, deferred, stores a panic as an error.
func recoverError(err **Error) {
	if r := recover(); r != nil {
		*err = asError(r)
	}
}

// catch returns what goes on after an error: the innermost pcall, xpcall or resume since
// Go called entry at a depth. It is nil if there is none; the calls have ended then.
func (s *State) catch(err *Error, entry *Thread, depth int) func() *Thread {
	for {
		th, low := s.current, 0
		if th == entry {
			low = depth
		}
		if err.cause == nil {
			if d := th.catcher(low); d > low {
				return func() *Thread { return th.handle(d, err) }
			}
		}
		if err.Traceback == "" {
			err.Traceback = th.traceback(0)
		}
		if th == entry {
			th.handling = false
			th.closeUpvalues(int32(th.frames[depth+1].ret))
			th.depth = depth
			return nil
		}
		resumer := th.die()
		s.current = resumer
		resumer.status = running
		if f := resumer.frame(); resumer.stack[f.base-1].native().special == specialResume && err.cause == nil {
			return func() *Thread {
				from, n := int(f.base), 1
				resumer.stack[from] = err.Value
				resumer.stack[from-1] = False
				return resumer.leave(from-1, n+1)
			}
		}
		if err.Value.isString() && err.cause == nil {
			err = &Error{Value: NewString(resumer.Where(1) + err.Value.text()).Value(), Traceback: err.Traceback}
		}
	}
}

// catcher returns the depth of the innermost pcall or xpcall above low, or low.
func (th *Thread) catcher(low int) int {
	d := th.depth
	for d > low && th.frames[d].flags&catches == 0 {
		d--
	}
	return d
}

// handle ends the pcall or xpcall of frame d with an error, or first calls the handler
// of the xpcall.
func (th *Thread) handle(d int, err *Error) *Thread {
	f := th.frames[d]
	fn := th.stack[f.base-1].native()
	v := err.Value
	if fn.special == specialXpcall && !err.handled {
		handling := false
		for e := d; e <= th.depth; e++ {
			handling = handling || th.frames[e].then == toHandler
		}
		h := th.stack[f.base]
		if !handling && h.isFunction() {
			at := th.frameEnd()
			th.handling = true
			th.need(at + 2 + spare)
			th.stack[at], th.stack[at+1] = h, v
			return th.invoke(at, 1, frame{ret: int32(at), want: 1, then: toHandler})
		}
		v = errorInErrorHandling().Value
	}
	return th.fail(d, v)
}

// handlerReturned ends the xpcall whose handler has returned v.
func (th *Thread) handlerReturned(v Value) *Thread {
	return th.fail(th.catcher(0), v)
}

// fail ends the pcall or xpcall of frame d with an error value.
func (th *Thread) fail(d int, v Value) *Thread {
	th.handling = false
	f := th.frames[d]
	th.closeUpvalues(f.base)
	th.depth = d
	th.stack[f.base-1], th.stack[f.base] = False, v
	return th.leave(int(f.base)-1, 2)
}

// pcall does pcall with n arguments, in its frame.
func (th *Thread) pcall(n int) *Thread {
	f := th.frame()
	if n == 0 {
		th.argError(1, "value expected")
	}
	f.flags |= catches
	return th.invoke(int(f.base), n-1, frame{ret: f.base, want: multi, then: toPcall})
}

// xpcall does xpcall with n arguments, in its frame. The handler stays before the
// function.
func (th *Thread) xpcall(n int) *Thread {
	f := th.frame()
	a := th.stack[f.base:]
	if n < 2 {
		th.argError(n+1, "value expected")
	} else if !a[1].isFunction() {
		th.argError(2, "function expected, got "+typeName(a[1]))
	}
	a[0], a[1] = a[1], a[0]
	f.flags |= catches
	return th.invoke(int(f.base)+1, n-2, frame{ret: f.base + 1, want: multi, then: toPcall})
}
