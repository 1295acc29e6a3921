package repl

import (
	"regexp"
	"strings"

	"microts/internal/frame"
	"microts/internal/luavm"
	"microts/internal/luavm/syntax"
	"microts/luabind"
)

// callBefore matches a call whose arguments have begun.
var callBefore = regexp.MustCompile(`([\pL_][\pL\d_]*)([.:])([\pL_][\pL\d_]*)\s*\(([^()]*)$`)

// pathCandidates completes the last name of a chain such as a.b:c, or a keyword.
// Globals that begin with _ are not offered unless that is typed.
func (r *REPL) pathCandidates(before string) (prefix string, all []candidate) {
	prefix, links := chainBefore(before)
	if links == nil {
		for _, k := range syntax.Keywords() {
			all = append(all, candidate{k, ""})
		}
		for _, c := range r.fields(r.L.Globals.Value(), false) {
			if prefix != "" || c.text[0] != '_' {
				all = append(all, c)
			}
		}
	} else {
		all = r.behind(links)
	}
	return prefix, matching(all, prefix)
}

// tableOf returns the table that holds a value's fields: a table itself, the
// __index of a userdata, or nil.
func (r *REPL) tableOf(v luavm.Value) *luavm.Table {
	if v.IsUserData() {
		v = r.index(v)
	}
	t, _ := v.AsTable()
	return t
}

// index returns the __index of a value's metatable, or nil.
func (r *REPL) index(v luavm.Value) luavm.Value {
	meta := r.L.RawMetatable(v)
	if !meta.IsTable() {
		return luavm.Nil
	}
	return meta.RawGet(luavm.Intern("__index").Value())
}

// fields returns the fields of a value and of its metatables. If methods is set,
// only functions.
func (r *REPL) fields(v luavm.Value, methods bool) (all []candidate) {
	if f := luabind.Frame(v); f != nil {
		return frameFields(f, methods)
	}
	if v.IsString() {
		v = r.L.Globals.GetString("string")
	}
	if v.IsUserData() && r.tableOf(v) == nil {
		return methodsOf(luabind.FunctionsOf(r.L, v))
	}
	const mostMetatables = 2 // a chain of them may be a circle
	for range 1 + mostMetatables {
		t := r.tableOf(v)
		if t == nil {
			return all
		}
		for k, f := range t.All() {
			if !k.IsString() || !isName(k.Text()) || strings.HasPrefix(k.Text(), "__") || methods && !f.IsFunction() {
				continue
			}
			all = append(all, candidate{k.Text(), r.helpOf(v, k.Text(), f)})
		}
		if !v.IsTable() {
			return all
		}
		v = r.index(v)
	}
	return all
}

// frameFields returns the columns and the methods of a frame.
func frameFields(f *frame.Frame, methods bool) (all []candidate) {
	for _, m := range luabind.FrameMethods {
		all = append(all, candidate{m.Name, m.Text()})
	}
	if methods {
		return all
	}
	for _, c := range f.Columns() {
		if isName(c.Name) {
			all = append(all, candidate{c.Name, "column, " + c.Kind.String()})
		}
	}
	return all
}

// helpOf returns the signature and help of a function of micro_ts or of a storage
// engine, "" for another function, and else the value's type.
func (r *REPL) helpOf(of luavm.Value, name string, f luavm.Value) string {
	if !f.IsFunction() {
		return f.TypeName()
	}
	return luabind.HelpOf(r.L, of, name)
}

// argumentCandidates completes an argument of a call of micro_ts, if it is a market,
// a code or a path. Else all is nil.
func (r *REPL) argumentCandidates(before string) (prefix string, all []candidate) {
	m := callBefore.FindStringSubmatch(before)
	if m == nil {
		return "", nil
	}
	f := luabind.Lookup(m[3])
	if f == nil {
		return "", nil
	}
	args := strings.Split(m[4], ",")
	at := len(args) - 1
	if m[2] == ":" {
		at++
	}
	if at >= len(f.Args) {
		return "", nil
	}
	current := strings.TrimLeft(args[len(args)-1], " ")
	quote := ""
	if current != "" && (current[0] == '"' || current[0] == '\'') {
		quote, current = current[:1], current[1:]
	}
	switch strings.TrimSuffix(f.Args[at], "?") {
	case "market":
		if quote == "" && current != "" {
			return "", nil
		}
		for _, c := range r.markets() {
			if quote == "" {
				c.text = `"` + c.text + `"`
			} else {
				c.text += quote
			}
			all = append(all, c)
		}
	case "code":
		market := strings.Trim(strings.TrimSpace(args[len(args)-2]), `"'`)
		for _, c := range r.codesOf(market, quote == "") {
			c.text += quote
			all = append(all, c)
		}
	case "path":
		if quote == "" {
			return "", nil
		}
		return filesAt(current)
	default:
		return "", nil
	}
	return current, matching(all, current)
}
