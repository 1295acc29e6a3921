package repl

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/reeflective/readline"
	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat"
	"microts/internal/tick"
	"microts/luabind"
)

// candidate is one text that Tab offers.
type candidate struct {
	text string // replaces the prefix
	help string // a signature and a sentence, or ""
}

// complete offers what may follow the text before the cursor.
func (r *REPL) complete(before string) readline.Completions {
	prefix, all := r.candidates(before)
	// The candidates fit into the rows below the prompt: few of them one a row, with
	// their help; more of them without help, several in a row.
	const mostOffered = 3 * (roomBelow - 1)
	var values []string
	usage := ""
	for i, c := range all {
		if i == mostOffered {
			usage = fmt.Sprintf("... %d more", len(all)-mostOffered)
			break
		}
		if len(all) > roomBelow-1 {
			c.help = ""
		}
		values = append(values, c.text, strings.ReplaceAll(c.help, "\n", "  "))
		if len(all) == 1 {
			usage = c.help
		}
	}
	done := readline.CompleteValuesDescribed(values...)
	done.PREFIX = prefix
	if usage != "" {
		done = done.Usage("%s", usage)
	}
	return done
}

var (
	lastPath   = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*(?:[.:][A-Za-z_][A-Za-z0-9_]*)*[.:]?$`)
	callBefore = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_]*)([.:])([A-Za-z_][A-Za-z0-9_]*)\s*\(([^()]*)$`)
)

// candidates returns what may follow, and its prefix that is typed already.
func (r *REPL) candidates(before string) (prefix string, all []candidate) {
	if trimmed := strings.TrimLeft(before, " "); strings.HasPrefix(trimmed, ".") && !strings.Contains(before, "\n") {
		return r.commandCandidates(trimmed)
	}
	if prefix, all := r.argumentCandidates(before); all != nil {
		return prefix, all
	}
	if parts := compat.Parts([]byte(before)); len(parts) > 0 {
		if last := parts[len(parts)-1]; last.Kind == compat.String && !closed(string(last.Text)) {
			return filesAt(string(last.Text[1:]))
		}
	}
	path := lastPath.FindString(before)
	cut := strings.LastIndexAny(path, ".:")
	prefix = path[cut+1:]
	if cut < 0 {
		for _, k := range keywords {
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

// closed says whether a string literal has its closing quote.
func closed(str string) bool { return len(str) > 1 && str[len(str)-1] == str[0] }

// matching returns the candidates that begin with prefix, sorted.
func matching(all []candidate, prefix string) (some []candidate) {
	for _, c := range all {
		if strings.HasPrefix(c.text, prefix) {
			some = append(some, c)
		}
	}
	slices.SortFunc(some, func(a, b candidate) int { return strings.Compare(a.text, b.text) })
	return slices.CompactFunc(some, func(a, b candidate) bool { return a.text == b.text })
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
			if !ok || word.FindString(string(name)) != string(name) || strings.HasPrefix(string(name), "__") ||
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

// commandCandidates completes a dot command.
func (r *REPL) commandCandidates(text string) (prefix string, all []candidate) {
	name, rest, found := strings.Cut(text[1:], " ")
	if !found {
		for _, c := range commands {
			all = append(all, candidate{"." + c.name, strings.TrimSpace(c.args + "  " + c.help)})
		}
		return text, matching(all, text)
	}
	last := rest[strings.LastIndex(rest, " ")+1:]
	switch name {
	case "open", "load", "save":
		return filesAt(strings.TrimLeft(last, `"'`))
	case "help":
		for _, c := range commands {
			all = append(all, candidate{c.name, c.help})
		}
		for _, f := range luabind.Functions {
			all = append(all, candidate{f.Name, f.Help})
		}
	case "time":
		all = []candidate{{"on", ""}, {"off", ""}}
	case "tz":
		for _, zone := range []string{"Asia/Shanghai", "Asia/Hong_Kong", "Asia/Tokyo", "America/New_York", "Europe/London", "UTC"} {
			all = append(all, candidate{zone, ""})
		}
	case "codes", "head", "tail", "count", "plot":
		words := strings.Fields(rest)
		if len(words) == 0 || len(words) == 1 && last != "" {
			all = r.markets()
		} else if len(words) == 1 || len(words) == 2 && last != "" {
			all = r.codesOf(strings.Trim(words[0], `"'`), false)
		}
	}
	return last, matching(all, last)
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

// instruments returns the first instruments of the open database, as many as
// anybody looks through. market 0 is all markets.
func (r *REPL) instruments(market byte) []tick.Instrument {
	db := luabind.Database(r.L.GetGlobal("db"))
	if db == nil || db.Closed() {
		return nil
	}
	const most = 500
	found, err := db.Instruments(market)
	if err != nil {
		return nil
	}
	return found[:min(len(found), most)]
}

// markets returns the markets of the open database.
func (r *REPL) markets() (all []candidate) {
	for _, in := range r.instruments(0) {
		all = append(all, candidate{string(in.Market()), ""})
	}
	return all
}

// codesOf returns the codes of a market. If asLua is set, a code that is not a number
// is quoted.
func (r *REPL) codesOf(market string, asLua bool) (all []candidate) {
	if len(market) != 1 {
		return nil
	}
	for _, in := range r.instruments(market[0]) {
		code := in.Code()
		if asLua && strings.ContainsFunc(code, func(c rune) bool { return c < '0' || c > '9' }) {
			code = `"` + code + `"`
		}
		all = append(all, candidate{code, ""})
	}
	return all
}

// filesAt completes the path of a file.
func filesAt(prefix string) (string, []candidate) {
	dir, base := filepath.Split(prefix)
	at := dir
	if at == "" {
		at = "."
	}
	entries, err := os.ReadDir(at)
	if err != nil {
		return prefix, nil
	}
	var all []candidate
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") && !strings.HasPrefix(base, ".") {
			continue
		}
		if e.IsDir() {
			name += "/"
		}
		all = append(all, candidate{dir + name, ""})
	}
	return prefix, matching(all, prefix)
}
