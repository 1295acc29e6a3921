package host

import (
	"context"
	"os"
	"os/exec"
	"syscall"
	"time"

	lua "github.com/yuin/gopher-lua"
	"golang.org/x/term"
)

// openProcess replaces os.exit and os.execute, and lets what ends a script end
// the programs that it runs.
func (s *State) openProcess() {
	if lib, ok := s.Lua.GetGlobal("os").(*lua.LTable); ok {
		lib.RawSetString("exit", s.Lua.NewFunction(s.exit))
		lib.RawSetString("execute", s.Lua.NewFunction(s.execute))
	}
	if lib, ok := s.Lua.GetGlobal("io").(*lua.LTable); ok {
		wrap(lib, "popen", func(L *lua.LState, popen lua.LGFunction) int {
			n := popen(L)
			if file := L.Get(-n); file.Type() == lua.LTUserData {
				s.programs = append(s.programs, commandOf(file))
				s.endWithScript(file)
			}
			return n
		})
	}
}

// endWithScript lets what ends the script end the program that io.popen started,
// and what reads from it: its own children may go on. A program may outlive a chunk
// of the console that comes to its end.
func (s *State) endWithScript(file lua.LValue) {
	ctx := s.control.ctx
	context.AfterFunc(ctx, func() {
		if context.Cause(ctx) == errUnwatched {
			return
		}
		s.control.cut.Store(true)
		_ = commandOf(file).Process.Kill() // it may have ended
		if pipe := pipeOf(file); pipe != nil {
			_ = pipe.Close()
		}
	})
}

// endPrograms ends the programs that io.popen started and that still run.
func (s *State) endPrograms() {
	for _, cmd := range s.programs {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait() // of one that was killed
		}
	}
}

// exit takes what the os.exit of Lua 5.1 and 5.2 take: a number, or a boolean
// for success or failure.
func (s *State) exit(L *lua.LState) int {
	code := 0
	switch v := L.Get(1).(type) {
	case lua.LBool:
		if !bool(v) {
			code = 1
		}
	default:
		code = L.OptInt(1, 0)
	}
	s.exitProcess(code)
	return 0
}

// execute runs a command of the shell and returns 0, or 1 where it fails.
func (s *State) execute(L *lua.LState) int {
	ctx := L.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	_ = s.out.Flush() // its error belongs to the output
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", L.CheckString(1))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.in, s.out.file(), s.err
	if s.shared || !term.IsTerminal(int(os.Stdin.Fd())) {
		// What the command starts ends with it; not where the keys of a terminal
		// are for one group of processes.
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	}
	const patience = time.Second
	cmd.WaitDelay = patience
	err := cmd.Run()
	if ctx.Err() != nil {
		L.RaiseError("%v", ctx.Err())
	}
	if err != nil {
		L.Push(lua.LNumber(1))
		return 1
	}
	L.Push(lua.LNumber(0))
	return 1
}
