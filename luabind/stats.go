package luabind

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"

	lua "github.com/yuin/gopher-lua"
	luar "layeh.com/gopher-luar"

	"microts/store"
)

var statsSig = newSignature("stats", "db")

// Stats is store.Stats as scripts see it, through gopher-luar: its fields have
// names such as disk_bytes, and tostring lists them.
type Stats struct {
	store.Stats
}

func stats(L *lua.LState) int {
	h := statsSig.handle(L)
	s, err := h.db.Stats()
	if err != nil {
		statsSig.raise(L, h, err)
	}
	luar.GetConfig(L).FieldNames = fieldNames
	L.Push(luar.New(L, &Stats{s}))
	return 1
}

// String returns a line a field.
func (s *Stats) String() string {
	var b strings.Builder
	v := reflect.ValueOf(s.Stats)
	for i := range v.NumField() {
		fmt.Fprintf(&b, "%-17s %v\n", snakeCase(v.Type().Field(i).Name), v.Field(i))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// statsTable returns stats as a plain table, which scripts may iterate over.
func statsTable(L *lua.LState, s *store.Stats) *lua.LTable {
	t := L.NewTable()
	v := reflect.ValueOf(*s)
	for i := range v.NumField() {
		var value lua.LValue
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			value = lua.LString(f.String())
		case reflect.Uint64:
			value = lua.LNumber(f.Uint())
		default:
			value = lua.LNumber(f.Int())
		}
		t.RawSetString(snakeCase(v.Type().Field(i).Name), value)
	}
	return t
}

func fieldNames(_ reflect.Type, f reflect.StructField) []string { return []string{snakeCase(f.Name)} }

// snakeCase names a field for Lua: DiskBytes is disk_bytes.
func snakeCase(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
