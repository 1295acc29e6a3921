package luavm

// The operators of Lua for natives. Their metamethods run inside the native: a coroutine
// cannot yield across them.

// Index returns obj[key].
func (c *Call) Index(obj, key Value) Value {
	if obj.isTable() {
		if v := obj.table().Get(key); !v.isNil() {
			return v
		}
	}
	v, h := c.th.lookup(obj, key)
	if h.isNil() {
		return v
	}
	return c.Call1(h, c.th.self, key)
}

// RawSet sets the value of a key of a table without metamethods.
func (c *Call) RawSet(t, key, v Value) { c.th.rawSet(t, key, v) }

// Less returns a < b.
func (c *Call) Less(a, b Value) bool {
	switch {
	case a.isNumber() && b.isNumber():
		return a.float() < b.float()
	case a.isString() && b.isString():
		return a.text() < b.text()
	}
	h := c.th.comparisonMetamethod(a, b, eventLt)
	if h.isNil() {
		c.th.compareError(a, b)
	}
	return c.Call1(h, a, b).truthy()
}
