package repl

import (
	"slices"

	"microts/internal/frame"
	"microts/internal/luavm/syntax"
	"microts/luabind"
)

// link is a name of a chain such as f:bars("5m").close, and whether it is called there.
type link struct {
	name   string
	called bool
	mark   byte // what stands behind: '.' or ':'
}

// chainBefore returns the name at the end of a text, which may be unfinished or empty, and
// the links of the chain before it: nil if there is none. A chain that does not begin with
// a name, such as ("x"):rep, has a link without a name.
func chainBefore(before string) (prefix string, links []link) {
	var tokens []syntax.Token
	for t := range syntax.Tokens([]byte(before)) {
		if t.Kind != syntax.Comment {
			tokens = append(tokens, t)
		}
	}
	text := func(i int) string {
		if i < 0 {
			return ""
		}
		return before[tokens[i].Start:tokens[i].End]
	}
	at := len(tokens) - 1
	if at >= 0 && tokens[at].End == len(before) && (tokens[at].Kind == syntax.Name || tokens[at].Kind == syntax.Keyword) {
		prefix = text(at)
		at--
	}
	for text(at) == "." || text(at) == ":" {
		l := link{mark: text(at)[0]}
		at--
		for at >= 0 && isCallEnd(tokens[at], text(at)) {
			at, l.called = beforeBrackets(at, text), true
		}
		known := at >= 0 && tokens[at].Kind == syntax.Name
		if known {
			l.name = text(at)
			at--
		}
		links = append(links, l)
		if !known {
			break
		}
	}
	slices.Reverse(links)
	return prefix, links
}

// isCallEnd says whether a token ends the arguments of a call, or an index.
func isCallEnd(t syntax.Token, text string) bool {
	return t.Kind == syntax.String || t.Kind == syntax.LongString || text == ")" || text == "}" || text == "]"
}

// beforeBrackets returns the number of the token before the brackets that end at a token,
// or before that token if it is none.
func beforeBrackets(at int, text func(int) string) int {
	for depth := 0; at >= 0; at-- {
		switch text(at) {
		case ")", "}", "]":
			depth++
		case "(", "{", "[":
			depth--
		}
		if depth <= 0 {
			break
		}
	}
	return at - 1
}

// behind returns what may follow a chain. It calls no Lua: what a call returns is known by
// what the help says of the function.
func (r *REPL) behind(links []link) []candidate {
	v, known := r.L.Globals.Value(), true // the value so far
	var functions []luabind.Function      // of a value that is not known
	for _, l := range links {
		switch {
		case l.called:
			if known {
				functions = luabind.FunctionsOf(r.L, v)
			}
			known = false
			i := slices.IndexFunc(functions, func(f luabind.Function) bool { return f.Name == l.name })
			if i < 0 {
				return nil
			}
			functions = luabind.FunctionsOfResult(&functions[i])
		case !known: // a column of a frame
			functions = seriesIf(len(functions) > 0 && &functions[0] == &luabind.FrameMethods[0])
		case luabind.Frame(v) != nil:
			c, err := luabind.Frame(v).Column(l.name)
			known, functions = false, seriesIf(err == nil && c.Kind != frame.Text)
		default:
			t := r.tableOf(v)
			if t == nil {
				return nil
			}
			if v = t.GetString(l.name); v.IsNil() {
				return nil
			}
		}
	}
	if known {
		return r.fields(v, links[len(links)-1].mark == ':')
	}
	return methodsOf(functions)
}

// seriesIf returns the methods of series if the value is one.
func seriesIf(is bool) []luabind.Function {
	if is {
		return luabind.SeriesMethods
	}
	return nil
}

// methodsOf returns the functions that can be called as methods.
func methodsOf(functions []luabind.Function) (all []candidate) {
	for _, f := range functions {
		if f.Method {
			all = append(all, candidate{f.Name, f.Text()})
		}
	}
	return all
}
