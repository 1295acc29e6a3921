package glua

import (
	"fmt"
	"testing"

	lua "github.com/yuin/gopher-lua"
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

// TestMemoryCountsFreeRoomOfMaps pins how Go lays out maps: gopher-lua's are made with
// room for 32 entries.
func TestMemoryCountsFreeRoomOfMaps(t *testing.T) {
	for _, c := range []struct {
		m    map[string]int
		want int64
	}{
		{nil, 0}, {map[string]int{}, 8}, {map[string]int{"a": 1}, 8}, {make(map[string]int, 32), 40},
	} {
		if got := entries(c.m); got != c.want {
			t.Errorf("a map of %d entries has room for %d, not %d", len(c.m), got, c.want)
		}
	}
}

// sized says that it holds so many bytes.
type sized int64

func (s sized) MemorySize() int64 { return int64(s) }

// TestMemoryCountsSizers counts what a userdata and a function of a Kind hold.
func TestMemoryCountsSizers(t *testing.T) {
	L := newState(t)
	before := Memory(L)
	ud := L.NewUserData()
	ud.Value = sized(10_000)
	L.SetGlobal("held", ud)
	L.SetGlobal("f", NewKind(L).NewFunction(func(*lua.LState) int { return 0 }, sized(20_000)))
	if grown := Memory(L) - before; grown < 30_000 || grown > 34_000 {
		t.Errorf("counted %d bytes", grown)
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
