package luabind

import (
	"reflect"
	"strings"
	"unicode"

	lua "github.com/yuin/gopher-lua"
	luar "layeh.com/gopher-luar"
)

var statsSig = newSignature("stats", "db")

func stats(L *lua.LState) int {
	h := statsSig.handle(L)
	s, err := h.db.Stats()
	if err != nil {
		statsSig.raise(L, h, err)
	}
	luar.GetConfig(L).FieldNames = snakeCase
	L.Push(luar.New(L, &s))
	return 1
}

// snakeCase names the fields of Go structs for Lua: DiskBytes is disk_bytes.
func snakeCase(_ reflect.Type, f reflect.StructField) []string {
	var b strings.Builder
	for i, r := range f.Name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return []string{b.String()}
}
