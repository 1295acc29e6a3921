package luasyntax

import "microts/internal/luavm/syntax"

// Cost returns about how many bytes of memory it takes to compile a source: 200 for
// each token, and what strings and comments hold.
func Cost(source []byte) (n int64) {
	const perToken = 200
	for t := range syntax.Tokens(source) {
		n += perToken
		switch t.Kind {
		case syntax.String, syntax.LongString, syntax.Comment:
			n += int64(t.End - t.Start)
		}
	}
	return n
}
