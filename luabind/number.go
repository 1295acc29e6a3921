package luabind

import (
	"strconv"

	"microts/internal/luavm"
)

// maxExact is the number up to which Lua's numbers hold every integer exactly.
const maxExact = 1 << 53

// integer returns v as an integer. ok is false unless v is a whole number from 0
// to most.
func integer(v luavm.Value, most int64) (n int64, ok bool) {
	f := v.Float()
	n = int64(f)
	return n, v.IsNumber() && float64(n) == f && uint64(n) <= uint64(most)
}

const wantUnsigned = "integer 0..2^53, or a decimal string up to 18446744073709551615,"

// unsigned returns v as a uint64: a whole number up to 2^53, or any uint64 as a
// decimal string. unsignedValue is its inverse.
func unsigned(v luavm.Value) (n uint64, ok bool) {
	if v.IsString() {
		n, err := strconv.ParseUint(v.Text(), 10, 64)
		return n, err == nil
	}
	i, ok := integer(v, maxExact)
	return uint64(i), ok
}

// readUnsigned reads v, the field name of a script's table, into n.
func readUnsigned(name string, v luavm.Value, n *uint64) (err error) {
	var ok bool
	if *n, ok = unsigned(v); !ok {
		err = badField(name, wantUnsigned, v)
	}
	return err
}

// unsignedValue returns n as a number up to 2^53, and as a decimal string above.
func unsignedValue(n uint64) luavm.Value {
	if n > maxExact {
		return luavm.NewString(strconv.FormatUint(n, 10)).Value()
	}
	return luavm.Int(int(n))
}
