package luabind

import (
	"errors"
	"slices"
	"strings"
	"time"
	"weak"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/tick"
	"microts/store"
)

// Names under which scripts require the module.
const (
	ModuleName   = "micro_ts"
	CLibraryName = "libmicro_ts"
)

// Function is one function of the module as its users see it.
type Function struct {
	Name    string
	Args    []string // names in order; an optional one ends in "?"
	Returns string   // "" for nothing
	Help    string   // one sentence
	Method  bool     // it is a method of the handle too

	call lua.LGFunction
}

// Usage returns the call, as in "get(db, market, code, ts_us [, seq])" or
// "engine:get(key [, cf])".
func (f *Function) Usage() string {
	var b strings.Builder
	args := f.Args
	if args[0] == engineArg {
		b.WriteString(engineArg + ":")
		args = args[1:]
	}
	b.WriteString(f.Name + "(")
	open := 0
	for i, arg := range args {
		name, optional := strings.CutSuffix(arg, "?")
		switch {
		case optional && i == 0:
			b.WriteString("[")
			open++
		case optional:
			b.WriteString(" [, ")
			open++
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(name)
	}
	b.WriteString(strings.Repeat("]", open) + ")")
	return b.String()
}

// Functions are the functions of the module micro_ts, in the order in which one
// learns them.
var Functions = []Function{
	define(&openSig, open, false, "db", "Opens the database in the folder `path`, which it creates where there is none; options: `mode`, `durability`, and RocksDB's own by name."),
	define(&closeSig, closeHandle, true, "", "Ends the use of the handle; after the last one of a path everything is on the disk. Closing twice is no error."),
	define(&putSig, put, true, "", "Writes one tick, over what is there."),
	define(&getSig, get, true, "value or nil", "Returns the value of one tick."),
	define(&scanSig, scan, true, "iterator of ts_us, value, seq", "Goes through the ticks of a range of time, both ends included, as they were when it began; options: `limit`, `reverse`."),
	define(&putManySig, putMany, true, "number of rows", "Writes rows of one instrument: a table of `{ts_us, value [, seq]}`, or a string of packed rows. All are checked before the first is written."),
	define(&firstSig, first, true, "ts_us, value, seq or nil", "Returns the first tick at or after a time, 0 where none is given."),
	define(&lastSig, last, true, "ts_us, value, seq or nil", "Returns the last tick at or before a time, the end of time where none is given."),
	define(&countSig, count, true, "number", "Counts the ticks of a range of time, both ends included, or all."),
	define(&codesSig, codes, true, "array of {market=, code=}", "Lists the instruments that have ticks, of one market or all, by seeking from one to the next."),
	define(&deleteSig, deleteTick, true, "", "Removes one tick, which need not exist."),
	define(&deleteRangeSig, deleteRange, true, "number of ticks", "Removes the ticks of a range of time, both ends included."),
	define(&flushSig, flush, true, "", "Returns when everything put before is on the disk and would survive a power failure."),
	define(&snapshotSig, snapshot, true, "db", "Returns a handle that sees the database as it is now, whatever is written later, and cannot be written to."),
	define(&statsSig, stats, true, "stats", "Returns what is known of the database: fields such as `keys`, `disk_bytes`, `commits`."),
	define(&packValueSig, packValue, false, "value", "Makes the 50-byte tick record of a table of `price, qty, channel, side, order_no, tick_no`; what is missing is 0, the side \"N\"."),
	define(&unpackValueSig, unpackValue, false, "table", "Reads a 50-byte tick record, or a point that a storage engine V2 wrote as its `value`, `price` and other fields."),
	define(&timeSig, parseTime, false, "ts_us", "Reads a time: `2023-11-14 22:13:20.0001`, `22:13` of today, `-5m`, `now`, or µs; the zone is Asia/Shanghai unless one is given."),
	define(&dateSig, formatTime, false, "string", "Shows a time in µs as `2023-11-14 22:13:20.000100`."),
	define(&packRowSig, packRow, false, "string", "Makes one packed row for `put_many`: ts_us, seq and the value's length, big-endian in 8, 2 and 4 bytes, then the value."),
}

// CFunctions are the functions of the C library libmicro_ts, on raw keys.
var CFunctions = []Function{
	define(&dbOpenSig, open, false, "db", "Opens a database."),
	define(&dbCloseSig, closeHandle, false, "", "Closes it."),
	define(&dbPutSig, dbPut, false, "", "Writes a value under the key `key..qual`, 1 to 256 bytes."),
	define(&dbGetSig, dbGet, false, "value or nil", "Returns the value under the key `key..qual`."),
}

func define(sig *signature, call lua.LGFunction, method bool, returns, help string) Function {
	return Function{Name: sig.name, Args: sig.args, Returns: returns, Help: help, Method: method, call: call}
}

// Module is the module micro_ts of one Lua state. It is for the goroutine that
// runs the state.
type Module struct {
	state   *lua.LState
	methods *lua.LTable // the metatable of handles

	// The databases that the script has open, so that Close can close them.
	// Weak, so that the garbage collector can too.
	open  map[weak.Pointer[store.DB]]struct{}
	sweep int // the length of open at which the collected ones are removed

	opener  func(path string, o *store.Options) (*store.DB, error)
	points  *points // of the storage engines
	zone    *time.Location
	scans   *lua.LTable    // the environment of scans
	classes [2]*lua.LTable // of the storage engines, by tick.Format; made when required
}

const moduleKey = "microts.module" // in the registry of the state

// Open makes micro_ts and libmicro_ts available to require in L, before any
// file of these names beside the script.
func Open(L *lua.LState) *Module {
	m := &Module{state: L, open: map[weak.Pointer[store.DB]]struct{}{}, sweep: 16, opener: store.Open, points: newPoints(L), zone: tick.Shanghai, scans: L.NewTable()}
	self := L.NewUserData()
	self.Value = m
	L.Get(lua.RegistryIndex).(*lua.LTable).RawSetString(moduleKey, self)

	// The Go functions learn from an upvalue whether they were called as a
	// method, whose arguments are numbered without the handle.
	index := L.NewTable()
	for _, f := range Functions {
		if f.Method {
			index.RawSetString(f.Name, L.NewClosure(f.call, lua.LTrue))
		}
	}
	m.methods = L.NewTable()
	m.methods.RawSetString("__index", index)
	m.methods.RawSetString("__tostring", L.NewFunction(handleToString))
	m.methods.RawSetString("__metatable", lua.LString("micro_ts handle"))

	L.PreloadModule(ModuleName, func(L *lua.LState) int {
		L.Push(table(L, Functions))
		return 1
	})
	L.PreloadModule(CLibraryName, func(L *lua.LState) int {
		t := table(L, CFunctions)
		L.SetGlobal(ModuleName, t) // as luaL_register did
		L.Push(t)
		return 1
	})
	m.openEngines()
	return m
}

func table(L *lua.LState, functions []Function) *lua.LTable {
	t := L.NewTable()
	for _, f := range functions {
		t.RawSetString(f.Name, L.NewFunction(f.call))
	}
	return t
}

// moduleOf returns the module of a state or of one of its coroutines.
func moduleOf(L *lua.LState) *Module {
	return L.Get(lua.RegistryIndex).(*lua.LTable).RawGetString(moduleKey).(*lua.LUserData).Value.(*Module)
}

// Close closes the databases that the script left open. The state may be used
// no more.
func (m *Module) Close() error {
	var errs []error
	for p := range m.open {
		if db := p.Value(); db != nil {
			errs = append(errs, db.Close())
		}
	}
	clear(m.open)
	return errors.Join(errs...)
}

// SetOpener chooses what opens the databases of the script, in the place of
// store.Open.
func (m *Module) SetOpener(open func(path string, o *store.Options) (*store.DB, error)) {
	m.opener = open
}

// OpenDatabase opens a database as the script's open does and returns the handle
// that the script would get: it may close it, and the module does at its end.
func (m *Module) OpenDatabase(path string) (lua.LValue, error) {
	db, err := m.opener(path, &store.Options{})
	if err != nil {
		return nil, err
	}
	return m.newHandle(m.state, db), nil
}

// track remembers that the script has db open, and lets what ends the script end
// what it does to db.
func (m *Module) track(db *store.DB) {
	db.SetInterrupt(m.interrupted)
	if len(m.open) >= m.sweep {
		for p := range m.open {
			if p.Value() == nil {
				delete(m.open, p)
			}
		}
		m.sweep = max(16, 2*len(m.open))
	}
	m.open[weak.Make(db)] = struct{}{}
}

// interrupted returns why the script shall end, or nil.
func (m *Module) interrupted() error {
	if ctx := m.state.Context(); ctx != nil {
		return ctx.Err()
	}
	return nil
}

func (m *Module) forget(db *store.DB) { delete(m.open, weak.Make(db)) }

// Lookup returns the function of a name, or nil.
func Lookup(name string) *Function {
	return find(Functions, name)
}

// CFunction returns a function of the C library, one of CFunctions.
func CFunction(name string) lua.LGFunction {
	return find(CFunctions, name).call
}

func find(functions []Function, name string) *Function {
	i := slices.IndexFunc(functions, func(f Function) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &functions[i]
}
