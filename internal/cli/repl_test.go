package cli

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

// console is a microts in a pseudo-terminal, and its screen.
type console struct {
	t    *testing.T
	cmd  *exec.Cmd
	tty  *os.File
	term vt10x.Terminal
	done chan struct{}
}

// startConsole starts microts on a terminal of 80 columns. What it keeps goes to
// state.
func startConsole(t *testing.T, state string, args ...string) *console {
	t.Helper()
	return startConsoleEnv(t, state, "INPUTRC=/dev/null", 24, args...)
}

func startConsoleEnv(t *testing.T, state, env string, rows uint16, args ...string) *console {
	t.Helper()
	c := openConsole(t, state, env, rows, args...)
	c.wait("microts> ")
	return c
}

// openConsole is startConsoleEnv for what has no prompt.
func openConsole(t *testing.T, state, env string, rows uint16, args ...string) *console {
	t.Helper()
	c := &console{t: t, cmd: microts(args...), done: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+state, "TERM=xterm", "NO_COLOR=", env)
	tty, err := pty.StartWithSize(c.cmd, &pty.Winsize{Rows: rows, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	c.tty = tty
	c.term = vt10x.New(vt10x.WithWriter(tty), vt10x.WithSize(80, int(rows)))
	go func() {
		defer close(c.done)
		buf := make([]byte, 4096)
		for {
			n, err := tty.Read(buf)
			_, _ = c.term.Write(buf[:n])
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
		tty.Close()
		<-c.done
	})
	return c
}

// screen returns the lines of the screen, without the spaces at their ends.
func (c *console) screen() string {
	var lines []string
	for line := range strings.Lines(c.term.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// send types keys.
func (c *console) send(keys string) {
	c.t.Helper()
	if _, err := c.tty.WriteString(keys); err != nil {
		c.t.Fatal(err)
	}
}

// wait waits until the screen ends with what is wanted, spaces aside.
func (c *console) wait(want string) {
	c.t.Helper()
	c.waitFor(fmt.Sprintf("the end %q", want), func(screen string) bool {
		return strings.HasSuffix(screen, strings.TrimRight(want, " "))
	})
}

// see waits until something is on the screen.
func (c *console) see(want string) {
	c.t.Helper()
	c.waitFor(fmt.Sprintf("%q", want), func(screen string) bool { return strings.Contains(screen, want) })
}

func (c *console) waitFor(what string, ok func(screen string) bool) {
	c.t.Helper()
	const patience = 20 * time.Second
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		screen := c.screen()
		if ok(screen) {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("the screen lacks %s:\n%s", what, screen)
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
	time.Sleep(200 * time.Millisecond) // the editor asks where the cursor is
}

// leave ends the console and returns its exit code.
func (c *console) leave() int {
	c.t.Helper()
	c.wait("microts>")
	time.Sleep(100 * time.Millisecond) // for the editor to take the terminal over
	c.send("\x04")                     // Ctrl-D
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
	case <-time.After(20 * time.Second):
		c.t.Fatalf("it does not end:\n%s", c.screen())
	}
	return c.cmd.ProcessState.ExitCode()
}

// writeTicks makes a database of a few instruments.
func writeTicks(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db")
	out, err := microts("-e", fmt.Sprintf(`
		local ts = require "micro_ts"
		local db = ts.open(%q)
		local t0 = ts.time "2023-11-14 09:30"
		for i = 0, 99 do
			db:put("S", 600000, t0 + i * 1e6, 0, ts.pack_value{price = 100000 + i * 100, qty = i, side = "B", order_no = i, tick_no = i})
		end
		db:put("S", 600519, t0, 0, "1688.5")
		db:put("H", 700, t0, 0, "320.5")`, path)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

func TestConsole(t *testing.T) {
	c := startConsole(t, t.TempDir(), "repl", "--db", writeTicks(t))
	c.enter("1 + 1", "2")
	c.enter("_ * 10", "20")
	c.enter("'中文'", `"中文"`)

	// Several lines are one chunk.
	c.send("for i = 1, 2 do\r")
	c.see(">>")
	c.send("print(i * 21)\r")
	c.send("end\r")
	c.see("21\n42\nmicrots>")

	// Tab completes: a method, a market, a code.
	c.send("db:cou\t")
	c.see("db:count")
	c.see("Counts the ticks of a range of time")
	c.send("(\"S\", 6005\t)\r")
	c.see("db:count(\"S\", 600519)\n1\nmicrots>")
	c.enter(".count S 600000", "S:600000: 100 ticks")
	c.enter(".haed", "unknown command .haed; did you mean .head?")

	// Errors show what was typed.
	c.send("error('boom')\r")
	c.see("boom\n  [6]:1: in main chunk: error('boom')\nmicrots>")
	if code := c.leave(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestConsoleScreen compares a whole screen with the recorded one.
func TestConsoleScreen(t *testing.T) {
	c := startConsoleEnv(t, t.TempDir(), "INPUTRC=/dev/null", 40, "repl", "--db", writeTicks(t))
	c.clear()
	c.send(".head S 600000 3\r")
	c.see("09:30:02")
	c.wait("microts>")
	c.send("ts.unpack_value(select(2, db:last('S', 600000)))\r")
	c.see("{")
	c.wait("microts>")
	const want = `microts> .head S 600000 3
S:600000 on 2023-11-14
            ts_us │ when            │ seq │   price │ qty │ side │ channel │ o ≈
──────────────────┼─────────────────┼─────┼─────────┼─────┼──────┼─────────┼── ≈
 1699925400000000 │ 09:30:00.000000 │   0 │ 10.0000 │   0 │ B    │       0 │   ≈
 1699925401000000 │ 09:30:01.000000 │   0 │ 10.0100 │   1 │ B    │       0 │   ≈
 1699925402000000 │ 09:30:02.000000 │   0 │ 10.0200 │   2 │ B    │       0 │   ≈
microts> ts.unpack_value(select(2, db:last('S', 600000)))
{
  channel = 0,
  order_no = 99,
  price = 109900,
  qty = 99,
  side = "B",
  tick_no = 99,
}
microts>`
	if got := c.screen(); got != want {
		t.Errorf("the screen is\n%s\nnot\n%s", got, want)
	}
}

// TestConsoleHistory leaves and comes back: what was typed is there, and Ctrl-R
// finds it.
func TestConsoleHistory(t *testing.T) {
	state := t.TempDir()
	c := startConsole(t, state, "repl")
	c.enter("alpha = 41", "")
	c.enter("beta = 1", "")
	c.leave()
	c = startConsole(t, state, "repl")
	c.send("\x1b[A") // up
	c.see("microts> beta = 1")
	c.send("\x1b[A")
	c.see("microts> alpha = 41")
	c.send("\r")
	c.enter("alpha", "41")
	c.send("\x12beta") // Ctrl-R
	c.see("beta = 1")
	c.send("\r")
	time.Sleep(100 * time.Millisecond)
	c.send("\r")
	c.enter("beta", "1")
	if code := c.leave(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestConsoleInterrupt presses Ctrl-C: the chunk ends, the state stays; at the
// prompt the line is dropped.
func TestConsoleInterrupt(t *testing.T) {
	path := writeTicks(t)
	c := startConsole(t, t.TempDir(), "repl", "--db", path)
	c.enter("keep = 7", "")
	c.send("while true do end\r")
	time.Sleep(200 * time.Millisecond)
	c.send("\x03")
	c.see("interrupted")
	c.wait("microts>")
	c.send("while true do for us in db:scan('S', 600000, 0, 2^53 - 1) do end end\r")
	time.Sleep(200 * time.Millisecond)
	c.send("\x03")
	c.see("[3]:1: interrupted")
	c.wait("microts>")
	c.send("this is dropped")
	c.see("this is dropped")
	c.send("\x03")
	time.Sleep(100 * time.Millisecond)
	c.enter("keep", "7")
	c.send("db:put('S', 1, 1, 0, 'flushed')\r")
	time.Sleep(100 * time.Millisecond)
	if code := c.leave(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	out, err := microts("-e", fmt.Sprintf(`print(require("micro_ts").open(%q):get("S", 1, 1))`, path)).CombinedOutput()
	if string(out) != "flushed\n" || err != nil {
		t.Errorf("%s %v", out, err)
	}
}

// TestConsolePasteAndResize pastes a block and changes the size.
func TestConsolePasteAndResize(t *testing.T) {
	c := startConsole(t, t.TempDir(), "repl")
	var block strings.Builder
	block.WriteString("total = 0\nfor i = 1, 10 do\n")
	for range 8 {
		block.WriteString("\ttotal = total + i -- 行\n")
	}
	block.WriteString("end")
	c.send("\x1b[200~" + block.String() + "\x1b[201~\r")
	time.Sleep(300 * time.Millisecond)
	c.enter("total", "440")
	if err := pty.Setsize(c.tty, &pty.Winsize{Rows: 24, Cols: 40}); err != nil {
		t.Fatal(err)
	}
	c.term.Resize(40, 24)
	_ = c.cmd.Process.Signal(syscall.SIGWINCH)
	time.Sleep(200 * time.Millisecond)
	c.clear()
	c.send("#'" + strings.Repeat("x", 60) + "'\r")
	c.see("\n60\nmicrots>")
	if code := c.leave(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestConsoleViKeys edits with vi's keys, which an inputrc chooses.
func TestConsoleViKeys(t *testing.T) {
	inputrc := filepath.Join(t.TempDir(), "inputrc")
	if err := os.WriteFile(inputrc, []byte("set editing-mode vi\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := startConsoleEnv(t, t.TempDir(), "INPUTRC="+inputrc, 24, "repl")
	s.send("1 + 2")
	s.see("1 + 2")
	s.send("\x1b")
	time.Sleep(700 * time.Millisecond)                 // an escape alone
	for _, key := range []string{"0", "x", "i", "4"} { // to the beginning, delete, insert
		s.send(key)
		time.Sleep(100 * time.Millisecond)
	}
	s.see("microts> 4 + 2")
	s.send("\r")
	s.see("\n6\nmicrots>")
}

// TestConsoleBesideAWriter reads beside a process that writes, and catches up.
func TestConsoleBesideAWriter(t *testing.T) {
	path := writeTicks(t)
	writer := microts("-e", fmt.Sprintf(`
		local db = require("micro_ts").open(%q)
		io.stdout:setvbuf("no")
		print("ready")
		for line in io.lines() do db:put("S", 9, tonumber(line), 0, "x") db:flush() print("done") end`, path))
	in, err := writer.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := writer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		in.Close()
		_ = writer.Wait()
	}()
	line := make([]byte, 64)
	if _, err := out.Read(line); err != nil {
		t.Fatal(err)
	}
	c := startConsole(t, t.TempDir(), "repl", "--read-only", "--db", path)
	c.enter(".count S 600000", "S:600000: 100 ticks")
	c.enter(".count S 9", "S:9: 0 ticks")
	fmt.Fprintln(in, 1)
	if _, err := out.Read(line); err != nil {
		t.Fatal(err)
	}
	c.enter(".refresh", "")
	c.enter(".count S 9", "S:9: 1 ticks")
	c.send("db:put('S', 9, 2, 0, 'x')\r")
	c.see("[1]:1: put: database")
	c.leave()
}

// TestPipedConsole is a plain reader: no prompt, no colour, exit code 1 on the
// first error.
func TestPipedConsole(t *testing.T) {
	cmd := microts("repl", "--db", writeTicks(t))
	cmd.Stdin = strings.NewReader("1 + 1\nfor i = 1, 2 do\nprint(i)\nend\n.count S 600000\nerror('boom', 0)\nprint('never')\n")
	out, err := cmd.CombinedOutput()
	want := "2\n1\n2\nS:600000: 100 ticks\nmicrots: boom\n"
	if !strings.HasPrefix(string(out), want) || strings.Contains(string(out), "never") || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("%q, %v", out, err)
	}
	cmd = microts("repl")
	cmd.Stdin = strings.NewReader("x = 2\nx + 1\n.quit\n99\n")
	if out, err := cmd.CombinedOutput(); string(out) != "3\n" || err != nil {
		t.Errorf("%q, %v", out, err)
	}
	cmd = microts("repl", "--db", "/proc/none")
	cmd.Stdin = strings.NewReader("")
	if out, _ := cmd.CombinedOutput(); !strings.Contains(string(out), `open database "/proc/none"`) || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("%q", out)
	}
}

var updateDocs = flag.Bool("update", false, "record anew what the documents show")

// TestSession types what testdata/session.txt holds and compares the screen with
// the session in docs/console.md and docs/zh/console.md.
func TestSession(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ticks")
	if out, err := microts("testdata/ticks.lua", path).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines, err := os.ReadFile("testdata/session.txt")
	if err != nil {
		t.Fatal(err)
	}
	c := startConsoleEnv(t, dir, "NO_COLOR=1", 200, "repl", "--db", path)
	for line := range strings.Lines(string(lines)) {
		before := strings.Count(c.screen(), "microts>")
		c.send(strings.TrimSuffix(line, "\n") + "\r")
		continued := strings.HasPrefix(line, "  ") || strings.HasPrefix(line, "function")
		c.waitFor("an answer to "+line, func(screen string) bool {
			if continued {
				return strings.HasSuffix(screen, ">>")
			}
			return strings.HasSuffix(screen, "microts>") && strings.Count(screen, "microts>") > before
		})
	}
	_, session, ok := strings.Cut(c.screen(), "leave.\n")
	if !ok {
		t.Fatal(c.screen())
	}
	_, session, _ = strings.Cut(session, "\n") // the path of the database
	session = strings.TrimSuffix(session, "\nmicrots>")
	const begin, end = "<!-- session -->\n```\n", "\n```\n"
	for _, name := range []string{"../../docs/console.md", "../../docs/zh/console.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		before, rest, ok1 := strings.Cut(string(text), begin)
		shown, after, ok2 := strings.Cut(rest, end)
		if !ok1 || !ok2 {
			t.Fatalf("%s shows no session", name)
		}
		switch {
		case shown == session:
		case *updateDocs:
			if err := os.WriteFile(name, []byte(before+begin+session+end+after), 0o644); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("%s shows another session than (make session mends it):\n%s", name, session)
		}
	}
}
