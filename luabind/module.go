package luabind

import (
	"errors"
	"time"
	"weak"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/glua"
	"microts/internal/tick"
	"microts/store"
)

// Names under which a script requires the modules of this package.
const (
	ModuleName   = "micro_ts"
	CLibraryName = "libmicro_ts"
	EngineV1Name = "storage_engine"
	EngineV2Name = "storage_engine_v2"
	StorageName  = "storage"
)

// Module is what this package keeps for one Lua state. Only the goroutine that
// runs the state may use it.
type Module struct {
	state   *lua.LState
	methods *lua.LTable // the metatable of handles

	// The databases that the script has open: Close closes them. The pointers are
	// weak, so that the garbage collector closes a database that the script lost.
	open  map[weak.Pointer[store.DB]]struct{}
	sweep int // when open has this length, track removes the collected databases

	env     *store.Env
	opener  func(path string, o *store.Options) (*store.DB, error)
	points  *pointTables
	zone    *time.Location // of times that name none
	scans   glua.Kind      // of the functions that scan returns
	classes [2]*lua.LTable // of the storage engines, by tick.Format; nil until required
}

// leastSweep is the least value of Module.sweep.
const leastSweep = 16

// moduleKey is where the registry of a state holds its Module.
const moduleKey = "microts.module"

// Open makes micro_ts, libmicro_ts and the storage engines available to require in
// L. They win over files of these names that lie beside the script. Databases are
// opened in env.
func Open(L *lua.LState, env *store.Env) *Module {
	m := &Module{
		state:   L,
		methods: handleMetatable(L),
		open:    map[weak.Pointer[store.DB]]struct{}{},
		sweep:   leastSweep,
		env:     env,
		opener:  env.Open,
		points:  newPointTables(L),
		zone:    tick.Shanghai,
		scans:   glua.NewKind(L),
	}
	self := L.NewUserData()
	self.Value = m
	L.Get(lua.RegistryIndex).(*lua.LTable).RawSetString(moduleKey, self)

	L.PreloadModule(ModuleName, func(L *lua.LState) int {
		L.Push(table(L, Functions))
		return 1
	})
	L.PreloadModule(CLibraryName, func(L *lua.LState) int {
		t := table(L, CFunctions)
		L.SetGlobal(ModuleName, t) // as the C library's luaL_register did
		L.Push(t)
		return 1
	})
	m.openEngines()
	return m
}

// table returns the functions by name.
func table(L *lua.LState, functions []Function) *lua.LTable {
	t := L.NewTable()
	for _, f := range functions {
		t.RawSetString(f.Name, L.NewFunction(f.call))
	}
	return t
}

// moduleOf returns the Module of a state, or of the state that a coroutine
// belongs to.
func moduleOf(L *lua.LState) *Module {
	return L.Get(lua.RegistryIndex).(*lua.LTable).RawGetString(moduleKey).(*lua.LUserData).Value.(*Module)
}

// Close closes the databases that the script left open. After it nobody may use
// the state.
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

// SetOpener makes the script open its databases with open instead of Env.Open.
func (m *Module) SetOpener(open func(path string, o *store.Options) (*store.DB, error)) {
	m.opener = open
}

// OpenDatabase opens a database with default options and returns the handle that
// the script's open would return. Close closes the database if the script did not.
func (m *Module) OpenDatabase(path string) (lua.LValue, error) {
	db, err := m.opener(path, &store.Options{})
	if err != nil {
		return nil, err
	}
	return m.newHandle(m.state, db), nil
}

// track remembers that the script has db open. From now on what ends the script
// also ends a long operation on db.
func (m *Module) track(db *store.DB) {
	db.SetInterrupt(m.interrupted)
	if len(m.open) >= m.sweep {
		for p := range m.open {
			if p.Value() == nil {
				delete(m.open, p)
			}
		}
		m.sweep = max(leastSweep, 2*len(m.open))
	}
	m.open[weak.Make(db)] = struct{}{}
}

// interrupted returns why the script must end, or nil.
func (m *Module) interrupted() error {
	if ctx := m.state.Context(); ctx != nil {
		return ctx.Err()
	}
	return nil
}

// forget ends what track began.
func (m *Module) forget(db *store.DB) { delete(m.open, weak.Make(db)) }
