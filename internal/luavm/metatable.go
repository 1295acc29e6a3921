package luavm

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// event names a field of a metatable: a metamethod or a setting.
type event uint8

const (
	eventIndex event = iota
	eventNewIndex
	eventCall
	eventEq
	eventLen
	eventLt
	eventLe
	eventConcat
	eventUnm
	eventAdd
	eventSub
	eventMul
	eventDiv
	eventMod
	eventPow
	eventMode // of these, absent of a Table has a bit
	eventToString
	eventMetatable
	eventName
	eventGC
	events
)

var eventNames = func() (all [events]*String) {
	for e, name := range [events]string{
		"index", "newindex", "call", "eq", "len", "lt", "le", "concat", "unm", "add", "sub", "mul", "div",
		"mod", "pow", "mode", "tostring", "metatable", "name", "gc",
	} {
		all[e] = Intern("__" + name)
	}
	return all
}()

// metamethod returns what a metatable, or nil, has for an event.
func metamethod(meta *lua.LTable, e event) Value {
	if meta == nil {
		return Nil
	}
	own, ok := asTable(meta)
	if !ok {
		return FromLValue(meta.RawGetString(eventNames[e].s))
	}
	if own.absent>>e&1 != 0 {
		return Nil
	}
	v := own.GetStr(eventNames[e])
	if v.isNil() && own.weak == nil {
		own.absent |= 1 << e // does nothing for events without a bit
	}
	return v
}

// SetMetatable sets the metatable of a Table, or of a table that gopher-lua or gopher-luar
// made; nil removes it.
func SetMetatable(t, metatable *lua.LTable) {
	switch own, ok := asTable(t); {
	case ok:
		own.setMetatable(metatable)
	case metatable == nil:
		t.Metatable = lua.LNil
	default:
		t.Metatable = metatable
	}
}

// setMetatable sets the metatable; nil removes it. A field __mode that meta has now makes the
// table weak; one that it gets later does nothing.
func (t *Table) setMetatable(meta *lua.LTable) {
	t.meta = meta
	mode := ""
	if v := metamethod(meta, eventMode); v.isString() {
		mode = v.text()
	}
	t.setWeak(strings.Contains(mode, "k"), strings.Contains(mode, "v"))
}
