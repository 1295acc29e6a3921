package luavm

import (
	"fmt"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// sinks keep the compiler from leaving out what benchmarks compute.
var (
	sinkValue  Value
	sinkTable  *Table
	sinkLTable *lua.LTable
	sinkLValue lua.LValue
)

func BenchmarkGetInt(b *testing.B) {
	b.Run("Table", func(b *testing.B) {
		t := NewTable(0, 0)
		for i := range 1024 {
			t.SetInt(i+1, Int(i))
		}
		sum := 0.0
		for i := 0; b.Loop(); i++ {
			sum += t.GetInt(i&1023 + 1).float()
		}
		sinkValue = Number(sum)
	})
	b.Run("LTable", func(b *testing.B) {
		t := &lua.LTable{}
		for i := range 1024 {
			t.RawSetInt(i+1, lua.LNumber(i))
		}
		sum := lua.LNumber(0)
		for i := 0; b.Loop(); i++ {
			sum += t.RawGetInt(i&1023 + 1).(lua.LNumber)
		}
		sinkLValue = sum
	})
}

// fields returns n names.
func fields(n int) (names []*String) {
	for i := range n {
		names = append(names, Intern(fmt.Sprint("field", i)))
	}
	return names
}

func BenchmarkGetStr(b *testing.B) {
	for _, n := range []int{4, 64, 4096, 262144} {
		names := fields(n)
		t, plain := NewTable(0, 0), &lua.LTable{}
		for i, name := range names {
			t.SetStr(name, Int(i))
			plain.RawSetString(name.s, lua.LNumber(i))
		}
		b.Run(fmt.Sprint("Table-", n), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				sinkValue = t.GetStr(names[i&(n-1)])
			}
		})
		b.Run(fmt.Sprint("hint-", n), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if v, ok := t.getStrAt(names[i&(n-1)], uint32(i&(n-1))); ok {
					sinkValue = v
				}
			}
		})
		b.Run(fmt.Sprint("LTable-", n), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				sinkLValue = plain.RawGetString(names[i&(n-1)].s)
			}
		})
	}
	b.Run("miss", func(b *testing.B) {
		t := NewTable(0, 0)
		names := fields(8)
		for _, name := range names[:4] {
			t.SetStr(name, True)
		}
		for i := 0; b.Loop(); i++ {
			sinkValue = t.GetStr(names[4+i&3])
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	const n = 1000
	b.Run("Table", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if i%n == 0 {
				sinkTable = NewTable(0, 0)
			}
			sinkTable.Append(num(float64(i)))
		}
	})
	b.Run("LTable", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if i%n == 0 {
				sinkLTable = &lua.LTable{}
			}
			sinkLTable.Append(lua.LNumber(i))
		}
	})
}

// BenchmarkAppendToRoom is BenchmarkAppend without the growth.
func BenchmarkAppendToRoom(b *testing.B) {
	t := NewTable(1000, 0)
	for b.Loop() {
		if len(t.array) == cap(t.array) {
			t.array = t.array[:0]
		}
		t.Append(True)
	}
}

func BenchmarkInsertStr(b *testing.B) {
	for _, n := range []int{4, 1000, 1 << 17} {
		names := fields(n)
		b.Run(fmt.Sprint("Table-", n), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%n == 0 {
					sinkTable = NewTable(0, 0)
				}
				sinkTable.SetStr(names[i%n], True)
			}
		})
		b.Run(fmt.Sprint("LTable-", n), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%n == 0 {
					sinkLTable = &lua.LTable{}
				}
				sinkLTable.RawSetString(names[i%n].s, lua.LTrue)
			}
		})
	}
}

func BenchmarkNewTable(b *testing.B) {
	x, y := Intern("x"), Intern("y")
	b.Run("empty", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sinkTable = NewTable(0, 0)
		}
	})
	b.Run("2fields", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			t := NewTable(0, 2)
			t.SetStr(x, True)
			t.SetStr(y, True)
			sinkTable = t
		}
	})
	b.Run("shape", func(b *testing.B) {
		b.ReportAllocs()
		shape := NewShape(0, 0, x, y)
		for b.Loop() {
			t := shape.NewTable()
			t.SetField(0, True)
			t.SetField(1, True)
			sinkTable = t
		}
	})
	b.Run("2items", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			t := NewTable(2, 0)
			t.SetInt(1, True)
			t.SetInt(2, True)
			sinkTable = t
		}
	})
}

// BenchmarkQueue pushes at the tail and pops at the head.
func BenchmarkQueue(b *testing.B) {
	t := NewTable(0, 0)
	for i := range 10 {
		t.SetInt(i+1, True)
	}
	for i := 1; b.Loop(); i++ {
		t.SetInt(i+10, True)
		t.SetInt(i, Nil)
	}
}

func BenchmarkNext(b *testing.B) {
	t := NewTable(0, 0)
	for _, name := range fields(1000) {
		t.SetStr(name, True)
	}
	b.Run("key", func(b *testing.B) {
		key := Nil
		for b.Loop() {
			key, sinkValue, _ = t.Next(key)
		}
	})
	b.Run("position", func(b *testing.B) {
		position := firstPosition
		for b.Loop() {
			if sinkValue, _, position = t.nextAt(position); sinkValue.isNil() {
				position = firstPosition
			}
		}
	})
}

func BenchmarkIntern(b *testing.B) {
	names := fields(1000)
	for i := 0; b.Loop(); i++ {
		if Intern(names[i%1000].s) != names[i%1000] {
			b.Fatal("not interned")
		}
	}
}

func BenchmarkNewStringAsKey(b *testing.B) {
	names, t := fields(1000), NewTable(0, 0)
	for _, name := range names {
		t.SetStr(name, True)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		sinkValue = t.GetStr(NewString(names[i%1000].s))
	}
}
