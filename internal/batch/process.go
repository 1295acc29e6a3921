package batch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"microts/internal/host"
)

// With Options.Isolate Process each attempt runs in a child process, which is this
// program too. Parent and child talk in lines of JSON:
//
//	file               direction        lines
//	standard input     parent to child  one assignment, then any number of orders
//	messagesFile       child to parent  any number of messages, the last with the outcome
//	standard output    child to parent  what the job prints, as it is
//
// When its standard input ends the parent is dead, and the child exits.

// assignment tells a child what to run.
type assignment struct {
	Options *Options `json:"options"`
	Folder  string   `json:"folder"` // path of the run folder
	Job     *Job     `json:"job"`
	Attempt int      `json:"attempt"` // number
	Memory  int64    `json:"memory"`  // limit in bytes

	Needs []neededRows `json:"needs"` // for job.results
}

// order tells a child to end its attempt.
type order struct {
	Interrupt bool          `json:"interrupt"`
	Timeout   time.Duration `json:"timeout"` // the limit that was exceeded, in ns; 0: none was
}

// message is what a child tells its parent.
type message struct {
	Progress *[2]float64 `json:"progress,omitempty"` // done, total
	Outcome  *Outcome    `json:"outcome,omitempty"`
	Block    []byte      `json:"block,omitempty"` // of the outcome's Result
}

// ChildCommand are the arguments that make this program a child: its command line
// then calls Child.
var ChildCommand = []string{"batch", "child"}

// messagesFile is the number of the file to which a child writes messages.
const messagesFile = 3

// processExecutor runs attempts in child processes.
type processExecutor struct {
	*environment
	command string // path of this program
}

// execute runs an attempt in a child process and returns its outcome.
func (p *processExecutor) execute(ctx context.Context, a *attempt) *Outcome {
	ctx, cancel := a.withTimeout(ctx)
	defer cancel()
	c := &child{attempt: a, cmd: exec.Command(p.command, ChildCommand...), limit: p.memoryOf(a.Job)}
	o, err := c.run(ctx, &assignment{p.options, p.folder, a.Job, a.number, c.limit, a.needs})
	if err != nil {
		return failed(fmt.Errorf("run a process: %w", err))
	}
	return o
}

// child is a child process, as its parent sees it.
type child struct {
	*attempt
	cmd    *exec.Cmd
	limit  int64        // memory in bytes
	last   tail         // of what the job printed
	killed atomic.Int64 // bytes that it used when it was killed for them; 0: it was not
}

// run starts the child, gives it the assignment, waits for its end and returns its
// outcome. An error means that the child could not be started.
func (c *child) run(ctx context.Context, a *assignment) (*Outcome, error) {
	stdin, messages, err := c.start()
	if err != nil {
		return nil, err
	}
	defer messages.Close()
	ended := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() { c.watch(ctx, ended, stdin) })
	_ = json.NewEncoder(stdin).Encode(a) // fails if the child died, which outcome reports
	told := c.listen(messages)
	err = c.cmd.Wait()
	close(ended)
	watch.Wait()
	c.kill() // the programs that the job left behind
	return c.outcome(ctx, told, err), nil
}

// start starts the process. The caller closes stdin and messages.
func (c *child) start() (stdin io.WriteCloser, messages *os.File, err error) {
	out := io.MultiWriter(c.log, &c.last)
	c.cmd.Stdout, c.cmd.Stderr = out, out
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a group, so that kill reaches the programs that the job starts
	c.cmd.WaitDelay = defaultGrace
	if stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, nil, err
	}
	messages, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	c.cmd.ExtraFiles = []*os.File{w} // becomes messagesFile
	err = c.cmd.Start()
	w.Close()
	if err != nil {
		messages.Close()
		return nil, nil, err
	}
	return stdin, messages, nil
}

// kill kills the child and the programs that its job started.
func (c *child) kill() { _ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL) }

// listen reads messages until the child closes their file. It returns the outcome,
// or nil if the child told none.
func (c *child) listen(messages io.Reader) (o *Outcome) {
	d := json.NewDecoder(messages)
	for {
		var m message
		if d.Decode(&m) != nil {
			return o
		}
		if m.Progress != nil {
			c.progress.Set(m.Progress[0], m.Progress[1])
		}
		if m.Outcome != nil {
			if o = m.Outcome; o.Result != nil {
				o.Result.block = m.Block
			}
		}
	}
}

// outcome returns the outcome of a child that has ended: told is what it told, err
// what Wait returned.
func (c *child) outcome(ctx context.Context, told *Outcome, err error) *Outcome {
	switch used := c.killed.Load(); {
	case used > 0:
		return failed(&host.MemoryError{Limit: c.limit, Used: used})
	case told != nil:
		return told
	case ctx.Err() != nil:
		return late(ctx, "its process did not end and was killed")
	}
	why := "it said nothing"
	if err != nil {
		why = err.Error()
	}
	return &Outcome{Status: Failed, Reason: ByCrash, Message: "the process of the job ended: " + why, Traceback: c.last.String()}
}

// watch orders the child to end when ctx ends, and kills it if it does not, or if it
// uses too much memory. It returns when ended is closed.
func (c *child) watch(ctx context.Context, ended <-chan struct{}, stdin io.WriteCloser) {
	defer stdin.Close()
	const interval = 20 * time.Millisecond
	tick := time.NewTicker(interval)
	defer tick.Stop()
	done := ctx.Done()
	var graceOver <-chan time.Time
	for {
		select {
		case <-ended:
			return
		case <-done:
			done, graceOver = nil, time.After(defaultGrace)
			o := order{Interrupt: true}
			if t := (*timeoutError)(nil); errors.As(context.Cause(ctx), &t) {
				o = order{Timeout: t.limit}
			}
			_ = json.NewEncoder(stdin).Encode(&o) // fails if the child has ended
		case <-graceOver:
			c.kill()
		case <-tick.C:
			c.checkMemory()
		}
	}
}

// checkMemory kills a child that uses far more memory than its limit. The child
// itself ends a script that exceeds the limit; this check is for memory that the
// child does not measure.
func (c *child) checkMemory() {
	const room = 512 << 20 // for RocksDB's caches
	if used := residentMemory(c.cmd.Process.Pid); used > c.limit+c.limit/4+room {
		c.killed.Store(used)
		c.kill()
	}
}

// residentMemory returns how many bytes of memory a process uses, or 0 if the
// system does not tell.
func residentMemory(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	var size, resident int64 // pages
	if _, err := fmt.Sscan(string(text), &size, &resident); err != nil {
		return 0
	}
	return resident * int64(os.Getpagesize())
}
