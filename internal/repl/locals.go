package repl

import (
	"fmt"

	"microts/internal/luavm/syntax"
)

// noticeLocals says in r.hint if a name that a chunk uses was a local of an earlier one,
// and is nothing now. Then it keeps the chunk's own locals for the next one. It is
// called after the chunk has run.
func (r *REPL) noticeLocals(source string, number int) {
	tree, err := syntax.Parse([]byte(source), "chunk")
	if err != nil {
		return
	}
	syntax.Visit(tree, func(n syntax.Node) bool {
		g, ok := n.(*syntax.GlobalExpr)
		if ok && r.hint == "" && r.locals[g.Name] > 0 && r.L.Globals.GetString(g.Name).IsNil() {
			r.hint = fmt.Sprintf("(%s was local to [%d] and ended with it; without the word local it stays)", g.Name, r.locals[g.Name])
		}
		return true
	})
	for _, l := range tree.Body.Locals {
		r.locals[l.Name] = number
	}
}
