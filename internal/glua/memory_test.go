package glua

import (
	"fmt"
	"testing"
)

// TestMemoryCounts compares with sums that are easy to check by hand. Package host
// compares with what the garbage collector says.
func TestMemoryCounts(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct {
		name, code  string
		least, most int64
	}{
		{"nothing", ``, 0, 0},
		{"a long string", `x = ("x"):rep(2^20)`, mib, mib + 200},
		{"a long string, many times", `local s = ("x"):rep(2^20) x = {s, s, s, {s}}`, mib, mib + 2000},
		{"an upvalue", `local s = ("x"):rep(2^20) function x() return s end`, mib, mib + 2000},
		{"a local of a coroutine", `x = coroutine.wrap(function() local s = ("x"):rep(2^20) coroutine.yield() return s end) x()`, mib, mib + 50_000},
		{"a key", `x = {[("x"):rep(2^20)] = true}`, mib, mib + 2000},
		{"a metatable", `x = setmetatable({}, {s = ("x"):rep(2^20)})`, mib, mib + 2000},
		{"a cycle", `x = {("x"):rep(2^20)} x.x = x`, mib, mib + 2000},
	} {
		t.Run(c.name, func(t *testing.T) {
			L := newState(t)
			before := Memory(L)
			run(t, L, c.code)
			L.SetTop(0)
			if grown := Memory(L) - before; grown < c.least || grown > c.most {
				t.Errorf("counted %d bytes, not %d to %d", grown, c.least, c.most)
			}
		})
	}
}

type holder []byte

func (h holder) Memory() []byte { return h }

// TestMemoryCountsHolders counts the memory of a userdata's Go value, and memory
// that two of them share once.
func TestMemoryCountsHolders(t *testing.T) {
	L := newState(t)
	before := Memory(L)
	shared := holder(make([]byte, 10_000))
	for i := range 3 {
		ud := L.NewUserData()
		ud.Value = shared
		L.SetGlobal(fmt.Sprint("holder", i), ud)
	}
	if grown := Memory(L) - before; grown < 10_000 || grown > 11_000 {
		t.Errorf("counted %d bytes", grown)
	}
}

// BenchmarkMemory measures states of 200,000 tables, or of as many strings that are
// too long to count without a look at where they stand. One operation is one value.
func BenchmarkMemory(b *testing.B) {
	const values = 200_000
	for _, c := range []struct{ name, value string }{
		{"tables", `{i}`},
		{"strings", `("x"):rep(100) .. i`},
		{"numbers", `i + 0.5`},
	} {
		b.Run(c.name, func(b *testing.B) {
			L := newState(b)
			run(b, L, fmt.Sprintf(`t = {} for i = 1, %d do t[i] = %s end`, values, c.value))
			b.ResetTimer()
			for n := 0; n < b.N; n += values {
				if Memory(L) < values*8 {
					b.Fatal("counted too little")
				}
			}
		})
	}
}
