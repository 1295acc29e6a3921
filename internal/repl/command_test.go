package repl

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommands(t *testing.T) {
	r, buf := newREPL(t)
	dir := t.TempDir()
	for _, c := range []struct {
		text string
		want []string // parts of what is printed
	}{
		{".codes", []string{"H      │ 00700  │ 2023-11-14 09:30:00.000000", "S      │ 600000", "U      │ AAPL"}},
		{".codes S", []string{"600000"}},
		{".head", []string{"H:00700 on 2023-11-14", `09:30:00.000000 │   0 │ "320.5"`}},
		{".head S 600000 2", []string{"S:600000 on 2023-11-14", "1699925400000000 │ 09:30:00.000000 │   0 │ 10.0000 │   0 │ B"}},
		{`.tail "S", 600000, 1`, []string{"09:31:39.000000 │   0 │ 10.9900 │  99 │ B"}},
		{".tail SH600000 1", []string{"10.9900"}},
		{".tail 1", []string{"10.9900"}},
		{".head U AAPL", []string{"<3 bytes>"}},
		{".count S 600000", []string{"S:600000: 100 ticks"}},
		{".count 2023-11-14 09:30:10 2023-11-14 09:30:19", []string{"10 ticks"}},
		{".count S 600000 2023-11-15", []string{"0 ticks"}},
		{".count S 600000 soon", []string{`date and time such as`, `got "soon"`}},
		{".plot S 600000 2023-11-14", []string{"11.0 ┤", "10.0 ┤┃", "09:30:30       09:31:00", "100 ticks, a bar is 2 s\n2023-11-14 09:30:00 to 2023-11-14 09:31:39"}},
		{".plot U AAPL", []string{"are no tick records and no numbers"}},
		{".plot S 600000 2023-11-16", []string{"no ticks of S:600000 there"}},
		{".schema", []string{"storage engine V2", "chunk_base_ms", "the first value of S:600000 is a tick record of 50 bytes"}},
		{".stats", []string{"engine", "V2", "disk_bytes"}},
		{".tz UTC", nil},
		{".head S 600000 1", []string{"01:30:00.000000"}},
		{".count S 600000 2023-11-14 01:30:10 2023-11-14 01:30:19", []string{"10 ticks"}},
		{"ts.time '2023-11-14 01:30'", []string{"1699925400000000"}},
		{".tz Nowhere", []string{"unknown time zone"}},
		{".time on", []string{"ms"}},
		{".time off", nil},
		{".time", []string{"usage: .time on|off"}},
		{".help", []string{".open PATH", ".quit"}},
		{".help head", []string{".head [INSTRUMENT] [FROM [TO]] [N]"}},
		{".help put", []string{"put(db, market, code, ts_us, seq, value)", "engine:put(key, value [, cf])"}},
		{".help cjson", []string{"lua-cjson"}},
		{".help scna", []string{"did you mean scan?"}},
		{".haed", []string{"unknown command .haed; did you mean .head?"}},
		{".xyzzy", []string{"unknown command .xyzzy; .help lists them"}},
		{".head 'S", []string{"' is not closed"}},
		{".save " + dir + "/typed.lua", []string{"chunks in"}},
		{".load " + dir + "/none.lua", []string{"cannot open"}},
		{".open " + dir + "/other", []string{"db is " + dir + "/other, a new database"}},
		{".codes", []string{"no ticks"}},
		{".head", []string{"the database holds no ticks"}},
		{".refresh", nil},
		{".close", nil},
		{".codes", []string{"no database is open: .open PATH"}},
	} {
		got := typed(r, buf, c.text)
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s printed\n%s\nwithout\n%s", c.text, got, want)
			}
		}
		if c.want == nil && got != "" {
			t.Errorf("%s printed\n%s", c.text, got)
		}
	}
	if err := r.run(".quit"); !errors.Is(err, errQuit) {
		t.Error(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "typed.lua")); err != nil || !strings.Contains(string(text), "ts.time") {
		t.Errorf("saved %q, %v", text, err)
	}
}

func TestEdit(t *testing.T) {
	r, buf := newREPL(t)
	t.Setenv("VISUAL", "")
	t.Setenv("EDITOR", "sed -i s/1/2/")
	typed(r, buf, "1 + 1")
	if got := typed(r, buf, ".edit"); got != "2 + 1\n3" {
		t.Error(got)
	}
}
