package luabind

import (
	"errors"
	"time"
	"weak"

	"microts/internal/luavm"
	"microts/internal/source"
	"microts/internal/tick"
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
	state   *luavm.State
	methods *luavm.Table // the metatable of handles

	// The metatables of series, of what x:roll and x:ewm return, and of operators.
	seriesMethods, rollMethods, ewmMethods, operatorMethods *luavm.Table

	// The databases that the script has open: Close closes them. The pointers are
	// weak, so that the garbage collector closes a database that the script lost.
	open  map[weak.Pointer[source.Source]]struct{}
	sweep int // when open has this length, track removes the collected databases

	env     *source.Env
	opener  source.Opener
	guard   func(path string) (string, error) // of files that the script writes; nil: none
	points  *pointTables
	zone    *time.Location            // of times that name none
	zones   map[string]*time.Location // by name, those that scripts have named
	classes [2]*luavm.Table           // of the storage engines, by tick.Format; nil until required

	mayNotSeal error // why seal fails, or nil
}

// leastSweep is the least value of Module.sweep.
const leastSweep = 16

// moduleKey is the key under which a state keeps its Module.
type moduleKey struct{}

// Open makes micro_ts, libmicro_ts and the storage engines available to require in
// s. They win over files of these names that lie beside the script. Databases are
// opened in env.
func Open(s *luavm.State, env *source.Env) *Module {
	m := &Module{
		state:   s,
		methods: handleMetatable(),
		open:    map[weak.Pointer[source.Source]]struct{}{},
		sweep:   leastSweep,
		env:     env,
		opener:  env.Open,
		points:  newPointTables(),
		zone:    tick.Shanghai,
	}
	s.Attach(moduleKey{}, m)
	s.SetPreload(ModuleName, func(c *luavm.Call) { c.Return(table(Functions).Value()) })
	s.SetPreload(CLibraryName, func(c *luavm.Call) {
		t := table(CFunctions).Value()
		s.Globals.SetString(ModuleName, t) // as the C library's luaL_register did
		c.Return(t)
	})
	m.openEngines()
	m.openSeries()
	return m
}

// table returns the functions by name.
func table(functions []Function) *luavm.Table {
	t := luavm.NewTable(0, len(functions))
	for _, f := range functions {
		t.SetString(f.Name, luavm.NewFunction(f.Name, f.call).Value())
	}
	return t
}

// moduleOf returns the Module of the state that calls.
func moduleOf(c *luavm.Call) *Module { return ofState(c.State()) }

// ofState returns the Module of a state.
func ofState(s *luavm.State) *Module { return s.Attached(moduleKey{}).(*Module) }

// Close closes the databases that the script left open. After it nobody may use
// the state.
func (m *Module) Close() error {
	var errs []error
	for p := range m.open {
		if s := p.Value(); s != nil {
			errs = append(errs, s.Close())
		}
	}
	clear(m.open)
	return errors.Join(errs...)
}

// SetOpener makes the script open its databases with open. Without it, they are opened in
// the Env that Open got.
func (m *Module) SetOpener(open source.Opener) { m.opener = open }

// OpenDatabase opens a database, or the archive at a URL, and returns the handle that the
// script's open would return. Nil options are the default ones. Close closes the database
// if the script did not.
func (m *Module) OpenDatabase(path string, o *source.Options) (luavm.Value, error) {
	if o == nil {
		o = &source.Options{}
	}
	opened, err := m.opener(m.state.Context(), path, o)
	if err != nil {
		return luavm.Nil, err
	}
	return m.newHandle(opened), nil
}

// track remembers that the script has a Source open. From now on what ends the script
// also ends a long operation on the Source.
func (m *Module) track(s *source.Source) {
	s.SetInterrupt(m.state.Stopped)
	if len(m.open) >= m.sweep {
		for p := range m.open {
			if p.Value() == nil {
				delete(m.open, p)
			}
		}
		m.sweep = max(leastSweep, 2*len(m.open))
	}
	m.open[weak.Make(s)] = struct{}{}
}

// forget ends what track began.
func (m *Module) forget(s *source.Source) { delete(m.open, weak.Make(s)) }
