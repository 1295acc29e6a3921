package cli

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// writeTicks makes a database of a few instruments.
func writeTicks(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db")
	out, err := microts("testdata/few_ticks.lua", path).CombinedOutput()
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
	c.prompt()
	c.send("ts.unpack_value(select(2, db:last('S', 600000)))\r")
	c.see("{")
	c.prompt()
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
	c.send("\r") // ends the search and runs the line
	c.see("beta = 1\nmicrots>")
	c.enter("beta", "1")
	if code := c.leave(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestConsoleInterrupt presses Ctrl-C: what runs ends, the Lua state stays; at the
// prompt the line is cleared.
func TestConsoleInterrupt(t *testing.T) {
	path := writeTicks(t)
	c := startConsole(t, t.TempDir(), "repl", "--db", path)
	c.enter("keep = 7", "")
	c.send("print('running') while true do end\r")
	c.see("\nrunning")
	c.send("\x03")
	c.see("[2]:1: interrupted")
	c.prompt()
	c.send("print('scanning') while true do for us in db:scan('S', 600000, 0, 2^53 - 1) do end end\r")
	c.see("\nscanning")
	c.send("\x03")
	c.see("[3]:1: interrupted")
	c.prompt()
	c.send("this is dropped")
	c.see("this is dropped")
	c.send("\x03")
	c.prompt()
	c.enter("keep", "7")
	c.enter("db:put('S', 1, 1, 0, 'flushed')", "")
	if code := c.leave(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	out, err := microts("-e", fmt.Sprintf(`print(require("micro_ts").open(%q):get("S", 1, 1))`, path)).CombinedOutput()
	if string(out) != "flushed\n" || err != nil {
		t.Errorf("%s %v", out, err)
	}
}

// TestConsoleInterruptAfterEnter presses Ctrl-C before the line runs: the line ends
// all the same, and the next one runs.
func TestConsoleInterruptAfterEnter(t *testing.T) {
	c := startConsole(t, t.TempDir(), "repl", "--db", writeTicks(t))
	for _, afterEnter := range []struct {
		name string
		send func(line string)
	}{
		{"read with Enter", func(line string) { c.send(line + "\r\x03") }},
		{"when the terminal is given up", func(line string) {
			c.send(line + "\r")
			c.waitTaken()
			c.send("\x03")
		}},
		{"with a line typed ahead, which is dropped", func(line string) { c.send(line + "\rlost = true\r\x03") }},
	} {
		for _, line := range []string{"while true do end", "for i = 1, 1e12 do\rend"} {
			c.clear()
			afterEnter.send(line)
			c.waitFor(fmt.Sprintf("an interrupt %s of %q", afterEnter.name, line), func(screen string) bool {
				return strings.HasSuffix(screen, "interrupted\nmicrots>") || strings.Contains(screen, "interrupted\n  [") && strings.HasSuffix(screen, "microts>")
			})
			c.enter("1 + 1", "2")
		}
	}
	c.enter("lost", "nil")
	if code := c.leave(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestConsoleTypeAhead types several lines at once.
func TestConsoleTypeAhead(t *testing.T) {
	c := startConsole(t, t.TempDir(), "repl")
	c.send("a = '中'\rb = a .. '文'\r\x1b[200~b = b ..\n'字'\x1b[201~\r#b\r")
	c.see("\n9\nmicrots>")
	c.enter("b", `"中文字"`)
	if code := c.leave(); code != 0 {
		t.Errorf("exit code %d", code)
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
	c.see("end\nmicrots>")
	c.enter("total", "440")
	printed := c.printed.Load()
	if err := pty.Setsize(c.tty, &pty.Winsize{Rows: 24, Cols: 40}); err != nil {
		t.Fatal(err)
	}
	c.term.Resize(40, 24)
	c.waitFor("a prompt drawn anew", func(string) bool { return c.printed.Load() > printed })
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
	c := startConsoleEnv(t, t.TempDir(), "INPUTRC="+inputrc, 24, "repl")
	cursorAt := func(column int) {
		t.Helper()
		c.waitFor(fmt.Sprintf("the cursor in column %d", column), func(string) bool { return c.cursor() == column })
	}
	const line = len("microts> ")
	c.send("1 + 2")
	cursorAt(line + len("1 + 2"))
	c.send("\x1b") // alone: followed by a key it would be another key
	cursorAt(line + len("1 + "))
	c.send("0") // to the beginning
	cursorAt(line)
	c.send("x") // delete
	c.see("microts>  + 2")
	c.send("i4") // insert
	c.see("microts> 4 + 2")
	c.send("\r")
	c.see("\n6\nmicrots>")
}

// TestConsoleBesideAWriter reads beside a process that writes, and catches up.
func TestConsoleBesideAWriter(t *testing.T) {
	path := writeTicks(t)
	writer := microts("testdata/line_writer.lua", path)
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
	c.enter(".count S 9", "S:000009: 0 ticks")
	fmt.Fprintln(in, 1)
	if _, err := out.Read(line); err != nil {
		t.Fatal(err)
	}
	c.enter(".refresh", "")
	c.enter(".count S 9", "S:000009: 1 tick")
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
