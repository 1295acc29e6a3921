package luabind

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"microts/internal/luavm"
	"microts/internal/source"
	"microts/internal/tick"
	"microts/internal/tick/sourcetest"
)

// memory is a Source that can only be read, of some ticks at the µs from 1 on.
func memory() *sourcetest.Memory {
	var rows []tick.Row
	for i := range int64(10) {
		rows = append(rows, tick.Row{Time: i + 1, Seq: uint16(i), Value: fmt.Sprint("v", i+1)})
	}
	return sourcetest.NewMemory("s3://bucket/prefix", map[tick.Name][]tick.Row{
		{Market: 'S', Code: "600000"}:      rows,
		{Market: 'F', Code: "rb2405.SHFE"}: rows[:3],
		{Market: 'S', Code: "1"}:           nil,
	})
}

// newReader returns a Lua state with micro_ts in the global ts and a handle of a memory in
// the global db.
func newReader(t testing.TB, m *sourcetest.Memory) *luavm.State {
	t.Helper()
	s := newLuaState(t)
	ofState(s).SetOpener(func(context.Context, string, *source.Options) (*source.Source, error) {
		return source.New(m, source.Archive), nil
	})
	run(t, s, `ts = require "micro_ts" db = ts.open("s3://bucket/prefix")`)
	return s
}

// TestHandleReadsAnySource: what only reads works on a Source that is no database.
func TestHandleReadsAnySource(t *testing.T) {
	m := memory()
	s := newReader(t, m)
	run(t, s, `
		assert(tostring(db) == "micro_ts handle (read-only: s3://bucket/prefix)", tostring(db))
		local names = {}
		for _, c in ipairs(db:codes()) do names[#names + 1] = c.market .. c.code end
		assert(table.concat(names, " ") == "Frb2405.SHFE S600000", table.concat(names, " "))
		assert(#db:codes("S") == 1)
		assert(db:get("S", 600000, 3, 2) == "v3" and db:get("S", 600000, 3) == nil and db:get("S", 1, 1) == nil)
		assert(db:get("F", "rb2405.SHFE", 1) == "v1" and db:get("F", "rb2410.SHFE", 1) == nil)
		local us, value, seq = db:first("S", 600000, 5)
		assert(us == 5 and value == "v5" and seq == 4)
		assert(db:last("F", "rb2405.SHFE") == 3 and db:first("S", 1) == nil)
		assert(db:count("S", 600000) == 10 and db:count("S", 600000, 2, 4) == 3)
		local all = {}
		for us, value, seq in db:scan("S", 600000, 8, 99, {reverse = true}) do all[#all + 1] = us .. value .. seq end
		assert(table.concat(all, " ") == "10v109 9v98 8v87")
		for _ in db:scan("S", 600000, 0, 99, {limit = 0}) do error "a row" end`)
	run(t, s, `db:close() db:close()
		assert(tostring(db) == "micro_ts handle (closed: s3://bucket/prefix)")`)
	if !m.Closed() {
		t.Error("close closed nothing")
	}
	err := try(s, `db:count("S", 1)`)
	if want := `t.lua:1: count: archive "s3://bucket/prefix" is closed`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, not %s", err, want)
	}
}

// TestOnlyDatabases: what only a database can do is an error that says what the handle has.
func TestOnlyDatabases(t *testing.T) {
	s := newReader(t, memory())
	for name, code := range map[string]string{
		"put":          `db:put("S", 600000, 1, 0, "v")`,
		"put ":         `db:put("S", 600000, 1, "auto", "v")`,
		"put  ":        `db:put("F", "rb2410.SHFE", 1, 0, "v")`,
		"put_many":     `db:put_many("S", 600000, {{1, "v"}})`,
		"delete":       `db:delete("S", 600000, 1)`,
		"delete_range": `db:delete_range("S", 600000, 1, 2)`,
		"flush":        `db:flush()`,
		"db_put":       `require("libmicro_ts").db_put(db, "k", "", "v")`,
		"db_get":       `require("libmicro_ts").db_get(db, "k", "")`,
	} {
		err := try(s, code)
		want := "t.lua:1: " + strings.TrimSpace(name) + `: archive "s3://bucket/prefix" can only be read, and only as ticks: this needs a database`
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, not %s", code, err, want)
		}
	}
	run(t, s, `local engine = require("storage_engine_v2"):new("s3://bucket/prefix")
		local ok, message = engine:init()
		assert(ok == false and message:find("this needs a database", 1, true), message)
		ok, message = engine:read_range("SH600000")
		assert(ok == false and message:find("call engine:init() first", 1, true), message)`)
}

// TestStoreCannotBeReached: the error of a store that does not answer tells batch to try
// again, and is text for whoever reads it.
func TestStoreCannotBeReached(t *testing.T) {
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		t.Setenv(name, "none")
	}
	s := newLuaState(t)
	run(t, s, `ts = require "micro_ts"
		local ok, err = pcall(ts.open, "s3://bucket/prefix?endpoint=http://127.0.0.1:1", {timeout = 0.1})
		assert(not ok and err.retryable == true)
		local text = "t.lua:2: open archive: s3://bucket/prefix?endpoint=http://127.0.0.1:1: "
		assert(err.message:sub(1, #text) == text, err.message)
		assert(err.message:find("the store cannot be reached", 1, true), err.message)
		assert(tostring(err) == err.message and "x " .. err == "x " .. err.message and err .. 1 == err.message .. "1")`)
}

// TestEndReachesAnySource: what ends the script ends what reads a Source, with its own
// error.
func TestEndReachesAnySource(t *testing.T) {
	s := newReader(t, memory())
	run(t, s, `rows = db:scan("S", 600000, 0, 99) rows()`)
	s.Stop(errors.New("time is over"))
	if err := try(s, `pcall(db.count, db, "S", 600000) while rows() do end`); err == nil || !strings.Contains(err.Error(), "time is over") {
		t.Errorf("%v", err)
	}
}
