package batch

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"microts/internal/source"
)

// Child is all that a child process does: it runs the attempt that the standard input
// assigns, and tells the parent what happens. It opens databases in dbs. The error
// says that the parent did not keep to the protocol, or is gone.
func Child(dbs *source.Env) error {
	stdin := bufio.NewReader(os.Stdin)
	line, err := stdin.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("read what to run: %w (this command is for microts itself)", err)
	}
	var a assignment
	if err := json.Unmarshal(line, &a); err != nil {
		return fmt.Errorf("read what to run: %w", err)
	}
	messages, err := openMessages()
	if err != nil {
		return fmt.Errorf("this command is for microts itself: %w", err)
	}
	defer messages.Close()
	env, err := newEnvironment(a.Options, dbs, a.Folder)
	if err != nil {
		return err
	}
	defer env.close()
	env.memory, env.alone = a.Memory, true
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	go obey(stdin, cancel) // until the process ends
	return env.runAlone(ctx, &a, json.NewEncoder(messages))
}

// openMessages opens the file for messages, so that no program of the job inherits
// it.
func openMessages() (*os.File, error) {
	fd, err := syscall.Dup(messagesFile)
	if err != nil {
		return nil, err
	}
	syscall.CloseOnExec(fd)
	syscall.CloseOnExec(messagesFile)
	return os.NewFile(uintptr(fd), "messages"), nil
}

// runAlone runs the attempt of a child process and tells its progress and outcome.
func (e *environment) runAlone(ctx context.Context, a *assignment, messages *json.Encoder) error {
	log := &jobLog{file: os.Stdout, path: os.Stdout.Name()}
	progress := &Progress{}
	active := e.start(ctx, &attempt{Job: a.Job, number: a.Attempt, needs: a.Needs, log: log, progress: progress})
	tick := time.NewTicker(flushInterval)
	defer tick.Stop()
	var told [2]float64
	for {
		select {
		case o := <-active.ended:
			m := &message{Outcome: o}
			if o.Result != nil {
				m.Block = o.Result.block
			}
			return messages.Encode(m)
		case <-tick.C:
			_ = active.out.Flush() // finish reports the error
			done, total, ok := progress.Get()
			if now := [2]float64{done, total}; ok && now != told {
				told = now
				if err := messages.Encode(&message{Progress: &now}); err != nil {
					return err
				}
			}
		}
	}
}

// obey ends the attempt when the parent orders so, and the process when the parent
// is gone.
func obey(orders io.Reader, cancel context.CancelCauseFunc) {
	d := json.NewDecoder(orders)
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
