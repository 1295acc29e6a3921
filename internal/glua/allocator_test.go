package glua

import (
	"fmt"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"
)

// TestAllocator pins how Go lays out the interfaces that an Allocator makes.
func TestAllocator(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a Allocator
		want := rapid.SliceOfN(rapid.Int64Range(0, 1<<53-1), 1, 200).Draw(t, "numbers")
		var numbers, strings []lua.LValue
		for _, n := range want {
			numbers = append(numbers, a.Number(float64(n)))
			strings = append(strings, a.String(fmt.Sprint(n)))
		}
		for i, n := range want {
			if numbers[i] != lua.LNumber(n) || strings[i] != lua.LString(fmt.Sprint(n)) {
				t.Fatalf("value %d: %v and %v, not %d: Go lays out interfaces in another way", i, numbers[i], strings[i], n)
			}
		}
	})
}

// TestShareString pins the same layout for a string that is a field.
func TestShareString(t *testing.T) {
	object := struct {
		text string
		hash uint32
	}{"text", 7}
	v := ShareString(&object.text)
	if s, ok := v.(lua.LString); !ok || s != "text" || v != lua.LString("text") {
		t.Fatalf("%#v is not the string that it shares: Go lays out interfaces in another way", v)
	}
	if n := testing.AllocsPerRun(100, func() { sink = ShareString(&object.text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// sink keeps the compiler from leaving out what benchmarks make.
var sink lua.LValue

// BenchmarkAllocator compares an Allocator with what Go does for each value.
func BenchmarkAllocator(b *testing.B) {
	texts := []string{"a value of a row", "another value"}
	b.Run("with", func(b *testing.B) {
		b.ReportAllocs()
		var a Allocator
		for i := range b.N {
			sink = a.Number(float64(i) + 0.5)
			sink = a.String(texts[i%2])
		}
	})
	b.Run("without", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			sink = lua.LNumber(float64(i) + 0.5)
			sink = lua.LString(texts[i%2])
		}
	})
}
