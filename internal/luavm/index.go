package luavm

// maxIndexChain is how many __index or __newindex an access follows.
const maxIndexChain = 100

// rawGet returns a value of a table of either kind.
func rawGet(t, key Value) Value {
	if t.isTable() {
		return t.table().Get(key)
	}
	return FromLValue(t.ltable().RawGet(key.LValue()))
}

// isAnyTable reports whether v is a table of either kind.
func (v Value) isAnyTable() bool { return v.n == tagTable || v.n == tagPlainTable }

// lookup follows __index from obj to the value of a key. If it meets a function, it
// returns that as h, with the object to call it with.
func (th *Thread) lookup(obj, key Value) (v, h Value) {
	for range maxIndexChain {
		var h Value
		if obj.isAnyTable() {
			if v := rawGet(obj, key); !v.isNil() {
				return v, Nil
			}
			if h = th.state.metamethod(obj, eventIndex); h.isNil() {
				return Nil, Nil
			}
		} else if h = th.state.metamethod(obj, eventIndex); h.isNil() {
			th.operandError("index", obj)
		}
		if h.isFunction() {
			th.self = obj
			return Nil, h
		}
		obj = h
	}
	th.Errorf("loop in gettable")
	return Nil, Nil
}

// index does R[A] = obj[key].
func (th *Thread) index(obj, key Value, a uint8) *Thread {
	if v, ok := element(obj, key); ok {
		th.stack[th.frame().base+int32(a)] = v
		return th
	}
	v, h := th.lookup(obj, key)
	if h.isNil() {
		th.stack[th.frame().base+int32(a)] = v
		return th
	}
	return th.callMeta(h, toInstr, th.self, key)
}

// setIndex does obj[key] = v.
func (th *Thread) setIndex(obj, key, v Value) *Thread {
	if setElement(obj, key, v) {
		return th
	}
	for range maxIndexChain {
		var h Value
		if obj.isAnyTable() {
			if h = th.state.metamethod(obj, eventNewIndex); h.isNil() || !rawGet(obj, key).isNil() {
				th.rawSet(obj, key, v)
				return th
			}
		} else if h = th.state.metamethod(obj, eventNewIndex); h.isNil() {
			th.operandError("index", obj)
		}
		if h.isFunction() {
			return th.callMeta(h, toInstr, obj, key, v)
		}
		obj = h
	}
	th.Errorf("loop in settable")
	return th
}

// rawSet sets a value of a table of either kind.
func (th *Thread) rawSet(t, key, v Value) {
	switch fault := keyFault(key); {
	case fault != "":
		th.Errorf("%s", fault)
	case t.isTable():
		own := t.table()
		before := cap(own.array)*valueSize + int(own.size)*nodeSize
		own.Set(key, v)
		if grown := cap(own.array)*valueSize + int(own.size)*nodeSize - before; grown > 0 {
			th.state.allocated(grown)
		}
	default:
		t.ltable().RawSet(key.LValue(), v.LValue())
	}
}

// keyFault says why a value cannot be the key of a new field, or returns "".
func keyFault(key Value) string {
	switch {
	case key.isNil():
		return "table index is nil"
	case key.isNumber() && key.float() != key.float():
		return "table index is NaN"
	}
	return ""
}
