package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestConsoleTab presses Tab after . and : and in the name of a module.
func TestConsoleTab(t *testing.T) {
	c := startConsole(t, t.TempDir(), "repl", "--db", writeTicks(t))
	for _, at := range []struct{ typed, offered, rest, line string }{
		{"x = db:", "delete_range", "sc", "microts> x = db:scan"},
		{"y = string.", "reverse", "rev", "microts> y = string.reverse"},
		{`z = require "`, "storage_engine_v2", "cjson.s", `microts> z = require "cjson.safe"`},
		{".", ".schema", "sch", "microts> .schema"},
		{".count ", "H", "6005", "microts> .count 600519"},
		{".show db:", "snapshot", "sn", "microts> .show db:snapshot"},
	} {
		c.clear()
		c.send(at.typed + "\t")
		c.see(at.offered)
		c.send(at.rest + "\t")
		c.see(at.line)
		c.send("\x15") // Ctrl-U
		c.waitFor("an empty line", func(screen string) bool { return strings.HasPrefix(screen, "microts>\n") || screen == "microts>" })
	}
}

// TestConsolePager pages what is longer than the screen, with the console's own pager and
// with $PAGER.
func TestConsolePager(t *testing.T) {
	c := startConsole(t, t.TempDir(), "repl", "--db", writeTicks(t))
	c.clear()
	c.send(".head S 600000 -n 100\r")
	c.see("-- 23 of 103 lines --")
	c.send(" ")
	c.see("-- 46 of 103 lines --")
	c.send("\r")
	c.see("-- 47 of 103 lines --")
	c.send("q")
	c.prompt()
	if screen := c.screen(); !strings.Contains(screen, "09:30:43") || strings.Contains(screen, "09:30:44") || strings.Contains(screen, "lines --") {
		t.Errorf("after q the screen is\n%s", screen)
	}
	c.send("_ = nil for i = 1, 100 do _ = {_} end pp(_)\r")
	c.see("lines --")
	c.send("\x03") // Ctrl-C
	c.prompt()
	c.enter("1 + 1", "2")
	c.send(".bars S 600000 1m\r")
	c.see("2 rows x 11 columns; no room for amount, vwap, count, complete")
	c.prompt()

	c = startConsoleEnv(t, t.TempDir(), "PAGER=tail -n 1", 24, "repl", "--db", writeTicks(t))
	c.clear()
	c.send(".head S 600000 -n 100\r")
	c.see("09:31:39")
	c.prompt()
	if screen := c.screen(); strings.Contains(screen, "09:31:38") {
		t.Errorf("$PAGER did not show the rows:\n%s", screen)
	}
	c.enter(".count S 600000", "S:600000: 100 ticks")
}

// TestConsoleAsksForANewDatabase opens a path that is like a database's.
func TestConsoleAsksForANewDatabase(t *testing.T) {
	path := writeTicks(t)
	mistyped := filepath.Join(filepath.Dir(path), "dbs")
	ask := "Make a new database"
	c := openConsole(t, t.TempDir(), "INPUTRC=/dev/null", 24, "repl", "--db", mistyped)
	c.see(ask)
	c.send("n")
	if code := c.end(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	if _, err := os.Stat(mistyped); err == nil {
		t.Error("the database was made")
	}
	c = startConsole(t, t.TempDir(), "repl")
	c.send(".open " + mistyped + "\r")
	c.see(ask)
	c.send("\x03")
	c.see("did you mean")
	c.prompt()
	c.enter("db", "nil")
	c.clear()
	c.send(".open " + mistyped + "\r")
	c.see(ask)
	c.send("y")
	c.see("a new database")
	c.prompt()
	if _, err := os.Stat(filepath.Join(mistyped, "CURRENT")); err != nil {
		t.Error(err)
	}
}
