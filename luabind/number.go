package luabind

import (
	"strconv"

	lua "github.com/yuin/gopher-lua"
)

// maxExact is the number up to which Lua's numbers hold every integer exactly.
const maxExact = 1 << 53

// integer returns v as an integer. ok is false unless v is a whole number from 0
// to most.
func integer(v lua.LValue, most int64) (n int64, ok bool) {
	f, ok := v.(lua.LNumber)
	if !ok || !(f >= 0 && f <= lua.LNumber(most)) || f != lua.LNumber(int64(f)) {
		return 0, false
	}
	return int64(f), true
}

const wantUnsigned = "integer 0..2^53, or a decimal string up to 18446744073709551615,"

// unsigned returns v as a uint64: a whole number up to 2^53, or any uint64 as a
// decimal string. unsignedValue is its inverse.
func unsigned(v lua.LValue) (n uint64, ok bool) {
	if s, ok := v.(lua.LString); ok {
		n, err := strconv.ParseUint(string(s), 10, 64)
		return n, err == nil
	}
	i, ok := integer(v, maxExact)
	return uint64(i), ok
}

// readUnsigned reads v, the field name of a script's table, into n.
func readUnsigned(name string, v lua.LValue, n *uint64) (err error) {
	var ok bool
	if *n, ok = unsigned(v); !ok {
		err = badField(name, wantUnsigned, v)
	}
	return err
}

// unsignedValue returns n as a number up to 2^53, and as a decimal string above.
func unsignedValue(n uint64) lua.LValue {
	if n > maxExact {
		return lua.LString(strconv.FormatUint(n, 10))
	}
	return lua.LNumber(n)
}
