package luasyntax

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/yuin/gopher-lua/ast"
)

// Literal returns the value of a literal, which may have a minus before it: a
// string, a float64 or a bool. ok is false for any other expression, nil too.
func Literal(e ast.Expr) (value any, ok bool) {
	switch e := e.(type) {
	case *ast.StringExpr:
		return e.Value, true
	case *ast.NumberExpr:
		return ParseNumber(e.Value)
	case *ast.UnaryMinusOpExpr:
		value, _ := Literal(e.Expr)
		f, ok := value.(float64)
		return -f, ok
	case *ast.TrueExpr:
		return true, true
	case *ast.FalseExpr:
		return false, true
	}
	return nil, false
}

var luajitLiteral = regexp.MustCompile(`\b(0[xX][0-9a-fA-F]+|[0-9]+)([uU]?[lL][lL]|i)\b`)

// FindLiteral returns the first literal that only LuaJIT knows, such as 42LL, in
// a piece of code without strings and comments; "" if there is none.
func FindLiteral(code string) string { return luajitLiteral.FindString(code) }

// findLiteral returns the first literal that only LuaJIT knows in the lines from
// first to last of a source, or "".
func findLiteral(source []byte, first, last int) string {
	for _, p := range Parts(source) {
		if p.Kind != Code {
			continue
		}
		for i, text := range bytes.Split(p.Text, []byte("\n")) {
			if line := p.Line + i; line < first || last < line {
				continue
			}
			if literal := FindLiteral(string(text)); literal != "" {
				return literal
			}
		}
	}
	return ""
}

// LiteralHint says what to write in the place of a literal that FindLiteral
// returned.
func LiteralHint(literal string) string {
	number := strings.TrimRight(literal, "uUlLi")
	if strings.HasSuffix(literal, "i") {
		return fmt.Sprintf("complex numbers such as %s are LuaJIT's own: use two numbers", literal)
	}
	hint := fmt.Sprintf("64-bit literals such as %s are LuaJIT's own: write %s", literal, number)
	if n, err := strconv.ParseUint(number, 0, 64); err != nil || n > 1<<53 {
		return hint + fmt.Sprintf(" if it need not be exact, or the string %q", number)
	}
	return hint + ", numbers are exact up to 2^53"
}
