package doctor

import (
	"strconv"
	"strings"

	"microts/internal/luavm/syntax"
)

// checkLiteral finds numbers that are 64-bit integers or complex in LuaJIT. Here they are
// Lua numbers: what 42LL is used for may run.
func (f *file) checkLiteral(e *syntax.CdataExpr) {
	digits := strings.TrimRight(e.Text, "uUlLiI")
	if strings.HasSuffix(strings.ToLower(e.Text), "i") {
		f.find(e.Line, "complex numbers such as %s are LuaJIT's own: use two numbers", e.Text)
		return
	}
	const exact = 1 << 53
	if n, err := strconv.ParseUint(digits, 0, 64); err != nil || n > exact {
		f.find(e.Line, "%s is not exact in microts, whose numbers are up to 2^53: write %s if that is good enough, or the string %q", e.Text, digits, digits)
		return
	}
	f.note(e.Line, "%s is the number %s in microts: it is exact up to 2^53, and / does not round", e.Text, digits)
}
