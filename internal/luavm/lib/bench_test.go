package lib_test

import (
	"testing"

	"microts/internal/luavm"
)

func BenchmarkCalls(b *testing.B) {
	for _, c := range []struct{ name, body string }{
		{"byte", `local x = byte(s, i % 20 + 1)`},
		{"sub", `local x = sub(s, i % 20 + 1, i % 20 + 5)`},
		{"format", `local x = format("%d,%.2f,%s", i, i / 7, "abc")`},
		{"rep", `local x = rep("ab", 10)`},
		{"find", `local x = find(s, "x", 1, true)`},
		{"match", `local x = match(s, "(%d+)")`},
		{"gsub", `local x = gsub(s, ",", ";")`},
		{"insert", `insert(t, i)`},
		{"max", `local x = max(i, 5, 7)`},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := newState(nil)
			f, err := s.Load([]byte(`
				local byte, sub, format, rep, find = string.byte, string.sub, string.format, string.rep, string.find
				local match, gsub, insert, max = string.match, string.gsub, table.insert, math.max
				local s, t, n = "one, two, three, 45678, six, seven", {}, ...
				for i = 1, n do `+c.body+` end`), "=x", s.Globals)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			if _, err := s.Call(f.Value(), luavm.Int(b.N)); err != nil {
				b.Fatal(err)
			}
		})
	}
}
