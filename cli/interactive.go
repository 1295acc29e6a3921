package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/host"
)

// interact runs what comes from the standard input, chunk by chunk, as the lua
// command does: a chunk goes on over lines until it is whole, and the values of
// an expression are printed.
func (p *process) interact(state *host.State) error {
	in := bufio.NewReader(os.Stdin)
	for {
		chunk, err := p.readChunk(state, in)
		if errors.Is(err, io.EOF) {
			fmt.Fprintln(p.out)
			return nil
		}
		var results []lua.LValue
		if err == nil {
			results, err = state.Call(chunk)
		}
		if e := (*host.ScriptError)(nil); errors.As(err, &e) {
			p.report(e)
		} else if err != nil {
			return err
		}
		if len(results) > 0 {
			L := state.Lua
			if err := L.CallByParam(lua.P{Fn: L.GetGlobal("print"), Protect: true}, results...); err != nil {
				fmt.Fprintf(os.Stderr, "microts: error calling 'print' (%v)\n", err)
			}
		}
	}
}

// readChunk reads lines until they are a whole chunk or cannot become one.
func (p *process) readChunk(state *host.State, in *bufio.Reader) (*lua.LFunction, error) {
	var code strings.Builder
	for prompt := "> "; ; prompt = ">> " {
		fmt.Fprint(p.out, prompt)
		_ = p.out.Flush()
		line, err := in.ReadString('\n')
		if err != nil && line == "" {
			return nil, err
		}
		if expression, ok := strings.CutPrefix(line, "="); ok && code.Len() == 0 {
			line = "return " + expression
		}
		code.WriteString(line)
		if chunk, err := state.LoadString("return "+code.String(), "stdin"); err == nil {
			return chunk, nil
		}
		chunk, err := state.LoadString(code.String(), "stdin")
		if e := (*host.ScriptError)(nil); errors.As(err, &e) && e.Incomplete {
			continue
		}
		return chunk, err
	}
}
