package repl

import (
	"regexp"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luavm/syntax"
	"microts/luabind"
)

var (
	lastPath   = regexp.MustCompile(`[\pL_][\pL\d_]*(?:[.:][\pL_][\pL\d_]*)*[.:]?$`)
	callBefore = regexp.MustCompile(`([\pL_][\pL\d_]*)([.:])([\pL_][\pL\d_]*)\s*\(([^()]*)$`)
)

// pathCandidates completes the last name of a path such as a.b:c, or a keyword.
// Globals that begin with _ are not offered unless that is typed.
func (r *REPL) pathCandidates(before string) (prefix string, all []candidate) {
	path := lastPath.FindString(before)
	cut := strings.LastIndexAny(path, ".:")
	prefix = path[cut+1:]
	if cut < 0 {
		for _, k := range syntax.Keywords() {
			all = append(all, candidate{k, ""})
		}
		for _, c := range r.fields(r.L.Get(lua.GlobalsIndex), false) {
			if prefix != "" || c.text[0] != '_' {
				all = append(all, c)
			}
		}
	} else if v := r.value(path[:cut]); v != nil {
		all = r.fields(v, path[cut] == ':')
	}
	return prefix, matching(all, prefix)
}

// value returns the value of a path such as a.b.c, or nil. It calls no Lua.
func (r *REPL) value(path string) lua.LValue {
	v := r.L.Get(lua.GlobalsIndex)
	for name := range strings.FieldsFuncSeq(path, func(c rune) bool { return c == '.' || c == ':' }) {
		t := tableOf(v)
		if t == nil {
			return nil
		}
		if v = t.RawGetString(name); v == lua.LNil {
			return nil
		}
	}
	return v
}

// tableOf returns the table that holds a value's fields: a table itself, the
// __index of a userdata, or nil.
func tableOf(v lua.LValue) *lua.LTable {
	switch v := v.(type) {
	case *lua.LTable:
		return v
	case *lua.LUserData:
		if meta, ok := v.Metatable.(*lua.LTable); ok {
			index, _ := meta.RawGetString("__index").(*lua.LTable)
			return index
		}
	}
	return nil
}

// fields returns the fields of a value and of its metatables. If methods is set,
// only functions.
func (r *REPL) fields(v lua.LValue, methods bool) (all []candidate) {
	if v.Type() == lua.LTString {
		v = r.L.GetGlobal("string")
	}
	const mostMetatables = 2 // a chain of them may be a circle
	for range 1 + mostMetatables {
		t := tableOf(v)
		if t == nil {
			return all
		}
		t.ForEach(func(k, f lua.LValue) {
			name, ok := k.(lua.LString)
			if !ok || !isName(string(name)) || strings.HasPrefix(string(name), "__") ||
				methods && f.Type() != lua.LTFunction {
				return
			}
			all = append(all, candidate{string(name), helpOf(r.L, v, string(name), f)})
		})
		table, ok := v.(*lua.LTable)
		if !ok {
			return all
		}
		meta, ok := table.Metatable.(*lua.LTable)
		if !ok {
			return all
		}
		v = meta.RawGetString("__index")
	}
	return all
}

// helpOf returns the signature and help of a function of micro_ts or of a storage
// engine, "" for another function, and else the value's type.
func helpOf(L *lua.LState, of lua.LValue, name string, f lua.LValue) string {
	if f.Type() != lua.LTFunction {
		return f.Type().String()
	}
	return luabind.HelpOf(L, of, name)
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
