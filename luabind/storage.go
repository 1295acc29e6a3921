package luabind

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/tick"
	"microts/store"
)

// The storage engines are classes, in the style of scripts written for LuaJIT:
//
//	local StorageEngine = require "storage_engine_v2"
//	local engine = StorageEngine:new("./data", {})
//	engine:init()
//
// A storage engine is a table, so that scripts can add fields to it and derive
// classes. The __index of its metatable is its class. Its field engineField holds
// a *storageEngine as a userdata.

// storageEngine is what Go knows of one storage engine of a script.
type storageEngine struct {
	module  *Module
	format  tick.Format
	path    string
	options store.Options
	unit    tick.Unit // of the script's timestamps; Auto unless the option time_unit fixes it
	noted   tick.Unit // the unit that the database remembers; Auto while it is unknown

	db     *store.DB // nil while the storage engine is not open
	series map[seriesID]*store.Series
	last   seriesID      // of the last call; the next one mostly has the same
	recent *store.Series // the series of last, or nil

	points        []tick.Point // of a write; kept to be filled again
	writes, reads uint64       // points
}

// engineField is the field of a storage engine's table that holds the userdata.
const engineField = "_engine"

// engineOf returns the storage engine that v is, or nil.
func engineOf(v lua.LValue) *storageEngine {
	if t, ok := v.(*lua.LTable); ok {
		if ud, ok := t.RawGetString(engineField).(*lua.LUserData); ok {
			e, _ := ud.Value.(*storageEngine)
			return e
		}
	}
	return nil
}

// openEngines makes the storage engines available to require.
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

// class returns the class of the storage engines of a format. A state has one.
func (m *Module) class(format tick.Format) *lua.LTable {
	if m.classes[format] != nil {
		return m.classes[format]
	}
	L := m.state
	class := table(L, EngineMethods)
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
		s.badOption(L, 1, "version", fmt.Errorf(`"v1" or "v2" expected, got %q`, version))
	}
	L.Push(m.newEngine(L, s, m.class(format), format, 1))
	return 1
}

// newEngine returns a storage engine. Argument i is a table of options, or it is
// a path and argument i+1, if the function has one, a table of options.
func (m *Module) newEngine(L *lua.LState, s *signature, class *lua.LTable, format tick.Format, i int) *lua.LTable {
	e := &storageEngine{module: m, format: format, series: map[seriesID]*store.Series{}}
	e.options.Format = format
	config := L.NewTable()
	set := func(name string, value lua.LValue) error {
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
		s.bad(L, i, wantPath+" or table of options")
	}
	if e.path == "" {
		s.badOption(L, i, "data_dir", &valueError{wantPath, "none"})
	}
	ud := L.NewUserData()
	ud.Value = e
	t := L.NewTable()
	t.RawSetString(engineField, ud)
	t.RawSetString("config", config)
	t.RawSetString("data_dir", lua.LString(e.path))
	t.Metatable = class
	return t
}

func engineToString(L *lua.LState) int {
	text := "storage engine"
	if e := engineOf(L.Get(1)); e != nil {
		state := "open"
		if e.db == nil {
			state = "closed"
		}
		text = fmt.Sprintf("storage engine %v (%s: %s)", e.format, state, e.path)
	}
	L.Push(lua.LString(text))
	return 1
}

func (e *storageEngine) init(*call) (lua.LValue, error) {
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

func (e *storageEngine) shutdown(*call) (lua.LValue, error) {
	if e.db == nil {
		return lua.LTrue, nil
	}
	db := e.db
	e.db, e.recent, e.noted = nil, nil, tick.Auto
	clear(e.series)
	e.module.forget(db)
	err := db.Close()
	e.module.env.ParkIfClosed() // the script must not go on in a process that ends
	return lua.LTrue, err
}

func (e *storageEngine) compactData(c *call) (lua.LValue, error) {
	if c.Get(2) == lua.LNil {
		return lua.LTrue, e.db.Compact()
	}
	s, err := e.seriesOf(c, 3)
	if err != nil {
		return nil, err
	}
	return lua.LTrue, s.Compact()
}

// statistics returns the values of StatFields, and what the storage engine itself
// counts.
func (e *storageEngine) statistics(c *call) (lua.LValue, error) {
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
