package cli

import (
	"context"
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
	"microts/internal/source"
)

// process is what the commands share: the command line, the output, signals, and the
// way out, which flushes everything.
type process struct {
	args []string
	out  *host.Output
	env  *source.Env // its databases are closed whatever ends the process

	exiting   sync.Mutex                  // locked by exit, for ever
	broken    chan int                    // gets an exit code when a write to the standard output fails
	state     atomic.Pointer[host.State]  // whose files are flushed; nil: there is none
	interrupt atomic.Pointer[interrupter] // of the console or the batch that runs; nil: none does
	terminal  atomic.Pointer[term.State]  // before the console changed it; nil: none did
}

// interrupter receives signals in the place of the process. If do returns false, the
// signal ends the process.
type interrupter struct{ do func(os.Signal) bool }

// untilSignal returns a context that the first signal ends, and which signal that was, 0
// until then; a second signal ends the process. The caller calls done at the end.
func (p *process) untilSignal() (ctx context.Context, ended *atomic.Int32, done func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended = &atomic.Int32{}
	p.interrupt.Store(&interrupter{func(s os.Signal) bool {
		cancel()
		return ended.Swap(int32(s.(syscall.Signal))) == 0
	}})
	p.handleSignals()
	return ctx, ended, func() {
		p.interrupt.Store(nil)
		cancel()
	}
}

// exitBrokenPipe is the exit code of a process that a closed pipe ended.
const exitBrokenPipe = 128 + int(syscall.SIGPIPE)

func newProcess(args []string) *process {
	p := &process{args: args, env: source.NewEnv(), broken: make(chan int, 1)}
	p.out = host.NewOutput(os.Stdout, func(err error) {
		code := exitBrokenPipe // silently, as other programs before "| head" end
		if !errors.Is(err, syscall.EPIPE) {
			fmt.Fprintf(os.Stderr, "microts: write to the standard output: %v\n", err)
			code = exitFailed
		}
		p.broken <- code
		p.exit(code)
	})
	return p
}

// handleSignals makes a signal end the process, after a flush. A second signal ends it
// at once.
func (p *process) handleSignals() {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	// Caught, so that a write to a closed pipe is an error, after which everything is
	// flushed. Not caught, SIGPIPE would end the process.
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
	if state := p.state.Load(); state != nil {
		state.FlushFiles()
	}
	// The flush may block: a goroutine may be writing into a pipe that nobody reads.
	const patience = time.Second
	flushed := make(chan struct{})
	go func() {
		_ = p.out.Flush() // p.broken gets the error
		close(flushed)
	}()
	select {
	case <-flushed:
	case broken := <-p.broken:
		if code == exitOK {
			code = broken
		}
	case <-time.After(patience):
	}
	if state := p.terminal.Load(); state != nil {
		_ = term.Restore(int(os.Stdin.Fd()), state) // the console may be at its prompt
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
