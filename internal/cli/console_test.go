package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"golang.org/x/sys/unix"
)

// console is a microts in a pseudo-terminal, and its screen.
type console struct {
	t       *testing.T
	cmd     *exec.Cmd
	tty     *os.File
	term    vt10x.Terminal
	printed atomic.Int64  // bytes so far
	escapes atomic.Bool   // escape sequences were among them
	changed chan struct{} // holds a value if the screen changed since the last look
	done    chan struct{}
}

// patience is how long a test waits for what must come.
const patience = time.Minute

// startConsole starts the console on a terminal of 80 columns and 24 rows, and waits
// for its prompt. Its history is kept in the folder state.
func startConsole(t *testing.T, state string, args ...string) *console {
	t.Helper()
	return startConsoleEnv(t, state, "INPUTRC=/dev/null", 24, args...)
}

func startConsoleEnv(t *testing.T, state, env string, rows uint16, args ...string) *console {
	t.Helper()
	c := openConsole(t, state, env, rows, args...)
	c.prompt()
	return c
}

// openConsole is startConsoleEnv for commands without a prompt.
func openConsole(t *testing.T, state, env string, rows uint16, args ...string) *console {
	t.Helper()
	return openCommand(t, rows, microts(args...), []string{"XDG_STATE_HOME=" + state, "TERM=xterm", "NO_COLOR=", env})
}

// openCommand starts a command on a terminal of 80 columns, with some variables of the
// environment set.
func openCommand(t *testing.T, rows uint16, cmd *exec.Cmd, env []string) *console {
	t.Helper()
	c := &console{t: t, cmd: cmd, changed: make(chan struct{}, 1), done: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), env...)
	tty, err := pty.StartWithSize(c.cmd, &pty.Winsize{Rows: rows, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	c.tty = tty
	c.term = vt10x.New(vt10x.WithWriter(tty), vt10x.WithSize(80, int(rows)))
	go c.draw()
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
		tty.Close()
		<-c.done
	})
	return c
}

// draw draws what is printed, until the terminal is closed.
func (c *console) draw() {
	defer close(c.done)
	buf := make([]byte, 4096)
	for {
		n, err := c.tty.Read(buf)
		_, _ = c.term.Write(buf[:n])
		c.printed.Add(int64(n))
		if bytes.IndexByte(buf[:n], '\x1b') >= 0 {
			c.escapes.Store(true)
		}
		select {
		case c.changed <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// screen returns the lines of the screen, without the spaces at their ends.
func (c *console) screen() string {
	var lines []string
	for line := range strings.Lines(c.term.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// cursor returns the column of the cursor, from 0.
func (c *console) cursor() int {
	c.term.Lock()
	defer c.term.Unlock()
	return c.term.Cursor().X
}

// send types keys.
func (c *console) send(keys string) {
	c.t.Helper()
	if _, err := c.tty.WriteString(keys); err != nil {
		c.t.Fatal(err)
	}
}

// prompt waits until the screen ends with the prompt. The editor prints it when
// it has the terminal.
func (c *console) prompt() {
	c.t.Helper()
	c.waitFor("the prompt at its end", func(screen string) bool { return strings.HasSuffix(screen, "microts>") })
}

// see waits until a text is on the screen.
func (c *console) see(want string) {
	c.t.Helper()
	c.waitFor(fmt.Sprintf("%q", want), func(screen string) bool { return strings.Contains(screen, want) })
}

// waitFor waits until the screen is as wanted.
func (c *console) waitFor(what string, ok func(screen string) bool) {
	c.t.Helper()
	deadline := time.After(patience)
	for !ok(c.screen()) {
		select {
		case <-c.changed:
		case <-deadline:
			c.t.Fatalf("the screen lacks %s:\n%s", what, c.screen())
		}
	}
}

// waitTaken waits until the editor has taken a line and given up the terminal, so
// that Ctrl-C is a signal and no key.
func (c *console) waitTaken() {
	c.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		raw, err := c.tty.SyscallConn()
		if err != nil {
			c.t.Fatal(err)
		}
		signals := false
		_ = raw.Control(func(fd uintptr) {
			mode, err := unix.IoctlGetTermios(int(fd), unix.TCGETS)
			signals = err == nil && mode.Lflag&unix.ISIG != 0
		})
		if signals {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("the editor keeps the terminal:\n%s", c.screen())
		}
	}
}

// enter types a line and waits for the next prompt under what it printed.
func (c *console) enter(line, printed string) {
	c.t.Helper()
	c.send(line + "\r")
	want := line + "\n"
	if printed != "" {
		want += printed + "\n"
	}
	c.waitFor(fmt.Sprintf("%q", want), func(screen string) bool {
		at := strings.LastIndex(screen, want)
		return at >= 0 && strings.HasSuffix(screen, "microts>")
	})
}

// clear clears the screen.
func (c *console) clear() {
	c.t.Helper()
	c.send("\x0c") // Ctrl-L
	c.waitFor("nothing but the prompt", func(screen string) bool { return screen == "microts>" })
}

// leave ends the console and returns its exit code.
func (c *console) leave() int {
	c.t.Helper()
	c.prompt()
	c.send("\x04") // Ctrl-D
	return c.end()
}

// end waits for the end and returns the exit code.
func (c *console) end() int {
	c.t.Helper()
	ended := make(chan struct{})
	go func() {
		_ = c.cmd.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(patience):
		c.t.Fatalf("it does not end:\n%s", c.screen())
	}
	return c.cmd.ProcessState.ExitCode()
}
