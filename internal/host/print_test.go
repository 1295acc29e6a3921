package host

import (
	"crypto/sha256"
	"io"
	"runtime"
	"strings"
	"testing"
)

// TestPrintOfOneStringManyTimesTakesNoMemory prints a string of 4 MiB 50 times in a line:
// all of it arrives, and print makes no string of 200 MiB.
func TestPrintOfOneStringManyTimesTakesNoMemory(t *testing.T) {
	const size, times = 4 << 20, 50
	hash := sha256.New()
	out := NewOutput(hash, nil)
	s := New(Options{Out: out, Exit: func(int) {}})
	defer s.Close()
	chunk, err := s.LoadString(`local s = ("x"):rep(4 * 2^20) print(1, s`+strings.Repeat(", s", times-1)+`, "end")`, "t.lua")
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := s.Call(chunk); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if made := after.TotalAlloc - before.TotalAlloc; made > 4*size {
		t.Errorf("%d bytes were allocated", made)
	}

	want := sha256.New()
	_, _ = io.WriteString(want, "1")
	for range times {
		_, _ = io.WriteString(want, "\t"+strings.Repeat("x", size))
	}
	_, _ = io.WriteString(want, "\tend\n")
	if string(hash.Sum(nil)) != string(want.Sum(nil)) {
		t.Error("print printed something else")
	}
}
