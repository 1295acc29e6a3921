package luafile_test

import (
	"fmt"
	"os"
	"testing"

	"microts/internal/luavm"
)

// BenchmarkLines reads and writes lines of 33 bytes: a number, a number, and letters. An
// operation is one line.
func BenchmarkLines(b *testing.B) {
	for _, c := range []struct{ name, source string }{
		{"lines", `for line in io.lines("data") do end`},
		{"read", `local f = io.open("data") while f:read("*l") do end f:close()`},
		{"number", `local f = io.open("data") for i = 1, ... do f:read("*n", 1, "*n", "*l") end f:close()`},
		{"bytes", `local f = io.open("data") for i = 1, ... do f:read(33) end f:close()`},
		{"all", `local f = io.open("data") f:read("*a") f:close()`},
		{"write", `local f = io.open("written", "w") for i = 1, ... do f:write("0123456789,1234.5678,abcdefghijk\n") end f:close()`},
		{"writenumbers", `local f = io.open("written", "w") for i = 1, ... do f:write(i, ",", i / 4, "\n") end f:close()`},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.Chdir(b.TempDir())
			var data []byte
			for i := range b.N {
				data = fmt.Appendf(data, "%010d,1234.5678,abcdefghijk\n", i)
			}
			if err := os.WriteFile("data", data, 0o600); err != nil {
				b.Fatal(err)
			}
			s := newScript(b, "")
			b.ReportAllocs()
			b.ResetTimer()
			if _, err := s.do(c.source, "=bench", luavm.Int(b.N)); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			if err := s.io.Close(0); err != nil {
				b.Fatal(err)
			}
		})
	}
}
