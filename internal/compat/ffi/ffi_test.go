package ffi_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat"
	"microts/internal/compat/ffi"
	"microts/internal/luasyntax"
	"microts/luabind"
	"microts/store"
)

// TestLua runs the files testdata/*.lua, each in a state of its own.
func TestLua(t *testing.T) {
	files, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".lua"), func(t *testing.T) {
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			proto, err := luasyntax.Compile(source, path)
			if err != nil {
				t.Fatal(err)
			}
			L := lua.NewState()
			defer L.Close()
			compat.Open(L)
			module := luabind.Open(L, store.NewEnv())
			defer module.Close()
			L.Push(L.NewFunctionFromProto(proto))
			if err := L.PCall(0, 0, nil); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	var d ffi.Declarations
	d.Declare(`
		/* comment; */ typedef unsigned char byte; typedef byte key_t[18];
		typedef struct db db; typedef struct { int x; } point_t; // another
		struct tick { int price; };
		int db_put(void *db);`)
	for text, want := range map[string]string{
		"byte": "", "const byte *": "", "key_t": "", "db *": "", "point_t *": "", "struct tick *": "", " char [ 4 ] ": "", "int[?]": "", "double[]": "",
		"point_t":                      `C struct "point_t" is not available`,
		"struct tick":                  `C struct "tick" is not available`,
		"nope":                         `C type "nope" is unknown: declare it by ffi.cdef`,
		"void[2]":                      "array of void",
		"int (*)(int)":                 "is not available in microts: it has numbers, pointers to them and arrays of both",
		"int[9999999999]":              "is too large",
		"int[99999999999999999999999]": "is too large",
	} {
		err := d.Check(text)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, not %q", text, err, want)
		}
	}
}

func TestInsteadOfTakesTheLongestBeginning(t *testing.T) {
	for name, want := range map[string]string{
		"rocksdb_open": "storage engine", "rocksdb_iter_next": "scan", "rocksdb_other": "micro_ts or a storage engine", "getpid": "write it in Lua",
	} {
		if got := ffi.InsteadOf(name); !strings.Contains(got, want) {
			t.Errorf("%s: %q, not %q", name, got, want)
		}
	}
}
