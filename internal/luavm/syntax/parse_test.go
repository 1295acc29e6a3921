package syntax

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

func parse(t testing.TB, code string) *Function {
	t.Helper()
	f, err := Parse([]byte(code), "x")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestIncompleteSourcesAreTold(t *testing.T) {
	for code, want := range map[string]bool{
		"x =": true, "if x then": true, "f(": true, "x = [[a": true, "--[[": true, "x = {": true, "x": true,
		"x = 'a\\": true, "x = 'a\\z  ": true,
		"x = 'a": false, "x = = 1": false, "goto x": false, "break": false, "x = 3x": false, "end": false,
	} {
		_, err := Parse([]byte(code), "x")
		e := (*Error)(nil)
		if !errors.As(err, &e) || e.Incomplete != want {
			t.Errorf("%q: %#v, not incomplete %v", code, err, want)
		}
	}
}

func TestBytecodeIsRefused(t *testing.T) {
	if _, err := Parse([]byte("\x1bLJ"), "x"); err == nil || err.Error() != "x: is compiled bytecode, which only the Lua that made it can run: run the source" {
		t.Error(err)
	}
}

// TestNamesAreResolved shows which variable each name stands for.
func TestNamesAreResolved(t *testing.T) {
	f := parse(t, `
		local a, b = a
		local function f(c, ...) b = c return function() return a, c, d end end
		do local a = b end
		for i = 1, 2 do g = function() return i end end`)
	var got []string
	Visit(f, func(n Node) bool {
		switch e := n.(type) {
		case *LocalExpr:
			got = append(got, fmt.Sprintf("%s=local%d", e.Local.Name, e.Local.Index))
		case *UpvalueExpr:
			got = append(got, fmt.Sprintf("%s=upvalue%d", e.Local.Name, e.Index))
		case *GlobalExpr:
			got = append(got, e.Name+"=global")
		}
		return true
	})
	want := "a=global b=upvalue0 c=local0 a=upvalue0 c=upvalue1 d=global b=local1 g=global i=upvalue0"
	if strings.Join(got, " ") != want {
		t.Errorf("got %s\nwant %s", strings.Join(got, " "), want)
	}
	got = nil
	for _, l := range f.Locals {
		got = append(got, fmt.Sprintf("%s line %d slot %d captured %v assigned %v", l.Name, l.Line, l.Slot, l.Captured, l.Assigned))
	}
	want = `a line 2 slot 0 captured true assigned false
b line 2 slot 1 captured true assigned true
f line 3 slot 2 captured false assigned false
a line 4 slot 3 captured false assigned false
i line 5 slot 6 captured true assigned false`
	if strings.Join(got, "\n") != want {
		t.Errorf("got %s\nwant %s", strings.Join(got, "\n"), want)
	}
	inner := f.Body.Stmts[1].(*LocalFunctionStmt).Func
	if !inner.IsVararg || inner.UsesVararg || !inner.HasInner || len(inner.Params) != 1 || !inner.Body.Captured || f.UsesVararg {
		t.Errorf("%+v", inner)
	}
	if u := inner.Body.Stmts[1].(*ReturnStmt).Exprs[0].(*FunctionExpr).Func.Upvalues; u[0].FromLocal || u[0].Index != 1 || !u[1].FromLocal || u[1].Index != 0 {
		t.Errorf("%+v", u)
	}
}

// TestJumpsKnowWhatTheyLeave shows how many locals each jump keeps, and whether it ends
// a captured one.
func TestJumpsKnowWhatTheyLeave(t *testing.T) {
	for code, want := range map[string]string{
		"while x do local a if y then break end end":                                                      "0 false",
		"while x do local a if y then break end f(function() return a end) end":                           "0 true",
		"while x do if y then break end local a f(function() return a end) end":                           "0 false",
		"local z for i = 1, 2 do f(function() return i end) break end":                                    "1 true",
		"local z for k, v in x do local w break end":                                                      "1 false",
		"local z ::top:: local a f(function() return a end) goto top":                                     "1 true",
		"local z ::top:: do local a f(function() return z end) goto top end":                              "1 false",
		"while x do local a f(function() return a end) if y then goto on end local b ::on:: end":          "1 false",
		"while x do do local a f(function() return a end) goto on end local b ::on:: end":                 "0 true",
		"repeat local a f(function() return a end) if a then break end until a":                           "0 true",
		"local a, b, c while x do while y do local d goto out end end ::out:: f(function() return a end)": "3 false",
	} {
		Visit(parse(t, code), func(n Node) bool {
			var j Jump
			switch s := n.(type) {
			case *BreakStmt:
				if j = s.Jump; s.Loop == nil {
					t.Errorf("%s: no loop", code)
				}
			case *GotoStmt:
				if j = s.Jump; s.Label == nil || !s.Label.Used {
					t.Errorf("%s: no label", code)
				}
			default:
				return true
			}
			if got := fmt.Sprint(j.Keep, j.Closes); got != want {
				t.Errorf("%s: %s, not %s", code, got, want)
			}
			return true
		})
	}
}

// TestLongChainsAreBounded: what LuaJIT takes is taken up to a bound, and what is
// beyond it is an error, not a stack overflow.
func TestLongChainsAreBounded(t *testing.T) {
	for _, c := range []struct{ first, link string }{
		{"return a", "+a"}, {"return a", " and a"}, {"return a", ".a"}, {"return a", "()"}, {"return a", "[1]"}, {"return a", ":a()"},
	} {
		if n := strings.Count(source(parse(t, c.first+strings.Repeat(c.link, 100_000))), "a"); n == 0 {
			t.Errorf("%q is lost", c.link)
		}
		if _, err := Parse([]byte(c.first+strings.Repeat(c.link, 1_000_000)), "x"); err == nil || err.Error() != "x:1: chunk has too many syntax levels" {
			t.Errorf("%q: %v", c.link, err)
		}
	}
	parse(t, "if x then "+strings.Repeat("elseif x then y() ", 10_000)+"end")
	half := strings.Repeat("+a", maxHeight*3/4)
	if _, err := Parse([]byte("return (a"+half+")"+half), "x"); err == nil {
		t.Error("two chains in each other are not counted together")
	}
	parse(t, "return (a"+half+")\n")
	parse(t, "x = a"+half+" y = a"+half)
}

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]float64{
		"0": 0, "-0": math.Copysign(0, -1), " 12 ": 12, "+5": 5, "1e3": 1000, ".5": .5, "5.": 5, "0x10": 16, "-0xff": -255, "0x.8": .5, "0x1p4": 16,
		"0b101": 5, "1e400": math.Inf(1), "-inf": math.Inf(-1), "Infinity": math.Inf(1), "0.1": .1, "123456789012345678901234567890": 123456789012345678901234567890,
		"9007199254740993": 9007199254740992, "1e22": 1e22, "1.7976931348623157e308": math.MaxFloat64, "5e-324": 5e-324, "0x1fffffffffffff8": 0x1fffffffffffff8,
	} {
		if f, ok := ParseNumber(text); !ok || f != want || math.Signbit(f) != math.Signbit(want) {
			t.Errorf("%q: %v, %v, not %v", text, f, ok, want)
		}
	}
	if f, ok := ParseNumber("nan"); !ok || !math.IsNaN(f) {
		t.Error(f, ok)
	}
	for _, text := range []string{"", " ", "+", "- 1", "--1", "1 2", "1LL", "1i", "0x", "1e", "1_0", "0b2", "in", "1\x00", "0x1p", ".", "e1"} {
		if f, ok := ParseNumber(text); ok {
			t.Errorf("%q: %v", text, f)
		}
	}
}

func TestChunkName(t *testing.T) {
	for name, want := range map[string]string{
		"@x.lua": "x.lua", "=stdin": "stdin", "return 1": `[string "return 1"]`, "a\nb": `[string "a..."]`, "": `[string ""]`,
		strings.Repeat("x", 100):       `[string "` + strings.Repeat("x", 45) + `..."]`,
		strings.Repeat("x", 48):        `[string "` + strings.Repeat("x", 48) + `"]`,
		"@" + strings.Repeat("x", 60):  "..." + strings.Repeat("x", 56),
		"=" + strings.Repeat("x", 100): strings.Repeat("x", 59),
	} {
		if got := ChunkName(name); got != want {
			t.Errorf("ChunkName(%q) is %q, not %q", name, got, want)
		}
	}
}

func TestTokens(t *testing.T) {
	for code, want := range map[string]string{
		`x = "a" -- c`:        `1"x" 0"=" 4"\"a\"" 6"-- c"`,
		"--[[ long\n]] y":     `6"--[[ long\n]]" 1"y"`,
		"a[b] = [==[ ]] ]==]": `1"a" 0"[" 1"b" 0"]" 0"=" 5"[==[ ]] ]==]"`,
		`'it\'s' .. "x`:       `4"'it\\'s'" 0".." 4"\"x"!`,
		"\"a\\z \n  b\" end":  `4"\"a\\z \n  b\"" 2"end"`,
		"--[==[ never ends":   `6"--[==[ never ends"!`,
		"t = 3x ! [==z":       `1"t" 0"=" 3"3x" 0"!" 0"[" 0"==" 1"z"`,
		"#!/bin/microts\nx":   `6"#!/bin/microts" 1"x"`,
		"#t":                  `0"#" 1"t"`,
	} {
		var got []string
		for k := range Tokens([]byte(code)) {
			text := fmt.Sprintf("%d%q", k.Kind, code[k.Start:k.End])
			if !k.Closed {
				text += "!"
			}
			got = append(got, text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q:\n got %s\nwant %s", code, strings.Join(got, " "), want)
		}
	}
}

// FuzzParse: any source parses or is refused, with lines of the source; what parses is
// printed and parses again to the same tree; its tokens stand in the source in order.
func FuzzParse(f *testing.F) {
	sources, _ := recordedAnswers(f)
	for _, s := range sources {
		if len(s) < 200 {
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, code string) {
		last := Line(strings.Count(code, "\n") + strings.Count(code, "\r") + 1)
		tree, err := Parse([]byte(code), "x")
		if e := (*Error)(nil); err != nil && (!errors.As(err, &e) || e.Line > last) {
			t.Errorf("%q: %v", code, err)
		}
		if err == nil {
			Visit(tree, func(n Node) bool {
				if n.At() < 1 || n.At() > last {
					t.Errorf("%q: %T at line %d", code, n, n.At())
				}
				return true
			})
			checkPrinted(t, code)
		}
		end := 0
		for k := range Tokens([]byte(code)) {
			if k.Start < end || k.End <= k.Start || k.End > len(code) {
				t.Errorf("%q: %+v behind %d", code, k, end)
			}
			end = k.End
		}
	})
}
