package luabind

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/tick"
	"microts/store"
)

// handle is what a script holds of a database: the value of its userdata. It is
// for the goroutine of its Lua state.
type handle struct {
	db *store.DB

	// The instrument of the last call, and what the script gave for it: most
	// calls are about the same one.
	market, code lua.LValue
	instrument   tick.Instrument

	rows []tick.Row // of put_many, used again
}

var (
	openSig     = newSignature("open", "path", "opts?")
	closeSig    = newSignature("close", "db")
	snapshotSig = newSignature("snapshot", "db")

	dbOpenSig  = newSignature("db_open", "path")
	dbCloseSig = newSignature("db_close", "db")
)

func open(L *lua.LState) int {
	s := &openSig
	path := s.str(L, 1)
	if path == "" {
		s.bad(L, 1, "path of a folder")
	}
	var o store.Options
	s.eachOption(L, 2, func(name string, value lua.LValue) string { return setOption(&o, name, value) })
	db, err := moduleOf(L).opener(path, &o)
	if err != nil {
		moduleOf(L).env.ParkIfClosed()
		L.RaiseError("%v", err)
	}
	L.Push(moduleOf(L).newHandle(L, db))
	return 1
}

// setOption sets an option of a database. What it returns, if not "", is what is
// wrong with its value.
func setOption(o *store.Options, name string, value lua.LValue) (problem string) {
	switch name {
	case "mode":
		switch value {
		case lua.LString("r"):
			o.ReadOnly = true
		case lua.LString("rw"):
		default:
			return `"r" or "rw" expected, got ` + describeValue(value)
		}
		return ""
	case "durability":
		name, _ := value.(lua.LString)
		d, err := store.ParseDurability(string(name))
		if err != nil {
			return `"process", "sync" or "none" expected, got ` + describeValue(value)
		}
		o.Durability = d
		return ""
	}
	switch value.(type) {
	case lua.LString, lua.LNumber, lua.LBool:
	default:
		return fmt.Sprintf("string, number or boolean expected, got %s", describeValue(value))
	}
	if o.RocksDB == nil {
		o.RocksDB = map[string]string{}
	}
	o.RocksDB[name] = value.String()
	return ""
}

func (m *Module) newHandle(L *lua.LState, db *store.DB) *lua.LUserData {
	m.track(db)
	ud := L.NewUserData()
	ud.Value = &handle{db: db}
	ud.Metatable = m.methods
	return ud
}

// closeHandle is both close and db_close: they differ in nothing.
func closeHandle(L *lua.LState) int {
	h := closeSig.handle(L)
	moduleOf(L).forget(h.db)
	moduleOf(L).env.ParkIfClosed()
	if err := h.db.Close(); err != nil {
		closeSig.raise(L, h, err)
	}
	return 0
}

func snapshot(L *lua.LState) int {
	h := snapshotSig.handle(L)
	db, err := h.db.Snapshot()
	if err != nil {
		snapshotSig.raise(L, h, err)
	}
	L.Push(moduleOf(L).newHandle(L, db))
	return 1
}

func handleToString(L *lua.LState) int {
	text := "micro_ts handle"
	if ud, ok := L.Get(1).(*lua.LUserData); ok {
		if h, ok := ud.Value.(*handle); ok {
			text = fmt.Sprintf("micro_ts handle (%s: %s)", h.state(), h.db.Path())
		}
	}
	L.Push(lua.LString(text))
	return 1
}

// Database returns the database of a handle that a script holds, or nil.
func Database(v lua.LValue) *store.DB {
	if ud, ok := v.(*lua.LUserData); ok {
		if h, ok := ud.Value.(*handle); ok {
			return h.db
		}
	}
	return nil
}

func (h *handle) state() string {
	switch {
	case h.db.Closed():
		return "closed"
	case h.db.IsSnapshot():
		return "snapshot"
	case h.db.ReadOnly():
		return "read-only"
	}
	return "open"
}
