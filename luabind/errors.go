package luabind

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"microts/internal/frame"
	"microts/internal/luavm"
	"microts/internal/source"
	"microts/internal/tick"
	"microts/store"
)

// argError is the error of one argument of a call. signature.message makes the
// text that the script sees.
type argError struct {
	index int // from 1; the handle or the storage engine of a method counts
	err   error
}

func (e *argError) Error() string { return fmt.Sprintf("argument %d: %v", e.index, e.err) }

// valueError says that a value is not the one that was expected.
type valueError struct{ want, got string }

func (e *valueError) Error() string { return e.want + " expected, got " + e.got }

// expected returns the error of a value that is not what the function wants.
func expected(want string, got luavm.Value) error { return &valueError{want, describeValue(got)} }

// badField returns the error of the field of an argument that is a table.
func badField(name, want string, got luavm.Value) error {
	return fmt.Errorf("%s: %w", name, expected(want, got))
}

// unknownField returns the error of a field that does not exist.
func unknownField(k luavm.Value, known []string) error {
	return fmt.Errorf("field %s is %w", describeValue(k), unknownName(luavm.PlainString(k), known...))
}

// badArg returns the error of argument i, which is not what the function wants.
func badArg(c *luavm.Call, i int, want string) error {
	return &argError{i, &valueError{want, describe(c, i)}}
}

// message returns the text of the error of a call:
//
//	bad argument #1 to 'get' (key: 1 to 256 bytes expected, got 0)
//	calling 'put' on bad self (db: database handle expected, got "S")
//	put_many: row 1: value: at most 65536 bytes expected, got 65537
//
// A method does not count its handle or storage engine as an argument.
func (s *signature) message(err error, isMethod bool) string {
	a := s.argErrorOf(err)
	if a == nil {
		return fmt.Sprintf("%s: %v", s.name, err)
	}
	number := a.index
	if isMethod {
		number--
	}
	if number == 0 {
		return fmt.Sprintf("calling '%s' on bad self (%s: %v)", s.name, s.arg(a.index), a.err)
	}
	return fmt.Sprintf("bad argument #%d to '%s' (%s: %v)", number, s.name, s.arg(a.index), a.err)
}

// argErrorOf returns err as the error of an argument: it is one already, or it is
// a *tick.RangeError that names an argument. Otherwise it returns nil.
func (s *signature) argErrorOf(err error) *argError {
	if a := (*argError)(nil); errors.As(err, &a) {
		return a
	}
	if r := (*tick.RangeError)(nil); errors.As(err, &r) {
		for i := range s.args {
			if s.arg(i+1) == r.Name {
				return &argError{i + 1, &valueError{r.Want, r.Got}}
			}
		}
	}
	return nil
}

// throw raises err as a Lua error, which begins with the script's file and line.
func (s *signature) throw(c *luavm.Call, err error) {
	_, isMethod := c.Data().(asMethod)
	raiseText(c, s.message(err, isMethod))
}

// bad throws the error of argument i, which is not what the function wants.
func (s *signature) bad(c *luavm.Call, i int, want string) { s.throw(c, badArg(c, i, want)) }

// raise throws an error that the source of h returned. If the script was
// stopped, which ends long operations, it ends with the cause of that.
func (s *signature) raise(c *luavm.Call, h *handle, err error) {
	moduleOf(c).env.ParkIfClosed() // a script must not see the errors of a process that ends
	c.CheckStop()
	switch {
	case errors.Is(err, store.ErrClosed), source.IsClosed(err), h.source.Closed():
		err = fmt.Errorf("%s %q is closed", h.source.Kind(), h.source.Path())
	case errors.Is(err, store.ErrReadOnly):
		err = fmt.Errorf("database %q is open read-only", h.source.Path())
	}
	_, isMethod := c.Data().(asMethod)
	raiseFrom(c, err, s.message(err, isMethod))
}

// Raise throws an error of a Source that a function of Go has for a script: see raiseFrom.
// If the process ends, it does not return.
func Raise(c *luavm.Call, err error) {
	moduleOf(c).env.ParkIfClosed() // a script must not see the errors of a process that ends
	c.CheckStop()
	raiseFrom(c, err, err.Error())
}

// raiseFrom throws the text of an error, which begins with the script's file and line. If
// what failed may succeed later, it throws a table with the fields retryable and message,
// which says so to batch, and which tostring and .. show as the text.
func raiseFrom(c *luavm.Call, err error, text string) {
	if !source.IsRetryable(err) {
		raiseText(c, text)
	}
	message := luavm.NewString(where(c) + text).Value()
	t := luavm.NewTable(0, 2)
	t.SetString("retryable", luavm.True)
	t.SetString("message", message)
	t.SetMetaTable(luavm.NewLibrary(map[string]luavm.Native{
		"__tostring": func(c *luavm.Call) { c.Return(message) },
		"__concat": func(c *luavm.Call) {
			c.Return(luavm.NewString(c.Thread().ToString(c.Arg(1)).Text() + c.Thread().ToString(c.Arg(2)).Text()).Value())
		},
	}))
	c.Raise(t.Value())
}

// raiseText throws a text, which begins with the script's file and line.
func raiseText(c *luavm.Call, text string) {
	c.Raise(luavm.NewString(where(c) + text).Value())
}

// where returns the position of the script's function that called, such as "x.lua:3: ".
// If functions of Go such as pcall stand between, it is that of the nearest one before
// them.
func where(c *luavm.Call) string {
	const farthest = 8
	for level := 1; level <= farthest; level++ {
		if position := c.Thread().Where(level); position != "" {
			return position
		}
	}
	return ""
}

// describe describes argument i for an error: by its value if that is short, else
// by its type.
func describe(c *luavm.Call, i int) string {
	if i > c.NumArgs() {
		return "no value"
	}
	return describeValue(c.Arg(i))
}

func describeValue(v luavm.Value) string {
	switch {
	case v.IsNumber():
		f := v.Float()
		if f == math.Trunc(f) && math.Abs(f) < 1<<63 {
			return strconv.FormatInt(int64(f), 10)
		}
		return frame.FormatFloat(f, 'g', -1)
	case v.IsString():
		if len(v.Text()) > 40 {
			return fmt.Sprintf("a string of %d bytes", len(v.Text()))
		}
		return strconv.Quote(v.Text())
	}
	return TypeName(v)
}

// TypeName returns what errors call a value that is no number and no string: the type of
// Lua, or for a userdata of this package what it is.
func TypeName(v luavm.Value) string {
	switch v.Data().(type) {
	case *frameValue:
		return "frame"
	case *groupsValue:
		return "groups"
	case *seriesValue:
		return "series"
	case *rollValue:
		return "roll"
	case *ewmValue:
		return "ewm"
	case *operatorValue:
		return "operator of ta"
	}
	switch {
	case handleOf(v) != nil:
		return "database handle"
	case Calendar(v) != nil:
		return "calendar"
	}
	return v.TypeName()
}
