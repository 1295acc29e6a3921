package repl

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"microts/internal/compat"
	"microts/internal/luavm"
	"microts/internal/luavm/syntax"
	"microts/internal/tick"
	"microts/luabind"
)

// candidate is one text that Tab offers.
type candidate struct {
	text string // replaces the prefix
	help string // a signature and a sentence, or ""
}

// candidates returns what may follow, and its prefix that is typed already.
func (r *REPL) candidates(before string) (prefix string, all []candidate) {
	if trimmed := strings.TrimLeft(before, " "); strings.HasPrefix(trimmed, ".") && !strings.Contains(before, "\n") {
		return r.commandCandidates(trimmed)
	}
	return r.luaCandidates(before)
}

// luaCandidates is candidates for Lua.
func (r *REPL) luaCandidates(before string) (prefix string, all []candidate) {
	if prefix, all := r.argumentCandidates(before); all != nil {
		return prefix, all
	}
	var last syntax.Token
	for last = range syntax.Tokens([]byte(before)) {
	}
	switch {
	case last.Kind == syntax.String && !last.Closed && last.End == len(before):
		if requireBefore.MatchString(before[:last.Start]) {
			return r.modulesAt(before[last.Start+1:], before[last.Start:last.Start+1])
		}
		return filesAt(before[last.Start+1:])
	case last.Kind == syntax.LongString && !last.Closed, last.Kind == syntax.Comment && last.End == len(before):
		return "", nil
	}
	return r.pathCandidates(before)
}

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

// requireBefore matches what stands before the name of a module.
var requireBefore = regexp.MustCompile(`\brequire\s*\(?\s*$`)

// modulesAt completes the name of a module: one that is built in, one that is loaded, or a
// Lua file beside. quote ends it.
func (r *REPL) modulesAt(prefix, quote string) (string, []candidate) {
	help := map[string]string{}
	for _, m := range compat.Modules {
		help[m.Name] = m.Help
	}
	var all []candidate
	for _, modules := range []*luavm.Table{r.L.Preload, r.L.Builtin, r.L.Loaded} {
		for name := range modules.All() {
			if name.IsString() && !strings.HasPrefix(name.Text(), "_") {
				all = append(all, candidate{name.Text() + quote, help[name.Text()]})
			}
		}
	}
	dir := filepath.FromSlash(strings.ReplaceAll(prefix[:strings.LastIndex(prefix, ".")+1], ".", "/"))
	entries, _ := os.ReadDir(filepath.Join(".", dir)) // none if the folder cannot be read
	for _, e := range entries {
		if name, isLua := strings.CutSuffix(e.Name(), ".lua"); isLua && !e.IsDir() {
			all = append(all, candidate{strings.ReplaceAll(filepath.ToSlash(dir), "/", ".") + name + quote, e.Name()})
		}
	}
	return prefix, matching(all, prefix)
}

// instruments returns the first instruments of the open database, as many as
// anybody looks through. market 0 is all markets.
func (r *REPL) instruments(market byte) []tick.Name {
	db := luabind.Source(r.L.Globals.GetString("db"))
	if db == nil || db.Closed() {
		return nil
	}
	const most = 500
	found, err := db.Names(market)
	if err != nil {
		return nil
	}
	return found[:min(len(found), most)]
}

// markets returns the markets of the open database.
func (r *REPL) markets() (all []candidate) {
	for _, in := range r.instruments(0) {
		all = append(all, candidate{string(in.Market), ""})
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
		code := in.Code
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
