package host

import (
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// ScriptError is an error that ended a script, or kept it from being compiled.
type ScriptError struct {
	Message   string // with file and line, when Lua knows them
	Traceback string // "" when the script was not compiled

	// Incomplete says that the source ended too early: more source may make it right.
	Incomplete bool

	// Value is what the script passed to error, or nil.
	Value lua.LValue

	// Panic says that Go code panicked: a fault of microts.
	Panic bool

	// Cause is why the script was ended from outside: the cause of the context of
	// CallContext, or a *MemoryError. It is nil when the script ended on its own.
	Cause error
}

func (e *ScriptError) Error() string { return e.Message }

// scriptError makes a ScriptError of what PCall returned.
func scriptError(L *lua.LState, err error) *ScriptError {
	api := (*lua.ApiError)(nil)
	if !errors.As(err, &api) {
		return &ScriptError{Message: err.Error()}
	}
	e := &ScriptError{Message: describeError(L, api.Object), Traceback: api.StackTrace, Value: api.Object}
	switch {
	case strings.Contains(e.Message, "lua callstack overflow"):
		e.Message = "stack overflow"
	case api.Type == lua.ApiErrorPanic:
		e.Message = "internal error: " + e.Message
		e.Panic = true
	}
	return e
}

// describeError returns the message of a value that a script passed to error.
func describeError(L *lua.LState, object lua.LValue) string {
	switch object := object.(type) {
	case lua.LString:
		return string(object)
	case *lua.LNilType:
		return "(error object is nil)"
	}
	if fn := L.GetMetaField(object, "__tostring"); fn.Type() == lua.LTFunction {
		if err := L.CallByParam(lua.P{Fn: fn, NRet: 1, Protect: true}, object); err == nil {
			message := lua.LVAsString(L.Get(-1))
			L.Pop(1)
			return message
		}
	}
	return fmt.Sprintf("(error object is a %s value)", object.Type())
}
