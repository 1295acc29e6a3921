package luafile

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
)

// signature is what messages say of a function. The arguments of a method count from
// the one after the file.
type signature struct {
	name   string
	method bool
}

// argError raises the error of argument i.
func (f signature) argError(L *lua.LState, i int, message string) {
	if f.method {
		i--
	}
	L.RaiseError("bad argument #%d to '%s' (%s)", i, f.name, message)
}

// typeError raises the error of argument i, which has another type than it should.
func (f signature) typeError(L *lua.LState, i int, want string) {
	got := "no value"
	if i <= L.GetTop() {
		got = L.Get(i).Type().String()
	}
	f.argError(L, i, fmt.Sprintf("%s expected, got %s", want, got))
}

// text returns argument i, which must be a string or a number.
func (f signature) text(L *lua.LState, i int) string {
	text, ok := convert.AsText(L.Get(i))
	if !ok {
		f.typeError(L, i, "string")
	}
	return text
}

// optText is text for an argument that may be missing or nil.
func (f signature) optText(L *lua.LState, i int, preset string) string {
	if L.Get(i) == lua.LNil {
		return preset
	}
	return f.text(L, i)
}

// number returns argument i, which must be a number, or text that is one.
func (f signature) number(L *lua.LState, i int) float64 {
	n, ok := convert.AsNumber(L.Get(i))
	if !ok {
		f.typeError(L, i, "number")
	}
	return n
}

// option returns the value of argument i, which must be a key of a table. preset is
// what a missing argument means; "" allows none to be missing.
func option[T any](L *lua.LState, f signature, i int, preset string, values map[string]T) T {
	text := f.optText(L, i, preset)
	if L.Get(i) == lua.LNil && preset == "" {
		f.typeError(L, i, "string")
	}
	v, ok := values[text]
	if !ok {
		f.argError(L, i, fmt.Sprintf("invalid option '%s'", text))
	}
	return v
}
