package host

import (
	"context"
	"strings"

	"microts/internal/human"
	"microts/internal/luavm"
)

// Watch ends the script, and its Go functions that take long, when ctx is done.
// unwatch ends the Watch; the Watch that was there before goes on. CallContext
// watches on its own.
func (s *State) Watch(ctx context.Context) (unwatch func()) { return s.Lua.Watch(ctx) }

// limitMemory ends the script when it uses more than limit bytes; 0 is no limit.
func (s *State) limitMemory(limit int64) {
	s.memoryLimit = limit
	s.Lua.LimitMemory(limit, func(used int64) { s.Lua.Stop(&MemoryError{limit, used}) })
}

// MemoryError ends a script that uses more memory than it may.
type MemoryError struct {
	Limit, Used int64 // bytes
}

func (e *MemoryError) Error() string {
	return "memory limit of " + human.MiB(e.Limit) + " exceeded: " + human.MiB(e.Used) + " in use"
}

// explain makes a *MemoryError the cause of an error that says that there was no room for
// a value.
func (s *State) explain(e *ScriptError) {
	if s.memoryLimit > 0 && strings.HasSuffix(e.Message, luavm.NoRoom) {
		memory := &MemoryError{s.memoryLimit, s.Lua.MemoryUsed()}
		e.Message += ": " + memory.Error()
		e.Cause = memory
	}
}

// AskMemory asks the state to measure, at its next loop or call, how much memory it uses.
// When it is more than Options.Memory, a *MemoryError ends the script. The script waits
// meanwhile: luavm.State.Memory says how long. Any goroutine may call AskMemory while the
// state is watched.
func (s *State) AskMemory() { s.Lua.AskMemory() }

// MemoryAsked says whether the state has yet to answer the last AskMemory. Any
// goroutine may call it.
func (s *State) MemoryAsked() bool { return s.Lua.MemoryAsked() }

// Memory returns how many bytes the state used when they were last counted. Any
// goroutine may call it.
func (s *State) Memory() int64 { return s.Lua.MemoryUsed() }
