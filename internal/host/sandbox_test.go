package host

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"microts/internal/luavm"
	"microts/internal/source"
	"microts/store"
)

// escapes are all known attacks: ways to write outside of a sandbox, or to change
// the process. Each has its effect when no sandbox holds it; see arena.effects.
//
// IN is the sandbox's folder and OUT the folder around which attacks turn; arena
// says what is in them. A file name stands for a file of testdata/escapes.
var escapes = []struct{ effect, code string }{
	// Files.
	{"files", `return try(io.open("OUT/new", "w"))`},
	{"files", `return try(io.open("OUT/new", "w+"))`},
	{"files", `return try(io.open("OUT/precious", "a"))`},
	{"files", `return try(io.open("OUT/precious", "r+"))`},
	{"files", `return try(io.open("OUT/precious", "rb+"))`},
	{"files", `return try(io.open("OUT/precious", "wb+"))`},
	{"files", `return try(io.open("OUT/precious", "ab+"))`},
	{"files", `return try(io.open("OUT/precious", "w+b"))`},
	{"files", `return try(io.open("OUT/precious", "r_____+"))`},
	{"files", `return try(io.open("OUT/new", "wx"))`},
	{"files", `return try(io.open("new", "w"))`},
	{"files", `return try(io.output("OUT/new"))`},
	{"files", `return try(io.output("OUT/precious"))`},
	{"files", `return try(io.tmpfile())`},
	{"files", `return os.tmpname()`},
	{"files", `return os.remove("OUT/precious")`},
	{"files", `return os.rename("OUT/precious", "IN/mine")`},
	{"files", `return os.rename("IN/own", "OUT/new")`},
	{"files", `return require("lfs").mkdir("OUT/new")`},
	{"files", `return require("lfs").rmdir("OUT/empty")`},
	{"files", `return require("lfs").touch("OUT/precious", 1, 1)`},

	// Archives.
	{"files", `local db = require("micro_ts").open("IN/sealed") db:put("S", 1, 1, 0, "v") return tostring(#db:seal{to = "file://OUT", before = "2000-01-01"})`},
	{"files", `return tostring(require("micro_ts").open("IN/both", {archive = "file://IN", cache = "OUT/new"}))`},
	{"files", `return tostring(require("micro_ts").open("IN/both", {archive = "file://IN", cache = "IN/link/new"}))`},

	// Files of tables. EXPORT makes a database with a tick.
	{"files", `return EXPORT:export("OUT/new.csv")`},
	{"files", `return EXPORT:export("OUT/new.parquet")`},
	{"files", `return EXPORT:export("OUT/precious", {format = "json"})`},
	{"files", `return EXPORT:export("new.csv.gz")`},
	{"files", `return EXPORT:export("IN/../out/new.csv")`},
	{"files", `return EXPORT:export("IN/link/new.csv")`},
	{"files", `return EXPORT:export("IN/link/../out/new.csv")`},
	{"files", `assert(require("lfs").link("OUT", "IN/soft", true)) return EXPORT:export("IN/soft/new.csv")`},
	{"files", `return EXPORT:export("IN/filelink", {format = "csv"})`},
	{"files", `return EXPORT:ticks("S", 1):write("IN/filelink", {format = "csv"})`},
	{"files", `return EXPORT:ticks("S", 1):write("OUT/new.csv")`},
	{"files", `return EXPORT:ticks("S", 1):write("OUT/precious", {format = "parquet"})`},
	{"files", `return EXPORT:ticks("S", 1):write("IN/link/new.jsonl.zst")`},
	{"files", `return EXPORT:ticks("S", 1):write("IN/link/../out/new.csv")`},
	{"files", `return IMPORT(require("micro_ts").open("IN/import"), "OUT/new")`},
	{"files", `return IMPORT(require("micro_ts").open("IN/import"), "OUT/precious")`},
	{"files", `return IMPORT(require("micro_ts").open("IN/import"), "IN/link/new")`},
	{"files", `return IMPORT(require("micro_ts").open("IN/import"), "IN/filelink")`},
	{"files", `return IMPORT(require("micro_ts").open("OUT/new"))`},
	{"files", `return tostring(#EXPORT:seal{to = "file://OUT", date = "2023-11-14"})`},
	{"files", `return tostring(#EXPORT:seal{to = "file://IN/../out", date = "2023-11-14"})`},
	{"files", `return tostring(#EXPORT:seal{to = "file://IN/link", date = "2023-11-14"})`},

	// Ways out of the sandbox's folder.
	{"files", `return try(io.open("IN/../out/new", "w"))`},
	{"files", `return try(io.open("IN/link/new", "w"))`},
	{"files", `return try(io.open("IN/filelink", "w"))`},
	{"files", `return try(io.open("IN/./link/../out/precious", "w"))`},
	{"files", `return try(io.output("IN/link/../out/precious"))`},
	{"files", `return os.remove("IN/link/precious")`},
	{"files", `return os.remove("IN/link/../out/precious")`},
	{"files", `return os.remove("IN/link")`},
	{"files", `return os.rename("IN/own", "IN/link/new")`},
	{"files", `return os.rename("IN/link/../out/precious", "IN/mine")`},
	{"files", `return os.rename("IN/link", "IN/other")`},
	{"files", `return require("lfs").mkdir("IN/link/new")`},
	{"files", `return require("lfs").mkdir("IN/link/../out/new")`},
	{"files", `return require("lfs").touch("IN/link/../out/precious", 1, 1)`},
	{"files", `assert(require("lfs").link("OUT/precious", "IN/hard")) return try(io.open("IN/hard", "w"))`},
	{"files", `assert(require("lfs").link("OUT", "IN/soft", true)) return try(io.open("IN/soft/new", "w"))`},
	{"files", `return require("lfs").link("IN/own", "OUT/new")`},

	// The process and other programs.
	{"stdout", `return try(io.open("/proc/self/fd/1", "w"))`},
	{"terminal", `return try(io.open("/dev/tty", "w"))`},
	{"memory", `memory.lua`},
	{"environment", `return os.setenv("MICROTS_TEST_ESCAPED", "1")`},
	{"folder", `return require("lfs").chdir("IN")`},
	{"files", `return os.execute("touch OUT/new")`},
	{"files", `return io.popen("touch OUT/new"):close()`},
	{"files", `return try(io.popen("cat > OUT/new", "w"))`},

	// Databases.
	{"files", `return require("micro_ts").open("OUT/new")`},
	{"files", `return require("micro_ts").open("IN/link/new")`},
	{"files", `return require("micro_ts").open("IN/link/../own")`},
	{"files", `return require("micro_ts").open("IN/link")`},
	{"files", `return require("libmicro_ts").db_open("OUT/new")`},
	{"files", `return require("ffi").load("micro_ts").db_open("OUT/new")`},
	{"files", `local ok, err = require("storage_engine"):new("OUT/new"):init() return ok or nil, err`},
	{"files", `local ok, err = require("storage_engine_v2"):new("OUT/new"):init() return ok or nil, err`},
	{"files", `local ok, err = require("storage").create_engine{data_dir = "OUT/new"}:init() return ok or nil, err`},

	// Other ways to the same functions.
	{"files", `return try(package.loaded.io.open("OUT/new", "w"))`},
	{"files", `return package.loaded._G.os.execute("touch OUT/new")`},
	{"files", `local open = io.open io.open = nil return try(open("OUT/new", "w"))`},
	{"files", `return require("lfs").mkdir("OUT/new")`},
	{"files", `package.loaded.lfs = nil assert(require("lfs").link("OUT", "IN/soft", true)) return try(io.open("IN/soft/new", "w"))`},
	{"files", `require("lfs") package.loaded.lfs = nil return require("lfs").mkdir("OUT/new")`},
	{"files", `return load([[return try(io.open("OUT/new", "w"))]])()`},
	{"files", `return loadstring([[return os.execute("touch OUT/new")]])()`},
	{"files", `return setfenv(function() return try(io.open("OUT/new", "w")) end, {io = io, try = try})()`},
	{"files", `return coroutine.wrap(function() return try(io.open("OUT/new", "w")) end)()`},
}

// impossible are attacks that fail without a sandbox too: what they need does not
// exist here. An attack that begins to work belongs to escapes.
var impossible = []struct{ code, want string }{
	{`return io.open("IN", "w")`, "Is a directory"},
	{`return io.open("IN/link", "w")`, "Is a directory"},
	{`return io.open("IN/./link/../link/precious", "w")`, "No such file or directory"},
	{`return io.open("", "w")`, "No such file or directory"},
	{`return package.loadlib("OUT/lib.so", "luaopen_lib")`, "dynamic libraries not enabled"},
	{`return package.loadlib("libc.so.6", "*")`, "dynamic libraries not enabled"},
	{`return require("micro_ts").open("IN/db", {wal_dir = "OUT/new"})`, "a database lies in one folder"},
	{`return require("micro_ts").open("IN/db", {db_log_dir = "OUT/new"})`, "a database lies in one folder"},
	{`return require("ffi").load("c")`, `library "c" is not available`},
	{`return require("ffi").C.system("touch OUT/new")`, "'system' is not available"},
	{`return string.dump(print)`, "string.dump"},
	{`package.loaded.io = nil package.loaded.os = nil return require("io").open("OUT/new", "w")`, "module 'io' not found"},
	{`return getmetatable(io.stdout).__index.open("OUT/new", "w")`, "attempt to call field 'open' (a nil value)"},
	{`return debug.getmetatable(io.stdout).open("OUT/new", "w")`, "attempt to call field 'open' (a nil value)"},
	{`os.exit = nil io.open = nil return io.open("OUT/new", "w")`, "attempt to call field 'open' (a nil value)"},
	{`upvalues.lua`, ""},
	{`environment.lua`, ""},
}

// escapeCode returns the code of an attack, which may stand in a file.
func escapeCode(t *testing.T, code string) string {
	t.Helper()
	code = strings.Replace(code, "EXPORT", `(function()
		local db = require("micro_ts").open("IN/export")
		db:put("S", 1, 1700000000000000, 0, require("micro_ts").pack_value{price = 1, qty = 1})
		return db
	end)()`, 1)
	code = strings.Replace(code, "IMPORT", `(function(db, bad)
		local f = assert(io.open("IN/rows.csv", "w"))
		f:write("code,ts,price\n600000.SH,1700000000000000,1\n600000.SH,no,1\n")
		f:close()
		return db:import{files = {"IN/rows.csv"}, bad = bad, max_bad = -1}.rows
	end)`, 1)
	if !strings.HasSuffix(code, ".lua") {
		return code
	}
	text, err := os.ReadFile(filepath.Join("testdata", "escapes", code))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestSandboxHoldsEscapes runs each attack twice: without a sandbox it must have its
// effect, and in one it must have none and return an error.
func TestSandboxHoldsEscapes(t *testing.T) {
	for _, c := range escapes {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			code := escapeCode(t, c.code)

			a := newArena(t)
			o := a.attack(t, code, false)
			if effects := a.effects(o); !slices.Equal(effects, []string{c.effect}) {
				t.Errorf("without a sandbox it changes %q, not %q\nreturns %q, error %q", effects, c.effect, o.Returned, o.Error)
			}

			a = newArena(t)
			o = a.attack(t, code, true)
			if effects := a.effects(o); effects != nil {
				t.Errorf("in a sandbox it changes %q\n%s", effects, a.difference(o))
			}
			if o.Returned != "" || o.Error == "" {
				t.Errorf("in a sandbox it returns %q, error %q", o.Returned, o.Error)
			}
		})
	}
}

// TestImpossibleEscapes has attacks fail, in a sandbox and without one.
func TestImpossibleEscapes(t *testing.T) {
	for _, c := range impossible {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			code := escapeCode(t, c.code)
			for _, boxed := range []bool{false, true} {
				a := newArena(t)
				o := a.attack(t, code, boxed)
				if effects := a.effects(o); effects != nil || o.Returned != "" {
					t.Errorf("boxed %v: it changes %q and returns %q", boxed, effects, o.Returned)
				}
				if !boxed && !strings.Contains(o.Error, c.want) {
					t.Errorf("it fails with %q, not %q", o.Error, c.want)
				}
			}
		})
	}
}

// TestSandboxLetsWork does what a script in a sandbox may do.
func TestSandboxLetsWork(t *testing.T) {
	dir := t.TempDir()
	in, shared, other := filepath.Join(dir, "in"), filepath.Join(dir, "shared"), filepath.Join(dir, "other")
	if err := os.Mkdir(in, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{shared, other} {
		db, err := store.NewEnv().Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	box, err := NewSandbox(in)
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	box.Databases = []string{shared}
	var out strings.Builder
	s := New(Options{Out: NewOutput(&out, nil), Exit: func(int) {}, Sandbox: box})
	for name, path := range map[string]string{"IN": in, "SHARED": shared, "OTHER": other} {
		s.Lua.Globals.SetString(name, luavm.Part(path))
	}
	if err := runFile(s, "sandbox/work.lua"); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestSandboxAndServers: scripts ask no server but those of the batch's archives.
func TestSandboxAndServers(t *testing.T) {
	box, err := NewSandbox(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	box.Archives = []string{"s3://ours/prefix?endpoint=http://127.0.0.1:9"}
	inside := filepath.Join(box.dir, "db")
	for _, c := range []struct {
		path, archive string
		denied        bool
	}{
		{"s3://ours/prefix?endpoint=http://127.0.0.1:9", "", false},
		{"s3://ours/prefix/?endpoint=http://127.0.0.1:9", "", false},
		{"file:///any/folder", "", false},
		{inside, "file:///any/folder", false},
		{inside, "s3://ours/prefix?endpoint=http://127.0.0.1:9", false},
		{"s3://ours/prefix?endpoint=http://127.0.0.1:8", "", true},
		{"s3://ours/prefix", "", true},
		{"s3://ours/other?endpoint=http://127.0.0.1:9", "", true},
		{inside, "s3://theirs/prefix", true},
		{"s3://key:secret@ours/prefix", "", true},
	} {
		o := &source.Options{Archive: c.archive}
		_, err := box.openable(c.path, o)
		if (err != nil) != c.denied {
			t.Errorf("%s, archive %q: %v", c.path, c.archive, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("a secret in %v", err)
		}
	}
}

// TestSharedProcess refuses what would change the process of other scripts.
func TestSharedProcess(t *testing.T) {
	var out strings.Builder
	s := New(Options{Out: NewOutput(&out, nil), Exit: func(int) {}, Shared: true})
	defer s.Close()
	wd, _ := os.Getwd()
	if err := runFile(s, "sandbox/shared.lua"); err != nil {
		t.Error(err)
	}
	if now, _ := os.Getwd(); now != wd || os.Getenv(attackedVariable) != "" {
		t.Errorf("in %s, environment %q", now, os.Getenv(attackedVariable))
	}
	for _, f := range []*os.File{os.Stdin, os.Stdout, os.Stderr} {
		if _, err := f.Stat(); err != nil {
			t.Errorf("%s: %v", f.Name(), err)
		}
	}
}
