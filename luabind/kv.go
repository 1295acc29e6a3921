package luabind

import (
	"fmt"
	"math"

	"microts/internal/luavm"
	"microts/store"
)

func (e *storageEngine) put(c call) (luavm.Value, error) {
	key, value, family, err := c.pair()
	if err != nil {
		return luavm.Nil, err
	}
	return luavm.True, e.db.PutRaw(family, key, value)
}

func (e *storageEngine) get(c call) (luavm.Value, error) {
	key, family, err := c.one()
	if err != nil {
		return luavm.Nil, err
	}
	value, ok, err := e.db.GetRaw(family, key)
	if !ok {
		return luavm.Nil, err
	}
	return textValue(c.Call, value), err
}

func (e *storageEngine) delete(c call) (luavm.Value, error) {
	key, family, err := c.one()
	if err != nil {
		return luavm.Nil, err
	}
	return luavm.True, e.db.DeleteRaw(family, key)
}

// pairShape is that of the rows of scan_prefix.
var pairShape = luavm.NewShape(0, 0, keysOf("key", "value")...)

func (e *storageEngine) scanPrefix(c call) (luavm.Value, error) {
	prefix, err := c.text(2)
	if err != nil {
		return luavm.Nil, err
	}
	limit := int64(0) // no limit
	if v := c.Arg(3); !v.IsNil() {
		var ok bool
		if limit, ok = integer(v, math.MaxInt32); !ok || limit == 0 {
			return luavm.Nil, c.bad(3, "integer number of keys from 1 on")
		}
	}
	family, err := c.family(4)
	if err != nil {
		return luavm.Nil, err
	}
	found, err := e.db.ScanPrefix(family, prefix, int(limit))
	memory := growing{c: c.Call}
	list := luavm.NewTable(len(found), 0)
	for _, kv := range found {
		row := pairShape.NewTable()
		row.SetField(0, luavm.Part(kv.Key))
		row.SetField(1, luavm.Part(kv.Value))
		list.Append(row.Value())
		memory.add(int(row.MemorySize()) + len(kv.Key) + len(kv.Value))
	}
	memory.end()
	return list.Value(), err
}

func (e *storageEngine) writeBatch(c call) (luavm.Value, error) {
	list, ok := c.Arg(2).AsTable()
	if !ok {
		return luavm.Nil, c.bad(2, "table of entries")
	}
	writes := make([]store.Write, list.Len())
	for i := range writes {
		if err := readWrite(list.GetInt(i+1), &writes[i]); err != nil {
			return luavm.Nil, &argError{2, fmt.Errorf("entry %d: %w", i+1, err)}
		}
	}
	return luavm.Int(len(writes)), e.db.WriteBatch(writes)
}

// The fields of an entry of write_batch.
var (
	opKey     = luavm.Intern("op")
	keyKey    = luavm.Intern("key")
	familyKey = luavm.Intern("cf")
)

// readWrite reads an entry of write_batch into w: fields by name, or
// {op, key [, value [, cf]]}.
func readWrite(v luavm.Value, w *store.Write) error {
	entry, ok := v.AsTable()
	if !ok {
		return expected("table", v)
	}
	op := entry.GetStr(opKey)
	byPlace := op.IsNil() && !entry.GetInt(1).IsNil()
	if byPlace {
		op = entry.GetInt(1)
	}
	switch {
	case isText(op, "delete"):
		w.Delete = true
	case isText(op, "put"), op.IsNil():
	default:
		return badField("op", `"put" or "delete"`, op)
	}
	for i, f := range [...]struct {
		key      *luavm.String
		to       *string
		optional bool
	}{
		{keyKey, &w.Key, false},
		{valueKey, &w.Value, w.Delete},
		{familyKey, &w.Family, true},
	} {
		v := entry.GetStr(f.key)
		if byPlace {
			v = entry.GetInt(i + 2)
		}
		if v.IsNil() && f.optional {
			continue
		}
		if *f.to, ok = textOf(v); !ok {
			return badField(f.key.String(), "string", v)
		}
	}
	return nil
}

func (e *storageEngine) createFamily(c call) (luavm.Value, error) {
	name, err := c.text(2)
	if err != nil {
		return luavm.Nil, err
	}
	return luavm.True, e.db.CreateFamily(name)
}

func (e *storageEngine) dropFamily(c call) (luavm.Value, error) {
	name, err := c.text(2)
	if err != nil {
		return luavm.Nil, err
	}
	return luavm.True, e.db.DropFamily(name)
}

func (e *storageEngine) families(call) (luavm.Value, error) {
	names, err := e.db.Families()
	list := luavm.NewTable(len(names), 0)
	for _, name := range names {
		list.Append(luavm.Part(name))
	}
	return list.Value(), err
}
