package batch

import (
	"errors"
	"io"
	"strings"
	"testing"

	"microts/internal/host"
	"microts/internal/luavm"
)

// frameOf returns a state with a database db of three ticks, and what a script returns.
func frameOf(t *testing.T, script string) (*host.State, luavm.Value) {
	t.Helper()
	state := host.New(host.Options{Env: env, Out: host.NewOutput(io.Discard, nil)})
	t.Cleanup(func() { _ = state.Close() })
	chunk, err := state.LoadString(`
		local ts = require "micro_ts"
		local db = ts.open((...))
		for i = 1, 3 do
			db:put("S", 1, 1700000000000000 + i, 0, ts.pack_value{price = 10000 * i, qty = i, order_no = i == 2 and "18446744073709551615" or i})
		end
		local f = db:ticks("S", 1)
		`+script, "test")
	if err != nil {
		t.Fatal(err)
	}
	results, err := state.Call(chunk, t.TempDir()+"/db")
	if err != nil {
		t.Fatal(err)
	}
	return state, results[0]
}

// TestTableOfAFrame: the rows of a frame that a job returns are its rows.
func TestTableOfAFrame(t *testing.T) {
	for _, c := range []struct{ script, columns, rows string }{
		{`return f:select{"price", "qty"}`, `[price qty]`, `[[1 1] [2 2] [3 3]]`},
		{`return f:select{"order_no"}`, `[order_no]`, `[[1] [18446744073709551615] [3]]`},
		{`return f:head(1):select{"qty"}:with{code = "000001", big = true, none = 0/0}`, `[qty code big]`, `[[1 000001 true]]`},
		{`return f:select{"ts", "qty"}:asof(f:select{"ts", "seq", "price"}:tail(1)):select{"qty", "seq", "price"}`, `[qty seq price]`, `[[1 <nil> <nil>] [2 <nil> <nil>] [3 0 3]]`},
		{`return f:head(0)`, `[]`, `[]`},
	} {
		state, v := frameOf(t, c.script)
		table, err := tableOf(state.Lua, 0, nil, v)
		if err != nil {
			t.Errorf("%s: %v", c.script, err)
			continue
		}
		if columns, rows := show(table); columns != c.columns || rows != c.rows {
			t.Errorf("%s: columns %s, rows %s", c.script, columns, rows)
		}
		if _, err := decodeTable(table.encode()); err != nil {
			t.Errorf("%s: %v", c.script, err)
		}
	}
}

// TestTableOfAFrameIsLikeOneOfRows: a column with the name of a parameter must have its
// value, and the limit of memory and the end of the job hold.
func TestTableOfAFrameIsLikeOneOfRows(t *testing.T) {
	state, v := frameOf(t, `return f:select{"qty"}:with{code = "000001"}`)
	table, err := tableOf(state.Lua, 0, Params{{"code", "000001"}}, v)
	if columns, _ := show(table); err != nil || columns != "[qty]" {
		t.Errorf("columns %s, %v", columns, err)
	}
	if _, err := tableOf(state.Lua, 0, Params{{"code", "600000"}}, v); err == nil || !strings.Contains(err.Error(), "row 1: the field code has the name of a parameter") {
		t.Errorf("error %v", err)
	}
	stop := errors.New("stop")
	state.Lua.Stop(stop)
	if _, err := tableOf(state.Lua, 0, nil, v); !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
	state.Lua.Resume()
}
