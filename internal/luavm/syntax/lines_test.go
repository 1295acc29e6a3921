package syntax

import (
	"fmt"
	"strings"
	"testing"
)

// TestLinesAreThoseOfLuaJITsInstructions: a message names the line that LuaJIT gives to
// the instruction that fails, which is not always that of its first token.
func TestLinesAreThoseOfLuaJITsInstructions(t *testing.T) {
	f := parse(t, `local t = a
.b
.c
x = t.y
+ (t.z
)
f(t.u,
t.v
)
t:m(
1):n{
}
return g(
2
)`)
	var got []string
	Visit(f, func(n Node) bool {
		switch n.(type) {
		case *NumberExpr, *StringExpr, *LocalExpr:
		default:
			got = append(got, fmt.Sprintf("%s:%d", strings.TrimPrefix(fmt.Sprintf("%T", n), "*syntax."), n.At()))
		}
		if m, ok := n.(*MethodCallExpr); ok {
			got = append(got, fmt.Sprintf("%s:%d", m.Name, m.NameLine))
		}
		return true
	})
	want := "LocalStmt:1 IndexExpr:3 IndexExpr:2 GlobalExpr:1 " +
		"AssignStmt:6 GlobalExpr:4 BinaryExpr:6 IndexExpr:5 ParenExpr:6 IndexExpr:6 " +
		"CallStmt:7 CallExpr:7 GlobalExpr:7 IndexExpr:7 IndexExpr:9 " +
		"CallStmt:10 MethodCallExpr:11 n:11 MethodCallExpr:10 m:10 TableExpr:11 " +
		"ReturnStmt:15 CallExpr:13 GlobalExpr:13"
	if strings.Join(got, " ") != want {
		t.Errorf("got %s\nwant %s", strings.Join(got, " "), want)
	}
}
