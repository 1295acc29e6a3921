package luasyntax

import (
	"errors"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luavm/syntax"
)

// run compiles a source and returns what it returns, joined by spaces, or its error.
func run(t *testing.T, source string) string {
	t.Helper()
	proto, err := Compile([]byte(source), "t.lua")
	if err != nil {
		return err.Error()
	}
	L := lua.NewState()
	defer L.Close()
	L.Push(L.NewFunctionFromProto(proto))
	if err := L.PCall(0, lua.MultRet, nil); err != nil {
		return err.(*lua.ApiError).Object.String()
	}
	var all []string
	for i := 1; i <= L.GetTop(); i++ {
		all = append(all, L.Get(i).String())
	}
	return strings.Join(all, " ")
}

// TestSourcesThatGopherLuaCannotParseRun: what LuaJIT reads, and gopher-lua's own parser
// does not, or reads wrongly.
func TestSourcesThatGopherLuaCannotParseRun(t *testing.T) {
	for source, want := range map[string]string{
		"\xef\xbb\xbfreturn 42":                   "42",
		"#!/usr/bin/env microts\nreturn 1":        "1",
		"#! only this line":                       "",
		"local 价格 = 10 return 价格 * 2":             "20",
		"return 0x1p4, 0xA.8, 0b101, 010":         "16 10.5 5 10",
		"return 1e400 == 1/0, 0x8000000000000000": "true 9.223372036854776e+18",
		"local goto = 1 return goto":              "1",
		`return "\x41\u{4e2d}", 'a\z
		    b'`: "A中 ab",
		"for i = 1, 3 do if i == 2 then break end; i = i end return 1;":                                                 "1",
		"for i = 1, 2 do goto next; do end ::next:: end return 3":                                                       "3",
		"local t = {} function t.a() return 1 end function t:b(x) return self, x end return t.a(), select('#', t:b(2))": "1 2",
		"local a, b = (...) return a, (select(2, 1, 2, 3)), {(select(2, 1, 2, 3))}[1]":                                  "t.lua:1: '<eof>' expected near '['",
		"local n = 0 for i = 3, 1, -1 do n = n + i end return -n, not n, #'abc'":                                        "-6 false 3",
	} {
		if got := run(t, source); got != want {
			t.Errorf("%q:\n got %s\nwant %s", source, got, want)
		}
	}
}

// TestErrorsNameTheLinesOfLuaJIT: the line of an error in a statement of several lines.
func TestErrorsNameTheLinesOfLuaJIT(t *testing.T) {
	for source, want := range map[string]string{
		"local x\nlocal y = 1 +\n\tx":             "t.lua:3:",
		"local x\nx\n.a = 1":                      "t.lua:3:",
		"local f\nf\n(\n1)":                       "t.lua:3:",
		"for i = 1,\n{}\ndo\nend":                 "t.lua:3:",
		"for k in\nnil do end":                    "t.lua:2:",
		"local x\nlocal t = {\n\tx.y,\n}":         "t.lua:3:",
		"error('here',\n1)":                       "t.lua:1:",
		"local x\nfunction x.\nf()\nend":          "t.lua:2:",
		"local t = {}\nt\n.x\n.y\n=\n1":           "t.lua:6:",
		"local t\nlocal a,\nb = 1,\nt.x":          "t.lua:4:",
		"local o = {}\no\n:m(\n)":                 "t.lua:3:",
		"local a\nrepeat\nlocal q = 1\nuntil a.b": "t.lua:4:",
		"local a\na.b, a.c =\n1,\n2":              "t.lua:4:",
		"local t = {}\nt[\nnil\n] = 1":            "t.lua:4:",
		"local f\nreturn f(\n1)":                  "t.lua:3:",
		"local x\nreturn (x\n.y\n)":               "t.lua:4:",
		"local s = 'a'\nlocal x\nx = s ..\nx":     "t.lua:4:",
	} {
		if got := run(t, source); !strings.HasPrefix(got, want) {
			t.Errorf("%q: %s, not %s", source, got, want)
		}
	}
}

func TestSyntaxErrorsAreThoseOfLuaJIT(t *testing.T) {
	for _, c := range []struct {
		code, message string
		incomplete    bool
	}{
		{"x =", "t.lua:1: unexpected symbol near '<eof>'", true},
		{"\nfor i = 1, 2 do\n", "t.lua:3: 'end' expected (to close 'for' at line 2) near '<eof>'", true},
		{"x y", "t.lua:1: '=' expected near 'y'", false},
		{"#!/usr/bin/env microts\nx = = 1", "t.lua:2: unexpected symbol near '='", false},
		{"x = '\\z\n\n' y = = 1", "t.lua:3: unexpected symbol near '='", false},
		{"goto nowhere", "t.lua:1: undefined label 'nowhere'", false},
		{"local " + strings.Repeat("a,", 250) + "b", "t.lua:1: main function has more than 200 local variables", false},
		{strings.Repeat("(", 300), "t.lua:1: chunk has too many syntax levels", false},
		{"\x1bLJ\x02", "t.lua: is compiled bytecode, which only the Lua that made it can run: run the source", false},
	} {
		_, err := Compile([]byte(c.code), "t.lua")
		e := (*syntax.Error)(nil)
		if !errors.As(err, &e) || e.Error() != c.message || e.Incomplete != c.incomplete {
			t.Errorf("%.60q:\n got %v\nwant %s, incomplete %v", c.code, err, c.message, c.incomplete)
		}
	}
}

// TestHints are the errors for the numbers that only LuaJIT has.
func TestHints(t *testing.T) {
	for code, want := range map[string]string{
		"local n = 42LL":                          "t.lua:1: 64-bit literals such as 42LL are LuaJIT's own: write 42, numbers are exact up to 2^53",
		"local n = 1 +\n 0xffULL + 2":             "t.lua:2: 64-bit literals such as 0xffULL are LuaJIT's own: write 0xff",
		"local n = 18446744073709551615ULL + 1":   `or the string "18446744073709551615"`,
		"local n = 3i + 1":                        "complex numbers such as 3i",
		"local s = 42LL .. '42LL' --[[ 42LL ]] ]": "t.lua:1: unexpected symbol near ']'",
	} {
		_, err := Compile([]byte(code), "t.lua")
		if e := (*syntax.Error)(nil); !errors.As(err, &e) || !strings.Contains(e.Error(), want) || e.Incomplete {
			t.Errorf("%q: %v, not %s", code, err, want)
		}
	}
}

// TestLongChainsCompileOrAreRefused: chains of which each link is a level to gopher-lua.
func TestLongChainsCompileOrAreRefused(t *testing.T) {
	for name, chain := range map[string]func(n int) string{
		"operators": func(n int) string { return "local a = 1 return a" + strings.Repeat("+a", n) },
		"fields":    func(n int) string { return "return a" + strings.Repeat(".a", n) },
		"calls":     func(n int) string { return "f" + strings.Repeat("()", n) },
		"methods":   func(n int) string { return "f" + strings.Repeat(":f{}", n) },
		"and":       func(n int) string { return "return a" + strings.Repeat(" and a", n) },
		"elseif":    func(n int) string { return "if a then " + strings.Repeat("elseif a then ", n) + "end" },
	} {
		if _, err := Compile([]byte(chain(2_000)), "t.lua"); err != nil {
			t.Errorf("2,000 %s: %v", name, err)
		}
		for _, n := range []int{maxDepth, 100_000, 200_000} {
			_, err := Compile([]byte(chain(n)), "t.lua")
			if err == nil || !strings.HasPrefix(err.Error(), "t.lua:1: chunk has too many syntax levels") {
				t.Errorf("%d %s: %v", n, name, err)
			}
		}
	}
}

// TestRefusalsSayThatMicrotsCannot: what LuaJIT accepts and gopher-lua's compiler does not.
func TestRefusalsSayThatMicrotsCannot(t *testing.T) {
	var locals strings.Builder
	for range 199 {
		locals.WriteString("local a = 1 ")
	}
	for source, want := range map[string]string{
		locals.String() + "return a, a, a, a":          "function has too many local variables and intermediate values: microts has room for 200",
		"return f(" + strings.Repeat("a,", 240) + "a)": "function has too many local variables and intermediate values",
	} {
		_, err := Compile([]byte(source), "t.lua")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, not %s", source, err, want)
		}
	}
}

// FuzzCompile: any source compiles or fails, without a panic.
func FuzzCompile(f *testing.F) {
	for _, code := range []string{
		"a, b = b, a", "for k in f() .. g() do end", `return 010 .. "\x41\z  b\u{4e2d}" .. 1/3`, "local x <const> = 42LL --[[",
		"x = function(...) local a, b = ... a, b = b, (...) return a .. b end", `"\`, `'\u{`, "[==[", "goto a ::a::",
	} {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) { _, _ = Compile([]byte(code), "fuzz") })
}
