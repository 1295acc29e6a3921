package luabind

import (
	"errors"

	"microts/internal/luavm"
	"microts/store"
)

// call is one call of a storage engine's method. Argument 1 is the storage engine.
type call struct {
	*luavm.Call
	sig *signature
}

// engineArg is the name of the first argument of each method.
const engineArg = "engine"

// method returns the method of storage engines that calls body. The script gets
// true and the result of body, or false and its error as methodOf gives it.
func method(name string, args []string, body func(*storageEngine, call) (luavm.Value, error), returns, help string) Function {
	return methodOf(name, args, func(e *storageEngine, c call) error {
		result, err := body(e, c)
		if err == nil {
			c.Return(luavm.True, result)
		}
		return err
	}, returns, help)
}

// methodOf returns the method of storage engines that calls body, which returns true and
// its results to the script. If body returns an error, the script gets false and a text
// that begins with the script's file and line.
//
// If the database is not open, only init and shutdown call body; the others fail.
func methodOf(name string, args []string, body func(*storageEngine, call) error, returns, help string) Function {
	sig := newSignature(name, args...)
	needsOpen := name != "init" && name != "shutdown"
	return define(&sig, func(c *luavm.Call) {
		e := engineOf(c.Arg(1))
		if e == nil {
			raiseText(c, "'"+name+"' must be called with a storage engine, as in engine:"+name+"(...), got "+describe(c, 1))
		}
		err := errNotOpen
		if e.db != nil || !needsOpen {
			err = body(e, call{c, &sig})
		}
		if err != nil {
			e.module.env.ParkIfClosed() // a script must not see the errors of a process that ends
			c.CheckStop()               // nor those that its end has caused
			c.Return(luavm.False, luavm.NewString(where(c)+sig.message(err, true)).Value())
		}
	}, true, returns, help)
}

var errNotOpen = errors.New("the storage engine is not open: call engine:init() first")

// bad returns the error of argument i, which is not what the method wants.
func (c call) bad(i int, want string) error { return badArg(c.Call, i, want) }

// text returns argument i, a string, or a number as a string.
func (c call) text(i int) (string, error) {
	text, ok := textOf(c.Arg(i))
	if !ok {
		return "", c.bad(i, "string")
	}
	return text, nil
}

// pair returns arguments 2 and 3, strings or numbers, and argument 4, a column family.
func (c call) pair() (first, second, family string, err error) {
	if first, err = c.text(2); err != nil {
		return
	}
	if second, err = c.text(3); err != nil {
		return
	}
	family, err = c.family(4)
	return
}

// one returns argument 2, a string or number, and argument 3, a column family.
func (c call) one() (text, family string, err error) {
	if text, err = c.text(2); err != nil {
		return
	}
	family, err = c.family(3)
	return
}

// family returns argument i, a column family. It returns the default one if the
// argument is nil or absent.
func (c call) family(i int) (string, error) {
	if c.Arg(i).IsNil() {
		return store.DefaultFamily, nil
	}
	return c.text(i)
}
