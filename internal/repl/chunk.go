package repl

import (
	"errors"
	"fmt"
	"strings"

	"microts/internal/luavm"
	"microts/internal/luavm/syntax"
)

// chunkOf returns the Lua chunk of a line, and why it cannot be parsed. The chunk of an
// expression returns its values.
func chunkOf(line, name string) (string, error) {
	text := strings.TrimPrefix(strings.TrimSpace(line), "=")
	expression := "return " + text
	_, wrong := syntax.Parse([]byte(expression), name)
	if wrong == nil {
		return expression, nil
	}
	_, err := syntax.Parse([]byte(text), name)
	if err != nil && incomplete(wrong) { // such as {1,
		return expression, wrong
	}
	return text, err
}

// incomplete says whether an error of the parser is that the source ended too early.
func incomplete(err error) bool {
	e := (*syntax.Error)(nil)
	return errors.As(err, &e) && e.Incomplete
}

// whole says whether a line can run, or fails whatever follows. If more lines
// may complete it, it is not whole.
func whole(line string) bool {
	if isCommand(strings.TrimSpace(line)) {
		return true
	}
	_, err := chunkOf(line, "stdin")
	return !incomplete(err)
}

// chunk runs a Lua chunk and shows what it returns.
func (r *REPL) chunk(text string) error {
	r.chunks = append(r.chunks, text)
	name := fmt.Sprintf("[%d]", len(r.chunks))
	code, _ := chunkOf(text, name) // LoadString returns the error
	chunk, err := r.State.LoadString(code, name)
	if err != nil {
		return err
	}
	results, err := r.call(chunk)
	r.noticeLocals(code, len(r.chunks))
	if err != nil {
		return err
	}
	r.noticeOpen()
	if len(results) == 0 {
		return nil
	}
	r.remember(results[0])
	return r.showValues(results, false)
}

// showValues shows the results of a chunk. Showing may run Lua, such as __tostring: it is
// called as Lua is, so that an error is reported and an interrupt ends it.
func (r *REPL) showValues(results []luavm.Value, all bool) error {
	_, err := r.call(luavm.NewFunction("show", func(c *luavm.Call) {
		for _, v := range results {
			r.showValue(c.Thread(), v, all)
		}
		c.Return()
	}).Value())
	return err
}

// call runs a function; an interrupt ends it.
func (r *REPL) call(fn luavm.Value, args ...string) ([]luavm.Value, error) {
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
func (r *REPL) remember(v luavm.Value) {
	if v.IsNil() {
		return
	}
	names := []string{"_", "_1", "_2"}
	r.results = append([]luavm.Value{v}, r.results...)
	r.results = r.results[:min(len(r.results), len(names))]
	for i, result := range r.results {
		r.L.Globals.SetString(names[i], result)
	}
}
