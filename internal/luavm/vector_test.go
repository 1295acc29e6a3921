package luavm

import (
	"io"
	"strings"
	"testing"
)

// vector is a Vector of numbers.
type vector []float64

func (v vector) Element(i float64) (f float64, ok bool) {
	if n := int(i); float64(n) == i && n >= 1 && n <= len(v) {
		return v[n-1], true
	}
	return 0, false
}

func (v vector) Truth() string { return "ask v:any()" }

// newVectors makes a state with the global v, which holds 1, 2, 3, and whose comparisons with numbers are vectors of 0 and 1.
func newVectors() *State {
	s := NewState()
	OpenBase(s, io.Discard)
	meta := NewTable(0, 0)
	compare := func(is func(a, b float64) bool) Native {
		return func(c *Call) {
			of := func(i, k int) float64 {
				if x, ok := c.Arg(i).Data().(vector); ok {
					return x[k]
				}
				return c.Arg(i).Float()
			}
			z := vector{0, 0, 0}
			for k := range z {
				if is(of(1, k), of(2, k)) {
					z[k] = 1
				}
			}
			c.Return(NewUserData(z, meta))
		}
	}
	meta.SetFunctions(map[string]Native{
		"__lt":    compare(func(a, b float64) bool { return a < b }),
		"__le":    compare(func(a, b float64) bool { return a <= b }),
		"__index": func(c *Call) { c.Return(Nil) },
	})
	s.Globals.SetString("v", NewUserData(vector{1, 2, 3}, meta))
	return s
}

func TestComparisonsOfVectorsAreVectors(t *testing.T) {
	for script, want := range map[string]string{
		`local m = v > 1; return m[1], m[2], m[3]`:                                           "0 1 1",
		`local m = v >= 2; return m[1], m[2], m[3]`:                                          "0 1 1",
		`local m = 2 > v; return m[1], m[2], m[3]`:                                           "1 0 0",
		`local k = 2; local m = v <= k; return m[1], m[2]`:                                   "1 1",
		`local k = 2; local m = k < v; return m[2], m[3]`:                                    "0 1",
		`local m = v < v; return m[1], m[4]`:                                                 "0 nil",
		`return (v > 1)[3]`:                                                                  "1",
		`return ({v > 1})[1][2]`:                                                             "1",
		`local function f(m) return m[3] end return f(v > 2)`:                                "1",
		`local t = {} t.m = v > 2 return t.m[2], t.m[3]`:                                     "0 1",
		`local m = ((v > 2)) for i = 1, 2 do m = v > i end return m[2], m[3]`:                "0 1",
		`local n = 0 for i = 1, 200000 do if i > 1 then n = n + (v > 1)[2] end end return n`: "199999",
		// Whether it is true is no question.
		`if v > 1 then return 1 end`:                        "error: a comparison of a vector is a vector, neither true nor false: ask v:any()",
		`while v > 1 do end`:                                "error: a comparison of a vector is a vector, neither true nor false: ask v:any()",
		`local a if v > 1 then a = true else a = false end`: "error: a comparison of a vector is a vector, neither true nor false: ask v:any()",
		`return not (v > 1)`:                                "error: a comparison of a vector is a vector, neither true nor false: ask v:any()",
		`return v > 1 and 2`:                                "error: a comparison of a vector is a vector, neither true nor false: ask v:any()",
		// What is no vector is as before.
		`return 1 > 2, 2 > 1, "a" < "b"`: "false true true",
		`return {} > 1`:                  "error: attempt to compare number with table",
	} {
		if got := answer(t, newVectors(), script); got != want {
			t.Errorf("%s\n got %s\nwant %s", script, got, want)
		}
	}
}

// answer returns what a script returns, or its error.
func answer(t *testing.T, s *State, script string) string {
	t.Helper()
	f, err := s.Load([]byte(script), "=t", s.Globals)
	if err != nil {
		t.Fatal(err)
	}
	results, err := s.Call(f.Value())
	if err != nil {
		_, message, _ := strings.Cut(err.Error(), ": ")
		message, _, _ = strings.Cut(message, "\n")
		return "error: " + message
	}
	var texts []string
	for _, v := range results {
		texts = append(texts, PlainString(v))
	}
	return strings.Join(texts, " ")
}
