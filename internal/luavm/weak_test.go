package luavm

import (
	"math"
	"runtime"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// weakTable makes a weak table of a mode.
func weakTable(mode string) *Table {
	meta, t := NewTable(0, 0), NewTable(0, 0)
	meta.SetStr(Intern("__mode"), Intern(mode).Value())
	t.setMetatable(&meta.LTable)
	return t
}

// keys counts the entries that a traversal finds.
func keys(t *Table) (n int) {
	for key, _, position := t.nextAt(firstPosition); !key.isNil(); key, _, position = t.nextAt(position) {
		n++
	}
	return n
}

func TestWeakTableLosesWhatNothingRefersTo(t *testing.T) {
	kept := NewTable(0, 0).Value()
	for mode, want := range map[string]int{"k": 3 + 20, "v": 3 + 20, "kv": 3, "": 3 + 40} {
		table := weakTable(mode)
		table.SetInt(1, kept)
		table.Set(kept, True)
		table.SetStr(Intern("text"), NewString("no object").Value())
		for i := range 20 {
			table.Set(Int(100+i), NewTable(0, 0).Value())
			table.Set(FromLValue(&lua.LUserData{}), Int(i))
		}
		runtime.GC()
		if n := keys(table); n != want {
			t.Errorf("mode %q: %d entries, not %d", mode, n, want)
		}
		if table.GetInt(1) != kept || table.Get(kept) != True || table.GetStr(Intern("text")).text() != "no object" {
			t.Errorf("mode %q: an entry is lost that something refers to", mode)
		}
		if table.Len() != 1 {
			t.Errorf("mode %q: length %d", mode, table.Len())
		}
	}
	runtime.KeepAlive(kept)
}

// TestWeakTableStaysSmall caches objects that nothing else refers to.
func TestWeakTableStaysSmall(t *testing.T) {
	table := weakTable("v")
	most := int64(0)
	for i := range 100_000 {
		table.Set(Number(float64(i)+0.5), NewTable(0, 0).Value())
		if i%1000 == 0 {
			runtime.GC()
		}
		most = max(most, table.MemorySize())
	}
	if most > 1<<20 {
		t.Errorf("%d bytes", most)
	}
}

func TestTableBecomesStrongAgain(t *testing.T) {
	table := weakTable("k")
	table.Set(NewTable(0, 0).Value(), True)
	table.SetInt(1, True)
	table.setMetatable(nil)
	runtime.GC()
	n := keys(table)
	if n > 2 || table.GetInt(1) != True || table.weak != nil {
		t.Errorf("%d entries", n)
	}
	table.Set(num(math.Pi), NewTable(0, 0).Value())
	runtime.GC()
	if table.Get(num(math.Pi)).isNil() {
		t.Error("still weak")
	}
}
