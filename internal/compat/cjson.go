package compat

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
)

// cjson is the configuration of one instance of the module. The options are those
// of lua-cjson 2.1.
type cjson struct {
	precision     int  // significant digits of numbers
	encodeInvalid any  // NaN and infinities: true encodes them, false is an error, "null" encodes null
	decodeInvalid bool // decode reads NaN, infinities and hexadecimal numbers
	sparseConvert bool // an array with too many gaps becomes an object
	sparseRatio   int  // too many gaps: the largest index is above sparseRatio times the items; 0 allows any
	sparseSafe    int  // and it is above sparseSafe
	encodeDepth   int  // how deep tables may nest
	decodeDepth   int  // how deep arrays and objects may nest
	emptyAsObject bool // an empty table becomes {}
	escapeSlash   bool // "/" becomes "\/"
	keepBuffer    bool // does nothing
	markArrays    bool // decode gives arrays the metatable arrayMT

	cjsonValues
}

// mostNested is how deep tables, arrays and objects may nest whatever the options say:
// more would not fit on the stack.
const mostNested = 100_000

// cjsonValues are the values that all instances in a state share.
type cjsonValues struct {
	null       *lua.LUserData
	emptyArray *lua.LUserData
	arrayMT    *lua.LTable // metatable: a table with it becomes an array whatever it holds
	emptyMT    *lua.LTable // metatable: an empty table with it becomes an array
}

const cjsonRegistry = "microts.cjson"

// cjsonValuesOf returns the shared values of a state. It makes them at the first
// call.
func cjsonValuesOf(L *lua.LState) *cjsonValues {
	registry := L.Get(lua.RegistryIndex).(*lua.LTable)
	if ud, ok := registry.RawGetString(cjsonRegistry).(*lua.LUserData); ok {
		return ud.Value.(*cjsonValues)
	}
	constant := func(name string) *lua.LUserData {
		ud := L.NewUserData()
		meta := L.NewTable()
		meta.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
			L.Push(lua.LString(name))
			return 1
		}))
		ud.Metatable = meta
		return ud
	}
	c := &cjsonValues{
		null: constant("userdata: NULL"), emptyArray: constant("userdata: empty array"),
		arrayMT: L.NewTable(), emptyMT: L.NewTable(),
	}
	ud := L.NewUserData()
	ud.Value = c
	registry.RawSetString(cjsonRegistry, ud)
	return c
}

func openCJSON(L *lua.LState) int {
	L.Push(newCJSON(L, false))
	return 1
}

func openSafeCJSON(L *lua.LState) int {
	L.Push(newCJSON(L, true))
	return 1
}

// newCJSON makes an instance of the module with the configuration that lua-cjson
// begins with. If safe is true, encode and decode return nil and a message in the
// place of an error.
func newCJSON(L *lua.LState, safe bool) *lua.LTable {
	c := &cjson{
		precision: 14, encodeInvalid: false, decodeInvalid: true,
		sparseRatio: 2, sparseSafe: 10, encodeDepth: 1000, decodeDepth: 1000,
		emptyAsObject: true, escapeSlash: true, keepBuffer: true,
		cjsonValues: *cjsonValuesOf(L),
	}
	call := func(body func(L *lua.LState) (lua.LValue, error)) lua.LGFunction {
		return func(L *lua.LState) int {
			v, err := body(L)
			if err == nil {
				L.Push(v)
				return 1
			}
			if safe {
				L.Push(lua.LNil)
				L.Push(lua.LString(err.Error()))
				return 2
			}
			L.RaiseError("%v", err)
			return 0
		}
	}
	boolean := func(to *bool) lua.LGFunction {
		return func(L *lua.LState) int {
			if L.Get(1) != lua.LNil {
				*to = onOff(L, 1)
			}
			L.Push(lua.LBool(*to))
			return 1
		}
	}
	limit := func(to *int, least, most int) lua.LGFunction {
		return func(L *lua.LState) int {
			if L.Get(1) != lua.LNil {
				n := int(convert.Number(L, 1))
				if n < least || n > most {
					L.ArgError(1, fmt.Sprintf("expected integer between %d and %d", least, most))
				}
				*to = n
			}
			L.Push(lua.LNumber(*to))
			return 1
		}
	}
	t := functions(L, map[string]lua.LGFunction{
		"encode": call(func(L *lua.LState) (lua.LValue, error) {
			checkOneArgument(L)
			return c.encode(L, L.Get(1))
		}),
		"decode": call(func(L *lua.LState) (lua.LValue, error) {
			checkOneArgument(L)
			return c.decode(L, convert.Text(L, 1))
		}),
		"new": func(L *lua.LState) int {
			L.Push(newCJSON(L, safe))
			return 1
		},
		"encode_number_precision":      limit(&c.precision, 1, 16),
		"encode_max_depth":             limit(&c.encodeDepth, 1, math.MaxInt32),
		"decode_max_depth":             limit(&c.decodeDepth, 1, math.MaxInt32),
		"encode_keep_buffer":           boolean(&c.keepBuffer),
		"decode_invalid_numbers":       boolean(&c.decodeInvalid),
		"encode_empty_table_as_object": boolean(&c.emptyAsObject),
		"encode_escape_forward_slash":  boolean(&c.escapeSlash),
		"decode_array_with_array_mt":   boolean(&c.markArrays),
		"encode_invalid_numbers": func(L *lua.LState) int {
			switch L.Get(1) {
			case lua.LNil:
			case lua.LString("null"):
				c.encodeInvalid = "null"
			default:
				c.encodeInvalid = onOff(L, 1)
			}
			if b, ok := c.encodeInvalid.(bool); ok {
				L.Push(lua.LBool(b))
			} else {
				L.Push(lua.LString("null"))
			}
			return 1
		},
		"encode_sparse_array": func(L *lua.LState) int {
			if L.Get(1) != lua.LNil {
				c.sparseConvert = onOff(L, 1)
			}
			c.sparseRatio, c.sparseSafe = int(convert.OptNumber(L, 2, float64(c.sparseRatio))), int(convert.OptNumber(L, 3, float64(c.sparseSafe)))
			L.Push(lua.LBool(c.sparseConvert))
			L.Push(lua.LNumber(c.sparseRatio))
			L.Push(lua.LNumber(c.sparseSafe))
			return 3
		},
	})
	t.RawSetString("null", c.null)
	t.RawSetString("empty_array", c.emptyArray)
	t.RawSetString("array_mt", c.arrayMT)
	t.RawSetString("empty_array_mt", c.emptyMT)
	t.RawSetString("_NAME", lua.LString("cjson"))
	t.RawSetString("_VERSION", lua.LString("2.1.0"))
	return t
}

func checkOneArgument(L *lua.LState) {
	if L.GetTop() != 1 {
		L.ArgError(1, "expected 1 argument")
	}
}

// onOff returns argument i: a boolean, "on" or "off".
func onOff(L *lua.LState, i int) bool {
	switch L.Get(i) {
	case lua.LString("on"):
		return true
	case lua.LString("off"):
		return false
	}
	return L.CheckBool(i)
}
