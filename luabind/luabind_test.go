package luabind

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"microts/internal/tick"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newState returns a state with micro_ts as ts, a database in its global db and
// that database's path in the global path.
func newState(t testing.TB) *lua.LState {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db") // removed after what follows
	L := lua.NewState()
	module := Open(L)
	t.Cleanup(func() {
		if err := module.Close(); err != nil {
			t.Error(err)
		}
		L.Close()
	})
	L.SetGlobal("path", lua.LString(path))
	run(t, L, `ts = require "micro_ts" db = ts.open(path)`)
	return L
}

// run runs a chunk, which errors call "t.lua", as a script of the host would.
func run(t testing.TB, L *lua.LState, code string) {
	t.Helper()
	if err := try(L, code); err != nil {
		t.Fatal(err)
	}
}

func try(L *lua.LState, code string) error {
	chunk, err := L.Load(strings.NewReader(code), "t.lua")
	if err != nil {
		return err
	}
	L.Push(chunk)
	return L.PCall(0, 0, nil)
}

func TestModule(t *testing.T) {
	for name, code := range map[string]string{
		"put and get": `
			ts.put(db, "S", 600000, 1700000000000100, 0, "101201")
			assert(ts.get(db, "S", 600000, 1700000000000100, 0) == "101201")
			assert(ts.get(db, "S", 600000, 1700000000000100) == "101201", "seq nil is 0")
			assert(ts.get(db, "S", 600000, 1700000000000100, 1) == nil)
			assert(select("#", ts.get(db, "S", 600000, 1)) == 1, "one nil")
			assert(db:get("S", "600000", 1700000000000100) == "101201", "code as a string")
			assert(db:get("S", "000600000", "1700000000000100", "0") == "101201", "numbers as strings")
			db:put("S", 600000, 1700000000000100, nil, "")
			assert(db:get("S", 600000, 1700000000000100) == "")
			db:put("U", "BRK.B", 0, 65535, "\0\255")
			assert(db:get("U", "BRK.B", 0, 65535) == "\0\255")
			db:put("S", 1, 2^53 - 1, 0, "last")
			assert(db:get("S", 1, 2^53 - 1) == "last")`,
		"scan": `
			for i = 0, 4999 do db:put("S", 1, i * 10, i % 3, tostring(i)) end
			local n, sum = 0, 0
			for us, value, seq in ts.scan(db, "S", 1, 100, 49980) do
				local i = 10 + n
				assert(us == i * 10 and value == tostring(i) and seq == i % 3)
				n = n + 1
			end
			assert(n == 4989, n)
			local t = {}
			for us, value in db:scan("S", 1, 0, 100, {reverse = true, limit = 3}) do t[#t + 1] = us .. "=" .. value end
			assert(table.concat(t, " ") == "100=10 90=9 80=8", table.concat(t, " "))
			for _ in db:scan("S", 1, 0, 100, {limit = 0}) do error("limit 0") end
			for _ in db:scan("S", 1, 100, 99) do error("start after end") end
			for _ in db:scan("S", 2, 0, 100) do error("no such instrument") end
			local keep = {}
			for us, value, seq in db:scan("S", 1, 0, 49990) do keep[#keep + 1] = {us, value, seq} end
			for i, row in ipairs(keep) do assert(row[1] == (i - 1) * 10 and row[2] == tostring(i - 1)) end`,
		"a scan sees what was there when it began": `
			for i = 1, 3000 do db:put("S", 1, i, 0, "old") end
			local n = 0
			for us, value in db:scan("S", 1, 0, 10000) do
				assert(value == "old") n = n + 1
				db:put("S", 1, us + 1, 0, "new") db:put("S", 1, us + 3000, 0, "new")
			end
			assert(n == 3000, n)`,
		"put_many": `
			assert(db:put_many("S", 1, {{1, "a"}, {2, "b", 7}, {ts_us = 3, value = "c", seq = 8}}) == 3)
			assert(db:get("S", 1, 1) == "a" and db:get("S", 1, 2, 7) == "b" and db:get("S", 1, 3, 8) == "c")
			assert(db:put_many("S", 2, ts.pack_row(1, 0, "x") .. ts.pack_row(2, 5, "")) == 2)
			assert(db:get("S", 2, 1) == "x" and db:get("S", 2, 2, 5) == "")
			assert(db:put_many("S", 1, {}) == 0 and db:put_many("S", 1, "") == 0)
			assert(not pcall(db.put_many, db, "S", 3, {{1, "a"}, {-1, "b"}}))
			assert(db:count("S", 3) == 0, "nothing of a bad batch is written")`,
		"first, last, count": `
			assert(db:first("S", 1) == nil and db:last("S", 1) == nil and db:count("S", 1) == 0)
			for i = 1, 9 do db:put("S", 1, i * 10, i, "v" .. i) end
			local us, value, seq = db:first("S", 1, 15)
			assert(us == 20 and value == "v2" and seq == 2)
			us, value, seq = db:last("S", 1, 15)
			assert(us == 10 and value == "v1" and seq == 1)
			assert(db:first("S", 1) == 10 and db:last("S", 1) == 90)
			assert(db:first("S", 1, 91) == nil and db:last("S", 1, 9) == nil)
			assert(db:count("S", 1) == 9 and db:count("S", 1, 20) == 8 and db:count("S", 1, 20, 30) == 2 and db:count("S", 1, nil, 30) == 3)`,
		"codes": `
			db:put("S", 600000, 1, 0, "") db:put("S", 1, 1, 0, "") db:put("H", "700", 1, 0, "") db:put("U", "AAPL", 1, 0, "")
			local t = {}
			for _, c in ipairs(db:codes()) do t[#t + 1] = c.market .. c.code end
			assert(table.concat(t, " ") == "H700 S1 S600000 UAAPL", table.concat(t, " "))
			assert(#db:codes("S") == 2 and #ts.codes(db, "Z") == 0)`,
		"delete": `
			for i = 1, 9 do db:put("S", 1, i, 0, "v") end
			db:delete("S", 1, 5) db:delete("S", 1, 5, 1)
			assert(db:get("S", 1, 5) == nil and db:count("S", 1) == 8)
			assert(db:delete_range("S", 1, 2, 6) == 4)
			assert(db:count("S", 1) == 4 and db:get("S", 1, 7) == "v" and db:get("S", 1, 6) == nil)
			assert(db:delete_range("S", 1, 6, 2) == 0)`,
		"snapshot": `
			db:put("S", 1, 1, 0, "old")
			local snap = db:snapshot()
			db:put("S", 1, 1, 0, "new") db:put("S", 1, 2, 0, "new")
			assert(snap:get("S", 1, 1) == "old" and snap:count("S", 1) == 1 and db:count("S", 1) == 2)
			assert(tostring(snap):find("snapshot"))
			snap:close()`,
		"stats": `
			db:put("S", 1, 1, 0, "v") db:flush()
			local s = db:stats()
			assert(s.records == 1 and s.mode == "rw" and s.durability == "process" and s.disk_bytes > 0 and s.path == path)
			assert(tostring(s):find("disk_bytes"), tostring(s))
			assert(not pcall(function() return s.no_such_field.x end))`,
		"ticks": `
			local v = ts.pack_value{price = 105000, qty = 300, channel = 6, side = "S", order_no = 12, tick_no = "18446744073709551615"}
			assert(#v == 50)
			local t = ts.unpack_value(v)
			assert(t.price == 105000 and t.qty == 300 and t.channel == 6 and t.side == "S" and t.order_no == 12)
			assert(t.tick_no == "18446744073709551615")
			t = ts.unpack_value(ts.pack_value{price = -1, order_no = 2^53})
			assert(t.price == -1 and t.side == "N" and t.order_no == 2^53 and t.qty == 0)
			assert(ts.unpack_value(ts.pack_value{side = 0}).side == "B")
			assert(ts.pack_value(ts.unpack_value(v)) == v)`,
		"two handles": `
			local other = ts.open(path)
			other:put("S", 1, 1, 0, "v")
			assert(db:get("S", 1, 1) == "v")
			other:close()
			assert(db:get("S", 1, 1) == "v")
			local reader = ts.open(path, {mode = "r"})
			assert(reader:get("S", 1, 1) == "v" and tostring(reader):find("read%-only"))`,
		"close": `
			assert(tostring(db):find("open"))
			db:close() db:close() ts.close(db)
			assert(tostring(db):find("closed"))`,
		"the C library": `
			local lib = require "libmicro_ts"
			assert(lib == micro_ts)
			local h = lib.db_open(path .. "2")
			lib.db_put(h, "key", "qual", "value")
			assert(lib.db_get(h, "key", "qual") == "value" and lib.db_get(h, "keyqual", "") == "value")
			assert(lib.db_get(h, "key", "other") == nil)
			lib.db_put(h, 1, 2, 3)
			assert(lib.db_get(h, "1", "2") == "3")
			lib.db_close(h)`,
		"options": `
			local h = ts.open(path .. "3", {mode = "rw", durability = "none", write_buffer_size = 1048576, compression = "kLZ4Compression", disable_auto_compactions = true})
			h:put("S", 1, 1, 0, "v")
			assert(h:stats().durability == "none")
			h:close()`,
		"coroutines": `
			local co = coroutine.wrap(function() for us in db:scan("S", 1, 0, 100) do coroutine.yield(us) end end)
			db:put("S", 1, 7, 0, "v")
			assert(co() == 7)
			local ok, message = pcall(coroutine.wrap(function() db:put("S", 1, -1, 0, "v") end))
			assert(not ok and message:find("bad argument"), message)`,
	} {
		t.Run(name, func(t *testing.T) { run(t, newState(t), code) })
	}
}

func TestBadArguments(t *testing.T) {
	big := strings.Repeat("v", tick.MaxValue+1)
	for _, c := range []struct{ code, want string }{
		// The handle.
		{`ts.put()`, "bad argument #1 to 'put' (db: database handle expected, got no value)"},
		{`ts.get({}, "S", 1, 1)`, "bad argument #1 to 'get' (db: database handle expected, got table)"},
		{`ts.scan(io.stdout, "S", 1, 0, 1)`, "bad argument #1 to 'scan' (db: database handle expected, got userdata)"},
		{`ts.close("db")`, `bad argument #1 to 'close' (db: database handle expected, got "db")`},
		{`db.put("S", 1, 1, 0, "v")`, `calling 'put' on bad self (db: database handle expected, got "S")`},
		// The market.
		{`ts.put(db)`, "bad argument #2 to 'put' (market: one printable ASCII character expected, got no value)"},
		{`ts.put(db, "SH", 1, 1, 0, "v")`, `bad argument #2 to 'put' (market: one printable ASCII character expected, got "SH")`},
		{`ts.put(db, "", 1, 1, 0, "v")`, `bad argument #2 to 'put' (market: one printable ASCII character expected, got "")`},
		{`ts.put(db, "\1", 1, 1, 0, "v")`, "bad argument #2 to 'put' (market: one printable ASCII character expected, got "},
		{`db:get(83, 1, 1)`, "bad argument #1 to 'get' (market: one printable ASCII character expected, got 83)"},
		{`db:codes("SH")`, `bad argument #1 to 'codes' (market: one printable ASCII character expected, got "SH")`},
		{`db:codes(1)`, "bad argument #1 to 'codes' (market: one printable ASCII character expected, got 1)"},
		// The code.
		{`ts.put(db, "S", nil, 1, 0, "v")`, "bad argument #3 to 'put' (code: integer 0..999999999 or a string expected, got nil)"},
		{`ts.put(db, "S", 1.5, 1, 0, "v")`, "bad argument #3 to 'put' (code: integer 0..999999999 or a string expected, got 1.5)"},
		{`ts.put(db, "S", -1, 1, 0, "v")`, "bad argument #3 to 'put' (code: integer 0..999999999 or a string expected, got -1)"},
		{`ts.put(db, "S", 1000000000, 1, 0, "v")`, "bad argument #3 to 'put' (code: integer 0..999999999 or a string expected, got 1000000000)"},
		{`ts.put(db, "S", "1234567890", 1, 0, "v")`, `bad argument #3 to 'put' (code: 1 to 9 characters expected, got 10 ("1234567890"))`},
		{`ts.put(db, "S", "", 1, 0, "v")`, `bad argument #3 to 'put' (code: 1 to 9 characters expected, got 0 (""))`},
		{`ts.put(db, "S", "平安", 1, 0, "v")`, "bad argument #3 to 'put' (code: printable ASCII expected, got "},
		{`db:count("S", {})`, "bad argument #2 to 'count' (code: integer 0..999999999 or a string expected, got table)"},
		// The time.
		{`ts.put(db, "S", 1)`, "bad argument #4 to 'put' (ts_us: integer microseconds expected, got no value)"},
		{`ts.put(db, "S", 1, 1.5, 0, "v")`, "bad argument #4 to 'put' (ts_us: integer microseconds expected, got 1.5)"},
		{`ts.put(db, "S", 1, 0/0, 0, "v")`, "bad argument #4 to 'put' (ts_us: integer microseconds expected, got nan)"},
		{`ts.put(db, "S", 1, -1, 0, "v")`, "bad argument #4 to 'put' (ts_us: integer microseconds 0 <= us < 2^53 expected, got -1)"},
		{`ts.put(db, "S", 1, 2^53, 0, "v")`, "bad argument #4 to 'put' (ts_us: integer microseconds 0 <= us < 2^53 expected, got 9007199254740992)"},
		{`ts.put(db, "S", 1, 1/0, 0, "v")`, "bad argument #4 to 'put' (ts_us: integer microseconds 0 <= us < 2^53 expected, got +inf)"},
		{`ts.put(db, "S", 1, 1e300, 0, "v")`, "bad argument #4 to 'put' (ts_us: integer microseconds 0 <= us < 2^53 expected, got 1e+300)"},
		{`ts.put(db, "S", 1, "soon", 0, "v")`, `bad argument #4 to 'put' (ts_us: integer microseconds expected, got "soon")`},
		{`db:get("S", 1, {})`, "bad argument #3 to 'get' (ts_us: integer microseconds expected, got table)"},
		{`db:scan("S", 1, 0)`, "bad argument #4 to 'scan' (end_us: integer microseconds expected, got no value)"},
		{`db:scan("S", 1, -5, 0)`, "bad argument #3 to 'scan' (start_us: integer microseconds 0 <= us < 2^53 expected, got -5)"},
		{`db:count("S", 1, 0.5)`, "bad argument #3 to 'count' (start_us: integer microseconds expected, got 0.5)"},
		{`db:count("S", 1, 0, 0.5)`, "bad argument #4 to 'count' (end_us: integer microseconds expected, got 0.5)"},
		{`db:first("S", 1, false)`, "bad argument #3 to 'first' (ts_us: integer microseconds expected, got boolean)"},
		{`db:last("S", 1, -1)`, "bad argument #3 to 'last' (ts_us: integer microseconds 0 <= us < 2^53 expected, got -1)"},
		{`db:delete("S", 1)`, "bad argument #3 to 'delete' (ts_us: integer microseconds expected, got no value)"},
		{`db:delete_range("S", 1, 1)`, "bad argument #4 to 'delete_range' (end_us: integer microseconds expected, got no value)"},
		// The seq.
		{`ts.put(db, "S", 1, 1, 65536, "v")`, "bad argument #5 to 'put' (seq: integer 0..65535 expected, got 65536)"},
		{`ts.put(db, "S", 1, 1, -1, "v")`, "bad argument #5 to 'put' (seq: integer 0..65535 expected, got -1)"},
		{`ts.put(db, "S", 1, 1, 0.5, "v")`, "bad argument #5 to 'put' (seq: integer 0..65535 expected, got 0.5)"},
		{`ts.put(db, "S", 1, 1, 0/0, "v")`, "bad argument #5 to 'put' (seq: integer 0..65535 expected, got nan)"},
		{`db:get("S", 1, 1, {})`, "bad argument #4 to 'get' (seq: integer 0..65535 expected, got table)"},
		{`db:delete("S", 1, 1, 65536)`, "bad argument #4 to 'delete' (seq: integer 0..65535 expected, got 65536)"},
		// The value.
		{`ts.put(db, "S", 1, 1, 0)`, "bad argument #6 to 'put' (value: string expected, got no value)"},
		{`ts.put(db, "S", 1, 1, 0, 5)`, "bad argument #6 to 'put' (value: string expected, got 5)"},
		{`ts.put(db, "S", 1, 1, 0, "` + big + `")`, "bad argument #6 to 'put' (value: at most 65536 bytes expected, got 65537)"},
		// Rows.
		{`db:put_many("S", 1)`, "bad argument #3 to 'put_many' (rows: table of rows or string of packed rows expected, got no value)"},
		{`db:put_many("S", 1, {5})`, "bad argument #3 to 'put_many' (rows: row 1: table expected, got 5)"},
		{`db:put_many("S", 1, {{1, "a"}, {1.5, "b"}})`, "bad argument #3 to 'put_many' (rows: row 2: ts_us: integer microseconds 0 <= us < 2^53 expected, got 1.5)"},
		{`db:put_many("S", 1, {{1}})`, "bad argument #3 to 'put_many' (rows: row 1: value: string expected, got nil)"},
		{`db:put_many("S", 1, {{1, "a", 70000}})`, "bad argument #3 to 'put_many' (rows: row 1: seq: integer 0..65535 expected, got 70000)"},
		{`db:put_many("S", 1, {{1, "` + big + `"}})`, "put_many: row 1: value: at most 65536 bytes expected, got 65537"},
		{`db:put_many("S", 1, "short")`, "bad argument #3 to 'put_many' (rows: row 1: 5 bytes at the end are no packed row)"},
		{`db:put_many("S", 1, ts.pack_row(1, 0, "value"):sub(1, -2))`, "bad argument #3 to 'put_many' (rows: row 1: a value of 5 bytes is announced, 4 bytes are left)"},
		{`ts.pack_row(1, 0)`, "bad argument #3 to 'pack_row' (value: string expected, got no value)"},
		// Options.
		{`ts.open()`, "bad argument #1 to 'open' (path: string expected, got no value)"},
		{`ts.open("")`, "bad argument #1 to 'open' (path: path of a folder expected, got \"\")"},
		{`ts.open(path, "r")`, `bad argument #2 to 'open' (opts: table of options expected, got "r")`},
		{`ts.open(path, {mode = "w"})`, `bad argument #2 to 'open' (opts: option "mode": "r" or "rw" expected, got "w")`},
		{`ts.open(path, {durability = "full"})`, `bad argument #2 to 'open' (opts: option "durability": "process", "sync" or "none" expected, got "full")`},
		{`ts.open(path, {durability = 1})`, `option "durability": "process", "sync" or "none" expected, got 1)`},
		{`ts.open(path, {write_buffer_size = {}})`, `option "write_buffer_size": string, number or boolean expected, got table)`},
		{`ts.open(path .. "x", {write_bufer_size = 1})`, `option "write_bufer_size": neither microts nor RocksDB knows it; did you mean "write_buffer_size"?`},
		{`ts.open(path, {5})`, "bad argument #2 to 'open' (opts: names of options expected, got 1)"},
		{`ts.open(path, {durability = "sync"})`, `the database is open with "process" already, not "sync"`},
		{`db:scan("S", 1, 0, 1, 5)`, "bad argument #5 to 'scan' (opts: table of options expected, got 5)"},
		{`db:scan("S", 1, 0, 1, {limt = 5})`, `bad argument #5 to 'scan' (opts: option "limt": unknown; did you mean "limit"?)`},
		{`db:scan("S", 1, 0, 1, {limit = -1})`, `option "limit": integer number of rows expected, got -1)`},
		{`db:scan("S", 1, 0, 1, {reverse = 1})`, `option "reverse": boolean expected, got 1)`},
		// Tick records.
		{`ts.pack_value()`, "bad argument #1 to 'pack_value' (tick: table expected, got no value)"},
		{`ts.pack_value{price = 10.5}`, "price: integer -2147483648..2147483647, in 1/10000 of the currency, expected, got 10.5)"},
		{`ts.pack_value{price = 2^31}`, "price: integer -2147483648..2147483647, in 1/10000 of the currency, expected, got 2147483648)"},
		{`ts.pack_value{qty = -1}`, "qty: integer 0..4294967295 expected, got -1)"},
		{`ts.pack_value{channel = 256}`, "channel: integer 0..255 expected, got 256)"},
		{`ts.pack_value{side = "X"}`, `side: "B", "S" or "N", or 0, 1 or 2 expected, got "X")`},
		{`ts.pack_value{order_no = 2^53 + 2}`, "order_no: integer 0..2^53, or a decimal string up to 18446744073709551615, expected, got 9007199254740994)"},
		{`ts.pack_value{tick_no = "1x"}`, `tick_no: integer 0..2^53, or a decimal string up to 18446744073709551615, expected, got "1x")`},
		{`ts.pack_value{prise = 1}`, `field "prise" is unknown; did you mean "price"?)`},
		{`ts.unpack_value(5)`, "bad argument #1 to 'unpack_value' (value: string expected, got 5)"},
		{`ts.unpack_value("101201")`, "bad argument #1 to 'unpack_value' (value: 50-byte tick record expected: not a tick record: 6 bytes, not 50)"},
		// The C library.
		{`require("libmicro_ts").db_put(db, "k", "q")`, "bad argument #4 to 'db_put' (val: string expected, got no value)"},
		{`require("libmicro_ts").db_get(db, nil, "q")`, "bad argument #2 to 'db_get' (key: string expected, got nil)"},
		{`require("libmicro_ts").db_get(db, "", "")`, "bad argument #2 to 'db_get' (key: 1 to 256 bytes expected, got 0)"},
		{`require("libmicro_ts").db_put(db, ("k"):rep(250), ("q"):rep(7), "v")`, "bad argument #2 to 'db_put' (key: 1 to 256 bytes expected, got 257)"},
		{`require("libmicro_ts").db_put(db, "\0microts\0", "x", "v")`, "reserved prefix"},
		// After close, and where nothing may be written.
		{`db:close() db:put("S", 1, 1, 0, "v")`, "is closed"},
		{`db:close() db:get("S", 1, 1)`, "is closed"},
		{`db:close() db:scan("S", 1, 0, 1)`, "is closed"},
		{`db:close() db:put_many("S", 1, {})`, "is closed"},
		{`db:close() db:first("S", 1)`, "is closed"},
		{`db:close() db:last("S", 1)`, "is closed"},
		{`db:close() db:count("S", 1)`, "is closed"},
		{`db:close() db:codes()`, "is closed"},
		{`db:close() db:delete("S", 1, 1)`, "is closed"},
		{`db:close() db:delete_range("S", 1, 1, 2)`, "is closed"},
		{`db:close() db:flush()`, "is closed"},
		{`db:close() db:stats()`, "is closed"},
		{`db:close() db:snapshot()`, "is closed"},
		{`for i = 1, 5000 do db:put("S", 1, i, 0, "v") end for us in db:scan("S", 1, 0, 5000) do db:close() end`, "is closed"},
		{`db:snapshot():put("S", 1, 1, 0, "v")`, "put: a snapshot cannot be written to"},
		{`ts.open(path, {mode = "r"}):put("S", 1, 1, 0, "v")`, "is open read-only"},
		{`ts.open(path .. "none", {mode = "r"})`, "no such file or directory"},
	} {
		err := try(newState(t), c.code)
		if err == nil {
			t.Errorf("%.80s: no error", c.code)
			continue
		}
		message, _, _ := strings.Cut(err.Error(), "\n")
		if !strings.HasPrefix(message, "t.lua:1: ") || !strings.Contains(message, c.want) {
			t.Errorf("%.80s:\n got %.300s\nwant %s", c.code, message, c.want)
		}
	}
}

// TestEveryFunctionIsListedWithItsHelp keeps the table of functions, from which
// help is made, true.
func TestEveryFunctionIsListedWithItsHelp(t *testing.T) {
	L := newState(t)
	for _, f := range append(Functions[:len(Functions):len(Functions)], CFunctions...) {
		if f.Help == "" || !strings.HasSuffix(f.Help, ".") {
			t.Errorf("%s has no help: %q", f.Name, f.Help)
		}
		if f.Method != (f.Name != "open" && len(f.Args) > 0 && f.Args[0] == "db" && !strings.HasPrefix(f.Name, "db_")) {
			t.Errorf("%s: method %v", f.Name, f.Method)
		}
	}
	run(t, L, `local n = 0 for _ in pairs(ts) do n = n + 1 end assert(n == `+fmt.Sprint(len(Functions))+`)`)
	if usage := Lookup("scan").Usage(); usage != "scan(db, market, code, start_us, end_us [, opts])" {
		t.Errorf("usage %q", usage)
	}
	if usage := Lookup("count").Usage(); usage != "count(db, market, code [, start_us [, end_us]])" {
		t.Errorf("usage %q", usage)
	}
}

func TestHandlesOfGarbageAreClosed(t *testing.T) {
	L := newState(t)
	run(t, L, `for i = 1, 50 do ts.open(path .. "2") end for i = 1, 50 do ts.open(path .. "3"):close() end`)
	module := moduleOf(L)
	for range 500 {
		runtime.GC()
		run(t, L, `ts.open(path .. "2"):close()`)
		live := 0
		for p := range module.open {
			if p.Value() != nil {
				live++
			}
		}
		if live <= 1 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("handles that nobody holds are still open")
}

func TestManyStatesOneDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			L := lua.NewState()
			defer L.Close()
			module := Open(L)
			L.SetGlobal("path", lua.LString(path))
			L.SetGlobal("code", lua.LNumber(g))
			if err := try(L, `
				local ts = require "micro_ts"
				local db = ts.open(path)
				for i = 1, 3000 do
					db:put("S", code, i, 0, tostring(i))
					assert(db:get("S", code, i) == tostring(i))
					if i % 300 == 0 then
						local n = 0
						for us, value in db:scan("S", code, 0, i) do n = n + 1 assert(value == tostring(us)) end
						assert(n == i, n)
						db:codes() db:count("S", (code + 1) % 4)
					end
				end`); err != nil {
				t.Error(err)
			}
			if err := module.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestBoxes pins the layout of interfaces that boxes relies on.
func TestBoxes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b boxes
		rows := rapid.SliceOfN(rapid.Int64Range(0, tick.MaxTime-1), 1, 200).Draw(t, "rows")
		var times, values []lua.LValue
		for _, ts := range rows {
			n, s := b.number(float64(ts)), b.str(fmt.Sprint(ts))
			times, values = append(times, n), append(values, s)
		}
		for i, ts := range rows {
			if times[i] != lua.LNumber(ts) || values[i] != lua.LString(fmt.Sprint(ts)) {
				t.Fatalf("row %d: %v %v, not %d", i, times[i], values[i], ts)
			}
		}
	})
}

func FuzzPackedRows(f *testing.F) {
	f.Add("\x00\x00\x00\x00\x00\x00\x00\x01\x00\x02\x00\x00\x00\x03abc")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		rows, problem := packedRows(nil, s)
		if problem != "" {
			return
		}
		n := 0
		for _, r := range rows {
			n += packedHeader + len(r.Value)
			if tick.CheckTime("ts_us", r.Time) != nil {
				t.Errorf("row %v", r)
			}
		}
		if n != len(s) {
			t.Errorf("%d bytes of %d are in rows", n, len(s))
		}
	})
}

func BenchmarkPut(b *testing.B) {
	L := newState(b)
	fn, err := L.LoadString(`local n = ... local put, db = ts.put, db for i = 1, n do put(db, "S", 600000, i, 0, "101201") end`)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	L.Push(fn)
	L.Push(lua.LNumber(b.N))
	L.Call(1, 0)
}

func benchmarkRead(b *testing.B, code string) {
	L := newState(b)
	run(b, L, `for i = 1, 100000 do db:put("S", 1, i, 0, "101201") end db:flush()`)
	fn, err := L.LoadString(code)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; n += 100_000 {
		L.Push(fn)
		L.Push(lua.LNumber(min(b.N-n, 100_000)))
		L.Call(1, 0)
	}
}

func BenchmarkGet(b *testing.B) {
	benchmarkRead(b, `local n = ... local get, db = ts.get, db for i = 1, n do get(db, "S", 1, i, 0) end`)
}

func BenchmarkScan(b *testing.B) {
	benchmarkRead(b, `local n = ... for us, value in db:scan("S", 1, 1, n) do end`)
}
