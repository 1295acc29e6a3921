package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layers says which packages of this module each package may import, apart from its
// tests. A package may import only packages that stand before it in the table, so there
// is no circle. The doc.go of each package says the same.
var layers = []struct {
	name string // below microts/
	may  []string
}{
	{"internal/suggest", nil},
	{"internal/human", nil},
	{"internal/machine", nil},
	{"internal/hugepage", nil},
	{"internal/glua", nil},
	{"internal/luavm/syntax", nil},
	{"internal/luavm/libm", nil},
	{"internal/packformat", nil},
	{"internal/luavm/code", []string{"internal/luavm/libm", "internal/luavm/syntax"}},
	{"internal/luavm/numeric", []string{"internal/luavm/code", "internal/luavm/libm"}},
	{"internal/luavm", []string{"internal/glua", "internal/luavm/code", "internal/luavm/numeric", "internal/luavm/syntax"}},
	{"internal/luavm/lib", []string{"internal/luavm", "internal/luavm/libm", "internal/packformat"}},
	{"internal/stdio", nil},
	{"internal/lineedit", nil},
	{"internal/torture", nil},
	{"internal/lint", nil},
	{"internal/notices", nil},
	{"internal/peers", nil},
	{"internal/sst", nil},
	{"internal/objects/objecttest", nil},
	{"internal/objects", []string{"internal/suggest"}},
	{"internal/series", []string{"internal/hugepage"}},
	{"internal/ta", []string{"internal/series"}},
	{"internal/tick", nil},
	{"internal/expr", nil},
	{"internal/agg", []string{"internal/suggest"}},
	{"internal/calendar", []string{"internal/suggest"}},
	{"internal/bars", []string{"internal/agg", "internal/calendar", "internal/expr", "internal/suggest", "internal/tick"}},
	{"internal/tick/ticktest", []string{"internal/tick"}},
	{"internal/tick/sourcetest", []string{"internal/tick"}},
	{"internal/tickfile", []string{"internal/tick"}},
	{"internal/tablefile", []string{"internal/suggest", "internal/tick"}},
	{"internal/exporter", []string{"internal/tablefile", "internal/tick"}},
	{"internal/archive", []string{"internal/objects", "internal/tick", "internal/tickfile"}},
	{"store", []string{"internal/sst", "internal/suggest", "internal/tick"}},
	{"internal/source", []string{"internal/archive", "internal/objects", "internal/tick", "store"}},
	{"internal/importer", []string{"internal/suggest", "internal/tick", "store"}},
	{"bench", []string{"internal/series", "internal/tick", "store"}},
	{"internal/frame", []string{"internal/agg", "internal/bars", "internal/expr", "internal/hugepage", "internal/packformat", "internal/suggest", "internal/tick"}},
	{"luabind", []string{"internal/archive", "internal/bars", "internal/calendar", "internal/exporter", "internal/frame", "internal/human", "internal/importer", "internal/luavm", "internal/series", "internal/source", "internal/suggest", "internal/ta", "internal/tablefile", "internal/tick", "store"}},
	{"internal/compat/ffi", []string{"internal/luavm", "internal/tick", "luabind"}},
	{"internal/compat", []string{"internal/compat/ffi", "internal/luavm", "internal/luavm/lib", "internal/stdio", "internal/suggest", "internal/tick", "luabind"}},
	{"internal/luafile", []string{"internal/compat", "internal/luavm", "internal/luavm/code", "internal/stdio"}},
	{"internal/host", []string{"internal/compat", "internal/human", "internal/luafile", "internal/luavm", "internal/luavm/code", "internal/luavm/lib", "internal/luavm/syntax", "internal/source", "internal/stdio", "luabind"}},
	{"internal/doctor", []string{"internal/compat", "internal/compat/ffi", "internal/host", "internal/luavm", "internal/luavm/syntax", "internal/suggest"}},
	{"internal/batch", []string{"internal/archive", "internal/calendar", "internal/frame", "internal/host", "internal/human", "internal/luavm", "internal/luavm/syntax", "internal/machine", "internal/source", "internal/suggest", "internal/tablefile", "internal/tick", "luabind", "store"}},
	{"internal/help", []string{"internal/batch", "internal/compat", "internal/suggest", "luabind", "store"}},
	{"internal/repl", []string{"internal/bars", "internal/calendar", "internal/compat", "internal/frame", "internal/help", "internal/host", "internal/human", "internal/lineedit", "internal/luavm", "internal/luavm/syntax", "internal/source", "internal/suggest", "internal/tick", "luabind", "store"}},
	{"internal/cli", []string{"internal/archive", "internal/batch", "internal/calendar", "internal/doctor", "internal/exporter", "internal/help", "internal/host", "internal/human", "internal/importer", "internal/luavm", "internal/machine", "internal/objects", "internal/repl", "internal/source", "internal/suggest", "internal/tick", "luabind", "store"}},
	{"internal/docgen", []string{"internal/batch", "internal/cli", "internal/compat", "internal/help", "internal/importer", "internal/repl", "internal/ta", "luabind", "store"}},
	{"bench/peers", []string{"internal/peers"}},
	{"bench/cost", []string{"internal/archive", "internal/source", "internal/tick", "store"}},
	{"", []string{"internal/cli"}}, // main
}

// guarded says which packages may import some packages of other modules.
var guarded = map[string][]string{
	"github.com/yuin/gopher-lua":    {"internal/glua", "internal/luavm", "internal/luavm/lib"},
	"github.com/linxGnu/grocksdb":   {"store"},
	"github.com/tetratelabs/wazero": {"internal/luavm/numeric"},
	"layeh.com/gopher-luar":         {"luabind"},
	"unsafe":                        {"internal/frame", "internal/glua", "internal/hugepage", "internal/luavm", "internal/luavm/numeric", "internal/series", "internal/tick", "store"},
}

// luaFree are the packages that know nothing of Lua.
var luaFree = []string{"internal/hugepage", "internal/machine", "internal/tick", "internal/tick/ticktest", "internal/tick/sourcetest", "internal/tickfile", "internal/tablefile", "internal/exporter", "internal/peers", "internal/suggest", "internal/human", "internal/archive", "internal/objects", "internal/objects/objecttest", "internal/packformat", "internal/sst", "internal/stdio", "internal/series", "internal/expr", "internal/agg", "internal/calendar", "internal/bars", "internal/source", "internal/importer", "internal/ta", "store"}

const module = "microts"

type listed struct {
	ImportPath, Dir, Doc string
	Imports              []string
}

// packages returns all packages of the module by their paths below it.
func packages(t *testing.T) map[string]listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-pgo=off", "-json=ImportPath,Dir,Doc,Imports", module+"/...")
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		t.Fatalf("%v: %s", err, exit.Stderr)
	}
	all := map[string]listed{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")] = p
	}
}

func TestLayers(t *testing.T) {
	all := packages(t)
	var above []string
	for _, l := range slices.Backward(layers) {
		p, ok := all[l.name]
		if !ok {
			t.Errorf("the table has %q, which is no package", l.name)
		}
		delete(all, l.name)
		above = append(above, l.name)
		for _, name := range l.may {
			if slices.Contains(above, name) {
				t.Errorf("the table lets %s import %s, which does not stand above it", l.name, name)
			}
			if !slices.Contains(p.Imports, module+"/"+name) {
				t.Errorf("the table lets %s import %s, which it does not", l.name, name)
			}
		}
		for _, path := range p.Imports {
			name, own := strings.CutPrefix(path, module+"/")
			if own && !slices.Contains(l.may, name) {
				t.Errorf("%s imports %s, which the table does not let it", l.name, name)
			}
			if who, ok := guarded[path]; ok && !slices.Contains(who, l.name) {
				t.Errorf("%s imports %s, which only %s may", l.name, path, strings.Join(who, ", "))
			}
			if strings.HasPrefix(path, "github.com/yuin/gopher-lua") && slices.Contains(luaFree, l.name) {
				t.Errorf("%s imports %s, and is to know nothing of Lua", l.name, path)
			}
		}
	}
	for name := range all {
		t.Errorf("the table lacks %q", name)
	}
}

// TestDocsSayTheirLayer wants the sentence that follows from the table at the end of
// each package's doc comment.
func TestDocsSayTheirLayer(t *testing.T) {
	all := packages(t)
	for _, l := range layers {
		if l.name == "" || len(all[l.name].Imports) == 0 && l.name != "internal/lint" {
			continue
		}
		if got, want := lastParagraph(t, all[l.name].Dir), sentence(l.may); got != want {
			t.Errorf("%s/doc.go ends with\n\t%s\nand not with\n\t%s", l.name, got, want)
		}
	}
}

// sentence says what a package may import.
func sentence(may []string) string {
	switch n := len(may); n {
	case 0:
		return "It imports nothing of this module."
	case 1:
		return "Of this module it imports " + may[0] + "."
	default:
		return "Of this module it imports " + strings.Join(may[:n-1], ", ") + " and " + may[n-1] + "."
	}
}

// lastParagraph returns the last paragraph of a package's doc comment in one line.
func lastParagraph(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if f.Doc == nil || strings.HasSuffix(file, "_test.go") {
			continue
		}
		d := new(comment.Parser).Parse(f.Doc.Text())
		if p, ok := d.Content[len(d.Content)-1].(*comment.Paragraph); ok {
			text := (&comment.Printer{}).Text(&comment.Doc{Content: []comment.Block{p}})
			return strings.Join(strings.Fields(string(text)), " ")
		}
	}
	return ""
}
