package luavm

import (
	"fmt"
	"math"

	"microts/internal/luavm/syntax"
)

// Call is a call of a Native. It is valid until the Native returns.
//
// A Native looks like this:
//
//	func sub(c *luavm.Call) {
//		s, i := c.String(1), c.Int(2)
//		j := c.OptInt(3, -1)
//		c.Return(luavm.NewString(part(s, i, j)).Value())
//	}
//
// Arguments are numbered from 1. The methods that return an argument as a Go value raise
// LuaJIT's error if it has another type: "bad argument #1 to 'sub' (string expected, got
// nil)". Return comes last: results take the places of arguments.
type Call struct {
	th      *Thread
	base    int // the slot of the first argument
	args    int
	results int // they begin at base-1
}

// State returns the state.
func (c *Call) State() *State { return c.th.state }

// Thread returns the thread that calls.
func (c *Call) Thread() *Thread { return c.th }

// NumArgs returns the number of arguments.
func (c *Call) NumArgs() int { return c.args }

// Arg returns an argument: nil if there is none.
func (c *Call) Arg(i int) Value {
	if uint(i-1) < uint(c.args) {
		return c.th.stack[c.base+i-1]
	}
	return Nil
}

// Args returns the arguments from number i on. They are valid until the next call,
// Return or error.
func (c *Call) Args(i int) []Value {
	return c.th.stack[c.base+min(i-1, c.args) : c.base+c.args]
}

// Return gives the results. It counts short strings among them as allocated; a native
// counts larger values with Room.
func (c *Call) Return(results ...Value) {
	if c.results = len(results); c.results > spare {
		c.th.need(c.base + c.results + spare)
	}
	const short = 256
	to := c.th.stack[c.base-1:][:len(results)]
	for i := range results { // one by one: there are few
		v := results[i]
		to[i] = v
		if v.isString() {
			c.th.state.allocated(stringSize + min(len(v.text()), short))
		}
	}
}

// ReturnArgs gives the arguments from number i on as the results.
func (c *Call) ReturnArgs(i int) {
	args := c.Args(i)
	copy(c.th.stack[c.base-1:], args)
	c.results = len(args)
}

// Call calls a value and returns its results, which are valid until the next call,
// Return or error. A coroutine cannot yield across the call.
func (c *Call) Call(f Value, args ...Value) []Value {
	from, n := c.th.callValue(f, args)
	return c.th.stack[from : from+n]
}

// Call1 calls a value and returns its first result.
func (c *Call) Call1(f Value, args ...Value) Value {
	from, n := c.th.callValue(f, args)
	if n == 0 {
		return Nil
	}
	return c.th.stack[from]
}

// Errorf raises an error with the position of the Lua function that called.
func (c *Call) Errorf(format string, args ...any) { c.th.Errorf(format, args...) }

// Raise raises any value as an error.
func (c *Call) Raise(v Value) { c.th.Raise(v) }

// ArgError raises an error that names an argument: "bad argument #1 to 'sub' (message)".
func (c *Call) ArgError(i int, message string) { c.th.argError(i, message) }

// TypeError raises the error that an argument has not the type wanted.
func (c *Call) TypeError(i int, wanted string) { c.th.argTypeError(i, c.args, wanted) }

// CheckAny raises an error if there is no argument i.
func (c *Call) CheckAny(i int) Value {
	if i > c.args {
		c.ArgError(i, "value expected")
	}
	return c.Arg(i)
}

// Number returns an argument as a number; a string that is one counts.
func (c *Call) Number(i int) float64 {
	v := c.Arg(i)
	if v.isNumber() {
		return v.float()
	}
	f, ok := toNumber(v)
	if !ok {
		c.TypeError(i, "number")
	}
	return f
}

// OptNumber is Number with a default for no argument and nil.
func (c *Call) OptNumber(i int, otherwise float64) float64 {
	if c.Arg(i).isNil() {
		return otherwise
	}
	return c.Number(i)
}

// Int returns an argument as an integer of 32 bits, rounded towards 0. NaN and a number
// out of range become the least one, as in LuaJIT.
func (c *Call) Int(i int) int { return toInt(c.Number(i)) }

// OptInt is Int with a default for no argument and nil.
func (c *Call) OptInt(i, otherwise int) int {
	if c.Arg(i).isNil() {
		return otherwise
	}
	return c.Int(i)
}

func toInt(f float64) int {
	if f > math.MinInt32-1 && f < math.MaxInt32+1 {
		return int(f)
	}
	return math.MinInt32
}

// String returns an argument as a string; a number counts.
func (c *Call) String(i int) string {
	v := c.Arg(i)
	if v.isString() {
		return v.text()
	}
	if !v.isNumber() {
		c.TypeError(i, "string")
	}
	return FormatNumber(v.float())
}

// OptString is String with a default for no argument and nil.
func (c *Call) OptString(i int, otherwise string) string {
	if c.Arg(i).isNil() {
		return otherwise
	}
	return c.String(i)
}

// Table returns an argument as a table of the engine.
func (c *Call) Table(i int) *Table {
	v := c.Arg(i)
	if !v.isTable() {
		c.TypeError(i, "table")
	}
	return v.table()
}

// Function returns an argument that is a function.
func (c *Call) Function(i int) Value {
	v := c.Arg(i)
	if !v.isFunction() {
		c.TypeError(i, "function")
	}
	return v
}

// Truth returns whether an argument counts as true.
func (c *Call) Truth(i int) bool { return c.Arg(i).truthy() }

// argError raises an error of argument i of the native function that runs.
func (th *Thread) argError(i int, message string) {
	kind, name := th.functionName(th.depth)
	if kind == "method" {
		if i--; i == 0 {
			th.Errorf("calling '%s' on bad self (%s)", name, message)
		}
	}
	if kind == "" {
		name = "?"
	}
	th.Errorf("bad argument #%d to '%s' (%s)", i, name, message)
}

// argTypeError raises the error that argument i, of n, has not the type wanted.
func (th *Thread) argTypeError(i, n int, wanted string) {
	got := "no value"
	if i <= n {
		got = typeName(th.stack[int(th.frame().base)+i-1])
	}
	th.argError(i, fmt.Sprintf("%s expected, got %s", wanted, got))
}

// ToString returns what tostring does: a string, or whatever __tostring returned.
func (th *Thread) ToString(v Value) Value {
	switch {
	case v.isString():
		return v
	case v.isNumber():
		return numberString(v.float())
	}
	if h := th.state.metamethod(v, eventToString); !h.isNil() {
		from, n := th.callValue(h, []Value{v})
		if n == 0 {
			return Nil
		}
		return th.stack[from]
	}
	return NewString(plainString(v)).Value()
}

// plainString returns a value as tostring shows it without metamethods.
func plainString(v Value) string {
	switch v.Type() {
	case 0:
		return "nil"
	case 1:
		return map[bool]string{true: "true", false: "false"}[v.truthy()]
	}
	if v.n == tagNative {
		return fmt.Sprintf("function: builtin#%d", uintptr(v.p))
	}
	return fmt.Sprintf("%s: %p", typeName(v), v.p)
}

// ToNumber returns a number, or a string that is one, as a number.
func ToNumber(v Value) (float64, bool) { return toNumber(v) }

// ParseNumber returns the number that a string is to Lua.
func ParseNumber(s string) (float64, bool) { return syntax.ParseNumber(s) }
