package compat

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// FuzzPattern: any pattern matches, or does not, or fails, without a panic.
func FuzzPattern(f *testing.F) {
	f.Add("hello", "(h)(.-)o$")
	f.Add("THE (quick)", "%f[%a]%a+%b()")
	f.Add("", "[^]")
	f.Fuzz(func(t *testing.T, s, pattern string) {
		if len(s) > 100 || len(pattern) > 30 {
			return
		}
		m := matcher{src: s, pattern: pattern}
		for at := range len(s) + 1 {
			m.level = 0
			if end := m.match(at, 0); end > len(s) {
				t.Errorf("%q in %q ends at %d", pattern, s, end)
			}
		}
	})
}

// FuzzUnpack: string.unpack reads any data by any format, or raises an error.
func FuzzUnpack(f *testing.F) {
	f.Add("<i4z s1", "\x01\x00\x00\x00ab\x00\x01x")
	f.Add("!8Xi16c3", "abc")
	f.Fuzz(func(t *testing.T, format, data string) {
		if len(format) > 20 || strings.Contains(format, "c") && len(format) > 8 {
			return
		}
		L := lua.NewState(lua.Options{SkipOpenLibs: true})
		defer L.Close()
		L.Push(L.NewFunction(unpackString))
		L.Push(lua.LString(format))
		L.Push(lua.LString(data))
		if err := L.PCall(2, lua.MultRet, nil); err != nil && strings.Contains(err.Error(), "runtime error") {
			t.Errorf("%q of %q: %v", format, data, err)
		}
	})
}

// FuzzJSON: cjson.decode takes any text, and encode takes what it returns.
func FuzzJSON(f *testing.F) {
	f.Add(`{"a":[1,2.5e3,null,true],"\u4e2d":"\ud83d\ude00"}`)
	f.Add(`[nan,"\x"]`)
	f.Fuzz(func(t *testing.T, text string) {
		L := lua.NewState()
		defer L.Close()
		c := newCJSON(L, true)
		if err := L.CallByParam(lua.P{Fn: c.RawGetString("decode"), NRet: 1, Protect: true}, lua.LString(text)); err != nil {
			t.Fatal(err)
		}
		v := L.Get(-1)
		L.Pop(1)
		if err := L.CallByParam(lua.P{Fn: c.RawGetString("encode"), NRet: 1, Protect: true}, v); err != nil {
			t.Fatal(err)
		}
	})
}
