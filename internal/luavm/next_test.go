package luavm

import (
	"fmt"
	"strings"
	"testing"
)

// order returns the keys of a table as a traversal finds them.
func order(t *Table) string {
	var all []string
	for key, _, position := t.nextAt(firstPosition); !key.isNil(); key, _, position = t.nextAt(position) {
		all = append(all, key.LValue().String())
	}
	return strings.Join(all, " ")
}

// TestOrderIsThatOfInsertion wants integers from 1 on first, then all other keys as they came.
func TestOrderIsThatOfInsertion(t *testing.T) {
	table := NewTable(0, 0)
	for _, key := range []string{"open", "high", "low", "close", "volume"} {
		table.SetStr(NewString(key), True)
	}
	for i := range 4 {
		table.SetInt(i+1, True)
	}
	table.Set(True, True)
	table.Set(num(0.5), True)
	table.SetInt(-1, True)
	table.SetStr(Intern("high"), Nil)
	if got, want := order(table), "1 2 3 4 open low close volume true 0.5 -1"; got != want {
		t.Errorf("order %q, not %q", got, want)
	}
	table.SetStr(Intern("high"), True) // before a rehash it has its place again
	for i := range 50 {
		table.SetStr(Intern(fmt.Sprint("k", i)), True)
	}
	if got, want := order(table), "1 2 3 4 open high low close volume true 0.5 -1 k0 "; !strings.HasPrefix(got, want) {
		t.Errorf("order %q after growth, not %q", got, want)
	}
}

func TestNextOfAForeignKey(t *testing.T) {
	table := NewTable(0, 0)
	table.SetInt(1, True)
	table.SetStr(Intern("a"), True)
	for _, key := range []Value{Int(2), Int(0), Intern("b").Value(), True, NewTable(0, 0).Value()} {
		if _, _, ok := table.Next(key); ok {
			t.Errorf("Next(%v) found a key", key.LValue())
		}
	}
}
