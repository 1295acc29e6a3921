package luavm

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"microts/internal/luavm/code"
	"microts/internal/luavm/syntax"
)

// TestFile runs the Lua file MICROTS_FILE, with MICROTS_LIST after a listing of its code.
func TestFile(t *testing.T) {
	path := os.Getenv("MICROTS_FILE")
	if path == "" {
		t.Skip("MICROTS_FILE is not set")
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("MICROTS_LIST") != "" {
		fmt.Println(list(source))
	}
	s := NewState()
	OpenBase(s, os.Stdout)
	openTestLibraries(s, os.Stdout)
	f, err := s.Load(source, "@"+path, s.Globals)
	if err == nil {
		_, err = s.Call(f.Value())
	}
	if err != nil {
		t.Error(err)
	}
}

func list(src []byte) string {
	tree, err := syntax.Parse(src, "x")
	if err != nil {
		return err.Error()
	}
	p, err := code.Compile(tree, code.FileName("x"))
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	var add func(p *code.Proto)
	add = func(p *code.Proto) {
		fmt.Fprintf(&b, "function %d-%d regs %d\n", p.Line, p.EndLine, p.Registers)
		for pc, i := range p.Code {
			fmt.Fprintf(&b, "%4d [%d] %s\n", pc, p.Lines[pc], i)
		}
		fmt.Fprintf(&b, "consts %v\n", p.Consts)
		for _, q := range p.Protos {
			add(q)
		}
	}
	add(p)
	return b.String()
}
