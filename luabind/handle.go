package luabind

import (
	"fmt"

	"microts/internal/luavm"
	"microts/internal/source"
	"microts/internal/tick"
	"microts/store"
)

// handle is what a script holds of a database, as the value of a userdata. Only
// the goroutine that runs the Lua state may use it.
type handle struct {
	source *source.Source
	db     *store.DB // that of source, to write to; or nil

	// The instrument of the last call, and the arguments that it was made of: the
	// next call is mostly for the same one. After a read of a long code, market is
	// noMarket.
	market, code luavm.Value
	instrument   tick.Instrument
	name         tick.Name                     // the last one with a long code
	defined      map[tick.Name]tick.Instrument // of names with long codes that were written

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

const (
	wantPath   = "path of a folder"
	wantSource = wantPath + " or URL of an archive"
)

// open is both open and db_open.
func open(c *luavm.Call) {
	s := &openSig
	path := s.str(c, 1)
	if path == "" {
		s.bad(c, 1, wantSource)
	}
	var o source.Options
	s.eachOption(c, 2, func(name string, value luavm.Value) error { return setOpenOption(c, &o, name, value) })
	m := moduleOf(c)
	opened, err := m.opener(c.State().Context(), path, &o)
	if err != nil {
		Raise(c, err)
	}
	c.Return(m.newHandle(opened))
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

// newHandle returns the value that a script holds of a Source.
func (m *Module) newHandle(s *source.Source) luavm.Value {
	m.track(s)
	return luavm.NewUserData(&handle{source: s, db: s.DB(), market: noMarket}, m.methods)
}

// closeHandle is both close and db_close.
func closeHandle(c *luavm.Call) {
	h := closeSig.handle(c)
	m := moduleOf(c)
	m.forget(h.source)
	err := h.source.Close()
	m.env.ParkIfClosed() // the script must not go on in a process that ends
	if err != nil {
		closeSig.raise(c, h, err)
	}
	c.Return()
}

func snapshot(c *luavm.Call) {
	h := snapshotSig.handle(c)
	snap, err := h.source.Snapshot(c.State().Context())
	if err != nil {
		snapshotSig.raise(c, h, err)
	}
	c.Return(moduleOf(c).newHandle(snap))
}

func handleToString(c *luavm.Call) {
	text := "micro_ts handle"
	if h := handleOf(c.Arg(1)); h != nil {
		text = fmt.Sprintf("micro_ts handle (%s: %s)", h.source.State(), h.source.Path())
	}
	c.Return(luavm.NewString(text).Value())
}

// Source returns what a handle reads, or nil if v is no handle.
func Source(v luavm.Value) *source.Source {
	if h := handleOf(v); h != nil {
		return h.source
	}
	return nil
}

// database returns the database of a handle, for what only a database can do. It throws if
// there is none.
func (s *signature) database(c *luavm.Call, h *handle) *store.DB {
	if h.db == nil {
		s.noDatabase(c, h)
	}
	return h.db
}

func (s *signature) noDatabase(c *luavm.Call, h *handle) {
	_, err := h.source.Database()
	s.raise(c, h, err)
}
