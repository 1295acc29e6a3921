package luavm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"microts/internal/torture"

	lua "github.com/yuin/gopher-lua"
)

// model is what a table must hold: a Go map.
type model map[Value]Value

// tortureKeys are the keys of a torture: each string key stands for three Strings.
func tortureKeys(r *rand.Rand) []Value {
	keys := []Value{True, False, Number(0.5), Number(-1), Number(0), Number(math.Inf(1)), Number(1 << 53), Int(maxKey), Int(maxKey + 1)}
	for i := range r.IntN(40) {
		keys = append(keys, Int(i+1), Intern(fmt.Sprint("s", i)).Value())
	}
	for range r.IntN(10) {
		keys = append(keys, NewTable(0, 0).Value(), Int(r.IntN(1000)), FromLValue(&lua.LUserData{}))
	}
	return keys
}

// TestTableHoldsWhatWasSet does random operations on a table and on a model.
func TestTableHoldsWhatWasSet(t *testing.T) {
	for seed := range uint64(torture.Rounds(t, 300, 300)) {
		r := rand.New(rand.NewPCG(seed, 13))
		table, want := NewTable(r.IntN(2)*r.IntN(10), r.IntN(2)*r.IntN(10)), model{}
		keys := tortureKeys(r)
		setters := 1 + r.IntN(9) // of 10 operations that set or remove
		for step := range 400 {
			key := keys[r.IntN(len(keys))]
			v := Int(step)
			if r.IntN(10) >= setters {
				v = Nil
			}
			switch r.IntN(40) {
			case 0:
				key = Int(table.Len() + 1)
				table.Append(v)
			case 1:
				traverse(t, r, table, want)
				continue
			default:
				table.Set(again(r, key), v)
			}
			if want[key] = v; v.isNil() {
				delete(want, key)
			}
			if got := table.Get(again(r, key)); got != v {
				t.Fatalf("seed %d, step %d: key %v has %v after %v was set", seed, step, key.LValue(), got, v)
			}
			if key.isString() {
				if got, ok := table.getStrAt(key.string(), table.findStr(key.string())); ok && got != v {
					t.Fatalf("seed %d, step %d: the node of %v has %v after %v was set", seed, step, key.LValue(), got, v)
				}
			}
		}
		checkTable(t, seed, table, want, keys)
	}
}

// again returns another value that is equal to a key.
func again(r *rand.Rand, key Value) Value {
	switch {
	case key.isString() && r.IntN(2) == 0:
		return NewString(key.text()).Value()
	case key == Int(0):
		return num(math.Copysign(0, -1))
	}
	return key
}

// traverse visits each key with a value once and removes and changes some of them.
func traverse(t *testing.T, r *rand.Rand, table *Table, want model) {
	seen := map[Value]bool{}
	position := firstPosition
	for key := Nil; ; {
		next, v, ok := table.Next(key)
		if !ok {
			t.Fatalf("Next does not know the key %v", key.LValue())
		}
		nextAt, vAt, after := table.nextAt(position)
		if next != nextAt || v != vAt {
			t.Fatalf("after %v comes %v by key and %v by position", key.LValue(), next.LValue(), nextAt.LValue())
		}
		key, position = next, after
		if key.isNil() {
			break
		}
		if k := model.key(want, key); seen[k] || want[k] != v {
			t.Fatalf("Next returned %v = %v; again: %v; want %v", key.LValue(), v, seen[k], want[k])
		} else {
			seen[k] = true
			switch r.IntN(3) {
			case 0:
				table.Set(key, Nil)
				delete(want, k)
			case 1:
				table.Set(key, True)
				want[k] = True
			}
		}
	}
	for k := range want {
		if !seen[k] {
			t.Fatalf("Next left out %v", k.LValue())
		}
	}
}

// key returns a key as the model holds it.
func (model) key(k Value) Value {
	if k.isString() {
		return Intern(k.text()).Value()
	}
	return k
}

func checkTable(t *testing.T, seed uint64, table *Table, want model, keys []Value) {
	for _, key := range keys {
		if got := table.Get(key); got != want[key] {
			t.Fatalf("seed %d: key %v has %v, not %v", seed, key.LValue(), got, want[key])
		}
	}
	n := table.Len()
	if _, ok := want[Int(n)]; n > 0 && !ok {
		t.Fatalf("seed %d: length %d, which has no value", seed, n)
	}
	if _, ok := want[Int(n+1)]; ok {
		t.Fatalf("seed %d: length %d, and %d has a value", seed, n, n+1)
	}
	traverse(t, rand.New(rand.NewPCG(seed, 1)), table, want)
}

// TestInsertAndRemove does both at random places of a list, in array and in nodes.
func TestInsertAndRemove(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 14))
		table, want := NewTable(0, 0), []Value{}
		for step := range 200 {
			n := len(want)
			if at := r.IntN(n + 1); r.IntN(5) < 3 || n == 0 {
				table.Insert(at+1, n, Int(step))
				want = slices.Insert(want, at, Int(step))
			} else if at < n {
				if got := table.Remove(at+1, n); got != want[at] {
					t.Fatalf("seed %d, step %d: removed %v, not %v", seed, step, got.LValue(), want[at].LValue())
				}
				want = slices.Delete(want, at, at+1)
			}
			if table.Len() != len(want) {
				t.Fatalf("seed %d, step %d: length %d, not %d", seed, step, table.Len(), len(want))
			}
		}
		for i, v := range want {
			if table.GetInt(i+1) != v {
				t.Fatalf("seed %d: %d has %v, not %v", seed, i+1, table.GetInt(i+1).LValue(), v.LValue())
			}
		}
	}
}
