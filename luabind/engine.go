package luabind

import (
	"errors"
	"fmt"
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/tick"
	"microts/store"
)

// The storage engines are classes in the style of scripts written for LuaJIT:
//
//	local StorageEngine = require "storage_engine_v2"
//	local engine = StorageEngine:new("./data", {})
//	engine:init()
//
// An engine is a table whose metatable's __index is the class, so that scripts
// may add fields and derive classes. What Go knows of it is a userdata in a
// field. Each method returns true and its result, or false and a message.

// Names under which scripts require the engines.
const (
	EngineV1Name = "storage_engine"
	EngineV2Name = "storage_engine_v2"
	StorageName  = "storage"
)

// EngineMethods are the methods of the storage engines.
var EngineMethods = []Function{
	method("init", []string{engineArg}, (*engine).init, "true", "Opens the database, made where there is none. Also `initialize`, `open`."),
	method("shutdown", []string{engineArg}, (*engine).shutdown, "true", "Writes everything to the disk and closes the database. Also `close`."),
	method("write_point", []string{engineArg, "symbol", "point", "data_type?"}, (*engine).writePoint, "number of points", "Writes one point over what is there."),
	method("write_points", []string{engineArg, "symbol", "points", "data_type?"}, (*engine).writePoints, "number of points", "Writes an array of points, all of which are checked before the first is written."),
	method("read_point", []string{engineArg, "symbol", "timestamp", "data_type?", "seq?"}, (*engine).readPoint, "point", "Reads the point at a time, that of the lowest seq where none is given. `false` where there is none."),
	method("read_range", []string{engineArg, "symbol", "start?", "end?", "data_type?"}, (*engine).readRange, "array of points", "Reads the points of a range of time in order, both ends included; `nil` is the beginning or the end of time."),
	method("get_latest_point", []string{engineArg, "symbol", "data_type?"}, (*engine).latestPoint, "point", "Reads the last point of all. `false` where there is none."),
	method("delete_data", []string{engineArg, "symbol", "start", "end", "data_type?"}, (*engine).deleteData, "number of points", "Removes the points of a range of time, both ends included."),
	method("compact_data", []string{engineArg, "symbol?"}, (*engine).compactData, "true", "Rewrites the files of a symbol's points, or of all, without what was overwritten and removed."),
	method("get_statistics", []string{engineArg}, (*engine).statistics, "table", "What is known of the database: `write_count`, `read_count`, `keys`, `disk_bytes`, ... Also `get_stats`."),
	method("create_column_family", []string{engineArg, "name"}, (*engine).createFamily, "true", "Makes a column family: a key space of its own for `put`, `get`, ..."),
	method("drop_column_family", []string{engineArg, "name"}, (*engine).dropFamily, "true", "Removes a column family and what it holds."),
	method("get_column_families", []string{engineArg}, (*engine).families, "array of names", "Lists the column families, `default` first."),
	method("put", []string{engineArg, "key", "value", "cf?"}, (*engine).put, "true", "Writes a value under a key of 1 to 256 bytes."),
	method("get", []string{engineArg, "key", "cf?"}, (*engine).get, "value or nil", "Reads the value under a key."),
	method("delete", []string{engineArg, "key", "cf?"}, (*engine).delete, "true", "Removes a key, which need not exist."),
	method("scan_prefix", []string{engineArg, "prefix", "limit?", "cf?"}, (*engine).scanPrefix, "array of {key=, value=}", "Reads the keys that begin with a prefix, in order."),
	method("write_batch", []string{engineArg, "list"}, (*engine).writeBatch, "number of entries", "Does all of a list of `{key=, value= [, cf=]}` and `{op=\"delete\", key= [, cf=]}`, or nothing."),
}

// engineAliases are other names that scripts know the methods by.
var engineAliases = map[string]string{"initialize": "init", "open": "init", "close": "shutdown", "get_stats": "get_statistics"}

// engine is what Go knows of one storage engine of a script.
type engine struct {
	module  *Module
	format  tick.Format
	path    string
	options store.Options
	unit    tick.Unit // that config.time_unit fixes, or Auto
	noted   tick.Unit // that the database remembers, as far as it is known

	db     *store.DB // nil: not open
	series map[seriesID]*store.Series
	last   seriesID      // of the last call:
	recent *store.Series // most are about the same one

	points        []tick.Point // of a write, used again
	writes, reads uint64       // points
}

type seriesID struct {
	symbol   string
	dataType uint8
}

// maxSeries is how many series an engine remembers.
const maxSeries = 4096

// engineArg is the first argument of each method.
const engineArg = "engine"

// engineField is the field of an engine's table that holds the userdata.
const engineField = "_engine"

// call is one call of a method.
type call struct {
	*lua.LState
	sig *signature
}

// method makes a method of body: it turns what body returns into true and the
// result, or false and the message.
func method(name string, args []string, body func(*engine, *call) (lua.LValue, error), returns, help string) Function {
	sig := newSignature(name, args...)
	return define(&sig, func(L *lua.LState) int {
		c := &call{L, &sig}
		e := c.engine()
		if e == nil {
			L.RaiseError("'%s' must be called with a storage engine, as in engine:%s(...), got %s", name, name, describe(L, 1))
		}
		var result lua.LValue
		var err error
		if e.db == nil && name != "init" && name != "shutdown" {
			err = errors.New("the storage engine is not open: call engine:init() first")
		} else {
			result, err = body(e, c)
		}
		if err != nil {
			e.module.env.ParkIfClosed()
			L.Push(lua.LFalse)
			L.Push(lua.LString(c.message(err)))
			return 2
		}
		L.Push(lua.LTrue)
		L.Push(result)
		return 2
	}, true, returns, help)
}

// engine returns the engine that is the first argument, or nil.
func (c *call) engine() *engine {
	if t, ok := c.Get(1).(*lua.LTable); ok {
		if ud, ok := t.RawGetString(engineField).(*lua.LUserData); ok {
			e, _ := ud.Value.(*engine)
			return e
		}
	}
	return nil
}

// argError is the error of an argument of a method.
type argError struct {
	at      int // counted from 1, without the engine
	name    string
	problem string
}

func (e *argError) Error() string { return e.problem }

// bad is the error of argument i (the engine is 1), which is not what was
// expected.
func (c *call) bad(i int, want string) error {
	return c.badAs(i, fmt.Sprintf("%s expected, got %s", want, describe(c.LState, i)))
}

func (c *call) badAs(i int, problem string) error {
	return &argError{i - 1, c.sig.arg(i), problem}
}

// message says an error as the errors of micro_ts are said.
func (c *call) message(err error) string {
	where := c.Where(1)
	if where != "" {
		where += " "
	}
	if i, problem := c.sig.blame(err); i > 0 {
		err = c.badAs(i, problem)
	}
	if a := (*argError)(nil); errors.As(err, &a) {
		return fmt.Sprintf("%sbad argument #%d to '%s' (%s: %s)", where, a.at, c.sig.name, a.name, a.problem)
	}
	return fmt.Sprintf("%s%s: %v", where, c.sig.name, err)
}

// openEngines makes the engines available to require.
func (m *Module) openEngines() {
	L := m.state
	preload := func(name string, format tick.Format) {
		L.PreloadModule(name, func(L *lua.LState) int {
			L.Push(m.class(format))
			return 1
		})
	}
	preload(EngineV1Name, tick.V1)
	preload(EngineV2Name, tick.V2)
	L.PreloadModule(StorageName, func(L *lua.LState) int {
		t := L.NewTable()
		t.RawSetString("create_engine", L.NewFunction(m.createEngine))
		L.Push(t)
		return 1
	})
}

// class returns the class of a storage engine, one a state.
func (m *Module) class(format tick.Format) *lua.LTable {
	if m.classes[format] != nil {
		return m.classes[format]
	}
	L := m.state
	class := L.NewTable()
	for _, f := range EngineMethods {
		class.RawSetString(f.Name, L.NewFunction(f.call))
	}
	for alias, name := range engineAliases {
		class.RawSetString(alias, class.RawGetString(name))
	}
	class.RawSetString("version", lua.LString(format.String()))
	class.RawSetString("__index", class)
	class.RawSetString("__tostring", L.NewFunction(engineToString))
	class.RawSetString("new", L.NewFunction(func(L *lua.LState) int {
		self, ok := L.Get(1).(*lua.LTable)
		if !ok {
			L.RaiseError("'new' must be called with the class, as in StorageEngine:new(...), got %s", describe(L, 1))
		}
		L.Push(m.newEngine(L, &newSig, self, format, 2))
		return 1
	}))
	m.classes[format] = class
	return class
}

var (
	newSig          = newSignature("new", "StorageEngine", "config", "options?")
	createEngineSig = newSignature("create_engine", "config")
)

// createEngine is storage.create_engine.
func (m *Module) createEngine(L *lua.LState) int {
	s := &createEngineSig
	config, ok := L.Get(1).(*lua.LTable)
	if !ok {
		s.bad(L, 1, "table of options")
	}
	format := tick.V2
	switch version := strings.ToLower(lua.LVAsString(config.RawGetString("version"))); version {
	case "v1":
		format = tick.V1
	case "v2", "":
	default:
		s.badAs(L, 1, fmt.Sprintf("option \"version\": \"v1\" or \"v2\" expected, got %q", version))
	}
	L.Push(m.newEngine(L, s, m.class(format), format, 1))
	return 1
}

// newEngine makes an engine of the arguments from i on: a table of options, or a
// path and options.
func (m *Module) newEngine(L *lua.LState, s *signature, class *lua.LTable, format tick.Format, i int) *lua.LTable {
	e := &engine{module: m, format: format, series: map[seriesID]*store.Series{}}
	e.options.Format = format
	config := L.NewTable()
	set := func(name string, value lua.LValue) string {
		config.RawSetString(name, value)
		return e.setOption(name, value)
	}
	switch first := L.Get(i).(type) {
	case lua.LString:
		config.RawSetString("data_dir", first)
		e.path = string(first)
		if i < len(s.args) {
			s.eachOption(L, i+1, set)
		}
	case *lua.LTable:
		s.eachOption(L, i, set)
	default:
		s.bad(L, i, "path of a folder or table of options")
	}
	if e.path == "" {
		s.badAs(L, i, `option "data_dir": path of a folder expected, got none`)
	}
	t := L.NewTable()
	ud := L.NewUserData()
	ud.Value = e
	t.RawSetString(engineField, ud)
	t.RawSetString("config", config)
	t.RawSetString("data_dir", lua.LString(e.path))
	t.Metatable = class
	return t
}

// compressions are RocksDB's numbers of its compressions, and the names of its
// C interface.
var compressions = []struct {
	number         int
	cName, rocksDB string
}{
	{0, "no_compression", "kNoCompression"},
	{1, "snappy_compression", "kSnappyCompression"},
	{2, "zlib_compression", "kZlibCompression"},
	{3, "bz2_compression", "kBZip2Compression"},
	{4, "lz4_compression", "kLZ4Compression"},
	{5, "lz4hc_compression", "kLZ4HCCompression"},
	{6, "xpress_compression", "kXpressCompression"},
	{7, "zstd_compression", "kZSTD"},
}

func (e *engine) setOption(name string, value lua.LValue) (problem string) {
	switch name {
	case "data_dir":
		path, ok := value.(lua.LString)
		if !ok {
			return "path of a folder expected, got " + describeValue(value)
		}
		e.path = string(path)
		return ""
	case "time_unit":
		unit, ok := value.(lua.LString)
		u, err := tick.ParseUnit(string(unit))
		if !ok || err != nil {
			return `"s", "ms", "us" or "auto" expected, got ` + describeValue(value)
		}
		e.unit = u
		return ""
	case "version":
		if version, ok := value.(lua.LString); !ok || !strings.EqualFold(string(version), e.format.String()) {
			return fmt.Sprintf("%q expected, which this storage engine is, got %s", strings.ToLower(e.format.String()), describeValue(value))
		}
		return ""
	case "compression", "compression_type":
		var names []string
		for _, c := range compressions {
			if value == lua.LNumber(c.number) || value == lua.LString(c.cName) || value == lua.LString(c.rocksDB) {
				return setOption(&e.options, "compression", lua.LString(c.rocksDB))
			}
			names = append(names, c.cName)
		}
		return fmt.Sprintf("0 to 7 or one of %s expected, got %s", strings.Join(names, ", "), describeValue(value))
	}
	return setOption(&e.options, name, value)
}

func engineToString(L *lua.LState) int {
	c := &call{L, nil}
	text := "storage engine"
	if e := c.engine(); e != nil {
		state := "open"
		if e.db == nil {
			state = "closed"
		}
		text = fmt.Sprintf("storage engine %v (%s: %s)", e.format, state, e.path)
	}
	L.Push(lua.LString(text))
	return 1
}

func (e *engine) init(*call) (lua.LValue, error) {
	if e.db != nil {
		return lua.LTrue, nil
	}
	db, err := e.module.opener(e.path, &e.options)
	if err != nil {
		return nil, err
	}
	e.db = db
	e.module.track(db)
	return lua.LTrue, nil
}

func (e *engine) shutdown(*call) (lua.LValue, error) {
	if e.db == nil {
		return lua.LTrue, nil
	}
	db := e.db
	e.db, e.recent, e.noted = nil, nil, tick.Auto
	clear(e.series)
	e.module.forget(db)
	return lua.LTrue, db.Close()
}

// seriesOf returns the series of the symbol that is argument 2 and of the data
// type that is argument i.
func (e *engine) seriesOf(c *call, i int) (*store.Series, error) {
	symbol, ok := c.Get(2).(lua.LString)
	if !ok {
		return nil, c.bad(2, `symbol such as "SH600519"`)
	}
	dataType := int64(0)
	if v := c.Get(i); v != lua.LNil {
		if dataType, ok = integer(v, math.MaxUint8); !ok {
			return nil, c.bad(i, "integer 0..255")
		}
	}
	id := seriesID{string(symbol), uint8(dataType)}
	if id == e.last && e.recent != nil {
		return e.recent, nil
	}
	s := e.series[id]
	if s == nil {
		var err error
		if s, err = e.db.Series(id.symbol, id.dataType); err != nil {
			return nil, err
		}
		if len(e.series) >= maxSeries {
			clear(e.series)
		}
		e.series[id] = s
	}
	e.last, e.recent = id, s
	return s, nil
}

func (e *engine) statistics(c *call) (lua.LValue, error) {
	s, err := e.db.Stats()
	if err != nil {
		return nil, err
	}
	t := statsTable(c.LState, &s)
	t.RawSetString("write_count", lua.LNumber(e.writes))
	t.RawSetString("read_count", lua.LNumber(e.reads))
	t.RawSetString("is_initialized", lua.LTrue)
	return t, nil
}

func (e *engine) compactData(c *call) (lua.LValue, error) {
	if c.Get(2) == lua.LNil {
		return lua.LTrue, e.db.Compact()
	}
	s, err := e.seriesOf(c, 3)
	if err != nil {
		return nil, err
	}
	return lua.LTrue, s.Compact()
}

// text returns argument i, a string or a number as one.
func (c *call) text(i int) (string, error) {
	v := c.Get(i)
	if !lua.LVCanConvToString(v) {
		return "", c.bad(i, "string")
	}
	return lua.LVAsString(v), nil
}

// family returns the column family that is argument i, "default" where it is nil.
func (c *call) family(i int) (string, error) {
	if c.Get(i) == lua.LNil {
		return store.DefaultFamily, nil
	}
	return c.text(i)
}

// texts returns the arguments 2 to n and the column family after them.
func (c *call) texts(n int) (args []string, family string, err error) {
	for i := 2; i <= n; i++ {
		text, err := c.text(i)
		if err != nil {
			return nil, "", err
		}
		args = append(args, text)
	}
	family, err = c.family(n + 1)
	return args, family, err
}

func (e *engine) createFamily(c *call) (lua.LValue, error) {
	args, _, err := c.texts(2)
	if err != nil {
		return nil, err
	}
	return lua.LTrue, e.db.CreateFamily(args[0])
}

func (e *engine) dropFamily(c *call) (lua.LValue, error) {
	args, _, err := c.texts(2)
	if err != nil {
		return nil, err
	}
	return lua.LTrue, e.db.DropFamily(args[0])
}

func (e *engine) families(c *call) (lua.LValue, error) {
	names, err := e.db.Families()
	t := c.CreateTable(len(names), 0)
	for _, name := range names {
		t.Append(lua.LString(name))
	}
	return t, err
}

func (e *engine) put(c *call) (lua.LValue, error) {
	args, family, err := c.texts(3)
	if err != nil {
		return nil, err
	}
	return lua.LTrue, e.db.PutRaw(family, args[0], args[1])
}

func (e *engine) get(c *call) (lua.LValue, error) {
	args, family, err := c.texts(2)
	if err != nil {
		return nil, err
	}
	value, ok, err := e.db.GetRaw(family, args[0])
	if !ok {
		return lua.LNil, err
	}
	return lua.LString(value), err
}

func (e *engine) delete(c *call) (lua.LValue, error) {
	args, family, err := c.texts(2)
	if err != nil {
		return nil, err
	}
	return lua.LTrue, e.db.DeleteRaw(family, args[0])
}

func (e *engine) scanPrefix(c *call) (lua.LValue, error) {
	prefix, err := c.text(2)
	if err != nil {
		return nil, err
	}
	limit := int64(0)
	if v := c.Get(3); v != lua.LNil {
		var ok bool
		if limit, ok = integer(v, math.MaxInt32); !ok || limit == 0 {
			return nil, c.bad(3, "integer number of keys from 1 on")
		}
	}
	family, err := c.family(4)
	if err != nil {
		return nil, err
	}
	found, err := e.db.ScanPrefix(family, prefix, int(limit))
	t := c.CreateTable(len(found), 0)
	for _, kv := range found {
		row := c.CreateTable(0, 2)
		row.RawSetString("key", lua.LString(kv.Key))
		row.RawSetString("value", lua.LString(kv.Value))
		t.Append(row)
	}
	return t, err
}

func (e *engine) writeBatch(c *call) (lua.LValue, error) {
	list, ok := c.Get(2).(*lua.LTable)
	if !ok {
		return nil, c.bad(2, "table of entries")
	}
	writes := make([]store.Write, list.Len())
	for i := range writes {
		entry, ok := list.RawGetInt(i + 1).(*lua.LTable)
		if !ok {
			return nil, c.badAs(2, fmt.Sprintf("entry %d: table expected, got %s", i+1, describeValue(list.RawGetInt(i+1))))
		}
		if problem := readWrite(entry, &writes[i]); problem != "" {
			return nil, c.badAs(2, fmt.Sprintf("entry %d: %s", i+1, problem))
		}
	}
	return lua.LNumber(len(writes)), e.db.WriteBatch(writes)
}

// readWrite reads an entry of write_batch: by name, or {op, key [, value [, cf]]}.
func readWrite(entry *lua.LTable, w *store.Write) (problem string) {
	fields := []struct {
		name     string
		to       *string
		optional bool
	}{{"key", &w.Key, false}, {"value", &w.Value, false}, {"cf", &w.Family, true}}
	op := entry.RawGetString("op")
	byPlace := op == lua.LNil && entry.RawGetInt(1) != lua.LNil
	if byPlace {
		op = entry.RawGetInt(1)
	}
	switch op {
	case lua.LString("delete"):
		w.Delete = true
		fields[1].optional = true
	case lua.LString("put"), lua.LNil:
	default:
		return `op: "put" or "delete" expected, got ` + describeValue(op)
	}
	for i, f := range fields {
		v := entry.RawGetString(f.name)
		if byPlace {
			v = entry.RawGetInt(i + 2)
		}
		if v == lua.LNil && f.optional {
			continue
		}
		if !lua.LVCanConvToString(v) {
			return fmt.Sprintf("%s: string expected, got %s", f.name, describeValue(v))
		}
		*f.to = lua.LVAsString(v)
	}
	return ""
}
