package luavm

import (
	"os"
	"strings"
	"testing"
)

// TestLengthOfListsWithNils compares with LuaJIT. testdata/lengths.txt has two lines for
// each n from 1 to 8, with a digit for each list of n values: value i of list k is nil
// if bit i of k is 0. The first line has the lengths of {x, nil, ...}, the second those of
// {f()}.
func TestLengthOfListsWithNils(t *testing.T) {
	text, err := os.ReadFile("testdata/lengths.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(text))
	for n := 1; n <= 8; n++ {
		for bits := range 1 << n {
			values := make([]Value, n)
			for i := range values {
				if bits>>i&1 != 0 {
					values[i] = True
				}
			}
			list, open := NewTable(n, 0), NewTable(0, 0)
			list.SetList(1, values)
			open.SetOpenList(1, values)
			if got, want := list.Len(), int(lines[2*n-2][bits]-'0'); got != want {
				t.Errorf("#{...} of %d values, %b: %d, not %d", n, bits, got, want)
			}
			if got, want := open.Len(), int(lines[2*n-1][bits]-'0'); got != want {
				t.Errorf("#{f()} of %d values, %b: %d, not %d", n, bits, got, want)
			}
		}
	}
}

// TestStackNeedsNoSearch pushes and pops: the length is found near the last one.
func TestStackNeedsNoSearch(t *testing.T) {
	stack := NewTable(0, 0)
	for i := range 1000 {
		stack.Append(Int(i))
	}
	for n := 1000; n > 0; n-- {
		if got := stack.Len(); got != n {
			t.Fatalf("length %d, not %d", got, n)
		}
		if n < 1000 && int(stack.border) != n {
			t.Fatalf("border %d is remembered, not %d", stack.border, n)
		}
		stack.SetInt(n, Nil)
	}
	if stack.Len() != 0 {
		t.Errorf("length %d of an empty stack", stack.Len())
	}
}

// TestLengthGoesOnInNodes has the list 1 to 10 partly in array and partly in nodes.
func TestLengthGoesOnInNodes(t *testing.T) {
	list := NewTable(4, 0)
	for _, i := range []int{1, 2, 3, 4, 6, 7, 8} {
		list.SetInt(i, True)
	}
	if n := list.Len(); n != 4 {
		t.Errorf("length %d, not 4", n)
	}
	list.SetInt(5, True)
	if n := list.Len(); n != 8 {
		t.Errorf("length %d, not 8", n)
	}
}
