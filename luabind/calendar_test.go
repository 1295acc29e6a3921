package luabind

import (
	"os"
	"path/filepath"
	"testing"

	"microts/internal/luavm"
)

// TestCalendarOfAFile: a file is TOML, or a list of days.
func TestCalendarOfAFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"c.toml": "base = \"cn-futures\"\nnight = \"21:00-23:00\"\n", "days.txt": "2023-11-13\n20231114\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := newState(t)
	s.Globals.SetString("dir", luavm.NewString(dir).Value())
	run(t, s, `
		local futures = ts.calendar(dir .. "/c.toml")
		assert(futures:phase "2023-11-13 23:00:00" == "night" and futures:phase "2023-11-13 23:00:01" == "closed")
		assert(table.concat(ts.calendar(dir .. "/days.txt"):days(), " ") == "2023-11-13 2023-11-14")
	`)
}

// TestHelpOfCalendars: the console shows the help of a method of a calendar.
func TestHelpOfCalendars(t *testing.T) {
	s := newState(t)
	run(t, s, `cn = ts.calendar "cn"`)
	if text, want := HelpOf(s, s.Globals.GetString("cn"), "next"), "cal:next(day [, n]) -> day\n"; len(text) < len(want) || text[:len(want)] != want {
		t.Errorf("the help is %q", text)
	}
}
