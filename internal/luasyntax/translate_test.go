package luasyntax

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/yuin/gopher-lua/parse"

	"microts/internal/luavm/syntax"
)

// TestTranslationIsWhatGopherLuaParses: of each Lua file of the project that gopher-lua's
// parser reads, translate makes the tree that this parser makes. MICROTS_LUA names a
// folder of further files.
func TestTranslationIsWhatGopherLuaParses(t *testing.T) {
	compared := 0
	for _, folder := range []string{"../..", os.Getenv("MICROTS_LUA")} {
		if folder == "" {
			continue
		}
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && filepath.Ext(path) == ".lua" && sameTree(t, path) {
				compared++
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if t.Log(compared, "files"); compared < 20 {
		t.Errorf("only %d files compared", compared)
	}
}

// luajitEscape matches the escapes that gopher-lua's parser does not know.
var luajitEscape = regexp.MustCompile(`\\[xzu]`)

// sameTree compares the trees of a file. It returns false if a parser refuses the file.
func sameTree(t *testing.T, path string) bool {
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if luajitEscape.Match(source) {
		return false
	}
	chunk, err := syntax.Parse(source, path)
	if err != nil {
		return false
	}
	if bytes.HasPrefix(source, []byte("#")) {
		source = append([]byte("--"), source...)
	}
	want, err := parse.Parse(bytes.NewReader(source), path)
	if err != nil {
		return false
	}
	got, err := translate(chunk, path)
	if err != nil {
		t.Log(err)
		return false
	}
	g, w := strings.Split(dump(parse.Dump(got)), "\n"), strings.Split(dump(parse.Dump(want)), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Errorf("%s: line %d of the trees is\n%s\nand not\n%s", path, i, g[i], w[i])
			return true
		}
	}
	if len(g) != len(w) {
		t.Errorf("%s: trees of %d and %d lines", path, len(g), len(w))
	}
	return true
}

var numberNode = regexp.MustCompile(`Node\$NumberExpr: (\S+)`)

// dump writes all numbers of a dumped tree in one form.
func dump(tree string) string {
	return numberNode.ReplaceAllStringFunc(tree, func(node string) string {
		f, _ := syntax.ParseNumber(numberNode.FindStringSubmatch(node)[1])
		return "Node$NumberExpr: " + strconv.FormatFloat(f, 'g', -1, 64)
	})
}
