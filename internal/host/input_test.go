package host

import (
	"bytes"
	"context"
	"os"
	"testing"
	"time"
)

// TestInterruptEndsReading: a script that waits for its standard input ends at once,
// and the next one reads what comes after.
func TestInterruptEndsReading(t *testing.T) {
	for _, code := range []string{`io.read()`, `io.read("*a")`, `io.read("*n")`, `io.read(5)`, `for line in io.lines() do end`, `dofile()`, `loadfile()`} {
		t.Run(code, func(t *testing.T) {
			in, keys, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			defer keys.Close()
			s := New(Options{Out: NewOutput(new(bytes.Buffer), nil), In: in, Exit: func(int) {}})
			defer s.Close()
			chunk, err := s.LoadString(code, "t.lua")
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer time.AfterFunc(20*time.Millisecond, cancel).Stop()
			if _, err := s.CallContext(ctx, chunk); err == nil {
				t.Error("no error")
			}
			if _, err := keys.WriteString("more\n"); err != nil {
				t.Fatal(err)
			}
			if err := runString(s, `assert(io.read() == "more")`); err != nil {
				t.Error(err)
			}
		})
	}
}
