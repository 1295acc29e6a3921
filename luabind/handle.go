package luabind

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/tick"
	"microts/store"
)

// handle is what a script holds of a database, as the value of a userdata. Only
// the goroutine that runs the Lua state may use it.
type handle struct {
	db *store.DB

	// The instrument of the last call, and the arguments that it was made of: the
	// next call is mostly for the same one.
	market, code lua.LValue
	instrument   tick.Instrument

	rows []tick.Row // of put_many; kept to be filled again
}

var (
	openSig     = newSignature("open", "path", "opts?")
	closeSig    = newSignature("close", "db")
	snapshotSig = newSignature("snapshot", "db")

	dbOpenSig  = newSignature("db_open", "path")
	dbCloseSig = newSignature("db_close", "db")
)

// handleOf returns the handle that v is, or nil.
func handleOf(v lua.LValue) *handle {
	if ud, ok := v.(*lua.LUserData); ok {
		h, _ := ud.Value.(*handle)
		return h
	}
	return nil
}

const wantPath = "path of a folder"

// open is both open and db_open.
func open(L *lua.LState) int {
	s := &openSig
	path := s.str(L, 1)
	if path == "" {
		s.bad(L, 1, wantPath)
	}
	var o store.Options
	s.eachOption(L, 2, func(name string, value lua.LValue) error { return setOption(&o, name, value) })
	db, err := moduleOf(L).opener(path, &o)
	if err != nil {
		moduleOf(L).env.ParkIfClosed() // a script must not see the errors of a process that ends
		L.RaiseError("%v", err)
	}
	L.Push(moduleOf(L).newHandle(L, db))
	return 1
}

// handleMetatable returns the metatable of handles. Its functions have the upvalue
// true: by it signature.throw knows that the script called a method, and does not
// count the handle as an argument.
func handleMetatable(L *lua.LState) *lua.LTable {
	index := L.NewTable()
	for _, f := range Functions {
		if f.Method {
			index.RawSetString(f.Name, L.NewClosure(f.call, lua.LTrue))
		}
	}
	t := L.NewTable()
	t.RawSetString("__index", index)
	t.RawSetString("__tostring", L.NewFunction(handleToString))
	t.RawSetString("__metatable", lua.LString("micro_ts handle"))
	return t
}

// newHandle returns the value that a script holds of db.
func (m *Module) newHandle(L *lua.LState, db *store.DB) *lua.LUserData {
	m.track(db)
	ud := L.NewUserData()
	ud.Value = &handle{db: db}
	ud.Metatable = m.methods
	return ud
}

// closeHandle is both close and db_close.
func closeHandle(L *lua.LState) int {
	h := closeSig.handle(L)
	moduleOf(L).forget(h.db)
	err := h.db.Close()
	moduleOf(L).env.ParkIfClosed() // the script must not go on in a process that ends
	if err != nil {
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
	if h := handleOf(L.Get(1)); h != nil {
		text = fmt.Sprintf("micro_ts handle (%s: %s)", h.state(), h.db.Path())
	}
	L.Push(lua.LString(text))
	return 1
}

// Database returns the database of a handle, or nil if v is no handle.
func Database(v lua.LValue) *store.DB {
	if h := handleOf(v); h != nil {
		return h.db
	}
	return nil
}

// state returns "closed", "snapshot", "read-only" or "open".
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
