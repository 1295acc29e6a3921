package repl

import (
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/host"
)

// compile compiles a Lua chunk. An expression is compiled so that it returns its
// values.
func (r *REPL) compile(text, name string) (*lua.LFunction, error) {
	text = strings.TrimPrefix(strings.TrimSpace(text), "=")
	if chunk, err := r.State.LoadString("return "+text, name); err == nil {
		return chunk, nil
	}
	return r.State.LoadString(text, name)
}

// whole says whether a line can run, or fails whatever follows. If more lines
// may complete it, it is not whole.
func (r *REPL) whole(line string) bool {
	if isCommand(strings.TrimSpace(line)) {
		return true
	}
	_, err := r.compile(line, "stdin")
	e := (*host.ScriptError)(nil)
	return !errors.As(err, &e) || !e.Incomplete
}

// chunk runs a Lua chunk and shows what it returns.
func (r *REPL) chunk(text string) error {
	r.chunks = append(r.chunks, text)
	chunk, err := r.compile(text, fmt.Sprintf("[%d]", len(r.chunks)))
	if err != nil {
		return err
	}
	results, err := r.call(chunk)
	if err != nil {
		return err
	}
	r.noticeOpen()
	if len(results) == 0 {
		return nil
	}
	r.remember(results[0])
	// Showing may run Lua, such as __tostring: it is called as Lua is, so that an error
	// is reported and an interrupt ends it.
	_, err = r.call(r.L.NewFunction(func(*lua.LState) int {
		for _, v := range results {
			r.showValue(v, false)
		}
		return 0
	}))
	return err
}

// call runs a function; an interrupt ends it.
func (r *REPL) call(fn *lua.LFunction, args ...string) ([]lua.LValue, error) {
	results, err := r.State.CallContext(r.context(), fn, args...)
	_ = r.Out.Flush()
	return results, err
}

// eval runs Lua of the console's own.
func (r *REPL) eval(code string, args ...string) error {
	chunk, err := r.State.LoadString(code, "repl")
	if err == nil {
		_, err = r.call(chunk, args...)
	}
	return err
}

// remember keeps the last three results in the globals _, _1 and _2. nil is not
// kept.
func (r *REPL) remember(v lua.LValue) {
	if v == lua.LNil {
		return
	}
	names := []string{"_", "_1", "_2"}
	r.results = append([]lua.LValue{v}, r.results...)
	r.results = r.results[:min(len(r.results), len(names))]
	for i, result := range r.results {
		r.L.SetGlobal(names[i], result)
	}
}
