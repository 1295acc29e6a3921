package numeric

import (
	"fmt"
	"slices"
	"testing"

	"microts/internal/luavm/code"
	"microts/internal/luavm/syntax"
)

func compile(t *testing.T, source string) *code.Proto {
	t.Helper()
	tree, err := syntax.Parse([]byte(source), "x.lua")
	if err != nil {
		t.Fatal(err)
	}
	p, err := code.Compile(tree, code.FileName("x.lua"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNumbersOfWebAssembly(t *testing.T) {
	for x, want := range map[int64][]byte{0: {0}, 63: {63}, 64: {0xc0, 0}, -1: {0x7f}, -64: {0x40}, -65: {0xbf, 0x7f}, 1 << 14: {0x80, 0x80, 1}} {
		var w wasm
		if w.int(x); !slices.Equal(w, want) {
			t.Errorf("int(%d) is % x, want % x", x, []byte(w), want)
		}
	}
	for x, want := range map[uint64][]byte{0: {0}, 127: {127}, 128: {0x80, 1}, 1 << 14: {0x80, 0x80, 1}} {
		var w wasm
		if w.uint(x); !slices.Equal(w, want) {
			t.Errorf("uint(%d) is % x, want % x", x, []byte(w), want)
		}
	}
}

// TestSpansNest wants, of all loops of some programs, that no two spans cross, that each
// jump leaves a block or repeats a loop that it is in, and no jump leads into a loop.
func TestSpansNest(t *testing.T) {
	for _, source := range []string{
		"for i = 1, 9 do if i > 3 then break end end",
		"for i = 1, 9 do for j = 1, 9 do if i > j then goto next elseif i == j then break end x = i ::next:: end end",
		"local i = 0 while i < 9 do i = i + 1 repeat if i == 3 then break end local j = i and x or y until j end",
		"while a do while b do if c then goto out end end ::out:: if d or e and f then break end end",
		"local i = 0 ::top:: i = i + 1 if i < 9 then goto top end for j = 1, 3 do if i then goto done end end ::done::",
		"while a do if b then goto next end while c do d = e or f end ::next:: end",
	} {
		p := compile(t, source)
		for pc, i := range p.Code {
			header := pc + 1 + i.D()
			if !jumpsBack(i.Op()) {
				continue
			}
			r, ok := findRegion(p.Code, header)
			if !ok {
				t.Errorf("%s: the loop at %d cannot be expressed", source, header)
			}
			for n, a := range r.spans {
				for _, b := range r.spans[n+1:] {
					if b.start < a.end && a.end < b.end {
						t.Errorf("%s: %v and %v cross", source, a, b)
					}
				}
			}
			for from := r.first; from <= r.last; from++ {
				i := p.Code[from]
				to := from + 1 + i.D()
				if !i.Op().IsJump() || to < r.first || to > r.last {
					continue
				}
				if !slices.ContainsFunc(r.spans, func(s span) bool {
					return s.start <= from && from < s.end && (s.loop && s.start == to || !s.loop && s.end == to)
				}) {
					t.Errorf("%s: no span for the jump from %d to %d in %v", source, from, to, r.spans)
				}
			}
		}
	}
}

// TestLiveRegisters checks the registers that are read behind the header of a loop.
func TestLiveRegisters(t *testing.T) {
	for source, want := range map[string]string{
		"local a, b, c = 1, 2, 3 for i = 1, 9 do if i > 3 then a = b end end return a":  "[0 1 3 4 5 6]",
		"local a, b = 1, 2 for i = 1, 9 do b = i a = b end return 1":                    "[2 3 4 5]",
		"local a, b = 1, 2 for i = 1, 9 do local c = i print(c) end":                    "[0 1 2 3 4 5]",
		"local a, b = 1, 2 local f = function() return b end for i = 1, 9 do a = 1 end": "[1 3 4 5]",
	} {
		p := compile(t, source)
		header := slices.IndexFunc(p.Code, func(i code.Instr) bool { return i.Op() == code.ForPrep }) + 1
		live := liveRegisters(p)[header]
		var got []int
		for r := range int(p.Registers) {
			if live.has(r) {
				got = append(got, r)
			}
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%s: %v are live, want %s", source, got, want)
		}
	}
}

func TestWindowHoldsTheHeap(t *testing.T) {
	if _, ok := InWindow(uintptr(Window) - 1); ok {
		t.Error("an address below the window is in it")
	}
	if at, ok := InWindow(uintptr(Window) + 16); !ok || at != 16 {
		t.Errorf("16 bytes from its begin is %d, %v", at, ok)
	}
	if _, ok := InWindow(uintptr(Window) + windowSize); ok {
		t.Error("its end is in the window")
	}
}
