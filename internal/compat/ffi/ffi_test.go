package ffi_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"microts/internal/compat/ffi"
	"microts/internal/luavm"
	"microts/internal/luavm/lib"
	"microts/internal/source"
	"microts/luabind"
)

// newState makes a state with the library, ffi and micro_ts.
func newState(t testing.TB) *luavm.State {
	t.Helper()
	s := luavm.NewState()
	luavm.OpenBase(s, io.Discard)
	lib.Open(s)
	lib.OpenPackage(s, lib.PackageOptions{})
	s.SetBuiltin("ffi", ffi.Open)
	module := luabind.Open(s, source.NewEnv())
	t.Cleanup(func() {
		if err := module.Close(); err != nil {
			t.Error(err)
		}
		s.Close()
	})
	return s
}

// run runs a script and returns its results.
func run(t testing.TB, s *luavm.State, source, name string, args ...luavm.Value) []luavm.Value {
	t.Helper()
	f, err := s.Load([]byte(source), name, s.Globals)
	if err != nil {
		t.Fatal(err)
	}
	results, err := s.Call(f.Value(), args...)
	if err != nil {
		t.Error(err)
	}
	return results
}

// TestLua runs the files testdata/*.lua, each in a state of its own, with a folder of its
// own as the argument.
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
			run(t, newState(t), string(source), "@"+path, luavm.NewString(t.TempDir()).Value())
		})
	}
}

func TestCheck(t *testing.T) {
	var d ffi.Declarations
	d.Declare(`
		/* comment; */ typedef unsigned char byte; typedef byte key_t[18];
		typedef struct db db; typedef struct { int x; } point_t, *point_ptr; // another
		struct tick { int price; };
		typedef int (*callback)(int), plain;
		typedef foo bar;
		enum side { BUY, SELL = 1 << 4, LAST, };
		int db_put(void *db);`)
	for text, want := range map[string]string{
		"byte": "", "const byte *": "", "key_t": "", "db *": "", "point_t *": "", "struct tick *": "", " char [ 4 ] ": "", "int[?]": "", "double[]": "",
		"point_ptr": "", "plain": "", "callback *": "", "enum side": "", "char[LAST]": "", "double[?][3]": "", "char *const *": "",
		"point_t":                          `C struct "point_t" is not available`,
		"struct tick":                      `C struct "tick" is not available`,
		"struct tick[2]":                   `C struct "tick" is not available`,
		"nope":                             `C type "nope" is unknown: declare it by ffi.cdef`,
		"bar":                              `C type "foo" is unknown: declare it by ffi.cdef`,
		"callback":                         `C type "callback" is not available in microts: it has numbers`,
		"long double":                      `C type "long double" is unknown`,
		"unsigned float":                   `C type "unsigned float" is unknown`,
		"void[2]":                          "array of void",
		"int (*)(int)":                     "is not available in microts: it has numbers, pointers to them and arrays of both",
		"int x":                            `C type "int x" is not available`,
		"int[":                             `C type "int[" is not available`,
		"int[-1]":                          `C type "int[-1]" is not available`,
		"int[1/0]":                         "is not available",
		"":                                 `C type "" is not available`,
		"int[3][?]":                        "only the first length of an array may be unknown",
		"int[9999999999]":                  "is too large",
		"int[99999999999999999999999]":     "is too large",
		"char[65536][65536]":               "is too large",
		"char " + strings.Repeat("*", 65):  "has too many parts",
		"char" + strings.Repeat("[1]", 65): "has too many parts",
		"char[" + strings.Repeat("(", 1000) + "1" + strings.Repeat(")", 1000) + "]": "is not available",
	} {
		err := d.Check(text)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, not %q", text, err, want)
		}
	}
}

func TestConstant(t *testing.T) {
	var d ffi.Declarations
	d.Declare(`
		enum { A, B = 5, C, D = B | 1 << 4, E = (-B + 2) * 3 % 4, F = 'x', G = ~0x0F, H = sizeof(int), I, J = 017, K = A ? 1 : 2, L = 7 };
		static const int M = 10, N = M / 3;
		#define O 5
		static const int P = 1.5;
		int Q = R;`)
	for name, want := range map[string]int64{
		"A": 0, "B": 5, "C": 6, "D": 21, "E": -1, "F": 'x', "G": ^15, "J": 15, "L": 7, "M": 10, "N": 3,
	} {
		if n, ok := d.Constant(name); !ok || n != want {
			t.Errorf("%s is %d, %v, not %d", name, n, ok, want)
		}
	}
	for _, name := range []string{"H", "I", "O", "P", "Q", "int"} {
		if n, ok := d.Constant(name); ok {
			t.Errorf("%s is %d", name, n)
		}
	}
}

// FuzzDeclare checks that no text makes the parser panic or use much time, and that the
// name of each type that it understands is the name of the same type.
func FuzzDeclare(f *testing.F) {
	for _, text := range []string{
		"typedef struct { int a[3]; } x, *y; typedef enum { A = 1 << 3, B } e; int f(void *p, char c);",
		"typedef unsigned long long int (*cb)(int); static const int N = 'a' + 0x1F;", "/* */ // \n # x \n \"a\\\"b\" ; }{",
		"char *const *[N]", "int[?][3]", "typedef int row[3]; typedef row *rp", "__attribute__((packed)) struct s *",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var d ffi.Declarations
		d.Declare(text)
		_ = d.Check(text)
		d.Declare("typedef " + text + " aType; typedef aType other[2];")
		if a, b := d.Check("aType"), d.Check("other"); a == nil && b != nil && !strings.Contains(b.Error(), "void") && !strings.Contains(b.Error(), "too ") && !strings.Contains(b.Error(), "first length") {
			t.Errorf("%v", b)
		}
	})
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
