package luabind

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"microts/internal/luavm"
	"microts/internal/tick"
)

// TestModule runs testdata/module. Each file says what micro_ts promises.
func TestModule(t *testing.T) { runFiles(t, "testdata/module", newState) }

// TestBadArguments: an error begins with file and line and names the argument, what
// was expected and what came.
func TestBadArguments(t *testing.T) {
	big := strings.Repeat("v", tick.MaxValue+1)
	for _, c := range []struct{ code, want string }{
		// The handle.
		{`ts.put()`, "bad argument #1 to 'put' (db: database handle expected, got no value)"},
		{`ts.get({}, "S", 1, 1)`, "bad argument #1 to 'get' (db: database handle expected, got table)"},
		{`ts.scan(other, "S", 1, 0, 1)`, "bad argument #1 to 'scan' (db: database handle expected, got userdata)"},
		{`ts.close("db")`, `bad argument #1 to 'close' (db: database handle expected, got "db")`},
		{`db.put("S", 1, 1, 0, "v")`, `calling 'put' on bad self (db: database handle expected, got "S")`},
		// import.
		{`db:import()`, "bad argument #1 to 'import' (opts: table of options expected, got no value)"},
		{`db:import{file = "x"}`, `bad argument #1 to 'import' (opts: option "file": unknown; did you mean "files"?)`},
		{`db:import{files = 1}`, `bad argument #1 to 'import' (opts: option "files": path or list of paths expected, got 1)`},
		{`db:import{files = {1}}`, `bad argument #1 to 'import' (opts: option "files": paths of files expected, got 1)`},
		{`db:import{files = "-"}`, `bad argument #1 to 'import' (opts: option "files": paths of files expected, got the standard input)`},
		{`db:import{files = "x", map = 1}`, `bad argument #1 to 'import' (opts: option "map": table such as {price = "last*10000"} expected, got 1)`},
		{`db:import{files = "x", map = {price = 1}}`, `bad argument #1 to 'import' (opts: option "map": expressions by the names of fields expected, got 1)`},
		{`db:import{files = "x", map = {price = "1+"}}`, `bad argument #1 to 'import' (opts: option "map price": "1+", at 3: `},
		{`db:import{files = "x", max_bad = 1.5}`, `bad argument #1 to 'import' (opts: option "max_bad": integer expected, got 1.5)`},
		{`db:import{files = "x", header = "yes"}`, `bad argument #1 to 'import' (opts: option "header": boolean expected, got "yes")`},
		{`db:import{files = "x", market = 1}`, `bad argument #1 to 'import' (opts: option "market": string expected, got 1)`},
		{`db:import{files = "none.csv"}`, "import: stat none.csv: no such file or directory"},
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
		{`ts.put(db, "S", ("c"):rep(65), 1, 0, "v")`, `bad argument #3 to 'put' (code: 1 to 64 bytes expected, got 65 ("ccc`},
		{`ts.put(db, "S", "", 1, 0, "v")`, `bad argument #3 to 'put' (code: 1 to 64 bytes expected, got 0 (""))`},
		{`db:count("S", "a\0b")`, `bad argument #2 to 'count' (code: printable UTF-8 expected, got "a\x00b")`},
		{`db:put("S", "unnamed-0000000000000001", 1, 0, "v")`, `bad argument #2 to 'put' (code: the code of an instrument, not what is shown for one that was lost, expected, got "unnamed-0000000000000001")`},
		{`db:count("S", {})`, "bad argument #2 to 'count' (code: integer 0..999999999 or a string expected, got table)"},
		// The time.
		{`ts.put(db, "S", 1)`, "bad argument #4 to 'put' (ts_us: integer microseconds expected, got no value)"},
		{`ts.put(db, "S", 1, 1.5, 0, "v")`, "bad argument #4 to 'put' (ts_us: integer microseconds expected, got 1.5)"},
		{`ts.put(db, "S", 1, 0/0, 0, "v")`, "bad argument #4 to 'put' (ts_us: integer microseconds expected, got nan)"},
		{`ts.put(db, "S", 1, -1, 0, "v")`, "bad argument #4 to 'put' (ts_us: integer microseconds 0 <= us < 2^53 expected, got -1)"},
		{`ts.put(db, "S", 1, 2^53, 0, "v")`, "bad argument #4 to 'put' (ts_us: integer microseconds 0 <= us < 2^53 expected, got 9007199254740992)"},
		{`ts.put(db, "S", 1, 1/0, 0, "v")`, "bad argument #4 to 'put' (ts_us: integer microseconds 0 <= us < 2^53 expected, got inf)"},
		{`ts.put(db, "S", 1, 1e300, 0, "v")`, "bad argument #4 to 'put' (ts_us: integer microseconds 0 <= us < 2^53 expected, got 1e+300)"},
		{`ts.put(db, "S", 1, "soon", 0, "v")`, `bad argument #4 to 'put' (ts_us: integer microseconds expected, got "soon")`},
		{`db:get("S", 1, {})`, "bad argument #3 to 'get' (ts_us: integer microseconds expected, got table)"},
		{`db:scan("S", 1, "soon")`, `bad argument #3 to 'scan' (start_us: date and time such as "2023-11-14 22:13:20.0001", "22:13", "-5m" or µs expected, got "soon")`},
		{`db:scan("S", 1, nil, {})`, "bad argument #4 to 'scan' (end_us: integer microseconds expected, got table)"},
		{`db:scan("S", 1, -5, 0)`, "bad argument #3 to 'scan' (start_us: integer microseconds 0 <= us < 2^53 expected, got -5)"},
		{`db:count("S", 1, 0.5)`, "bad argument #3 to 'count' (start_us: integer microseconds expected, got 0.5)"},
		{`db:count("S", 1, 0, 0.5)`, "bad argument #4 to 'count' (end_us: integer microseconds expected, got 0.5)"},
		{`db:first("S", 1, false)`, "bad argument #3 to 'first' (ts_us: integer microseconds expected, got boolean)"},
		{`db:last("S", 1, -1)`, "bad argument #3 to 'last' (ts_us: integer microseconds 0 <= us < 2^53 expected, got -1)"},
		{`db:delete("S", 1)`, "bad argument #3 to 'delete' (ts_us: integer microseconds expected, got no value)"},
		{`db:delete_range("S", 1, 1, "2023-13-14")`, `bad argument #4 to 'delete_range' (end_us: date and time such as`},
		// The seq.
		{`ts.put(db, "S", 1, 1, 65536, "v")`, "bad argument #5 to 'put' (seq: integer 0..65535 or \"auto\" expected, got 65536)"},
		{`ts.put(db, "S", 1, 1, -1, "v")`, "bad argument #5 to 'put' (seq: integer 0..65535 or \"auto\" expected, got -1)"},
		{`ts.put(db, "S", 1, 1, 0.5, "v")`, "bad argument #5 to 'put' (seq: integer 0..65535 or \"auto\" expected, got 0.5)"},
		{`ts.put(db, "S", 1, 1, 0/0, "v")`, "bad argument #5 to 'put' (seq: integer 0..65535 or \"auto\" expected, got nan)"},
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
		{`db:put_many("S", 1, {{1, "a", 70000}})`, `bad argument #3 to 'put_many' (rows: row 1: seq: integer 0..65535 or "auto" expected, got 70000)`},
		{`db:put("S", 1, 1, "Auto", "v")`, `bad argument #4 to 'put' (seq: integer 0..65535 or "auto" expected, got "Auto")`},
		{`db:get("S", 1, 1, "auto")`, `bad argument #4 to 'get' (seq: integer 0..65535 expected, got "auto")`},
		{`db:put_many("S", 1, {{1, "a", "auto"}, {1, "b"}})`, `(rows: row 2: seq: "auto", as before it, expected, got nil)`},
		{`db:put_many("S", 1, {{1, "a", 5}, {1, "b", "auto"}})`, `(rows: row 2: seq: integer 0..65535, as before it, expected, got "auto")`},
		{`db:put_many("S", 1, {{1, "a"}, {1, "b", 5}}, {seq = "auto"})`, `(rows: row 2: seq: "auto" or none, as the option seq says, expected, got 5)`},
		{`db:put_many("S", 1, {}, {seq = 5})`, `bad argument #4 to 'put_many' (opts: option "seq": "auto" expected, got 5)`},
		{`db:put_many("S", 1, {}, {count = true})`, `(opts: option "count": unknown; there are seq, count_overwritten)`},
		{`db:put_many("S", 1, {}, {count_overwritten = 1})`, `(opts: option "count_overwritten": boolean expected, got 1)`},
		{`db:put_many("S", 1, {}, "auto")`, `(opts: table of options expected, got "auto")`},
		{`db:put_many("S", 1, {{1, "` + big + `"}})`, "put_many: row 1: value: at most 65536 bytes expected, got 65537"},
		{`db:put_many("S", 1, "short")`, "bad argument #3 to 'put_many' (rows: row 1: 5 bytes at the end are no packed row)"},
		{`db:put_many("S", 1, ts.pack_row(1, 0, "value"):sub(1, -2))`, "bad argument #3 to 'put_many' (rows: row 1: a value of 5 bytes is announced, 4 bytes are left)"},
		{`ts.pack_row(1, 0)`, "bad argument #3 to 'pack_row' (value: string expected, got no value)"},
		// Options.
		{`ts.open()`, "bad argument #1 to 'open' (path: string expected, got no value)"},
		{`ts.open("")`, "bad argument #1 to 'open' (path: path of a folder or URL of an archive expected, got \"\")"},
		{`ts.open(path, "r")`, `bad argument #2 to 'open' (opts: table of options expected, got "r")`},
		{`ts.open(path, {mode = "w"})`, `bad argument #2 to 'open' (opts: option "mode": "r" or "rw" expected, got "w")`},
		{`ts.open(path, {durability = "full"})`, `bad argument #2 to 'open' (opts: option "durability": "process", "sync" or "none" expected, got "full")`},
		{`ts.open(path, {durability = 1})`, `option "durability": "process", "sync" or "none" expected, got 1)`},
		{`ts.open(path, {write_buffer_size = {}})`, `option "write_buffer_size": string, number or boolean expected, got table)`},
		{`ts.open(path .. "x", {write_bufer_size = 1})`, `option "write_bufer_size": neither microts nor RocksDB knows it; did you mean "write_buffer_size"?`},
		{`ts.open(path, {archive = "data/other"})`, `option "archive": s3://BUCKET/PREFIX or file:///FOLDER expected, got "data/other"`},
		{`ts.open(path, {archive = 5})`, `bad argument #2 to 'open' (opts: option "archive": URL of an archive: s3://BUCKET/PREFIX or file:///FOLDER expected, got 5)`},
		{`ts.open(path, {archive = "s3://key:secret@bucket/x"})`, "no user and no password expected in s3://"},
		{`ts.open(path, {cache = "x"})`, `option "cache": it is for archives: open a URL, or name one with the option archive`},
		{`ts.open("file:///none", {cache = ""})`, `bad argument #2 to 'open' (opts: option "cache": path of a folder expected, got "")`},
		{`ts.open("file:///none", {cache_size = "big"})`, `option "cache_size": number of bytes, or a size such as "20GB" expected, got "big"`},
		{`ts.open("file:///none", {timeout = -1})`, `option "timeout": number of seconds, or a duration such as "30s", of at most a day expected, got -1`},
		{`ts.open("file:///none", {request_timeout = "soon"})`, `option "request_timeout": number of seconds`},
		{`ts.open("file:///none", {revision = 0})`, `option "revision": integer number of a revision from 1 on expected, got 0`},
		{`ts.open("file:///none", {as_of = "soon"})`, `option "as_of": time, or µs, expected, got "soon"`},
		{`ts.open("file:///none", {mode = "rw"})`, `option "mode": "r" expected: an archive can only be read`},
		{`ts.open("file:///none", {durability = "sync"})`, `option "durability": an archive has none: it can only be read`},
		{`ts.open("file:///none", {archive = "file:///x"})`, `option "archive": it goes with a database in a folder, not with a URL`},
		{`ts.open("file:///none", {write_buffer_size = 1})`, `option "write_buffer_size": unknown; an archive has mode, cache, cache_size,`},
		{`ts.open("file:///none")`, "file:///none: no such folder"},
		{`ts.open("http://user:secret@host/x")`, `path of a folder, s3://BUCKET/PREFIX or file:///FOLDER expected, got "http://host/x"`},
		{`db:seal()`, `bad argument #1 to 'seal' (opts: table of options such as {to = "s3://BUCKET/PREFIX", market = "S", date = "2026-11-24"} expected, got no value)`},
		{`db:seal{to = "file:///none"}`, "bad argument #1 to 'seal' (opts: one of the options date and before expected)"},
		{`db:seal{to = "file:///none", date = "2023-11-14", before = "2023-11-14"}`, "one of the options date and before expected"},
		{`db:seal{date = "2023-11-14"}`, `bad argument #1 to 'seal' (opts: option "to": URL of the archive expected, got none)`},
		{`db:seal{to = "file:///none", dat = "2023-11-14"}`, `option "dat": unknown; did you mean "date"?`},
		{`db:seal{to = "file:///none", date = "2023-11-14", market = "SH"}`, `option "market": one printable ASCII character expected, got "SH"`},
		{`db:seal{to = "file:///none", date = "2023-11-14", revise = true}`, `option "revise": "merge" or "replace" expected, got boolean`},
		{`db:seal{to = "file:///none", date = "2023-11-14"}`, "seal: file:///none: no such folder"},
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
		// Calendars.
		{`ts.calendar()`, "bad argument #1 to 'calendar' (calendar: name, file or table of a calendar expected, got no value)"},
		{`ts.calendar("cm")`, `bad argument #1 to 'calendar' (calendar: there is no calendar "cm"; did you mean "cn"?)`},
		{`ts.calendar("./none.toml")`, "(calendar: open ./none.toml: no such file or directory)"},
		{`ts.calendar{}`, "(calendar: zone: the name of a time zone such as"},
		{`ts.calendar{5}`, "(calendar: names of fields expected, got 1)"},
		{`ts.calendar{base = 5}`, "(calendar: base: string expected, got 5)"},
		{`ts.calendar{day = {}}`, `(calendar: unknown field "day"; did you mean "days"?)`},
		{`ts.calendar{base = "cn", days = "2027-01-04"}`, `(calendar: days: array of strings expected, got "2027-01-04")`},
		{`ts.calendar{base = "cn", holidays = {20270104}}`, "(calendar: holidays[1]: string expected, got 20270104)"},
		{`ts.calendar{base = "cn", hours = 5}`, "(calendar: hours: table of sessions by day expected, got 5)"},
		{`ts.calendar{base = "cn", hours = {{}}}`, "(calendar: hours: days such as 2023-11-14 expected, got 1)"},
		{`ts.calendar{base = "cn", hours = {["2023-11-14"] = 5}}`, "(calendar: hours of 2023-11-14: array of strings expected, got 5)"},
		{`ts.calendar{base = "cn", sessions = {"9"}}`, `(calendar: sessions: hours such as 09:30-11:30 expected, got "9")`},
		{`cn:days("2027-01-04")`, "days: calendar cn ends with 2026-12-31 and does not know 2027-01-04: give a TOML file"},
		{`cn:days("soon")`, `bad argument #1 to 'days' (first: date and time such as`},
		{`cn:days({})`, `bad argument #1 to 'days' (first: day such as "2023-11-14", or time, expected, got table)`},
		{`cn.days("cn")`, `calling 'days' on bad self (cal: calendar expected, got "cn")`},
		{`cn:sessions()`, `bad argument #1 to 'sessions' (day: day such as "2023-11-14", or time, expected, got no value)`},
		{`cn:next("2023-11-14", 1.5)`, "bad argument #2 to 'next' (n: integer number of days expected, got 1.5)"},
		{`cn:next("2023-11-14", "x")`, `bad argument #2 to 'next' (n: integer expected, got "x")`},
		{`cn:next("2026-12-31")`, "next: calendar cn ends with 2026-12-31"},
		{`cn:phase("soon")`, "bad argument #1 to 'phase' (us: date and time such as"},
		{`cn:phase(-1)`, "bad argument #1 to 'phase' (us: integer microseconds 0 <= us < 2^53 expected, got -1)"},
		{`ts.calendar("us"):trading_day(0)`, "trading_day: calendar us begins with 2000-01-01 and does not know 1969-12-31: give a file of the days before"},
		{`ts.get(cn, "S", 1, 1)`, "bad argument #1 to 'get' (db: database handle expected, got calendar)"},
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
		{`db:snapshot():put("S", "rb2405.SHFE", 1, 0, "v")`, "put: a snapshot cannot be written to"},
		{`ts.open(path, {mode = "r"}):put("S", "rb2405.SHFE", 1, "auto", "v")`, "is open read-only"},
		{`db:close() db:get("S", "rb2405.SHFE", 1)`, "is closed"},
		{`db:close() db:put("S", "rb2405.SHFE", 1, 0, "v")`, "is closed"},
		{`db:snapshot():put("S", 1, 1, 0, "v")`, "put: a snapshot cannot be written to"},
		{`ts.open(path, {mode = "r"}):put("S", 1, 1, 0, "v")`, "is open read-only"},
		{`ts.open(path .. "none", {mode = "r"})`, "no such file or directory"},
	} {
		s := newState(t)
		s.Globals.SetString("other", luavm.NewUserData("a value of Go", nil))
		run(t, s, `cn = ts.calendar "cn"`)
		err := try(s, c.code)
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

// TestEveryFunctionIsListedWithItsHelp: the tables of functions, from which help is
// made, say what a script finds.
func TestEveryFunctionIsListedWithItsHelp(t *testing.T) {
	L := newState(t)
	for _, f := range slices.Concat(Functions, CFunctions) {
		if f.Help == "" || !strings.HasSuffix(f.Help, ".") {
			t.Errorf("%s has no help: %q", f.Name, f.Help)
		}
		if f.Method != (f.Name != "open" && len(f.Args) > 0 && f.Args[0] == "db" && !strings.HasPrefix(f.Name, "db_")) {
			t.Errorf("%s: method %v", f.Name, f.Method)
		}
	}
	for _, f := range CalendarMethods {
		if !strings.HasSuffix(f.Help, ".") || !f.Method || f.Args[0] != calendarArg {
			t.Errorf("%s: help %q, method %v, arguments %v", f.Name, f.Help, f.Method, f.Args)
		}
		run(t, L, `assert(ts.calendar("cn").`+f.Name+`)`)
	}
	run(t, L, `local n = 0 for _ in pairs(ts) do n = n + 1 end assert(n == `+fmt.Sprint(len(Functions))+`)`)
	if usage := Lookup("scan").Usage(); usage != "scan(db, market, code [, start_us [, end_us [, opts]]])" {
		t.Errorf("usage %q", usage)
	}
	if usage := Lookup("count").Usage(); usage != "count(db, market, code [, start_us [, end_us]])" {
		t.Errorf("usage %q", usage)
	}
}

// TestHandlesOfGarbageAreClosed: the garbage collector closes a database whose
// handle the script lost. The state then forgets the database.
func TestHandlesOfGarbageAreClosed(t *testing.T) {
	L := newState(t)
	run(t, L, `for i = 1, 50 do ts.open(path .. "2") end for i = 1, 50 do ts.open(path .. "3"):close() end`)
	module := ofState(L)
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
	}
	t.Error("handles that no script holds are still open")
}

// TestManyStatesOneDatabase: goroutines with a state each can share a database.
func TestManyStatesOneDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			L := bareState()
			defer L.Close()
			module := Open(L, env)
			L.Globals.SetString("path", luavm.NewString(path).Value())
			L.Globals.SetString("code", luavm.Int(g))
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
