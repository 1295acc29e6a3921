package luabind

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"microts/internal/luavm"
	"microts/internal/source"
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
	options source.Options
	unit    tick.Unit // of the script's timestamps; Auto unless the option time_unit fixes it
	noted   tick.Unit // the unit that the database remembers; Auto while it is unknown

	source *source.Source // nil while the storage engine is not open
	db     *store.DB      // of source
	series map[seriesID]*store.Series
	last   seriesID      // of the last call; the next one mostly has the same
	recent *store.Series // the series of last, or nil

	points        []tick.Point // of a write; kept to be filled again
	writes, reads uint64       // points
}

// MemorySize implements luavm.MemorySizer.
func (e *storageEngine) MemorySize() int64 {
	return int64(cap(e.points)) * pointSize
}

// engineField is the field of a storage engine's table that holds the userdata.
const engineField = "_engine"

var engineKey = luavm.Intern(engineField)

// engineOf returns the storage engine that v is, or nil.
func engineOf(v luavm.Value) *storageEngine {
	if t, ok := v.AsTable(); ok {
		e, _ := t.GetStr(engineKey).Data().(*storageEngine)
		return e
	}
	return nil
}

// openEngines makes the storage engines available to require.
func (m *Module) openEngines() {
	m.state.SetPreload(EngineV1Name, func(c *luavm.Call) { c.Return(m.class(tick.V1).Value()) })
	m.state.SetPreload(EngineV2Name, func(c *luavm.Call) { c.Return(m.class(tick.V2).Value()) })
	m.state.SetPreload(StorageName, func(c *luavm.Call) {
		t := luavm.NewTable(0, 1)
		t.SetString("create_engine", luavm.NewFunction("create_engine", m.createEngine).Value())
		c.Return(t.Value())
	})
}

// class returns the class of the storage engines of a format. A state has one.
func (m *Module) class(format tick.Format) *luavm.Table {
	if m.classes[format] != nil {
		return m.classes[format]
	}
	class := table(EngineMethods)
	for _, alias := range slices.Sorted(maps.Keys(engineAliases)) {
		class.SetString(alias, class.GetString(engineAliases[alias]))
	}
	class.SetString("version", luavm.Intern(format.String()).Value())
	class.SetString("__index", class.Value())
	class.SetString("__tostring", luavm.NewFunction("__tostring", engineToString).Value())
	class.SetString("new", luavm.NewFunction("new", func(c *luavm.Call) {
		self, ok := c.Arg(1).AsTable()
		if !ok {
			raiseText(c, "'new' must be called with the class, as in StorageEngine:new(...), got "+describe(c, 1))
		}
		c.Return(m.newEngine(c, &newSig, self, format, 2).Value())
	}).Value())
	m.classes[format] = class
	return class
}

var (
	newSig          = newSignature("new", "StorageEngine", "config", "options?")
	createEngineSig = newSignature("create_engine", "config")
)

// createEngine is storage.create_engine.
func (m *Module) createEngine(c *luavm.Call) {
	s := &createEngineSig
	config, ok := c.Arg(1).AsTable()
	if !ok {
		s.bad(c, 1, "table of options")
	}
	format := tick.V2
	text, _ := textOf(config.GetString("version"))
	switch version := strings.ToLower(text); version {
	case "v1":
		format = tick.V1
	case "v2", "":
	default:
		s.badOption(c, 1, "version", fmt.Errorf(`"v1" or "v2" expected, got %q`, version))
	}
	c.Return(m.newEngine(c, s, m.class(format), format, 1).Value())
}

// newEngine returns a storage engine. Argument i is a table of options, or it is
// a path and argument i+1, if the function has one, a table of options.
func (m *Module) newEngine(c *luavm.Call, s *signature, class *luavm.Table, format tick.Format, i int) *luavm.Table {
	e := &storageEngine{module: m, format: format, series: map[seriesID]*store.Series{}}
	e.options.Format = format
	config := luavm.NewTable(0, 4)
	set := func(name string, value luavm.Value) error {
		config.SetString(name, value)
		return e.setOption(name, value)
	}
	first := c.Arg(i)
	switch {
	case first.IsString():
		config.SetString("data_dir", first)
		e.path = first.Text()
		if i < len(s.args) {
			s.eachOption(c, i+1, set)
		}
	case first.IsTable():
		s.eachOption(c, i, set)
	default:
		s.bad(c, i, wantPath+" or table of options")
	}
	if e.path == "" {
		s.badOption(c, i, "data_dir", &valueError{wantPath, "none"})
	}
	t := luavm.NewTable(0, 4)
	t.SetStr(engineKey, luavm.NewUserData(e, nil))
	t.SetString("config", config.Value())
	t.SetString("data_dir", luavm.NewString(e.path).Value())
	t.SetMetaTable(class)
	return t
}

func engineToString(c *luavm.Call) {
	text := "storage engine"
	if e := engineOf(c.Arg(1)); e != nil {
		state := "open"
		if e.db == nil {
			state = "closed"
		}
		text = fmt.Sprintf("storage engine %v (%s: %s)", e.format, state, e.path)
	}
	c.Return(luavm.NewString(text).Value())
}

func (e *storageEngine) init(c call) (luavm.Value, error) {
	if e.db != nil {
		return luavm.True, nil
	}
	opened, err := e.module.opener(c.State().Context(), e.path, &e.options)
	if err != nil {
		return luavm.Nil, err
	}
	db, err := opened.Database()
	if err != nil {
		return luavm.Nil, errors.Join(err, opened.Close())
	}
	e.source, e.db = opened, db
	e.module.track(opened)
	return luavm.True, nil
}

func (e *storageEngine) shutdown(call) (luavm.Value, error) {
	if e.db == nil {
		return luavm.True, nil
	}
	opened := e.source
	e.source, e.db, e.recent, e.noted = nil, nil, nil, tick.Auto
	clear(e.series)
	e.module.forget(opened)
	err := opened.Close()
	e.module.env.ParkIfClosed() // the script must not go on in a process that ends
	return luavm.True, err
}

func (e *storageEngine) compactData(c call) (luavm.Value, error) {
	if c.Arg(2).IsNil() {
		return luavm.True, e.db.Compact()
	}
	s, err := e.seriesOf(c, 3)
	if err != nil {
		return luavm.Nil, err
	}
	return luavm.True, s.Compact()
}

// statistics returns the values of StatFields, and what the storage engine itself
// counts.
func (e *storageEngine) statistics(c call) (luavm.Value, error) {
	s, err := e.db.Stats()
	if err != nil {
		return luavm.Nil, err
	}
	t := statsTable(c.Call, &s)
	t.SetString("write_count", luavm.Int(int(e.writes)))
	t.SetString("read_count", luavm.Int(int(e.reads)))
	t.SetString("is_initialized", luavm.True)
	return t.Value(), nil
}
