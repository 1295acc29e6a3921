package batch

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"microts/internal/host"
	"microts/store"
)

// With Options.Isolate Process each attempt runs in a child, this program again.
// The child reads what to run from its standard input, one line of JSON, and then
// orders; it writes what happens to file 3, a line of JSON each; what the job
// prints goes to its standard output. When its standard input ends the parent is
// dead, and so is the child.

// assignment is what a child is to run.
type assignment struct {
	Options *Options `json:"options"`
	Folder  string   `json:"folder"`
	Job     *Job     `json:"job"`
	Attempt int      `json:"attempt"`
	Memory  int64    `json:"memory"` // bytes that a job may use that says nothing
}

// order tells a child to end its job.
type order struct {
	Interrupt bool          `json:"interrupt"`
	Timeout   time.Duration `json:"timeout"` // the limit that was exceeded, in ns
}

// message is what a child tells.
type message struct {
	Progress *[2]float64 `json:"progress,omitempty"` // done, total
	Outcome  *Outcome    `json:"outcome,omitempty"`
}

// nursery runs tasks in processes of their own.
type nursery struct {
	*environment
	command string // the path of this program
}

// ChildCommand are the arguments with which this program is a child; its command
// line calls [Child].
var ChildCommand = []string{"batch", "child"}

// childFile is the file to which a child writes messages.
const childFile = 3

// run runs a task and returns what became of it.
func (n *nursery) run(ctx context.Context, t *task) *Outcome {
	o, err := n.attempt(ctx, t)
	if err != nil {
		o = &Outcome{}
		o.fail(fmt.Errorf("run a process: %w", err))
	}
	return o
}

func (n *nursery) attempt(ctx context.Context, t *task) (*Outcome, error) {
	ctx, cancel := t.withTimeout(ctx)
	defer cancel()
	c := &child{task: t, cmd: exec.Command(n.command, ChildCommand...)}
	out := io.MultiWriter(t.log, &c.last)
	c.cmd.Stdout, c.cmd.Stderr = out, out
	// What the job starts ends with it.
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.cmd.WaitDelay = grace
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	c.cmd.ExtraFiles = []*os.File{w}
	err = c.cmd.Start()
	w.Close()
	if err != nil {
		return nil, err
	}
	limit := n.memoryOf(t.Job)
	stop := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() { c.keep(ctx, stop, stdin, limit) })
	orders := json.NewEncoder(stdin)
	// A child that dies does not read it; what it died of is told below.
	_ = orders.Encode(&assignment{n.options, n.folder, t.Job, t.attempt, limit})
	o := c.listen(r)
	err = c.cmd.Wait()
	close(stop)
	watch.Wait()
	_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL) // what the job left behind
	switch {
	case c.overused.Load() > 0:
		o = &Outcome{}
		o.fail(&host.MemoryError{Limit: limit, Used: c.overused.Load()})
	case o == nil && ctx.Err() != nil:
		o = &Outcome{}
		o.fail(context.Cause(ctx))
		o.Message += "; its process did not end and was killed"
	case o == nil:
		o = &Outcome{Status: Failed, Reason: ByCrash, Message: "the process of the job ended: " + errorText(err), Traceback: c.last.String()}
	}
	return o, nil
}

func errorText(err error) string {
	if err == nil {
		return "it said nothing"
	}
	return err.Error()
}

// child is a process with a job, as its parent sees it.
type child struct {
	*task
	cmd      *exec.Cmd
	last     tail
	overused atomic.Int64 // bytes, where it was killed for them
}

// listen reads messages until the child closes the file, and returns the outcome,
// or nil where it told none.
func (c *child) listen(r io.Reader) (o *Outcome) {
	d := json.NewDecoder(r)
	for {
		var m message
		if d.Decode(&m) != nil {
			return o
		}
		if m.Progress != nil {
			c.progress.Set(m.Progress[0], m.Progress[1])
		}
		if m.Outcome != nil {
			o = m.Outcome
		}
	}
}

// keep ends a child that takes too long or uses too much memory, until stop.
func (c *child) keep(ctx context.Context, stop <-chan struct{}, stdin io.WriteCloser, limit int64) {
	defer stdin.Close()
	const interval = 20 * time.Millisecond
	tick := time.NewTicker(interval)
	defer tick.Stop()
	done := ctx.Done()
	var killAt <-chan time.Time
	for {
		select {
		case <-stop:
			return
		case <-done:
			done = nil
			o := order{Interrupt: true}
			if t := (*timeoutError)(nil); errors.As(context.Cause(ctx), &t) {
				o = order{Timeout: t.limit}
			}
			_ = json.NewEncoder(stdin).Encode(&o) // it may have ended
			killAt = time.After(grace)
		case <-killAt:
			_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL)
		case <-tick.C:
			// The child measures what its script uses and ends that; this is for
			// what it does not see, and RocksDB's caches need room of their own.
			const room = 512 << 20
			if used := residentMemory(c.cmd.Process.Pid); used > limit+limit/4+room {
				c.overused.Store(used)
				_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL)
			}
		}
	}
}

// residentMemory returns how much memory a process uses in bytes, 0 where that is
// not known.
func residentMemory(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(text), &size, &resident); err != nil {
		return 0
	}
	return resident * int64(os.Getpagesize())
}

// tail keeps the last of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	const most = 16 << 10
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.text = append(t.text, p...); len(t.text) > most {
		t.text = bytes.Clone(t.text[len(t.text)-most:])
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.ToValidUTF8(strings.TrimSpace(string(t.text)), "\ufffd")
}

// Child is the main function of a child. The error is one of the parent's making.
func Child(env *store.Env) error {
	in := bufio.NewReader(os.Stdin)
	line, err := in.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("read what to run: %w (this command is for microts itself)", err)
	}
	var a assignment
	if err := json.Unmarshal(line, &a); err != nil {
		return fmt.Errorf("read what to run: %w", err)
	}
	// Duplicated, so that no program of the job gets it.
	fd, err := syscall.Dup(childFile)
	if err != nil {
		return fmt.Errorf("this command is for microts itself: %w", err)
	}
	syscall.CloseOnExec(fd)
	syscall.CloseOnExec(childFile)
	out := os.NewFile(uintptr(fd), "messages")
	defer out.Close()
	tell := json.NewEncoder(out)

	e, err := newEnvironment(a.Options, env, a.Folder)
	if err != nil {
		return err
	}
	defer e.close()
	e.memory = a.Memory
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	go obey(in, cancel)

	t := &task{Job: a.Job, attempt: a.Attempt, log: &jobLog{file: os.Stdout, path: os.Stdout.Name()}, progress: &Progress{}}
	e.alone = true
	r := e.begin(ctx, t)
	tick := time.NewTicker(flushInterval)
	defer tick.Stop()
	var told [2]float64
	for {
		select {
		case o := <-r.ended:
			return tell.Encode(&message{Outcome: o})
		case <-tick.C:
			_ = r.out.Flush() // finish sees the error
			done, total, ok := t.progress.Get()
			if now := [2]float64{done, total}; ok && now != told {
				told = now
				if err := tell.Encode(&message{Progress: &now}); err != nil {
					return err
				}
			}
		}
	}
}

// obey takes the parent's orders; it ends the process when the parent is gone.
func obey(in io.Reader, cancel context.CancelCauseFunc) {
	d := json.NewDecoder(in)
	for {
		var o order
		if err := d.Decode(&o); err != nil {
			os.Exit(1)
		}
		if o.Timeout > 0 {
			cancel(&timeoutError{o.Timeout})
		} else {
			cancel(errInterrupted)
		}
	}
}
