package luabind

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"microts/store"
)

func (e *storageEngine) put(c *call) (lua.LValue, error) {
	args, family, err := c.texts(3)
	if err != nil {
		return nil, err
	}
	return lua.LTrue, e.db.PutRaw(family, args[0], args[1])
}

func (e *storageEngine) get(c *call) (lua.LValue, error) {
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

func (e *storageEngine) delete(c *call) (lua.LValue, error) {
	args, family, err := c.texts(2)
	if err != nil {
		return nil, err
	}
	return lua.LTrue, e.db.DeleteRaw(family, args[0])
}

func (e *storageEngine) scanPrefix(c *call) (lua.LValue, error) {
	prefix, err := c.text(2)
	if err != nil {
		return nil, err
	}
	limit := int64(0) // no limit
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

func (e *storageEngine) writeBatch(c *call) (lua.LValue, error) {
	list, ok := c.Get(2).(*lua.LTable)
	if !ok {
		return nil, c.bad(2, "table of entries")
	}
	writes := make([]store.Write, list.Len())
	for i := range writes {
		if err := readWrite(list.RawGetInt(i+1), &writes[i]); err != nil {
			return nil, &argError{2, fmt.Errorf("entry %d: %w", i+1, err)}
		}
	}
	return lua.LNumber(len(writes)), e.db.WriteBatch(writes)
}

// readWrite reads an entry of write_batch into w: fields by name, or
// {op, key [, value [, cf]]}.
func readWrite(v lua.LValue, w *store.Write) error {
	entry, ok := v.(*lua.LTable)
	if !ok {
		return expected("table", v)
	}
	op := entry.RawGetString("op")
	byPlace := op == lua.LNil && entry.RawGetInt(1) != lua.LNil
	if byPlace {
		op = entry.RawGetInt(1)
	}
	switch op {
	case lua.LString("delete"):
		w.Delete = true
	case lua.LString("put"), lua.LNil:
	default:
		return badField("op", `"put" or "delete"`, op)
	}
	for i, f := range []struct {
		name     string
		to       *string
		optional bool
	}{
		{"key", &w.Key, false},
		{"value", &w.Value, w.Delete},
		{"cf", &w.Family, true},
	} {
		v := entry.RawGetString(f.name)
		if byPlace {
			v = entry.RawGetInt(i + 2)
		}
		if v == lua.LNil && f.optional {
			continue
		}
		if !lua.LVCanConvToString(v) {
			return badField(f.name, "string", v)
		}
		*f.to = lua.LVAsString(v)
	}
	return nil
}

func (e *storageEngine) createFamily(c *call) (lua.LValue, error) {
	name, err := c.text(2)
	if err != nil {
		return nil, err
	}
	return lua.LTrue, e.db.CreateFamily(name)
}

func (e *storageEngine) dropFamily(c *call) (lua.LValue, error) {
	name, err := c.text(2)
	if err != nil {
		return nil, err
	}
	return lua.LTrue, e.db.DropFamily(name)
}

func (e *storageEngine) families(c *call) (lua.LValue, error) {
	names, err := e.db.Families()
	t := c.CreateTable(len(names), 0)
	for _, name := range names {
		t.Append(lua.LString(name))
	}
	return t, err
}
