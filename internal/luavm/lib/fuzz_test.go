package lib_test

import (
	"testing"

	"microts/internal/luavm"
)

// call calls a function of the library, as string.find, with strings. It fails the test if
// Go code panics. Any other error is nil.
func call(t *testing.T, library, name string, args ...string) []luavm.Value {
	t.Helper()
	s := newState(nil)
	functions, _ := s.Globals.GetString(library).AsTable()
	values := make([]luavm.Value, len(args))
	for i, a := range args {
		values[i] = luavm.Part(a)
	}
	results, err := s.Call(functions.GetString(name), values...)
	if e, ok := err.(*luavm.Error); ok && e.Unwrap() != nil {
		t.Errorf("%s.%s%q: %v", library, name, args, err)
	}
	return results
}

// FuzzPattern: any pattern matches, or does not, or fails, without a panic.
func FuzzPattern(f *testing.F) {
	f.Add("hello", "(h)(.-)o$")
	f.Add("THE (quick)", "%f[%a]%a+%b()")
	f.Add("", "[^]")
	f.Fuzz(func(t *testing.T, s, pattern string) {
		if len(s) > 100 || len(pattern) > 20 {
			return // patterns take a time that grows with a power of the length
		}
		found := call(t, "string", "find", s, pattern)
		if len(found) < 2 {
			return
		}
		if first, last := found[0].Float(), found[1].Float(); first < 1 || last < first-1 || last > float64(len(s)) {
			t.Errorf("%q in %q stands from %v to %v", pattern, s, first, last)
		}
		call(t, "string", "gsub", s, pattern, "%0")
	})
}

// FuzzUnpack: string.unpack reads any data by any format, or raises an error.
func FuzzUnpack(f *testing.F) {
	f.Add("<i4z s1", "\x01\x00\x00\x00ab\x00\x01x")
	f.Add("!8Xi16c3", "abc")
	f.Fuzz(func(t *testing.T, format, data string) {
		if len(format) > 20 {
			return
		}
		call(t, "string", "unpack", format, data)
	})
}
