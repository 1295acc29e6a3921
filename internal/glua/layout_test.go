package glua

import (
	"fmt"
	"os"
	"reflect"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestMain checks all layouts before the first test: where one is wrong, tests would
// crash and not say why.
func TestMain(m *testing.M) {
	problems := layoutProblems()
	for _, p := range problems {
		fmt.Fprintf(os.Stderr, "gopher-lua has changed: %s\n", p)
	}
	if problems != nil {
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// layoutProblems pins what gopher-lua's tables and registries are made of. Like
// init, which checks the fields of states, it runs before any test.
func layoutProblems() (problems []string) {
	compare := func(theirs, ours reflect.Type, names ...string) {
		if theirs.NumField() != ours.NumField() || theirs.Size() != ours.Size() {
			problems = append(problems, fmt.Sprintf("%v has %d fields and %d bytes, not %d and %d",
				theirs, theirs.NumField(), theirs.Size(), ours.NumField(), ours.Size()))
		}
		problems = append(problems, fieldProblems(theirs, ours, names)...)
	}
	compare(reflect.TypeFor[lua.LTable](), reflect.TypeFor[tableLayout](), "Metatable", "array", "dict", "strdict", "keys", "k2i")

	reg, _ := reflect.TypeFor[lua.LState]().FieldByName("reg")
	return append(problems, fieldProblems(reg.Type.Elem(), reflect.TypeFor[registryLayout](), []string{"array"})...)
}

// fieldProblems compares the first fields of a struct of gopher-lua with those of one
// of ours; gopher-lua's have names.
func fieldProblems(theirs, ours reflect.Type, names []string) (problems []string) {
	for i := range min(theirs.NumField(), len(names)) {
		f, want := theirs.Field(i), ours.Field(i)
		if f.Name != names[i] || f.Type != want.Type || f.Offset != want.Offset {
			problems = append(problems, fmt.Sprintf("field %d of %v is %s %v at %d, not %s %v at %d",
				i, theirs, f.Name, f.Type, f.Offset, names[i], want.Type, want.Offset))
		}
	}
	return problems
}
