package compat

import (
	"fmt"
	"math"

	"microts/internal/luavm"
)

// cjson is the configuration of one instance of the module. The options are those
// of lua-cjson 2.1.
type cjson struct {
	precision     int  // significant digits of numbers that are no integers
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

	*cjsonValues
	known jsonKeys
}

// mostNested is how deep tables, arrays and objects may nest whatever the options say:
// more would not fit on the stack.
const mostNested = 100_000

// cjsonValues are the values that all instances in a state share.
type cjsonValues struct {
	null       luavm.Value
	emptyArray luavm.Value
	arrayMT    *luavm.Table // metatable: a table with it becomes an array whatever it holds
	emptyMT    *luavm.Table // metatable: an empty table with it becomes an array
}

func newCJSONValues() *cjsonValues {
	constant := func(text string) luavm.Value {
		shown := luavm.Part(text)
		return luavm.NewUserData(nil, luavm.NewLibrary(map[string]luavm.Native{
			"__tostring": func(c *luavm.Call) { c.Return(shown) },
		}))
	}
	return &cjsonValues{
		null: constant("userdata: NULL"), emptyArray: constant("userdata: empty array"),
		arrayMT: luavm.NewTable(0, 0), emptyMT: luavm.NewTable(0, 0),
	}
}

func openCJSON(c *luavm.Call) { c.Return(sharedCJSON(c, false).Value()) }

func openSafeCJSON(c *luavm.Call) { c.Return(sharedCJSON(c, true).Value()) }

func sharedCJSON(c *luavm.Call, safe bool) *luavm.Table {
	state := c.Data().(*shared)
	if state.cjson == nil {
		state.cjson = newCJSONValues()
	}
	return newCJSON(state.cjson, safe)
}

// newCJSON makes an instance of the module with the configuration that lua-cjson
// begins with. If safe is true, encode and decode return nil and a message in the
// place of an error.
func newCJSON(values *cjsonValues, safe bool) *luavm.Table {
	j := &cjson{
		precision: 14, encodeInvalid: false, decodeInvalid: true,
		sparseRatio: 2, sparseSafe: 10, encodeDepth: 1000, decodeDepth: 1000,
		emptyAsObject: true, escapeSlash: true, keepBuffer: true,
		cjsonValues: values,
	}
	call := func(body func(c *luavm.Call) (luavm.Value, error)) luavm.Native {
		return func(c *luavm.Call) {
			if c.NumArgs() != 1 {
				c.ArgError(1, "expected 1 argument")
			}
			v, err := body(c)
			switch {
			case err == nil:
				c.Return(v)
			case safe:
				c.Return(luavm.Nil, luavm.Part(err.Error()))
			default:
				c.Errorf("%v", err)
			}
		}
	}
	boolean := func(to *bool) luavm.Native {
		return func(c *luavm.Call) {
			checkMost(c, 1)
			if !c.Arg(1).IsNil() {
				*to = onOff(c, 1)
			}
			c.Return(luavm.Bool(*to))
		}
	}
	limit := func(to *int, most int) luavm.Native {
		return func(c *luavm.Call) {
			checkMost(c, 1)
			if !c.Arg(1).IsNil() {
				n := c.Int(1)
				if n < 1 || n > most {
					c.ArgError(1, fmt.Sprintf("expected integer between 1 and %d", most))
				}
				*to = n
			}
			c.Return(luavm.Int(*to))
		}
	}
	t := luavm.NewLibrary(map[string]luavm.Native{
		"encode":                       call(j.encode),
		"new":                          func(c *luavm.Call) { c.Return(newCJSON(values, safe).Value()) },
		"encode_number_precision":      limit(&j.precision, 16),
		"encode_max_depth":             limit(&j.encodeDepth, math.MaxInt32),
		"decode_max_depth":             limit(&j.decodeDepth, math.MaxInt32),
		"encode_keep_buffer":           boolean(&j.keepBuffer),
		"decode_invalid_numbers":       boolean(&j.decodeInvalid),
		"encode_empty_table_as_object": boolean(&j.emptyAsObject),
		"encode_escape_forward_slash":  boolean(&j.escapeSlash),
		"decode_array_with_array_mt":   boolean(&j.markArrays),
		"encode_invalid_numbers":       j.setEncodeInvalid,
		"encode_sparse_array":          j.setSparse,
	})
	t.SetString("decode", luavm.NewFunctionWith("decode", &j.known, call(j.decode)).Value())
	t.SetString("null", values.null)
	t.SetString("empty_array", values.emptyArray)
	t.SetString("array_mt", values.arrayMT.Value())
	t.SetString("empty_array_mt", values.emptyMT.Value())
	t.SetString("_NAME", luavm.Part("cjson"))
	t.SetString("_VERSION", luavm.Part("2.1.0"))
	return t
}

// setEncodeInvalid is encode_invalid_numbers([boolean, "on", "off" or "null"]).
func (j *cjson) setEncodeInvalid(c *luavm.Call) {
	checkMost(c, 1)
	switch v := c.Arg(1); {
	case v.IsNil():
	case v.IsString() && v.Text() == "null":
		j.encodeInvalid = "null"
	default:
		j.encodeInvalid = onOff(c, 1)
	}
	if b, ok := j.encodeInvalid.(bool); ok {
		c.Return(luavm.Bool(b))
	} else {
		c.Return(luavm.Part("null"))
	}
}

// setSparse is encode_sparse_array([convert [, ratio [, safe]]]).
func (j *cjson) setSparse(c *luavm.Call) {
	checkMost(c, 3)
	if !c.Arg(1).IsNil() {
		j.sparseConvert = onOff(c, 1)
	}
	j.sparseRatio, j.sparseSafe = c.OptInt(2, j.sparseRatio), c.OptInt(3, j.sparseSafe)
	c.Return(luavm.Bool(j.sparseConvert), luavm.Int(j.sparseRatio), luavm.Int(j.sparseSafe))
}

// checkMost raises an error if there are more than n arguments.
func checkMost(c *luavm.Call, n int) {
	if c.NumArgs() > n {
		c.ArgError(n+1, "found too many arguments")
	}
}

// onOff returns argument i: a boolean, "on" or "off".
func onOff(c *luavm.Call, i int) bool {
	v := c.Arg(i)
	if v == luavm.True || v == luavm.False {
		return v.Truth()
	}
	option := c.String(i)
	if option != "on" && option != "off" {
		c.ArgError(i, "invalid option '"+option+"'")
	}
	return option == "on"
}
