package luabind

import (
	"errors"

	lua "github.com/yuin/gopher-lua"

	"microts/store"
)

// call is one call of a storage engine's method. Argument 1 is the storage engine.
type call struct {
	*lua.LState
	sig *signature
}

// engineArg is the name of the first argument of each method.
const engineArg = "engine"

// method returns the method of storage engines that calls body. The script gets
// true and the result of body, or false and its error as a text that begins with
// the script's file and line.
//
// If the database is not open, only init and shutdown call body; the others fail.
func method(name string, args []string, body func(*storageEngine, *call) (lua.LValue, error), returns, help string) Function {
	sig := newSignature(name, args...)
	needsOpen := name != "init" && name != "shutdown"
	return define(&sig, func(L *lua.LState) int {
		c := &call{L, &sig}
		e := engineOf(L.Get(1))
		if e == nil {
			L.RaiseError("'%s' must be called with a storage engine, as in engine:%s(...), got %s", name, name, describe(L, 1))
		}
		var result lua.LValue
		err := errNotOpen
		if e.db != nil || !needsOpen {
			result, err = body(e, c)
		}
		if err != nil {
			e.module.env.ParkIfClosed() // a script must not see the errors of a process that ends
			L.Push(lua.LFalse)
			L.Push(lua.LString(c.message(err)))
			return 2
		}
		L.Push(lua.LTrue)
		L.Push(result)
		return 2
	}, true, returns, help)
}

var errNotOpen = errors.New("the storage engine is not open: call engine:init() first")

// message returns the text of an error of the call, after the script's file and
// line.
func (c *call) message(err error) string {
	text := c.sig.message(err, true)
	if where := c.Where(1); where != "" {
		return where + " " + text
	}
	return text
}

// bad returns the error of argument i, which is not what the method wants.
func (c *call) bad(i int, want string) error { return badArg(c.LState, i, want) }

// text returns argument i, a string, or a number as a string.
func (c *call) text(i int) (string, error) { return textArg(c.LState, i) }

// texts returns arguments 2 to n, strings or numbers, and argument n+1, a column
// family.
func (c *call) texts(n int) (args []string, family string, err error) {
	for i := 2; i <= n; i++ {
		text, err := c.text(i)
		if err != nil {
			return nil, "", err
		}
		args = append(args, text)
	}
	family, err = c.family(n + 1)
	return args, family, err
}

// family returns argument i, a column family. It returns the default one if the
// argument is nil or absent.
func (c *call) family(i int) (string, error) {
	if c.Get(i) == lua.LNil {
		return store.DefaultFamily, nil
	}
	return c.text(i)
}
