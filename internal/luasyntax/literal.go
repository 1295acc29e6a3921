package luasyntax

import (
	"fmt"
	"strconv"
	"strings"

	"microts/internal/luavm/syntax"
)

// LiteralHint says what to write in the place of a number that only LuaJIT knows.
func LiteralHint(e *syntax.CdataExpr) string {
	number := strings.TrimRight(e.Text, "uUlLiI")
	if strings.HasSuffix(strings.ToLower(e.Text), "i") {
		return fmt.Sprintf("complex numbers such as %s are LuaJIT's own: use two numbers", e.Text)
	}
	hint := fmt.Sprintf("64-bit literals such as %s are LuaJIT's own: write %s", e.Text, number)
	if n, err := strconv.ParseUint(number, 0, 64); err != nil || n > 1<<53 {
		return hint + fmt.Sprintf(" if it need not be exact, or the string %q", number)
	}
	return hint + ", numbers are exact up to 2^53"
}
