package host

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"microts/internal/compat"
	"microts/internal/luafile"
	"microts/internal/luavm"
	"microts/internal/luavm/lib"
	"microts/internal/source"
	"microts/luabind"
)

// Options says how New makes a State.
type Options struct {
	// Env is where the script opens its databases; nil is a new one.
	Env *source.Env

	// Out is where print, io.write and io.stdout write. It must not be nil.
	Out *Output

	// Err is where io.stderr writes; nil is the standard error of the process.
	Err io.Writer

	// In is what io.stdin reads; nil is the standard input of the process.
	In io.Reader

	// Exit ends the process or the goroutine when the script calls os.exit. It must
	// not return, and must not be nil. It finds Out not yet flushed.
	Exit func(code int)

	// Shared says that other scripts run in the process. A script that would change
	// the process for them, such as its folder, gets an error.
	Shared bool

	// Sandbox says which files the script may write; nil allows all.
	Sandbox *Sandbox

	// Memory is how many bytes the script may use, as luavm.State.Memory counts them; 0
	// is no limit.
	Memory int64

	// Chunks keeps compiled files, for other States too; nil keeps none.
	Chunks *Chunks
}

// State is one Lua state. It belongs to one goroutine, except for the methods that
// say otherwise.
type State struct {
	Lua    *luavm.State
	module *luabind.Module
	env    *source.Env

	out         *Output
	err         io.Writer
	in          io.Reader
	exitProcess func(code int)
	shared      bool
	memoryLimit int64    // bytes; 0 is none
	sandbox     *Sandbox // or nil
	chunks      *Chunks
	io          *luafile.Library
	toString    *luavm.Function // what tostring of a new state is
	files       []LoadedFile    // in the order in which they were loaded
	noted       map[string]bool // by path: those in files
}

// New makes a State with Lua's libraries and micro_ts. The caller must Close it.
func New(o Options) *State {
	if o.Env == nil {
		o.Env = source.NewEnv()
	}
	L := luavm.NewState()
	s := &State{
		Lua: L, env: o.Env, out: o.Out, err: o.Err, in: o.In, exitProcess: o.Exit,
		shared: o.Shared, sandbox: o.Sandbox, chunks: o.Chunks, noted: map[string]bool{},
	}
	if s.err == nil {
		s.err = os.Stderr
	}
	if s.in == nil {
		s.in = os.Stdin
	}
	luavm.OpenBase(L, o.Out)
	lib.Open(L)
	s.limitMemory(o.Memory)
	s.openFiles()
	s.openProcess()
	s.openLoader()
	s.openRequire()
	compat.Open(L)
	s.module = luabind.Open(L, o.Env)
	s.toString = luavm.NewFunction("tostring", func(c *luavm.Call) { c.Return(c.Thread().ToString(c.Arg(1))) })
	if o.Shared {
		s.guardProcess()
	}
	if o.Sandbox != nil {
		s.openSandbox(o.Sandbox)
		s.module.SetGuard(o.Sandbox.writable)
	}
	s.SetOpener(o.Env.Open)
	return s
}

// programPatience is how long the programs that a script left running get to finish, if
// other scripts run in the process.
const programPatience = time.Second

// Close closes the databases and the files that the script left open, and frees the
// State. The error is that of a database that could not be closed, or of a file that
// could not be written.
func (s *State) Close() error {
	patience := time.Duration(0)
	if s.hasOwnOutput() {
		patience = programPatience
	}
	err := errors.Join(s.module.Close(), s.io.Close(patience))
	s.Lua.Close()
	return err
}

// SetArgs sets the table arg: arg[0] is args[script], arg[1] is the one after it, and
// arg[-1] the one before it.
func (s *State) SetArgs(args []string, script int) {
	t := luavm.NewTable(len(args), 1)
	for i, a := range args {
		t.SetInt(i-script, luavm.Part(a))
	}
	s.Lua.Globals.SetString("arg", t.Value())
}

// packagePath returns what package.path is at first: that of the environment variable
// LUA_PATH, in which ";;" stands for the preset.
func packagePath() string {
	const preset = "./?.lua;/usr/local/share/lua/5.1/?.lua;/usr/local/share/lua/5.1/?/init.lua"
	path := os.Getenv("LUA_PATH")
	if path == "" {
		return preset
	}
	return strings.Trim(strings.ReplaceAll(path, ";;", ";"+preset+";"), ";")
}

// SearchFolder makes require search a folder, after those of package.path.
func (s *State) SearchFolder(dir string) {
	pkg, ok := s.Lua.Globals.GetString("package").AsTable()
	if !ok {
		return
	}
	path := ""
	if v := pkg.GetString("path"); v.IsString() {
		path = v.Text()
	}
	for _, pattern := range []string{"?.lua", filepath.Join("?", "init.lua")} {
		path += ";" + strings.TrimSuffix(dir, "/") + "/" + pattern
	}
	pkg.SetString("path", luavm.Part(strings.TrimPrefix(path, ";")))
}

// Call runs a Lua chunk with arguments, which the chunk sees as `...`, and returns
// what the chunk returns. The error is a *ScriptError.
func (s *State) Call(chunk luavm.Value, args ...string) ([]luavm.Value, error) {
	values := make([]luavm.Value, len(args))
	for i, a := range args {
		values[i] = luavm.Part(a)
	}
	results, err := s.Lua.Call(chunk, values...)
	if err != nil {
		e := s.scriptError(err)
		s.explain(e)
		return nil, e
	}
	return results, nil
}

// CallContext is Call that ends with an error when ctx is done, even if the script came
// to its end. The message of the error is the cause of ctx, or "interrupted" when ctx has no
// cause.
func (s *State) CallContext(ctx context.Context, chunk luavm.Value, args ...string) ([]luavm.Value, error) {
	defer s.Watch(ctx)()
	results, err := s.Call(chunk, args...)
	if err == nil && ctx.Err() != nil {
		err = &ScriptError{Message: s.Lua.Ended().Error()}
	}
	if e := (*ScriptError)(nil); errors.As(err, &e) && ctx.Err() != nil {
		e.Cause = context.Cause(ctx)
		return nil, e
	}
	return results, err
}

// SetOpener sets the function that opens the script's databases, in the place of
// Options.Env.Open. A sandbox refuses databases before open sees them.
func (s *State) SetOpener(open source.Opener) {
	if s.sandbox != nil {
		open = s.sandbox.guardOpener(open)
	}
	s.module.SetOpener(open)
}

// Env returns where the script opens its databases.
func (s *State) Env() *source.Env { return s.env }

// OpenDatabase opens a database as micro_ts.open does, and returns the handle that a
// script would get.
func (s *State) OpenDatabase(path string, o *source.Options) (luavm.Value, error) {
	return s.module.OpenDatabase(path, o)
}

// SetZone sets the time zone of times that name none.
func (s *State) SetZone(zone *time.Location) { s.module.SetZone(zone) }

// Require requires a module as a script does. The error is a *ScriptError.
func (s *State) Require(name string) error {
	chunk, err := s.LoadString("require(...)", "(command line)")
	if err != nil {
		return err
	}
	_, err = s.Call(chunk, name)
	return err
}
