package compat

import "microts/internal/luavm"

// making counts the memory of a value that a native makes bit by bit, and lets it end with
// the script.
type making struct {
	call    *luavm.Call
	held    int // bytes for which there is room
	pending int // bytes for which no room was asked yet
	steps   int // since the last look whether the script is to end
}

const (
	together  = 64 << 10 // bytes for which room is asked at once
	mostSteps = 1 << 14  // of less than 1 µs
)

// add counts n bytes of the value, and a step of less than 1 µs.
func (m *making) add(n int) {
	m.pending += n
	if m.steps++; m.pending >= together || m.steps >= mostSteps {
		m.ask()
	}
}

// ask raises a Lua error if there is no room for what was added, or if the script is to end.
func (m *making) ask() {
	m.call.Hold(m.held)
	m.call.Room(m.pending)
	m.held += m.pending
	m.pending, m.steps = 0, 0
}

// end says that the value is complete: the script has it now.
func (m *making) end() {
	m.ask()
	m.call.Hold(0)
}
