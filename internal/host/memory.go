package host

import (
	"errors"
	"fmt"
	"strings"

	"microts/internal/compat/room"
	"microts/internal/human"
)

// MemoryError ends a script that uses more memory than it may.
type MemoryError struct {
	Limit, Used int64 // bytes
}

func (e *MemoryError) Error() string {
	return fmt.Sprintf("memory limit of %s exceeded: %s in use", human.MiB(e.Limit), human.MiB(e.Used))
}

// explain makes a *MemoryError the cause of an error that says that there was no room for
// a value.
func (c *control) explain(err error) error {
	e := (*ScriptError)(nil)
	if c.MemoryLimit() == 0 || !errors.As(err, &e) || !strings.HasSuffix(e.Message, room.None) {
		return err
	}
	memory := &MemoryError{c.MemoryLimit(), c.Used()}
	e.Message += ": " + memory.Error()
	e.Cause = memory
	return e
}

// AskMemory asks the state to measure, at its next jump, loop or call, how much
// memory it uses. When it is more than Options.Memory, a *MemoryError ends the
// script. The script waits meanwhile: glua.Memory says how long. Any goroutine may
// call AskMemory while the state is watched.
func (s *State) AskMemory() { s.control.Request(requestMeasure) }

// MemoryAsked says whether the state has yet to answer the last AskMemory. Any
// goroutine may call it.
func (s *State) MemoryAsked() bool { return s.control.Requested(requestMeasure) }

// Memory returns how many bytes the state used when they were last counted. Any
// goroutine may call it.
func (s *State) Memory() int64 { return s.control.Used() }
