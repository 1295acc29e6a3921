package host

import (
	"errors"

	"microts/internal/luavm"
)

// ScriptError is an error that ended a script, or kept it from being compiled.
type ScriptError struct {
	Message   string // with file and line, when Lua knows them
	Traceback string // "" when the script was not compiled

	// Incomplete says that the source ended too early: more source may make it right.
	Incomplete bool

	// Value is what the script passed to error.
	Value luavm.Value

	// Panic says that Go code panicked: a fault of microts.
	Panic bool

	// Cause is why the script was ended from outside: the cause of the context of
	// CallContext, or a *MemoryError. It is nil when the script ended on its own.
	Cause error
}

func (e *ScriptError) Error() string { return e.Message }

// scriptError makes a ScriptError of what Lua.Call returned.
func (s *State) scriptError(err error) *ScriptError {
	e := (*luavm.Error)(nil)
	if !errors.As(err, &e) {
		return &ScriptError{Message: err.Error()}
	}
	script := &ScriptError{Message: s.describeError(e), Traceback: e.Traceback, Value: e.Value}
	if p := (*luavm.PanicError)(nil); errors.As(err, &p) {
		script.Panic = true
		script.Traceback += "\n" + string(p.Stack)
	} else {
		script.Cause = e.Unwrap()
	}
	return script
}

// describeError returns the message of what ended a script.
func (s *State) describeError(e *luavm.Error) string {
	switch v := e.Value; {
	case v.IsString() || v.IsNumber():
	case v.IsNil():
		return "(error object is nil)"
	default:
		if text, err := s.ToString(v); err == nil && s.hasToString(v) {
			return text
		}
	}
	return e.Error()
}

// hasToString reports whether a value has its own way to be shown.
func (s *State) hasToString(v luavm.Value) bool {
	meta, ok := s.Lua.RawMetatable(v).AsTable()
	return ok && meta.GetString("__tostring").IsFunction()
}

// ToString returns what tostring of the script would. It may call the script's __tostring.
func (s *State) ToString(v luavm.Value) (string, error) {
	results, err := s.Lua.Call(s.toString.Value(), v)
	if err != nil {
		return "", s.scriptError(err)
	}
	return luavm.PlainString(results[0]), nil
}
