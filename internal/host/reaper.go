package host

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// reaper is a small process that kills the programs of scripts when this process dies
// without having ended them: by SIGKILL, say. The first program starts it. It reads
// lines from a pipe, and its work begins when the pipe ends:
//
//   - PID    a program was started
//   - PID    it has ended
//
// A program is killed with the processes of its group. One that made a group of its own
// lives on.
type reaper struct {
	mu   sync.Mutex
	pipe io.Writer // nil: not started
}

// programs is the reaper of this process.
var programs reaper

const reaperScript = `
all=
while read -r what pid; do
	case $what in
	+) all="$all $pid" ;;
	-) left=; for p in $all; do [ "$p" = "$pid" ] || left="$left $p"; done; all=$left ;;
	esac
done
for p in $all; do kill -s KILL -- "-$p" || kill -s KILL "$p"; done 2>/dev/null`

// start starts a program that is killed when this process dies before ended is called.
// Any number of goroutines may call both. If this process dies within the µs that it
// takes to tell the reaper, the program lives on.
func (r *reaper) start(cmd *exec.Cmd) (ended func(), err error) {
	r.tell("")
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	pid := cmd.Process.Pid
	r.tell(fmt.Sprintf("+ %d\n", pid))
	return func() { r.tell(fmt.Sprintf("- %d\n", pid)) }, nil
}

// tell writes to the reaper, which it starts if there is none.
func (r *reaper) tell(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pipe == nil {
		r.pipe = startReaper()
	}
	_, _ = io.WriteString(r.pipe, line) // fails if the reaper was killed
}

// startReaper starts the process, in a session of its own: the keys of a terminal do not
// end it. If it cannot be started, what is written is dropped.
func startReaper() io.Writer {
	in, out, err := os.Pipe()
	if err != nil {
		return io.Discard
	}
	defer in.Close()
	cmd := exec.Command("/bin/sh", "-c", reaperScript)
	cmd.Stdin, cmd.Dir = in, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		out.Close()
		return io.Discard
	}
	return out
}
