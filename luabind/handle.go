package luabind

import (
	"fmt"

	"microts/internal/luavm"
	"microts/internal/tick"
	"microts/store"
)

// handle is what a script holds of a database, as the value of a userdata. Only
// the goroutine that runs the Lua state may use it.
type handle struct {
	db *store.DB

	// The instrument of the last call, and the arguments that it was made of: the
	// next call is mostly for the same one. After a read of a long code, market is
	// noMarket.
	market, code luavm.Value
	instrument   tick.Instrument
	name         tick.Name // the last one with a long code

	rows []tick.Row // of put_many; kept to be filled again
}

// MemorySize implements luavm.MemorySizer.
func (h *handle) MemorySize() int64 { return int64(cap(h.rows)) * rowSize }

var (
	openSig     = newSignature("open", "path", "opts?")
	closeSig    = newSignature("close", "db")
	snapshotSig = newSignature("snapshot", "db")

	dbOpenSig  = newSignature("db_open", "path")
	dbCloseSig = newSignature("db_close", "db")
)

// noMarket is the market of a handle before its first call: no script has this string.
var noMarket = luavm.NewString("none").Value()

// handleOf returns the handle that v is, or nil.
func handleOf(v luavm.Value) *handle {
	h, _ := v.Data().(*handle)
	return h
}

const wantPath = "path of a folder"

// open is both open and db_open.
func open(c *luavm.Call) {
	s := &openSig
	path := s.str(c, 1)
	if path == "" {
		s.bad(c, 1, wantPath)
	}
	var o store.Options
	s.eachOption(c, 2, func(name string, value luavm.Value) error { return setOption(&o, name, value) })
	m := moduleOf(c)
	db, err := m.opener(path, &o)
	if err != nil {
		m.env.ParkIfClosed() // a script must not see the errors of a process that ends
		raiseText(c, err.Error())
	}
	c.Return(m.newHandle(db))
}

// asMethod is the data of the functions that a script finds in a handle: by it
// signature.throw knows that the script called a method, and does not count the handle as
// an argument.
type asMethod struct{}

// handleMetatable returns the metatable of handles.
func handleMetatable() *luavm.Table {
	index := luavm.NewTable(0, len(Functions))
	for _, f := range Functions {
		if f.Method {
			index.SetString(f.Name, luavm.NewFunctionWith(f.Name, asMethod{}, f.call).Value())
		}
	}
	t := luavm.NewTable(0, 3)
	t.SetString("__index", index.Value())
	t.SetString("__tostring", luavm.NewFunction("__tostring", handleToString).Value())
	t.SetString("__metatable", luavm.Intern("micro_ts handle").Value())
	return t
}

// newHandle returns the value that a script holds of db.
func (m *Module) newHandle(db *store.DB) luavm.Value {
	m.track(db)
	return luavm.NewUserData(&handle{db: db, market: noMarket}, m.methods)
}

// closeHandle is both close and db_close.
func closeHandle(c *luavm.Call) {
	h := closeSig.handle(c)
	m := moduleOf(c)
	m.forget(h.db)
	err := h.db.Close()
	m.env.ParkIfClosed() // the script must not go on in a process that ends
	if err != nil {
		closeSig.raise(c, h, err)
	}
	c.Return()
}

func snapshot(c *luavm.Call) {
	h := snapshotSig.handle(c)
	db, err := h.db.Snapshot()
	if err != nil {
		snapshotSig.raise(c, h, err)
	}
	c.Return(moduleOf(c).newHandle(db))
}

func handleToString(c *luavm.Call) {
	text := "micro_ts handle"
	if h := handleOf(c.Arg(1)); h != nil {
		text = fmt.Sprintf("micro_ts handle (%s: %s)", h.state(), h.db.Path())
	}
	c.Return(luavm.NewString(text).Value())
}

// Database returns the database of a handle, or nil if v is no handle.
func Database(v luavm.Value) *store.DB {
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
