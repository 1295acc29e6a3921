package host

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat"
	"microts/internal/glua"
	"microts/internal/luafile"
	"microts/luabind"
	"microts/store"
)

const (
	maxCalls     = 20_000  // within one another, as in Lua 5.1
	maxRegisters = 1 << 20 // values that all calls of a state may hold together
)

// Options says how New makes a State.
type Options struct {
	// Env is where the script opens its databases; nil is a new one.
	Env *store.Env

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

	// Memory is how many bytes the script may use, as Memory counts them; 0 is no
	// limit.
	Memory int64

	// Chunks keeps compiled files, for other States too; nil keeps none.
	Chunks *Chunks
}

// State is one Lua state. It belongs to one goroutine, except for the methods that
// say otherwise.
type State struct {
	Lua    *lua.LState
	module *luabind.Module

	out         *Output
	err         io.Writer
	in          io.Reader
	exitProcess func(code int)
	shared      bool
	control     *control
	sandbox     *Sandbox // or nil
	chunks      *Chunks
	io          *luafile.Library
	files       []LoadedFile    // in the order in which they were loaded
	noted       map[string]bool // by path: those in files
}

// New makes a State with Lua's libraries and micro_ts. The caller must Close it.
func New(o Options) *State {
	if o.Env == nil {
		o.Env = store.NewEnv()
	}
	L := lua.NewState(luaOptions)
	compat.Open(L)
	s := &State{
		Lua: L, module: luabind.Open(L, o.Env),
		out: o.Out, err: o.Err, in: o.In, exitProcess: o.Exit,
		shared: o.Shared, sandbox: o.Sandbox, chunks: o.Chunks, noted: map[string]bool{},
	}
	if s.err == nil {
		s.err = os.Stderr
	}
	if s.in == nil {
		s.in = os.Stdin
	}
	s.control = newControl(s, o.Memory)
	s.openFiles()
	s.openProcess()
	s.openLoader()
	s.openCoroutines()
	if o.Shared {
		s.guardProcess()
	}
	if o.Sandbox != nil {
		s.openSandbox(o.Sandbox)
	}
	s.SetOpener(o.Env.Open)
	return s
}

// luaOptions make states whose call stacks grow in small steps: a whole call stack
// takes 1.6 MB more, and most of the time of lua.NewState (BenchmarkNewState).
var luaOptions = lua.Options{
	CallStackSize:       maxCalls,
	RegistrySize:        1024,
	RegistryMaxSize:     maxRegisters,
	RegistryGrowStep:    4096,
	MinimizeStackMemory: true,
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
	glua.ForgetCalls(s.Lua)
	s.Lua.Close()
	return err
}

// SetArgs sets the table arg: arg[0] is args[script], arg[1] is the one after it, and
// arg[-1] the one before it.
func (s *State) SetArgs(args []string, script int) {
	t := s.Lua.CreateTable(len(args), 1)
	for i, a := range args {
		t.RawSetInt(i-script, lua.LString(a))
	}
	s.Lua.SetGlobal("arg", t)
}

// SearchFolder makes require search a folder, after those of package.path.
func (s *State) SearchFolder(dir string) {
	L := s.Lua
	pkg, ok := L.GetGlobal("package").(*lua.LTable)
	if !ok {
		return
	}
	path := lua.LVAsString(pkg.RawGetString("path"))
	for _, pattern := range []string{"?.lua", filepath.Join("?", "init.lua")} {
		path += ";" + strings.TrimSuffix(dir, "/") + "/" + pattern
	}
	pkg.RawSetString("path", lua.LString(strings.TrimPrefix(path, ";")))
}

// Call runs a Lua chunk with arguments, which the chunk sees as `...`, and returns
// what the chunk returns. The error is a *ScriptError.
func (s *State) Call(chunk *lua.LFunction, args ...string) ([]lua.LValue, error) {
	L := s.Lua
	top := L.GetTop()
	L.Push(chunk)
	for _, a := range args {
		L.Push(lua.LString(a))
	}
	if err := L.PCall(len(args), lua.MultRet, nil); err != nil {
		L.SetTop(top)
		return nil, scriptError(L, err)
	}
	results := make([]lua.LValue, L.GetTop()-top)
	for i := range results {
		results[i] = L.Get(top + 1 + i)
	}
	L.SetTop(top)
	return results, nil
}

// CallContext is Call that ends with an error when ctx is done, even if the script came
// to its end or caught the error. The message of the error is the cause of ctx, or
// "interrupted" when ctx has no cause.
func (s *State) CallContext(ctx context.Context, chunk *lua.LFunction, args ...string) ([]lua.LValue, error) {
	defer s.Watch(ctx)()
	results, err := s.Call(chunk, args...)
	ended := s.control.Err()
	if err == nil && ended != nil {
		results, err = nil, &ScriptError{Message: ended.Error()}
	}
	if e := (*ScriptError)(nil); errors.As(err, &e) && ended != nil {
		e.Message = strings.Replace(e.Message, ended.Error(), s.control.reason(), 1)
		e.Cause = context.Cause(s.control.Context)
		return results, e
	}
	return results, s.control.explain(err)
}

// SetOpener sets the function that opens the script's databases, in the place of
// Env.Open. A sandbox refuses databases before open sees them.
func (s *State) SetOpener(open func(path string, o *store.Options) (*store.DB, error)) {
	if s.sandbox != nil {
		open = s.sandbox.guardOpener(open)
	}
	s.module.SetOpener(open)
}

// OpenDatabase opens a database as micro_ts.open does, and returns the handle that a
// script would get.
func (s *State) OpenDatabase(path string) (lua.LValue, error) { return s.module.OpenDatabase(path) }

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
