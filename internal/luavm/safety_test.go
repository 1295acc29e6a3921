package luavm

import (
	"os"
	"path/filepath"
	"testing"

	"microts/internal/luavm/code"
	"microts/internal/luavm/syntax"
)

// TestCodeKeepsWhatTheMachineReliesOn checks the code of all programs of the tests: run
// looks at no bounds of registers, constants and instructions.
func TestCodeKeepsWhatTheMachineReliesOn(t *testing.T) {
	var sources []string
	paths, _ := filepath.Glob("testdata/*.lua")
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, string(b))
	}
	for seed := range uint64(200) {
		sources = append(sources, program(seed))
	}
	for _, source := range sources {
		tree, err := syntax.Parse([]byte(source), "x.lua")
		if err != nil {
			t.Fatal(err)
		}
		p, err := code.Compile(tree, code.FileName("x.lua"))
		if err != nil {
			t.Fatal(err)
		}
		checkCode(t, p)
	}
}

func checkCode(t *testing.T, p *code.Proto) {
	t.Helper()
	if last := p.Code[len(p.Code)-1].Op(); last != code.Return0 || p.Registers > code.MaxRegisters || len(p.Lines) != len(p.Code) {
		t.Errorf("the function ends with %v, has %d registers and %d lines for %d instructions", last, p.Registers, len(p.Lines), len(p.Code))
	}
	for pc, i := range p.Code {
		op := i.Op()
		if to := pc + 1 + i.D(); op.IsJump() && (to < 0 || to >= len(p.Code)) {
			t.Errorf("%d: %v jumps to %d of %d", pc, i, to, len(p.Code))
		}
		if k, ok := constantOf(i); ok && (k < 0 || k >= len(p.Consts)) {
			t.Errorf("%d: %v has constant %d of %d", pc, i, k, len(p.Consts))
		}
		if u := i.D(); (op == code.GetUpval || op == code.SetUpval) && (u < 0 || u >= len(p.Upvals)) {
			t.Errorf("%d: %v has upvalue %d of %d", pc, i, u, len(p.Upvals))
		}
		for _, r := range registersOf(i) {
			if r >= int(p.Registers) {
				t.Errorf("%d: %v has register %d of %d", pc, i, r, p.Registers)
			}
		}
	}
	for _, inner := range p.Protos {
		checkCode(t, inner)
	}
}

// constantOf returns the constant of an instruction.
func constantOf(i code.Instr) (k int, ok bool) {
	switch op := i.Op(); {
	case op == code.LoadK || op == code.GetGlobal || op == code.SetGlobal || op >= code.AddK && op <= code.KDiv:
		return i.D(), true
	case op == code.GetField || op == code.SetField || op == code.Self:
		return i.K(), true
	case op >= code.LTK && op <= code.NEK:
		return i.BC(), true
	}
	return 0, false
}

// registersOf returns the registers of an instruction.
func registersOf(i code.Instr) []int {
	a, b, c := int(i.A()), int(i.B()), int(i.C())
	switch op := i.Op(); {
	case op == code.Jump || op == code.Loop || op == code.Return0 || op == code.Close:
		return nil
	case op == code.Self:
		return []int{a + 1, b}
	case op >= code.Add && op <= code.Pow || op == code.GetIndex || op == code.SetIndex || op == code.Concat:
		return []int{a, b, c}
	case op == code.ForPrep || op == code.ForLoop || op == code.ForLoop1:
		return []int{a + 3}
	case op == code.TForLoop:
		return []int{a + 2 + max(c, 3)}
	case op == code.Call || op == code.TailCall || op == code.CallM || op == code.TailCallM:
		return []int{a + b, a + max(c-2, 0)}
	case op == code.Return || op == code.ReturnM:
		return []int{max(a+b-1, 0)}
	case op == code.SetList:
		return []int{a + b}
	case op == code.Move || op == code.LoadNil || op == code.GetField || op == code.SetField || op == code.GetInt ||
		op == code.SetInt || op >= code.AddK && op <= code.Len || op >= code.JumpFS && op <= code.NE:
		return []int{a, b}
	}
	return []int{a}
}
