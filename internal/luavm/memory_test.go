package luavm

import (
	"fmt"
	"testing"
)

// TestLargeKeysTakeLittle sets keys far apart, like days as integers.
func TestLargeKeysTakeLittle(t *testing.T) {
	table := NewTable(0, 0)
	for day := 20231101; day <= 20231130; day++ {
		table.SetInt(day, True)
	}
	if n := table.MemorySize(); n > 4096 {
		t.Errorf("30 days take %d bytes", n)
	}
}

// TestQueueStaysFlat pushes at the tail and pops at the head.
func TestQueueStaysFlat(t *testing.T) {
	const pushes, length = 1_000_000, 100
	queue, most := NewTable(0, 0), int64(0)
	for tail := 1; tail <= pushes; tail++ {
		queue.SetInt(tail, Int(tail))
		if head := tail - length; head > 0 {
			if queue.GetInt(head) != Int(head) {
				t.Fatalf("%d is lost", head)
			}
			queue.SetInt(head, Nil)
		}
		most = max(most, queue.MemorySize())
	}
	if most > 200*length {
		t.Errorf("a queue of %d took %d bytes", length, most)
	}
}

// TestRemovedKeysAreFreed inserts and removes keys of each kind, many times as many as the
// table ever holds.
func TestRemovedKeysAreFreed(t *testing.T) {
	for name, key := range map[string]func(i int) Value{
		"strings":  func(i int) Value { return NewString(fmt.Sprint(i)).Value() },
		"integers": func(i int) Value { return Int(i * 7919) },
		"numbers":  func(i int) Value { return num(float64(i) + 0.5) },
		"tables":   func(int) Value { return NewTable(0, 0).Value() },
	} {
		table, most := NewTable(0, 0), int64(0)
		var live []Value
		for i := range 100_000 {
			live = append(live, key(i))
			table.Set(live[len(live)-1], True)
			if len(live) > 50 {
				table.Set(live[0], Nil)
				live = live[1:]
			}
			most = max(most, table.MemorySize())
		}
		if most > 10_000 {
			t.Errorf("50 %s took %d bytes", name, most)
		}
	}
}

// TestTableShrinks fills a table with a million keys, leaves ten, and inserts as many as
// make it rehash.
func TestTableShrinks(t *testing.T) {
	for name, key := range map[string]func(i int) Value{
		"array": func(i int) Value { return Int(i + 1) },
		"nodes": func(i int) Value { return num(float64(i) + 0.5) },
	} {
		const n = 1_000_000
		table := NewTable(0, 0)
		for i := range n {
			table.Set(key(i), True)
		}
		full := table.MemorySize()
		for i := range n - 10 {
			table.Set(key(i), Nil)
		}
		for i := 0; table.MemorySize() > 1000 && i < 2*n; i++ {
			table.Set(num(float64(i)+0.25), True)
			table.Set(num(float64(i)+0.25), Nil)
		}
		if now := table.MemorySize(); now > 5000 {
			t.Errorf("%s: %d bytes with a million keys, %d with ten", name, full, now)
		}
		for i := n - 10; i < n; i++ {
			if table.Get(key(i)) != True {
				t.Errorf("%s: key %d is lost", name, i)
			}
		}
	}
}

// TestArrayIsHalfFull checks Lua's rule after each insertion of random integers.
func TestArrayIsHalfFull(t *testing.T) {
	table := NewTable(0, 0)
	for i := range 20_000 {
		table.SetInt(i*i%65_537+1, True)
		values := 0
		for _, v := range table.array {
			if !v.isNil() {
				values++
			}
		}
		if 2*values < len(table.array) {
			t.Fatalf("array of %d holds %d values", len(table.array), values)
		}
	}
}
