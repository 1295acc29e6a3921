package cli

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/term"

	"microts/internal/host"
	"microts/store"
)

// process is what the commands share: the arguments as they were given, the
// output, and the way out, on which everything is flushed.
type process struct {
	args []string
	out  *host.Output
	env  *store.Env // its databases are closed whatever ends the process

	exiting   sync.Mutex                  // locked by exit, for ever
	interrupt atomic.Pointer[interrupter] // of a console or a batch: what a signal does instead of ending the process
	terminal  atomic.Pointer[term.State]  // as it was before a console
}

// interrupter ends what runs on a signal; it returns whether it could.
type interrupter struct{ do func(os.Signal) bool }

const exitBrokenPipe = 128 + int(syscall.SIGPIPE)

func newProcess(args []string) *process {
	p := &process{args: args, env: store.NewEnv()}
	p.out = host.NewOutput(os.Stdout, func(err error) {
		if errors.Is(err, syscall.EPIPE) {
			p.exit(exitBrokenPipe) // silently, as head's writers end
		}
		fmt.Fprintf(os.Stderr, "microts: write to the standard output: %v\n", err)
		p.exit(exitFailed)
	})
	return p
}

// handleSignals ends the process on a signal, flushed; on a second one, at once.
func (p *process) handleSignals() {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	// A write to a closed pipe shall be an error, on which everything is
	// flushed, not the end.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	go func() {
		signal := <-signals
		for i := p.interrupt.Load(); i != nil && i.do(signal); i = p.interrupt.Load() {
			signal = <-signals
		}
		code := 128 + int(signal.(syscall.Signal))
		go func() {
			<-signals
			os.Exit(code)
		}()
		p.exit(code)
	}()
}

// exit ends the process from any goroutine, once. It closes all databases first. A
// goroutine that then meets a closed database must not react to it: scripts and
// finish call ParkIfClosed.
func (p *process) exit(code int) {
	p.exiting.Lock()
	if err := p.env.Close(); err != nil {
		fmt.Fprintf(os.Stderr, "microts: %v\n", err)
		code = max(code, exitFailed)
	}
	// The script's goroutine may stand in a write that nobody reads.
	const patience = time.Second
	flushed := make(chan struct{})
	go func() {
		_ = p.out.Flush() // nobody is left to tell
		close(flushed)
	}()
	select {
	case <-flushed:
	case <-time.After(patience):
	}
	if state := p.terminal.Load(); state != nil {
		_ = term.Restore(int(os.Stdin.Fd()), state) // the console may stand in its prompt
	}
	os.Exit(code)
}

// finish flushes the output at the end of a command. If exit ends the process
// meanwhile, it does not return.
func (p *process) finish(code int) int {
	p.env.ParkIfClosed()
	if err := p.out.Flush(); err != nil && code == exitOK {
		return exitFailed
	}
	return code
}
