package luavm

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestInternReturnsTheSameString(t *testing.T) {
	short, long := "name", strings.Repeat("x", longestInterned+1)
	if Intern(short) != Intern("na"+short[2:]) {
		t.Error("two Strings for one name")
	}
	if a, b := Intern(long), Intern(long); a == b || !a.equal(b) {
		t.Error("a long string is kept")
	}
}

// TestInternFromManyGoroutines is for the race detector: they share Strings as keys.
func TestInternFromManyGoroutines(t *testing.T) {
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			table := NewTable(0, 0)
			for i := range 3000 {
				s := Intern(fmt.Sprint("shared", i%100))
				table.SetStr(s, True)
				if table.GetStr(s) != True {
					t.Error("not found")
				}
			}
		})
	}
	all.Wait()
}

// TestInternKeepsNothing interns many names that nothing refers to afterwards.
func TestInternKeepsNothing(t *testing.T) {
	for round := range 20 {
		for i := range 2000 {
			Intern(fmt.Sprint("round", round, "name", i))
		}
		runtime.GC()
	}
	interned.Lock()
	defer interned.Unlock()
	if n := len(interned.strings); n > 10_000 {
		t.Errorf("%d of 40,000 names are kept", n)
	}
}
