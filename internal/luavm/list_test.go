package luavm

import "testing"

func TestListIsOfTablesThatHaveNoOtherKeys(t *testing.T) {
	for _, c := range []struct {
		keys []Value // get the value true
		want int     // the number of values; -1 is no list
	}{
		{nil, 0},
		{[]Value{Int(1)}, 1},
		{[]Value{Int(1), Int(2), Int(3), Int(4), Int(5)}, 5},
		{[]Value{Int(1), Intern("x").Value()}, -1},
		{[]Value{Intern("x").Value()}, -1},
		{[]Value{Int(0)}, -1},
		{[]Value{Int(1000)}, -1},
	} {
		table := NewTable(0, 0)
		for _, key := range c.keys {
			table.Set(key, True)
		}
		values, ok := table.List()
		if ok != (c.want >= 0) || ok && len(values) != c.want {
			t.Errorf("%v: %d values, %v", c.keys, len(values), ok)
		}
	}
	table := NewTable(4, 1)
	table.SetList(1, []Value{True, True, True, True})
	table.Set(Intern("x").Value(), True)
	table.Set(Intern("x").Value(), Nil)
	table.SetInt(4, Nil)
	table.SetInt(2, Nil)
	if values, ok := table.List(); !ok || len(values) != 3 || !values[1].IsNil() {
		t.Errorf("after removals: %v, %v", values, ok)
	}
}

func TestNextAtGivesWhatNextGives(t *testing.T) {
	table := NewTable(0, 0)
	for i := range 20 {
		table.SetInt(i*i, Int(i))
		table.SetString(string(rune('a'+i)), Int(i))
	}
	position, key := 0, Nil
	for n := 0; ; n++ {
		next, v, ok := table.Next(key)
		at, w, after := table.NextAt(position)
		if !ok || !next.Equal(at) || !v.Equal(w) {
			t.Fatalf("step %d: %v, %v", n, PlainString(next), PlainString(at))
		}
		if key, position = next, after; key.IsNil() {
			return
		}
	}
}
