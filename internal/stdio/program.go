package stdio

import (
	"context"
	"os"
	"os/exec"
)

// Program is a program that runs, behind a pipe from its standard output or to its
// standard input.
type Program struct {
	*OSDevice // our end of the pipe

	command *exec.Cmd
	mode    Mode
	ended   func()
}

// Starter starts a command. When the command has ended, the caller calls ended.
type Starter func(command *exec.Cmd) (ended func(), err error)

// Start starts a program. The mode says whether its output is read or its input
// written; command has its other standard files.
func Start(command *exec.Cmd, m Mode, start Starter) (*Program, error) {
	reads, writes, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	ours, its := reads, writes
	if m.Write {
		ours, its = writes, reads
		command.Stdin = its
	} else {
		command.Stdout = its
	}
	ended, err := start(command)
	its.Close()
	if err != nil {
		ours.Close()
		return nil, err
	}
	return &Program{NewOSDevice(ours), command, m, ended}, nil
}

// Close implements Device: it closes the pipe and waits for the program to end. What
// ended the program is no error.
func (p *Program) Close() error {
	err := p.OSDevice.Close()
	p.wait()
	return err
}

// wait waits for the program to end. Its exit code says nothing to a script.
func (p *Program) wait() {
	_ = p.command.Wait()
	p.ended()
}

// leave closes the pipe of a program that the script left running. A program that the
// script wrote to gets the time until ctx is done to finish. A program that the script
// read from runs on, or is killed at once.
func (p *Program) leave(ctx context.Context, kill bool) error {
	err := p.OSDevice.Close()
	if p.mode.Read && !kill {
		return err
	}
	if p.mode.Read {
		p.kill()
	}
	defer context.AfterFunc(ctx, p.kill)()
	p.wait()
	return err
}

// kill kills the program, with all that the command's Cancel kills.
func (p *Program) kill() {
	if p.command.Cancel != nil {
		_ = p.command.Cancel() // fails when the program has ended
		return
	}
	_ = p.command.Process.Kill() // fails when the program has ended
}
