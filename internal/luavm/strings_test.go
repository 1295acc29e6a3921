package luavm

import (
	"strings"
	"testing"
)

func TestStringsMakesStringsOfParts(t *testing.T) {
	var a Strings
	whole := strings.Repeat("0123456789", 30)
	values := make([]Value, 0, len(whole))
	for i := range whole {
		values = append(values, a.Part(whole[i/2:i]))
	}
	table := NewTable(0, 0)
	for i, v := range values {
		if !v.IsString() || v.Text() != whole[i/2:i] {
			t.Fatalf("part %d is %q, want %q", i, v.Text(), whole[i/2:i])
		}
		table.Set(v, True)
	}
	if !table.Get(NewString(whole[100:200]).Value()).Truth() {
		t.Error("a part is no key equal to a string with its bytes")
	}
	if n := testing.AllocsPerRun(1000, func() { a.Part(whole[:3]) }); n != 0 {
		t.Errorf("%v allocations for a string", n)
	}
}

func BenchmarkStringsPart(b *testing.B) {
	block := strings.Repeat("101201", 2048)
	var kept [16]Value
	for _, c := range []struct {
		name string
		make func(*Strings, string) Value
	}{
		{"copied", func(_ *Strings, s string) Value { return Part(s) }},
		{"shared", func(a *Strings, s string) Value { return a.Part(s) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var a Strings
			for i := range b.N {
				at := i % 2048 * 6
				kept[i%len(kept)] = c.make(&a, block[at:at+6])
			}
		})
	}
}
