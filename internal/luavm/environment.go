package luavm

// Globals returns the globals that load gives a chunk in this thread: those of the state,
// unless the thread has others.
func (th *Thread) Globals() *Table {
	if th.globals != nil {
		return th.globals
	}
	return th.state.Globals
}

// SetGlobals sets the globals of the thread. Those of the main thread are those of the state.
// Threads that it makes from now on have them too.
func (th *Thread) SetGlobals(globals *Table) {
	if th == th.state.main {
		th.state.Globals = globals
		return
	}
	th.globals = globals
}
