package luabind_test

import (
	"fmt"
	"os"
	"path/filepath"

	"microts/internal/luavm"
	"microts/internal/luavm/lib"
	"microts/internal/source"
	"microts/luabind"
)

// runScript runs a script in a Lua state of its own. The script finds the path of a
// new database in the global path.
func runScript(script string) error {
	dir, err := os.MkdirTemp("", "microts")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s := newState()
	defer s.Close()
	module := luabind.Open(s, source.NewEnv())
	defer module.Close() // closes the databases that the script left open
	s.Globals.SetString("path", luavm.NewString(filepath.Join(dir, "db")).Value())
	return runIn(s, script)
}

// newState returns a Lua state with the standard library.
func newState() *luavm.State {
	s := luavm.NewState()
	luavm.OpenBase(s, os.Stdout)
	lib.Open(s)
	lib.OpenPackage(s, lib.PackageOptions{})
	return s
}

// runIn runs a script in a Lua state.
func runIn(s *luavm.State, script string) error {
	chunk, err := s.Load([]byte(script), "=<string>", s.Globals)
	if err != nil {
		return err
	}
	_, err = s.Call(chunk.Value())
	return err
}

// A script writes ticks with micro_ts and reads them.
func ExampleOpen() {
	err := runScript(`
		local ts = require "micro_ts"
		local db = ts.open(path)
		db:put("S", 600000, 1700000000000100, 0, ts.pack_value{price = 105000, qty = 300, side = "B"})
		db:put("S", 600000, 1700000000000200, 0, ts.pack_value{price = 105100, qty = 100, side = "S"})
		for us, value in db:scan("S", 600000, 1700000000000000, 1700000000999999) do
			local tick = ts.unpack_value(value)
			print(ts.date(us), tick.price / 10000, tick.qty, tick.side)
		end
		db:close()`)
	fmt.Println(err)
	// Output:
	// 2023-11-15 06:13:20.000100	10.5	300	B
	// 2023-11-15 06:13:20.000200	10.51	100	S
	// <nil>
}

// A script writes points with a storage engine and reads them.
func ExampleOpen_storageEngine() {
	err := runScript(`
		local StorageEngine = require "storage_engine_v2"
		local engine = StorageEngine:new(path)
		assert(engine:init())
		assert(engine:write_points("SH600519", {
			{timestamp = 1700000000, value = 1688.5, qty = 2},
			{timestamp = 1700000001, value = 1689, qty = 1},
		}))
		local ok, points = engine:read_range("SH600519", 1700000000, 1700000060)
		for _, p in ipairs(points) do
			print(p.timestamp, p.value, p.qty)
		end
		print(engine:read_point("SH600519", 1700000002))
		engine:shutdown()`)
	fmt.Println(err)
	// Output:
	// 1700000000	1688.5	2
	// 1700000001	1689	1
	// false	<string>:13: read_point: no point of SH600519 at 1700000002
	// <nil>
}

// A wrong argument is a Lua error with file, line and argument.
func ExampleOpen_error() {
	err := runScript(`
		local ts = require "micro_ts"
		local db = ts.open(path)
		print(pcall(db.put, db, "S", 600000, 1.5, 0, "value"))
		print(pcall(function() db:put("SH", 600000, 1, 0, "value") end))
		print(pcall(function() ts.open(path, {durability = "full"}) end))`)
	fmt.Println(err)
	// Output:
	// false	<string>:4: bad argument #3 to 'put' (ts_us: integer microseconds expected, got 1.5)
	// false	<string>:5: bad argument #1 to 'put' (market: one printable ASCII character expected, got "SH")
	// false	<string>:6: bad argument #2 to 'open' (opts: option "durability": "process", "sync" or "none" expected, got "full")
	// <nil>
}

// Go code gives a script a database that is open already.
func ExampleModule_OpenDatabase() {
	dir, err := os.MkdirTemp("", "microts")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	s := newState()
	defer s.Close()
	module := luabind.Open(s, source.NewEnv())
	defer module.Close()

	db, err := module.OpenDatabase(filepath.Join(dir, "db"), nil)
	if err != nil {
		panic(err)
	}
	s.Globals.SetString("db", db)
	err = runIn(s, `
		db:put("U", "AAPL", 1700000000000000, 0, "189.71")
		print(db:last("U", "AAPL"))
		print(db:stats().mode, db:stats().records)`)
	fmt.Println(err)
	// Output:
	// 1700000000000000	189.71	0
	// rw	1
	// <nil>
}

// The tables of functions make help texts.
func ExampleFunction_Usage() {
	fmt.Println(luabind.Lookup("scan").Usage())
	for _, f := range luabind.EngineMethods[:3] {
		fmt.Println(f.Usage(), "->", f.Returns)
	}
	// Output:
	// scan(db, market, code [, start_us [, end_us [, opts]]])
	// engine:init() -> true
	// engine:shutdown() -> true
	// engine:write_point(symbol, point [, data_type]) -> number of points
}
