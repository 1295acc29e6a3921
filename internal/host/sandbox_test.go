package host

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"microts/store"
)

// escapes are all known ways to write outside of a sandbox or to change the
// process. OUT is a folder outside, with a file "precious" in it; IN is the
// sandbox's own, in which "link" leads to OUT. None may succeed, and each returns
// or raises an error.
var escapes = []string{
	`return io.open("OUT/new", "w")`,
	`return io.open("OUT/precious", "a")`,
	`return io.open("OUT/precious", "r+")`,
	`return io.open("OUT/precious", "rb+")`,
	`return io.open("OUT/precious", "w+b")`,
	`return io.open("IN/../OUTBASE/new", "w")`,
	`return io.open("IN/link/new", "w")`,
	`return io.open("IN/link", "w")`,
	`return io.open("IN/./link/../link/precious", "w")`,
	`return io.open("IN", "w")`,
	`return io.open("new", "w")`,
	`return io.open("", "w")`,
	`return io.open("/proc/self/fd/1", "w")`,
	`return io.open("/proc/self/mem", "r+")`,
	`return io.open("/dev/tty", "w")`,
	`return io.output("OUT/new")`,
	`return io.output("OUT/precious")`,
	`return io.popen("touch OUT/new")`,
	`return io.popen("cat > OUT/new", "w")`,
	`return io.tmpfile()`,
	`return os.execute("touch OUT/new")`,
	`return os.remove("OUT/precious")`,
	`return os.remove("IN/link/precious")`,
	`return os.remove("IN/link")`,
	`return os.rename("OUT/precious", "IN/mine")`,
	`return os.rename("IN/own", "OUT/new")`,
	`return os.rename("IN/own", "IN/link/new")`,
	`return os.rename("IN/link", "IN/other")`,
	`return os.tmpname()`,
	`return os.setenv("MICROTS_ESCAPED", "1")`,
	`return require("lfs").chdir("OUT")`,
	`return require("lfs").mkdir("OUT/new")`,
	`return require("lfs").mkdir("IN/link/new")`,
	`return require("lfs").rmdir("OUT/empty")`,
	`return require("lfs").touch("OUT/precious", 1, 1)`,
	`return require("lfs").link("OUT/precious", "IN/hard")`,
	`return require("lfs").link("OUT", "IN/soft", true)`,
	`return require("lfs").link("IN/own", "OUT/new")`,
	`return package.loadlib("OUT/lib.so", "luaopen_lib")`,
	`return package.loadlib("libc.so.6", "*")`,
	`return require("ffi").load("c")`,
	`return require("ffi").C.system("touch OUT/new")`,
	`return require("ffi").load("micro_ts").db_open("OUT/new")`,
	`return require("micro_ts").open("OUT/new")`,
	`return require("micro_ts").open("IN/link/new")`,
	`return require("micro_ts").open("IN/link")`,
	`return require("micro_ts").open("IN/db", {wal_dir = "OUT/new"})`,
	`return require("micro_ts").open("IN/db", {db_log_dir = "OUT/new"})`,
	`return require("libmicro_ts").db_open("OUT/new")`,
	`local e = require("storage_engine"):new("OUT/new") local ok, err = e:init() return ok or nil, err`,
	`local e = require("storage_engine_v2"):new("OUT/new") local ok, err = e:init() return ok or nil, err`,
	`local e = require("storage").create_engine{path = "OUT/new", data_dir = "OUT/new"} local ok, err = e:init() return ok or nil, err`,
	// What stands in tables of the library, in upvalues and in fresh environments is
	// guarded too.
	`return package.loaded.io.open("OUT/new", "w")`,
	`return package.loaded._G.os.execute("touch OUT/new")`,
	`package.loaded.io = nil package.loaded.os = nil return require("io").open("OUT/new", "w")`,
	`return package.preload.lfs("lfs").mkdir("OUT/new")`,
	`package.loaded.lfs = nil local lfs = package.preload.lfs("lfs") return lfs.link("OUT", "IN/soft", true)`,
	`return getmetatable(io.stdout).__index.open("OUT/new", "w")`,
	`return debug.getmetatable(io.stdout).open("OUT/new", "w")`,
	`return load([[return io.open("OUT/new", "w")]])()`,
	`return loadstring([[return os.execute("touch OUT/new")]])()`,
	`return setfenv(function() return io.open("OUT/new", "w") end, {io = io})()`,
	`return coroutine.wrap(function() return io.open("OUT/new", "w") end)()`,
	`local open
	 for i = 1, 50 do
	     local name, f = debug.getupvalue(io.open, i)
	     if type(f) == "function" then open = f end
	 end
	 return open and open("OUT/new", "w")`,
	`for name, f in pairs(debug.getfenv(io.open) or {}) do
	     if name == "open" and f ~= io.open then return f("OUT/new", "w") end
	 end`,
	`os.exit = nil io.open = nil return io.open("OUT/new", "w")`,
	`return string.dump(print)`,
}

// TestSandboxHolds tries to leave a sandbox in every known way.
func TestSandboxHolds(t *testing.T) {
	for i, code := range escapes {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			dir := t.TempDir()
			in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
			for _, d := range []string{in, out, filepath.Join(out, "empty")} {
				if err := os.Mkdir(d, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			for _, f := range []string{filepath.Join(out, "precious"), filepath.Join(in, "own")} {
				if err := os.WriteFile(f, []byte("as it was"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Symlink(out, filepath.Join(in, "link")); err != nil {
				t.Fatal(err)
			}
			before := listing(t, dir, in)
			box, err := NewSandbox(in)
			if err != nil {
				t.Fatal(err)
			}
			defer box.Close()
			t.Chdir(out)
			var printed strings.Builder
			s := New(Options{Out: NewOutput(&printed, nil), Exit: func(int) {}, Sandbox: box})
			code := strings.NewReplacer("OUTBASE", filepath.Base(out), "OUT", out, "IN", in).Replace(code)
			chunk, err := s.LoadString(code, "t.lua")
			if err != nil {
				t.Fatal(err)
			}
			results, err := s.Call(chunk)
			if err == nil && len(results) > 0 && results[0] != lua.LNil && results[0] != lua.LFalse {
				t.Errorf("%s\nreturns %v", code, results)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if after := listing(t, dir, in); after != before {
				t.Errorf("%s\nleaves\n%s\nof\n%s", code, after, before)
			}
			if os.Getenv("MICROTS_ESCAPED") != "" {
				t.Errorf("%s\nchanges the environment", code)
			}
			if wd, _ := os.Getwd(); wd != out {
				t.Errorf("%s\nchanges the folder", code)
			}
		})
	}
}

// listing says what is in a folder, but for what is new within another one.
func listing(t *testing.T, dir, but string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || strings.HasPrefix(path, but+"/") && d.Name() != "own" && d.Name() != "link" {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %v", path, info.Mode())
		if info.Mode().IsRegular() {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, " %v %q", info.ModTime(), text)
		}
		b.WriteByte('\n')
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
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
	code := strings.NewReplacer("IN", in, "SHARED", shared, "OTHER", other).Replace(`
		local f = assert(io.open("IN/a", "w")) f:write("text") f:close()
		assert(io.open("IN/a", "a")):close()
		local lfs = require "lfs"
		assert(lfs.mkdir("IN/d")) assert(os.rename("IN/a", "IN/d/b")) assert(lfs.touch("IN/d/b"))
		assert(io.open("IN/d/b"):read("*a") == "text")
		assert(os.remove("IN/d/b")) assert(lfs.rmdir("IN/d"))
		io.output("IN/out") io.write("x") io.close()
		assert(io.open("/proc/self/stat")):close() -- reading is free
		local ts = require "micro_ts"
		for _, path in ipairs{"SHARED", "IN/db"} do
			local db = ts.open(path) db:put("S", 1, 1, 0, "v") db:close()
		end
		assert(ts.open("OTHER", {mode = "r"}):count("S", 1) == 0)`)
	if err := runString(s, code); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestSharedProcess refuses what would change the process of other scripts.
func TestSharedProcess(t *testing.T) {
	var out strings.Builder
	s := New(Options{Out: NewOutput(&out, nil), Exit: func(int) {}, Shared: true})
	defer s.Close()
	wd, _ := os.Getwd()
	if err := runString(s, `
		assert(io.stdout:close() and io.stderr:close() and io.stdin:close())
		assert(not pcall(io.write, "x") and not io.stdout:seek("set", 0))
		local ok, err = require("lfs").chdir("/") assert(not ok and err:find("not allowed", 1, true))
		local ok, err = pcall(os.setenv, "MICROTS_ESCAPED", "1") assert(not ok and err:find("not allowed", 1, true))`); err != nil {
		t.Error(err)
	}
	if now, _ := os.Getwd(); now != wd || os.Getenv("MICROTS_ESCAPED") != "" {
		t.Errorf("in %s, environment %q", now, os.Getenv("MICROTS_ESCAPED"))
	}
	for _, f := range []*os.File{os.Stdin, os.Stdout, os.Stderr} {
		if _, err := f.Stat(); err != nil {
			t.Errorf("%s: %v", f.Name(), err)
		}
	}
}

// TestChunksKeepTheFirst compiles a file once for all states.
func TestChunksKeepTheFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.lua")
	write := func(code string) {
		if err := os.WriteFile(path, []byte(code), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	chunks := NewChunks()
	load := func() string {
		var out strings.Builder
		s := New(Options{Out: NewOutput(&out, nil), Exit: func(int) {}, Chunks: chunks})
		defer s.Close()
		chunk, err := s.LoadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		results, err := s.Call(chunk)
		if err != nil || len(s.Files()) != 1 || s.Files()[0] != path {
			t.Errorf("files %v, %v", s.Files(), err)
		}
		return lua.LVAsString(results[0])
	}
	write(`local n = ... return "first"`)
	sum := chunks.Sum(path)
	first := load()
	write(`return "second"`)
	if second := load(); first != "first" || second != "first" || chunks.Sum(path) != sum || len(sum) != 64 {
		t.Errorf("%q, %q, sum %q", first, second, sum)
	}
	if NewChunks().Sum(path) == sum || NewChunks().Sum(path+"x") != "" {
		t.Error("sums do not tell files apart")
	}
}
