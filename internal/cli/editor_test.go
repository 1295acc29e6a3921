package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestConsoleTypesUnicode types letters that other editors take for Alt and a letter, and
// letters with marks.
func TestConsoleTypesUnicode(t *testing.T) {
	c := startConsole(t, t.TempDir(), "repl")
	c.enter("#'¥µé·ÿ'", "10")
	c.send("#'e\u0301n\u0303'\r")
	c.see("\n6\nmicrots>")
	if code := c.leave(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestConsoleBlocks moves in a block with up and down, and changes it.
func TestConsoleBlocks(t *testing.T) {
	c := startConsole(t, t.TempDir(), "repl")
	c.enter("before = 1", "")
	c.send("for i = 1, 2 do\rprint(i)\rend\x10\x01\x1bf\x0b(i * 21)\x0e\x05\x04\r") // C-p, C-n, and C-d at the end
	c.see("      >> print(i * 21)\n      >> end\n21\n42\nmicrots>")
	c.send("\x1b[A\x1b[A\x1b[A") // the block, up to its first line
	c.see("microts> for i = 1, 2 do\n      >> print(i * 21)\n      >> end")
	c.send("\x1b[A") // and on to the history
	c.see("42\nmicrots> before = 1")
	c.send("\x03")
	c.see("before = 1^C\nmicrots>")
	if code := c.leave(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestConsolePasteTallBlock pastes more lines than the screen has rows, then types: each
// key is drawn within 20 ms.
func TestConsolePasteTallBlock(t *testing.T) {
	const lines, keys = 152, 20
	c := startConsole(t, t.TempDir(), "repl")
	var block strings.Builder
	block.WriteString("total = 0\n")
	for i := range lines - 2 {
		fmt.Fprintf(&block, "total = total + %d -- a comment, \"a string\", 行\n", i)
	}
	block.WriteString("kept = total")
	c.send("\x1b[200~" + block.String() + "\x1b[201~")
	c.see("      >> kept = total")
	fastest := time.Hour
	for range keys {
		for _, key := range []struct{ typed, seen string }{{"x", ">> kept = totalx"}, {"\x7f", ">> kept = total\n"}} {
			start := time.Now()
			c.send(key.typed)
			c.waitFor(key.typed, func(screen string) bool { return strings.Contains(screen+"\n", key.seen) })
			fastest = min(fastest, time.Since(start))
		}
	}
	if most := 20 * time.Millisecond; fastest > most {
		t.Errorf("a key takes %v", fastest)
	}
	c.send("\r")
	c.enter("kept", fmt.Sprint((lines-2)*(lines-3)/2))
	if code := c.leave(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestConsoleHistoryKeepsLongEntries leaves and comes back after an entry of 100 KB, as
// versions before wrote it: the entries around it are there.
func TestConsoleHistoryKeepsLongEntries(t *testing.T) {
	state := t.TempDir()
	if err := os.Mkdir(filepath.Join(state, "microts"), 0o700); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("{\"datetime\":\"2026-01-02T03:04:05Z\",\"block\":\"first = 1\"}\n{\"datetime\":\"2026-01-02T03:04:05Z\",\"block\":\"%s\"}\n", strings.Repeat("x", 100<<10))
	if err := os.WriteFile(filepath.Join(state, "microts", "history"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := startConsole(t, state, "repl")
	c.enter("last = 1", "")
	c.leave()
	c = startConsole(t, state, "repl")
	c.send("\x1b[A")
	c.see("microts> last = 1")
	c.send("\x1b<")
	c.see("microts> first = 1")
	c.send("\r")
	c.enter("first", "1")
}

// TestConsoleInterruptsInput ends io.read with Ctrl-C. What it reads otherwise is typed
// into the terminal.
func TestConsoleInterruptsInput(t *testing.T) {
	c := startConsole(t, t.TempDir(), "repl")
	c.send("print('waiting') io.read()\r")
	c.see("\nwaiting")
	c.send("\x03")
	c.see("[1]:1: interrupted")
	c.prompt()
	c.send("print('reading') a = io.read()\r") // what is typed before it runs is the next line
	c.see("\nreading")
	c.send("some text\n")
	c.prompt()
	c.enter("a", `"some text"`)
	if code := c.leave(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestConsoleSuspends stops the console with Ctrl-Z, at the prompt and while Lua runs.
// The shell's fg continues it.
func TestConsoleSuspends(t *testing.T) {
	c := openCommand(t, 24, exec.Command("bash", "--norc", "--noprofile", "--noediting", "-i"),
		[]string{"XDG_STATE_HOME=" + t.TempDir(), "TERM=xterm", "INPUTRC=/dev/null", "PS1=shell> ", "HISTFILE="})
	c.see("shell>")
	c.send(filepath.Join(binDir, "microts") + " repl\n")
	c.prompt()
	for _, s := range []struct {
		name    string
		suspend func()
		resumed string // the end of the screen
	}{
		{"the prompt", func() { c.send("1 + 1\x1a") }, "repl\nmicrots> 1 + 1"},
		{"Lua", func() {
			c.send("\x15while true do print('runs') require('socket').sleep(0.02) end\r")
			c.see("\nruns\n")
			c.send("\x1a")
		}, "\nruns"},
	} {
		s.suspend()
		c.waitFor("the shell's prompt", func(screen string) bool { return strings.HasSuffix(screen, "shell>") })
		c.send("echo in the shell\n")
		c.see("\nin the shell\nshell>")
		c.send("clear; fg\n")
		c.waitFor(s.name, func(screen string) bool { return strings.HasSuffix(screen, s.resumed) })
	}
	c.send("\x03")
	c.see("interrupted")
	c.prompt()
	c.send("kept = 5\x1a") // what was typed is still there
	c.waitFor("the shell's prompt", func(screen string) bool { return strings.HasSuffix(screen, "shell>") })
	c.send("clear; fg\n")
	c.waitFor("the line", func(screen string) bool { return strings.HasSuffix(screen, "microts> kept = 5") })
	c.send("\r")
	c.enter("kept", "5")
	c.send("\x04")
	c.waitFor("the shell's prompt", func(screen string) bool { return strings.HasSuffix(screen, "shell>") })
	c.send("exit\n")
	c.end()
}

// TestConsoleWords leaves with exit and quit, and helps with help.
func TestConsoleWords(t *testing.T) {
	for _, word := range []string{"exit", "quit", "exit()", "quit();", " exit "} {
		c := startConsole(t, t.TempDir(), "repl")
		c.send(word + "\r")
		if code := c.end(); code != 0 {
			t.Errorf("%s: exit code %d", word, code)
		}
	}
	c := startConsoleEnv(t, t.TempDir(), "NO_COLOR=1", 60, "repl")
	c.send("help\r")
	c.see(".open PATH")
	c.prompt()
	c.send("help put\r")
	c.see("Writes one tick.")
	c.prompt()
	c.enter("exit = 7", "")
	c.enter("exit", "7") // a global of the user's own
	if code := c.leave(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	cmd := microts("repl")
	cmd.Stdin = strings.NewReader("print(1)\nexit\nprint(2)\n")
	if out, err := cmd.CombinedOutput(); string(out) != "1\n" || err != nil {
		t.Errorf("%q, %v", out, err)
	}
}

// TestConsoleHintsAtLocals uses a local of an earlier line.
func TestConsoleHintsAtLocals(t *testing.T) {
	const hint = `(price was local to [1] and ended with it; without the word local it stays)`
	c := startConsole(t, t.TempDir(), "repl")
	c.enter("local price, n = 5, 6", "")
	c.enter("price", "nil\n"+hint)
	c.enter("unknown", "nil")
	c.send("price.last\r")
	c.see("attempt to index global 'price' (a nil value)\n  [4]:1: in main chunk: price.last\n" + hint)
	c.prompt()
	c.enter("price = 7", "")
	c.enter("price", "7")
	if code := c.leave(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestConsoleASCII draws tables and plots where the locale or the terminal has no more
// than ASCII. A dumb terminal gets nothing but text.
func TestConsoleASCII(t *testing.T) {
	path := writeTicks(t)
	for _, env := range []string{"LC_ALL=C", "TERM=dumb"} {
		c := startConsoleEnv(t, t.TempDir(), env, 60, "repl", "--db", path)
		c.send(".codes\r")
		c.see(" S      | 600000 |")
		c.see("--------+--------+")
		c.send(".plot S 600000\r")
		c.see(" |+")
		c.send("plot{1, 2, 3}\r")
		c.see("+")
		c.prompt()
		c.waitFor("the answer", func(screen string) bool { return strings.HasSuffix(screen, "microts>") })
		for _, r := range c.screen() {
			if r >= 0x80 {
				t.Errorf("%s: %q in\n%s", env, r, c.screen())
				break
			}
		}
		c.send("for i = 1, 2 do\r")
		c.see(">>")
		c.send("end\r")
		c.prompt()
		if code := c.leave(); code != 0 {
			t.Errorf("%s: exit code %d", env, code)
		}
		if env == "TERM=dumb" && c.escapes.Load() {
			t.Errorf("it sends escape sequences:\n%s", c.screen())
		}
	}
}

// TestConsoleDumbInterrupt presses Ctrl-C on a dumb terminal, at the prompt and while Lua
// runs.
func TestConsoleDumbInterrupt(t *testing.T) {
	c := startConsoleEnv(t, t.TempDir(), "TERM=dumb", 24, "repl")
	c.send("dropped\x03")
	c.waitFor("another prompt", func(screen string) bool {
		return strings.Count(screen, "microts>") == 2 && strings.HasSuffix(screen, ">")
	})
	c.send("print('running') while true do end\n")
	c.see("\nrunning")
	c.send("\x03")
	c.see("[1]:1: interrupted")
	c.prompt()
	c.send("1 + 1\n")
	c.see("\n2\nmicrots>")
	if code := c.leave(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestDryRunASCII lists jobs where the locale has no more than ASCII.
func TestDryRunASCII(t *testing.T) {
	script := filepath.Join(t.TempDir(), "job.lua")
	if err := os.WriteFile(script, []byte("return {}"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := microts("batch", script, "--dry-run")
	cmd.Env = append(os.Environ(), "LC_ALL=POSIX")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), " id | job") || strings.ContainsFunc(string(out), func(r rune) bool { return r >= 0x80 }) {
		t.Errorf("%s, %v", out, err)
	}
}

// TestBatchOnADumbTerminal shows a line for each event, and moves no cursor.
func TestBatchOnADumbTerminal(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "job.lua")
	if err := os.WriteFile(script, []byte("return {n = 1}"), 0o644); err != nil {
		t.Fatal(err)
	}
	c := openConsole(t, t.TempDir(), "TERM=dumb", 24, "batch", script, "--run", filepath.Join(dir, "run"))
	if code := c.end(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	c.see("done job")
	if c.escapes.Load() {
		t.Errorf("it sends escape sequences:\n%s", c.screen())
	}
}
