package luavm

import (
	"errors"
	"math"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestGoCodeSeesBothKindsOfTables does the same with a Table and with a plain table.
func TestGoCodeSeesBothKindsOfTables(t *testing.T) {
	for name, table := range map[string]*lua.LTable{
		"own":   &NewTable(0, 0).LTable,
		"plain": {Metatable: lua.LNil},
	} {
		t.Run(name, func(t *testing.T) {
			Append(table, lua.LString("one"))
			SetInt(table, 2, lua.LNumber(2))
			SetString(table, "name", lua.LTrue)
			key := &lua.LUserData{}
			if err := Set(table, key, table); err != nil {
				t.Error(err)
			}
			if Len(table) != 2 || GetInt(table, 1) != lua.LString("one") || Get(table, lua.LNumber(2)) != lua.LNumber(2) ||
				GetString(table, "name") != lua.LTrue || Get(table, lua.LString("name")) != lua.LTrue ||
				Get(table, key) != table || GetInt(table, 0) != lua.LNil || GetString(table, "other") != lua.LNil {
				t.Error("a value is not as it was set")
			}
			if err := Set(table, lua.LNil, lua.LTrue); !errors.Is(err, ErrNilKey) {
				t.Errorf("nil as a key: %v", err)
			}
			if err := Set(table, lua.LNumber(math.NaN()), lua.LTrue); !errors.Is(err, ErrNaNKey) {
				t.Errorf("NaN as a key: %v", err)
			}
			byNext, byForEach := 0, 0
			for key, _, ok := Next(table, lua.LNil); key != lua.LNil; key, _, ok = Next(table, key) {
				if byNext++; !ok {
					t.Fatal("Next does not know a key")
				}
			}
			ForEach(table, func(key, v lua.LValue) {
				byForEach++
				_ = Set(table, key, lua.LNil)
			})
			if byNext != 4 || byForEach != 4 || Len(table) != 0 {
				t.Errorf("%d keys by Next, %d by ForEach; then length %d", byNext, byForEach, Len(table))
			}
			meta := &NewTable(0, 0).LTable
			if Metatable(table) != lua.LNil {
				t.Error("a new table has a metatable")
			}
			SetMetatable(table, meta)
			if Metatable(table) != meta {
				t.Error("the metatable is not the one that was set")
			}
			if SetMetatable(table, nil); Metatable(table) != lua.LNil {
				t.Error("the metatable is not removed")
			}
		})
	}
}
