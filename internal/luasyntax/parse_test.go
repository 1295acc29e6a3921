package luasyntax

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/yuin/gopher-lua/ast"
)

func TestParts(t *testing.T) {
	for source, want := range map[string]string{
		`x = "a" -- c`:                       `0"x = " 1"\"a\"" 0" " 3"-- c"`,
		"--[[ long\n]] y":                    `3"--[[ long\n]]" 0" y"`,
		"a[b] = [==[ ]] ]==]":                `0"a[b] = " 2"[==[ ]] ]==]"`,
		`'it\'s' .. "x`:                      `1"'it\\'s'" 0" .. " 1"\"x"`,
		"\"a\\z \n  b\"":                     `1"\"a\\z \n  b\""`,
		"--[==[ never ends":                  `3"--[==[ never ends"`,
		"t[t[1]] = 2 --[ no long one\nz = 1": `0"t[t[1]] = 2 " 3"--[ no long one" 0"\nz = 1"`,
	} {
		var got []string
		whole := ""
		for _, p := range Parts([]byte(source)) {
			got = append(got, fmt.Sprintf("%d%q", p.Kind, p.Text))
			whole += string(p.Text)
		}
		if strings.Join(got, " ") != want || whole != source {
			t.Errorf("%q:\n got %s\nwant %s", source, strings.Join(got, " "), want)
		}
	}
}

func TestPartsKnowTheirLines(t *testing.T) {
	var got []string
	for _, p := range Parts([]byte("a\n--[[\n\n]]'\\z\n\n'\nb")) {
		got = append(got, fmt.Sprintf("%d:%q", p.Line, p.Text))
	}
	if want := `1:"a\n" 2:"--[[\n\n]]" 4:"'\\z\n\n'" 6:"\nb"`; strings.Join(got, " ") != want {
		t.Errorf("got %s\nwant %s", strings.Join(got, " "), want)
	}
}

// TestHints are the errors for what only LuaJIT's lexer knows.
func TestHints(t *testing.T) {
	for code, want := range map[string]string{
		"local n = 42LL":                        "t.lua: parse error near <eof>: 64-bit literals such as 42LL are LuaJIT's own: write 42",
		"local n = 1 + 0xffULL + 2":             "t.lua:1: ",
		"local n = 18446744073709551615ULL + 1": `or the string "18446744073709551615"`,
		"local n = 3i + 1":                      "complex numbers such as 3i",
		"\x1bLJ\x02":                            "is compiled bytecode",
	} {
		_, err := Compile([]byte(code), "t.lua")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, not %s", code, err, want)
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	for _, c := range []struct {
		code, message string
		incomplete    bool
	}{
		{"x =", "t.lua: syntax error near <eof>", true},
		{"for i = 1, 2 do", "t.lua: syntax error near <eof>", true},
		{"x = = 1", "t.lua:1: syntax error near '='", false},
		{"#!/usr/bin/env microts\nx = = 1", "t.lua:2: syntax error near '='", false},
		{"x = '\\z\n\n' y = = 1", "t.lua:3: syntax error near '='", false},
		{"goto nowhere", "t.lua:", false},
		{"#! only this line", "", false},
	} {
		_, err := Compile([]byte(c.code), "t.lua")
		if c.message == "" {
			if err != nil {
				t.Errorf("%q: %v", c.code, err)
			}
			continue
		}
		e := (*SyntaxError)(nil)
		if !errors.As(err, &e) || !strings.HasPrefix(e.Message, c.message) || e.Incomplete != c.incomplete {
			t.Errorf("%q:\n got %#v\nwant %q, incomplete %v", c.code, err, c.message, c.incomplete)
		}
	}
}

func TestChunkName(t *testing.T) {
	for name, want := range map[string]string{
		"@x.lua":                 "x.lua",
		"=stdin":                 "stdin",
		"return 1":               `[string "return 1"]`,
		"a\nb":                   `[string "a..."]`,
		strings.Repeat("x", 100): `[string "` + strings.Repeat("x", 45) + `..."]`,
		"":                       `[string ""]`,
	} {
		if got := ChunkName(name); got != want {
			t.Errorf("ChunkName(%q) is %q, not %q", name, got, want)
		}
	}
}

func TestUnescape(t *testing.T) {
	for source, want := range map[string]string{
		`"\x41\xff"`:         `"\065\255"`,
		`"\u{4e2d}"`:         `"\228\184\173"`,
		"'a\\z \n \n b' + 1": "'ab'\n\n + 1",
		`"\xZZ" '\u{}' "\z"`: `"\xZZ" '\u{}' ""`,
		`"\\x41" --\x41`:     `"\\x41" --\x41`,
		`[[\x41]] "\x4"`:     `[[\x41]] "\x4"`,
	} {
		if got := string(unescape([]byte(source))); got != want {
			t.Errorf("%q becomes %q, not %q", source, got, want)
		}
	}
}

func TestLiteral(t *testing.T) {
	for code, want := range map[string]any{
		`"a"`: "a", "1.5": 1.5, "0x10": 16.0, "-2": -2.0, "- - 2": 2.0, "true": true, "false": false,
		"nil": nil, "x": nil, "1 + 1": nil, "{}": nil, `-"a"`: nil, "f()": nil,
	} {
		block, err := Parse([]byte("return "+code), "t.lua")
		if err != nil {
			t.Fatal(err)
		}
		value, ok := Literal(block[0].(*ast.ReturnStmt).Exprs[0])
		if ok != (want != nil) || ok && value != want {
			t.Errorf("%s is %v, %v, not %v", code, value, ok, want)
		}
	}
}

// TestTooManyLevels compiles sources that nest deeper than any stack, in each form of
// nesting.
func TestTooManyLevels(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{"table", "{", "}"},
		{"function", "function() return ", " end"},
		{"call", "f(", ")"},
		{"index", "a[", "]"},
		{"not", "not ", ""},
		{"minus", "- ", ""},
		{"length", "# ", ""},
		{"power", "2^", ""},
		{"concat", "a..", ""},
		{"sum", "a+", ""},
		{"and", "a and ", ""},
		{"comparison", "a<", ""},
		{"field", "", ".b"},
		{"calls", "", "()"},
		{"method", "", ":m()"},
	} {
		source := func(n int) []byte {
			return []byte("return " + strings.Repeat(c.before, n) + "x" + strings.Repeat(c.after, n))
		}
		tooManyLevels(t, c.name, source)
	}
	for _, c := range []struct{ name, before, after string }{
		{"do", "do ", " end"},
		{"while", "while x do ", " end"},
		{"for", "for i = 1, 2 do ", " end"},
		{"repeat", "repeat ", " until x"},
		{"if", "if x then ", " end"},
		{"else", "if x then else ", " end"},
		{"local function", "local function f() ", " end"},
	} {
		tooManyLevels(t, c.name, func(n int) []byte { return []byte(strings.Repeat(c.before, n) + strings.Repeat(c.after, n)) })
	}
	tooManyLevels(t, "elseif", func(n int) []byte { return []byte("if a then" + strings.Repeat(" elseif a then", n) + " end") })
}

// tooManyLevels compiles a source with 20 levels and one with 11,000.
func tooManyLevels(t *testing.T, name string, source func(levels int) []byte) {
	t.Helper()
	if _, err := Compile(source(20), "t.lua"); err != nil {
		t.Errorf("%s, 20 levels: %v", name, err)
	}
	if _, err := Compile(source(11_000), "t.lua"); err == nil || err.Error() != "t.lua:1: chunk has too many syntax levels" {
		t.Errorf("%s, 11,000 levels: %.100v", name, err)
	}
}

func TestCost(t *testing.T) {
	for _, c := range []struct {
		source string
		want   int64
	}{
		{"", 0},
		{"local x = 1", 4 * 200},
		{"f(x) --[[" + strings.Repeat("x", 1000) + "]]", 4*200 + 200 + 1008},
		{"return {" + strings.Repeat("1,", 1000) + "}", (3 + 2*1000) * 200},
	} {
		if got := Cost([]byte(c.source)); got < c.want*9/10 || got > c.want*11/10 {
			t.Errorf("%.40q costs %d, not %d", c.source, got, c.want)
		}
	}
}

// TestWalkReachesEverything puts a call of f into each place of a chunk where an
// expression may stand, and counts them.
func TestWalkReachesEverything(t *testing.T) {
	block, err := Parse([]byte(`
		local a, b = f(), {f(), k = f(), [f()] = f()}
		a, b[f()] = f(), f()
		f(f())
		a:m(f())
		do f() end
		while f() do f() end
		repeat f() until f()
		if f() then f() elseif f() then f() else f() end
		for i = f(), f(), f() do f() end
		for k in f(), f() do f() end
		function g() f() end
		local h = function() return f() end
		return f() and f() or not f(), -f() + #f() .. f() < f(), (f())`), "t.lua")
	if err != nil {
		t.Fatal(err)
	}
	calls, returns := 0, 0
	Walk(block, func(s ast.Stmt) {
		if _, ok := s.(*ast.ReturnStmt); ok {
			returns++
		}
	}, func(e ast.Expr) {
		if id, ok := e.(*ast.IdentExpr); ok && id.Value == "f" {
			calls++
		}
	})
	if calls != 38 || returns != 2 {
		t.Errorf("%d calls and %d returns found, not 38 and 2", calls, returns)
	}
	Walk(block, nil, nil)
}

// FuzzCompile: any source compiles or fails, without a panic, and its parts are
// the source.
func FuzzCompile(f *testing.F) {
	for _, code := range []string{
		"a, b = b, a", "for k in f() .. g() do end", `return 010 .. "\x41\z  b\u{4e2d}" .. 1/3`, "local x <const> = 42LL --[[",
		"x = function(...) local a, b = ... a, b = b, (...) return a .. b end", `"\`, `'\u{`, "[==[", "goto a ::a::",
	} {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		_, _ = Compile([]byte(code), "fuzz")
		var whole []byte
		for _, p := range Parts([]byte(code)) {
			whole = append(whole, p.Text...)
		}
		if string(whole) != code {
			t.Errorf("%q has the parts %q", code, whole)
		}
	})
}
