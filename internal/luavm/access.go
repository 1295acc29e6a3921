package luavm

// The methods below give natives in other packages what a value holds.

// IsNil reports whether v is nil.
func (v Value) IsNil() bool { return v.isNil() }

// IsNumber reports whether v is a number.
func (v Value) IsNumber() bool { return v.isNumber() }

// IsString reports whether v is a string.
func (v Value) IsString() bool { return v.isString() }

// IsTable reports whether v is a table: of the engine, or a plain one.
func (v Value) IsTable() bool { return v.isAnyTable() }

// IsFunction reports whether v is a function.
func (v Value) IsFunction() bool { return v.isFunction() }

// Truth reports whether v is neither nil nor false.
func (v Value) Truth() bool { return v.truthy() }

// Float returns the number that v, which is a number, holds.
func (v Value) Float() float64 { return v.float() }

// Text returns the bytes of v, which is a string.
func (v Value) Text() string { return v.text() }

// AsTable returns v as a table of the engine if it is one.
func (v Value) AsTable() (t *Table, ok bool) {
	if v.isTable() {
		return v.table(), true
	}
	return nil, false
}

// TypeName returns the name of v's type, as type does.
func (v Value) TypeName() string { return typeName(v) }

// Equal compares without metamethods.
func (v Value) Equal(o Value) bool { return rawEqual(v, o) }

// RawGet returns the value of a key of v, which is a table, without metamethods.
func (v Value) RawGet(key Value) Value { return rawGet(v, key) }

// RawLen returns a border of v, which is a table, without metamethods.
func (v Value) RawLen() int {
	if v.isTable() {
		return v.table().Len()
	}
	return v.ltable().Len()
}

// Items returns the values of the keys 1 to n if they stand side by side, else nil. They
// are the table's own until it changes. The caller may change their order, and numbers to
// other numbers, but put no other values there.
func (t *Table) Items(n int) []Value {
	if n <= len(t.array) {
		return t.array[:n]
	}
	return nil
}

// RawNext returns the key after another one of v, which is a table, and its value. The key
// before the first and after the last is nil. ok is false if v does not have the key.
func (v Value) RawNext(key Value) (next, value Value, ok bool) {
	if v.isTable() {
		return v.table().Next(key)
	}
	k, val := v.ltable().Next(key.LValue())
	return FromLValue(k), FromLValue(val), true
}

// Clear removes all keys. The table keeps its memory.
func (t *Table) Clear() {
	clear(t.array)
	t.array = t.array[:0]
	t.border, t.absent = 0, 0
	if t.weak != nil {
		t.weak.inner.Clear()
		return
	}
	for i := range t.size {
		*t.node(i) = node{}
	}
	t.used, t.integers = 0, false
}

// PlainString returns a value as tostring shows it without metamethods.
func PlainString(v Value) string {
	if v.isString() {
		return v.text()
	}
	if v.isNumber() {
		return FormatNumber(v.float())
	}
	return plainString(v)
}

// MaxResults is how many values a native may return at most.
const MaxResults = maxUnpack
