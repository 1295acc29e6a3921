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
		{`return {1, 2.5, 1/0}`, `[value]`, `[[1] [2.5] [+Inf]]`},
		{`return {{a = true}, {}, {a = false}}`, `[a]`, `[[true] [<nil>] [false]]`},
		{`return {{}, {a = "x"}, {a = "y"}, {a = "x"}, {}}`, `[a]`, `[[<nil>] [x] [y] [x] [<nil>]]`},
		{`return {{a = 1, b = 2}, {b = 3}, {c = 4, a = 5}, 6}`, `[a b c value]`, `[[1 2 <nil> <nil>] [<nil> 3 <nil> <nil>] [5 <nil> 4 <nil>] [<nil> <nil> <nil> 6]]`},
		{`local t = {} for i = 3, 1, -1 do t[i] = i end return t`, `[value]`, `[[1] [2] [3]]`},
		{`local t = {1, 2, 3, x = 1} t.x = nil return t`, `[value]`, `[[1] [2] [3]]`},
		{`local t = {a = 1, b = 2} t.a = nil return t`, `[b]`, `[[2]]`},
	} {
		s, v := resultOf(t, c.script)
		table, err := tableOf(s, 0, nil, v)
		if err != nil {
			t.Errorf("%s: %v", c.script, err)
			continue
		}
		if columns, rows := show(table); columns != c.columns || rows != c.rows {
			t.Errorf("%s: columns %s, rows %s", c.script, columns, rows)
		}
		back, err := decodeTable(table.encode())
		if err != nil {
			t.Errorf("%s: %v", c.script, err)
			continue
		}
		if columns, rows := show(back); columns != c.columns || rows != c.rows {
			t.Errorf("%s: read back: columns %s, rows %s", c.script, columns, rows)
		}
	}
}

// show returns the names of the columns and the rows of a Table.
func show(t *Table) (columns, rows string) {
	names, values := []string{}, [][]any{}
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	for i := range t.Rows {
		values = append(values, t.Row(i))
	}
	return fmt.Sprint(names), fmt.Sprint(values)
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
		if _, err := tableOf(s, 0, nil, v); err == nil || err.Error() != want {
			t.Errorf("%s: %v", script, err)
		}
	}
}

// TestColumnErrors: a value that must not stand in its column is an error, and the rows
// are there all the same.
func TestColumnErrors(t *testing.T) {
	params := Params{{"code", "000001"}, {"k", 2.0}}
	for _, c := range []struct{ script, want, columns, rows string }{
		{`return {job_id = 9}`, "result: row 1: the field job_id has the name of the column of job IDs: give it another name", `[job_id_returned]`, `[[9]]`},
		{
			`return {{code = "000001"}, {code = "X"}}`,
			"result: row 2: the field code has the name of a parameter, but its value is X instead of 000001: give it another name",
			`[code_returned]`, `[[<nil>] [X]]`,
		},
		{`return {code = 1}`, "result: row 1: the field code has the name of a parameter, but its value is 1 instead of 000001: give it another name", `[code_returned]`, `[[1]]`},
		{`return {{x = 1}, {}, {x = "a"}}`, "result: row 3: x: a number expected, as in row 1, got a string: a column has one type", `[x x_string]`, `[[1 <nil>] [<nil> <nil>] [<nil> a]]`},
		{`return {{}, {x = true}, {x = 1}}`, "result: row 3: x: a boolean expected, as in row 2, got a number: a column has one type", `[x x_number]`, `[[<nil> <nil>] [true <nil>] [<nil> 1]]`},
	} {
		s, v := resultOf(t, c.script)
		table, err := tableOf(s, 0, params, v)
		if wrong := (*columnError)(nil); !errors.As(err, &wrong) || err.Error() != c.want {
			t.Errorf("%s: %v", c.script, err)
			continue
		}
		if columns, rows := show(table); columns != c.columns || rows != c.rows {
			t.Errorf("%s: columns %s, rows %s", c.script, columns, rows)
		}
	}
	s, v := resultOf(t, `return {code = "000001", k = 2, x = 1}`)
	table, err := tableOf(s, 0, params, v)
	if err != nil {
		t.Fatal(err)
	}
	if columns, rows := show(table); columns != "[x]" || rows != "[[1]]" {
		t.Errorf("fields that repeat parameters: columns %s, rows %s", columns, rows)
	}
}

// TestBlockGolden: the bytes of a block are what the table in block.go says.
func TestBlockGolden(t *testing.T) {
	s, v := resultOf(t, `return {{a = 1.5}, {a = 2, b = "x"}}`)
	table, err := tableOf(s, 0, nil, v)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := zstdReader().DecodeAll(table.encode(), nil)
	const want = "\x02\x02" +
		"\x01a\x05float\x01\x00\x00\x00\x00\x00\x00\x00\xf8\x3f\x00\x00\x00\x00\x00\x00\x00\x40" +
		"\x01b\x04text\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x01\x01x\x00\x00"
	if string(plain) != want || err != nil {
		t.Errorf("%q, %v", plain, err)
	}
}

// FuzzDecodeTable: bytes that are no block are an error.
func FuzzDecodeTable(f *testing.F) {
	f.Add([]byte("\x02\x01\x01a\x03int\x01\x00\x00\x00\x00\x00\x00\x00\xf8\x3f"))
	f.Add([]byte("\x01\x01\x01b\x04text\x01\x00\x01\x01x\x00"))
	f.Add([]byte("\xff\xff\xff\xff\x07\x01\x00\x04bool\x00\x01"))
	f.Fuzz(func(t *testing.T, plain []byte) {
		table, err := decodeTable(zstdWriter().EncodeAll(plain, nil))
		if err != nil {
			return
		}
		for i := range min(table.Rows, 1000) {
			table.Row(i)
		}
		if _, err := decodeTable(table.encode()); err != nil {
			t.Errorf("%q: %v", plain, err)
		}
	})
	if _, err := decodeTable([]byte("no frame")); err == nil {
		f.Error("no error")
	}
}

// TestTableNeedsRoom: the table of a result counts towards what the job may use.
func TestTableNeedsRoom(t *testing.T) {
	s, v := resultOf(t, `local t = {} for i = 1, 1e4 do t[i] = {a = ("x"):rep(1000) .. i} end return t`)
	const limit = 64 << 20 // bytes; the script holds less
	s.LimitMemory(limit, func(used int64) { t.Errorf("the script uses %d bytes", used) })
	if _, err := tableOf(s, limit, nil, v); err != nil {
		t.Error(err)
	}
	used := s.Memory()
	s.LimitMemory(used+2<<20, func(used int64) { t.Errorf("the script uses %d bytes", used) })
	memory := (*host.MemoryError)(nil)
	if _, err := tableOf(s, used, nil, v); !errors.As(err, &memory) {
		t.Errorf("with room for 2 MiB: %v", err)
	}
}

// BenchmarkTableOf makes the table of 10,000 rows of three numbers. Only the
// growth of the columns allocates.
func BenchmarkTableOf(b *testing.B) {
	s, v := resultOf(b, `local t = {} for i = 1, 1e4 do t[i] = {a = i + .5, b = i + .5, c = i + .5} end return t`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tableOf(s, 0, nil, v); err != nil {
			b.Fatal(err)
		}
	}
}
