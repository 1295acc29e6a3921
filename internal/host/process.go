package host

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/term"

	"microts/internal/luavm"
)

// openProcess replaces os.exit and os.execute.
func (s *State) openProcess() {
	s.library("os").SetFunctions(map[string]luavm.Native{"exit": s.exit, "execute": s.execute, "setenv": setenv})
}

// program returns the command of a program that io.popen starts. When the current Watch
// ends the script, the program is killed. A Watch that is over ends no program: the next
// line of a console may read on from it.
func (s *State) program(command string) *exec.Cmd {
	_ = s.out.Flush() // Output.check reports the error
	watch := s.Lua.Context()
	ctx, kill := context.WithCancel(context.Background())
	context.AfterFunc(watch, func() {
		if context.Cause(watch) != luavm.ErrUnwatched {
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
func (s *State) exit(c *luavm.Call) {
	c.CheckStop()
	code := 0
	if v := c.Arg(1); v.Equal(luavm.False) {
		code = 1
	} else if !v.Equal(luavm.True) {
		code = c.OptInt(1, 0)
	}
	s.exitProcess(code)
}

// setenv is os.setenv(name, value). Lua does not have it.
func setenv(c *luavm.Call) {
	name := c.String(1)
	if err := os.Setenv(name, c.String(2)); err != nil {
		returnFailure(c, err)
		return
	}
	c.Return(luavm.True)
}

// execute is os.execute. Like LuaJIT's, it returns what C's system does: the exit code of
// the command times 256, or the number of the signal that ended it. Without a command it
// returns 1: there is a shell.
func (s *State) execute(c *luavm.Call) {
	if c.Arg(1).IsNil() {
		c.Return(luavm.Int(1))
		return
	}
	command := c.String(1)
	_ = s.out.Flush() // Output.check reports the error
	s.io.Flush()
	err := s.run(s.shell(s.Lua.Context(), command))
	c.CheckStop()
	c.Return(luavm.Int(waitStatus(err)))
}

// waitStatus returns the result of C's wait for a program that ended with err.
func waitStatus(err error) int {
	exit := (*exec.ExitError)(nil)
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		if status, ok := exit.Sys().(syscall.WaitStatus); ok {
			return int(status)
		}
	}
	return -1 // it did not start
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
