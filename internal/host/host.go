package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat"
	"microts/luabind"
	"microts/store"
)

const (
	// Lua 5.1 allows 20,000 calls in one another, and so do we.
	maxCalls = 20_000
	// maxRegistry is how many values the calls of a state may hold together.
	maxRegistry = 1 << 20
)

// Options says how New makes a state.
type Options struct {
	// Env is where the script opens its databases; nil is a new one.
	Env *store.Env

	// Out is where print and io.write go. It must not be nil.
	Out *Output

	// Err is where io.stderr goes; nil is the standard error of the process.
	Err io.Writer

	// In is where io.stdin comes from; nil is the standard input of the process.
	In io.Reader

	// Exit ends the process, or the goroutine, when the script calls os.exit. It
	// does not return. What the script wrote is not yet flushed. It must not be
	// nil.
	Exit func(code int)

	// Shared says that other scripts run in the process: what would change it
	// for them, such as its folder, is an error.
	Shared bool

	// Sandbox, unless it is nil, says what the script may write.
	Sandbox *Sandbox

	// Memory is how many bytes the script may use, as AskMemory finds; 0 is no
	// limit.
	Memory int64

	// Chunks, unless it is nil, keeps what files were compiled to, for other
	// states too.
	Chunks *Chunks
}

// State is one Lua state. It is for one goroutine.
type State struct {
	Lua    *lua.LState
	module *luabind.Module

	out         *Output
	err         io.Writer
	in          io.Reader
	exitProcess func(code int)
	shared      bool
	memory      int64
	used        atomic.Int64 // bytes, as measured last
	control     *control
	sandbox     *Sandbox // or nil
	chunks      *Chunks
	files       []string    // that were loaded, in their order
	programs    []*exec.Cmd // that io.popen started
}

// New makes a state with Lua's libraries and micro_ts. Close frees it.
func New(o Options) *State {
	L := lua.NewState(lua.Options{
		CallStackSize:    maxCalls,
		RegistrySize:     1024,
		RegistryMaxSize:  maxRegistry,
		RegistryGrowStep: 4096,
		// A whole call stack takes 1.7 MB and most of the time of New, and makes
		// calls no faster.
		MinimizeStackMemory: true,
	})
	if o.Env == nil {
		o.Env = store.NewEnv()
	}
	compat.Open(L)
	s := &State{
		Lua: L, module: luabind.Open(L, o.Env),
		out: o.Out, err: o.Err, in: o.In, exitProcess: o.Exit,
		shared: o.Shared, memory: o.Memory, sandbox: o.Sandbox, chunks: o.Chunks,
	}
	if s.err == nil {
		s.err = os.Stderr
	}
	if s.in == nil {
		s.in = os.Stdin
	}
	s.control = &control{state: s, ctx: context.Background()}
	s.openOutput()
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

// Close closes the databases that the script left open and frees the state.
// The error is that of a database that could not be closed.
func (s *State) Close() error {
	err := s.module.Close()
	if s.apart() {
		s.endPrograms()
	}
	forgetCalls(s.Lua)
	s.Lua.Close()
	return err
}

// apart says whether the script has an output of its own, apart from that of the
// process: it is one of many, and what it does to its standard files and what it
// starts is its own too.
func (s *State) apart() bool { return s.out.to == nil }

// SetArgs sets the table arg: args[script] is arg[0], those after it arg[1] and
// so on, those before it arg[-1] and so on.
func (s *State) SetArgs(args []string, script int) {
	t := s.Lua.CreateTable(len(args), 1)
	for i, a := range args {
		t.RawSetInt(i-script, lua.LString(a))
	}
	s.Lua.SetGlobal("arg", t)
}

// SearchFolder makes require search a folder too, after package.path.
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

// Call runs a chunk with arguments, which it sees as `...`, and returns what it
// returns. The error is a *ScriptError.
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

// CallContext is Call, which ends with an error when ctx is done. The message is
// the cause of ctx, or "interrupted" where it has none of its own.
func (s *State) CallContext(ctx context.Context, chunk *lua.LFunction, args ...string) ([]lua.LValue, error) {
	defer s.Watch(ctx)()
	results, err := s.Call(chunk, args...)
	if err == nil && s.control.cut.Load() {
		results, err = nil, &ScriptError{Message: s.control.Err().Error()}
	}
	if e := (*ScriptError)(nil); errors.As(err, &e) && s.control.Err() != nil {
		e.Message = strings.Replace(e.Message, s.control.Err().Error(), s.control.reason(), 1)
		e.Cause = context.Cause(s.control.ctx)
	}
	return results, err
}

// Watch makes ctx what ends the script and what its Go functions look at, until
// unwatch is called. CallContext does that on its own. At the first Watch of the
// process no state may run that is not watched.
func (s *State) Watch(ctx context.Context) (unwatch func()) { return s.control.watch(ctx) }

// SetOpener chooses what opens the databases of the script in the place of
// Env.Open; a sandbox looks at them first.
func (s *State) SetOpener(open func(path string, o *store.Options) (*store.DB, error)) {
	if b := s.sandbox; b != nil {
		free := open
		open = func(path string, o *store.Options) (*store.DB, error) {
			if err := b.mayOpen(path, o); err != nil {
				return nil, err
			}
			return free(path, o)
		}
	}
	s.module.SetOpener(open)
}

// OpenDatabase opens a database as the script's open does and returns the handle
// that the script would get.
func (s *State) OpenDatabase(path string) (lua.LValue, error) { return s.module.OpenDatabase(path) }

// SetZone chooses the zone of times that have none with them.
func (s *State) SetZone(zone *time.Location) { s.module.SetZone(zone) }

// Require does what the script's require does. The error is a *ScriptError.
func (s *State) Require(name string) error {
	chunk, err := s.LoadString("require(...)", "(command line)")
	if err != nil {
		return err
	}
	_, err = s.Call(chunk, name)
	return err
}

// ScriptError is an error that ended a script.
type ScriptError struct {
	Message   string // with file and line, where the script gave them
	Traceback string // "" where the script did not come to run

	// Incomplete says that the chunk ended too early: more of it may mend it.
	Incomplete bool

	// Value is what the script gave to error, or nil.
	Value lua.LValue

	// Panic says that Go code panicked.
	Panic bool

	// Cause is why the script was ended: the cause of the context of
	// CallContext, or a *MemoryError; nil where the script ended on its own.
	Cause error
}

func (e *ScriptError) Error() string { return e.Message }

// scriptError makes a ScriptError of what PCall returned.
func scriptError(L *lua.LState, err error) *ScriptError {
	api := (*lua.ApiError)(nil)
	if !errors.As(err, &api) {
		return &ScriptError{Message: err.Error()}
	}
	e := &ScriptError{Traceback: api.StackTrace, Value: api.Object}
	switch object := api.Object.(type) {
	case lua.LString:
		e.Message = string(object)
	case *lua.LNilType:
		e.Message = "(error object is nil)"
	default:
		e.Message = fmt.Sprintf("(error object is a %s value)", object.Type())
		if fn := L.GetMetaField(object, "__tostring"); fn.Type() == lua.LTFunction {
			if err := L.CallByParam(lua.P{Fn: fn, NRet: 1, Protect: true}, object); err == nil {
				e.Message = lua.LVAsString(L.Get(-1))
				L.Pop(1)
			}
		}
	}
	switch {
	case strings.Contains(e.Message, "lua callstack overflow"):
		e.Message = "stack overflow"
	case api.Type == lua.ApiErrorPanic:
		e.Message = "internal error: " + e.Message
		e.Panic = true
	}
	return e
}
