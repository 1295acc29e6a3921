package luavm

import (
	"fmt"
	"runtime"
	"testing"
)

// TestCollectorKeepsWhatAnArrayOfNumbersGets puts objects that nothing else refers to into
// an array of numbers, in each way that there is.
func TestCollectorKeepsWhatAnArrayOfNumbersGets(t *testing.T) {
	const n = 100
	ways := map[string]func(t *Table, v Value){
		"Set":          func(t *Table, v Value) { t.Set(Int(n/2), v) },
		"SetInt":       func(t *Table, v Value) { t.SetInt(n, v) },
		"Append":       func(t *Table, v Value) { t.Append(v) },
		"SetList":      func(t *Table, v Value) { t.SetList(n+1, []Value{Int(1), v}) },
		"Insert":       func(t *Table, v Value) { t.Insert(1, n, v) },
		"from a node":  func(t *Table, v Value) { t.SetInt(n+2, v); t.SetInt(n+1, Int(1)) },
		"into a space": func(t *Table, v Value) { t.SetInt(n+3, v) },
	}
	for name, put := range ways {
		table := NewTable(0, 0)
		for i := range n {
			table.SetInt(i+1, Int(i))
		}
		if !table.scalars {
			t.Fatal("an array of numbers has memory that the collector looks into")
		}
		put(table, NewString(fmt.Sprint("kept by ", name)).Value())
		runtime.GC()
		for range 1000 {
			NewString(fmt.Sprint("takes the memory of ", name))
		}
		found := false
		for i := range n + 4 {
			if v := table.GetInt(i); v.isString() {
				found = v.text() == "kept by "+name
			}
		}
		if !found || table.scalars && !onlyScalars(table) {
			t.Errorf("%s: the string is lost", name)
		}
	}
}

func onlyScalars(t *Table) bool {
	for _, v := range t.array {
		if !v.isScalar() {
			return false
		}
	}
	return true
}

// TestScriptsPutAnythingIntoArraysOfNumbers does the same with the instructions.
func TestScriptsPutAnythingIntoArraysOfNumbers(t *testing.T) {
	s, _ := newTestState(t, nil)
	s.Globals.setNative("collect", func(c *Call) { runtime.GC(); c.Return() })
	f, err := s.Load([]byte(`
		local t = {}
		for i = 1, 64 do t[i] = i end
		local function put(i, v) t[i] = v end
		for i = 1, 64 do
			if i % 2 == 0 then put(i, { i }) end
			if i % 8 == 0 then collect() end
		end
		local c = {}
		for i = 1, 64 do c[i] = i end
		c[3] = { "x3" }
		local u = {}
		for i = 1, 40 do u[i] = true end
		for i = 1, 20 do u[#u + 1] = { "last" } end
		collect()
		for i = 1, 10000 do local reused = { -i } end
		return c[3][1] .. t[2][1] .. t[64][1] .. t[63] .. u[41][1]
	`), "=x", s.Globals)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Call(f.Value())
	if err != nil || len(got) != 1 || got[0].text() != "x326463last" {
		t.Errorf("got %v, %v", got, err)
	}
}
