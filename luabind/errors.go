package luabind

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

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
func expected(want string, got lua.LValue) error { return &valueError{want, describeValue(got)} }

// badField returns the error of the field of an argument that is a table.
func badField(name, want string, got lua.LValue) error {
	return fmt.Errorf("%s: %w", name, expected(want, got))
}

// unknownField returns the error of a field that does not exist.
func unknownField(k lua.LValue, known []string) error {
	return fmt.Errorf("field %s is %w", describeValue(k), unknownName(k.String(), known...))
}

// badArg returns the error of argument i, which is not what the function wants.
func badArg(L *lua.LState, i int, want string) error {
	return &argError{i, &valueError{want, describe(L, i)}}
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
func (s *signature) throw(L *lua.LState, err error) {
	isMethod := L.Get(lua.UpvalueIndex(1)) == lua.LTrue // see handleMetatable
	L.RaiseError("%s", s.message(err, isMethod))
}

// bad throws the error of argument i, which is not what the function wants.
func (s *signature) bad(L *lua.LState, i int, want string) { s.throw(L, badArg(L, i, want)) }

// raise throws an error that store returned for the database of h.
func (s *signature) raise(L *lua.LState, h *handle, err error) {
	moduleOf(L).env.ParkIfClosed() // a script must not see the errors of a process that ends
	switch {
	case errors.Is(err, store.ErrClosed):
		err = fmt.Errorf("database %q is closed", h.db.Path())
	case errors.Is(err, store.ErrReadOnly):
		err = fmt.Errorf("database %q is open read-only", h.db.Path())
	}
	s.throw(L, err)
}

// describe describes argument i for an error: by its value if that is short, else
// by its type.
func describe(L *lua.LState, i int) string {
	if i > L.GetTop() {
		return "no value"
	}
	return describeValue(L.Get(i))
}

func describeValue(v lua.LValue) string {
	switch v := v.(type) {
	case lua.LNumber:
		if f := float64(v); f == math.Trunc(f) && math.Abs(f) < 1<<63 {
			return strconv.FormatInt(int64(f), 10)
		}
		return strings.ToLower(strconv.FormatFloat(float64(v), 'g', -1, 64))
	case lua.LString:
		if len(v) > 40 {
			return fmt.Sprintf("a string of %d bytes", len(v))
		}
		return strconv.Quote(string(v))
	case *lua.LUserData:
		if handleOf(v) != nil {
			return "database handle"
		}
	}
	return v.Type().String()
}
