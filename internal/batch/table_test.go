package batch

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"microts/internal/host"
	"microts/internal/luavm"
	"microts/internal/luavm/lib"
)

// resultOf returns what a script returns, and its state.
func resultOf(t testing.TB, script string) (*luavm.State, luavm.Value) {
	t.Helper()
	s := luavm.NewState()
	luavm.OpenBase(s, io.Discard)
	lib.Open(s)
	chunk, err := s.Load([]byte(script), "=script", s.Globals)
	if err != nil {
		t.Fatal(err)
	}
	results, err := s.Call(chunk.Value())
	if err != nil || len(results) != 1 {
		t.Fatalf("%d results, %v", len(results), err)
	}
	return s, results[0]
}

func TestTableOfAResult(t *testing.T) {
	for _, c := range []struct{ script, columns, rows string }{
		{`return nil`, `[]`, `[]`},
		{`return {}`, `[]`, `[]`},
		{`return {{}}`, `[]`, `[[]]`},
		{`return 1.5`, `[value]`, `[[1.5]]`},
		{`return false`, `[value]`, `[[false]]`},
		{`return "a\255b"`, `[value]`, "[[a\ufffdb]]"},
		{`return {b = 1, a = true, ["x\255"] = "s"}`, "[b a x\ufffd]", `[[1 true s]]`},
		{`return {1, "x", true}`, `[value]`, `[[1] [x] [true]]`},
		{`return {{a = 1, b = 2}, {b = 3}, {c = 4, a = 5}, 6}`, `[a b c value]`, `[[1 2 <nil> <nil>] [<nil> 3 <nil> <nil>] [5 <nil> 4 <nil>] [<nil> <nil> <nil> 6]]`},
		{`local t = {} for i = 3, 1, -1 do t[i] = i end return t`, `[value]`, `[[1] [2] [3]]`},
		{`local t = {1, 2, 3, x = 1} t.x = nil return t`, `[value]`, `[[1] [2] [3]]`},
		{`local t = {a = 1, b = 2} t.a = nil return t`, `[b]`, `[[2]]`},
	} {
		s, v := resultOf(t, c.script)
		table, err := tableOf(s, 0, v)
		if err != nil {
			t.Errorf("%s: %v", c.script, err)
			continue
		}
		if columns, rows := fmt.Sprint(table.Columns), fmt.Sprint(table.Rows); columns != c.columns || rows != c.rows {
			t.Errorf("%s: columns %s, rows %s", c.script, columns, rows)
		}
	}
}

func TestNoTableOfAResult(t *testing.T) {
	for script, want := range map[string]string{
		`return print`:                 "result: row 1: value: number, string or boolean expected, got function",
		`return {x = {}}`:              "result: row 1: x: number, string or boolean expected, got table",
		`return {{x = 1}, {x = {}}}`:   "result: row 2: x: number, string or boolean expected, got table",
		`return {1, 2, x = 3}`:         "result: a row of named values, or an array of rows, expected, got a table with both places and the name x",
		`return {1, 2, [1.5] = 3}`:     "result: a row of named values, or an array of rows, expected, got a table with both places and the name 1.5",
		`return {{x = 1, [true] = 2}}`: "result: row 1: named values expected, got the key true",
		`return {{1, 2}}`:              "result: row 1: named values expected, got the key 1",
		`return {[0] = 1}`:             "result: row 1: named values expected, got the key 0",
	} {
		s, v := resultOf(t, script)
		if _, err := tableOf(s, 0, v); err == nil || err.Error() != want {
			t.Errorf("%s: %v", script, err)
		}
	}
}

// TestTableNeedsRoom: the table of a result counts towards what the job may use.
func TestTableNeedsRoom(t *testing.T) {
	s, v := resultOf(t, `local t = {} for i = 1, 1e5 do t[i] = {a = i, b = i} end return t`)
	const limit = 64 << 20 // bytes; the script holds less
	s.LimitMemory(limit, func(used int64) { t.Errorf("the script uses %d bytes", used) })
	if _, err := tableOf(s, limit, v); err != nil {
		t.Error(err)
	}
	used := s.Memory()
	s.LimitMemory(used+2<<20, func(used int64) { t.Errorf("the script uses %d bytes", used) })
	memory := (*host.MemoryError)(nil)
	if _, err := tableOf(s, used, v); !errors.As(err, &memory) {
		t.Errorf("with room for 2 MiB: %v", err)
	}
}

// BenchmarkTableOf makes the table of 10,000 rows of three numbers. Each number costs an
// allocation, as does each row.
func BenchmarkTableOf(b *testing.B) {
	s, v := resultOf(b, `local t = {} for i = 1, 1e4 do t[i] = {a = i + .5, b = i + .5, c = i + .5} end return t`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tableOf(s, 0, v); err != nil {
			b.Fatal(err)
		}
	}
}
