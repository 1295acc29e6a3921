package host

import (
	"context"
	"os"
	"os/exec"
	"syscall"
	"time"

	lua "github.com/yuin/gopher-lua"
	"golang.org/x/term"

	"microts/internal/compat/room"
)

// openProcess replaces os.exit and os.execute.
func (s *State) openProcess() {
	if lib, ok := s.Lua.GetGlobal("os").(*lua.LTable); ok {
		lib.RawSetString("exit", s.Lua.NewFunction(s.exit))
		lib.RawSetString("execute", s.Lua.NewFunction(s.execute))
	}
}

// program returns the command of a program that io.popen starts. When the current Watch
// ends the script, the program is killed. A Watch that is over ends no program: the next
// line of a console may read on from it.
func (s *State) program(command string) *exec.Cmd {
	_ = s.out.Flush() // Output.check reports the error
	watch := s.control.Context
	ctx, kill := context.WithCancel(context.Background())
	context.AfterFunc(watch, func() {
		if context.Cause(watch) != errUnwatched {
			kill()
		}
	})
	return s.shell(ctx, command)
}

// FlushFiles writes to its files what the script has written so far. Any goroutine may
// call it.
func (s *State) FlushFiles() { s.io.Flush() }

// exit is os.exit. Its argument is a number, as in Lua 5.1, or a boolean, as in
// Lua 5.2: true is success. A script that is to end does not choose how.
func (s *State) exit(L *lua.LState) int {
	room.Interrupt(L)
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

// execute is os.execute. It returns 0, or 1 when the command fails.
func (s *State) execute(L *lua.LState) int {
	ctx := L.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	_ = s.out.Flush() // Output.check reports the error
	s.io.Flush()
	err := s.run(s.shell(ctx, L.CheckString(1)))
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

// run starts a command and waits for its end.
func (s *State) run(cmd *exec.Cmd) error {
	ended, err := s.start(cmd)
	if err != nil {
		return err
	}
	defer ended()
	return cmd.Wait()
}

// start starts a command. If the script is one of many in the process, the command ends
// with the process; when it has ended before, the caller calls ended.
func (s *State) start(cmd *exec.Cmd) (ended func(), err error) {
	if s.hasOwnOutput() {
		return programs.start(cmd)
	}
	return func() {}, cmd.Start()
}

// shell returns a command of the shell that uses the state's standard files and is
// killed when ctx is done.
//
// The programs that the command starts are killed with it, unless the process owns
// a terminal: a terminal gives its keys to one group of processes, so there the
// command must stay in the group of microts.
func (s *State) shell(ctx context.Context, command string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", command)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.in, s.out.forProgram(), s.err
	if s.shared || !term.IsTerminal(int(os.Stdin.Fd())) {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	}
	const forPipes = time.Second // that programs of the command may hold open
	cmd.WaitDelay = forPipes
	return cmd
}
