package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"runtime/pprof"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"microts/internal/host"
	"microts/internal/luavm"
	"microts/internal/repl"
	"microts/internal/suggest"
)

// runOptions are the flags of run.
type runOptions struct {
	before      []action
	interactive bool
	version     bool
	cpuProfile  string
	job         *jobFlags // of the command run; nil: of the command without a name
}

// action is one -e or -l.
type action struct {
	require bool   // -l
	text    string // code, or the name of a module
}

// actionFlag is the flag -e or -l. It appends to a list, since their order counts.
type actionFlag struct {
	to      *[]action
	require bool
}

func (f actionFlag) String() string { return "" }

func (f actionFlag) Set(text string) error {
	*f.to = append(*f.to, action{f.require, text})
	return nil
}

func (f actionFlag) Type() string {
	if f.require {
		return "module"
	}
	return "code"
}

func newRunCommand(p *process, use string, withJob bool) *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use: use,
		Long: `Run a Lua script. The arguments after its name are passed to the script.

If the script is "-", it is read from the standard input. If the environment
variable LUA_INIT is set, its code, or the file after its "@", runs first. require
searches the paths of LUA_PATH and the script's own folder.

The exit code is 0, or 1 if the script ends with an error, or what the script
gives to os.exit, or 128 + the number of the signal that ended the process. In
each case all ticks that were put are flushed.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return p.run(cmd, &o, args) },
	}
	flags := cmd.Flags()
	flags.SetInterspersed(false)
	flags.SortFlags = false
	flags.VarP(actionFlag{&o.before, false}, "execute", "e", "run code before the script")
	flags.VarP(actionFlag{&o.before, true}, "load", "l", "require a module before the script")
	flags.BoolVarP(&o.interactive, "interactive", "i", false, "start the console after the script")
	flags.BoolVarP(&o.version, "version", "v", false, "print the version first")
	flags.StringVar(&o.cpuProfile, "cpuprofile", "", "write a CPU profile of microts into a file, for \"go tool pprof\"")
	_ = flags.MarkHidden("cpuprofile") // fails only for an unknown flag
	if withJob {
		o.job = &jobFlags{}
		o.job.register(cmd)
	}
	return cmd
}

// gcPercent is how far the heap may grow, in percent of the memory in use, before
// garbage is collected. Scripts hold little memory and make much garbage.
const gcPercent = 400

// ballast is memory that is allocated and never touched: the garbage collector counts it as
// in use, and the system gives no pages for it. So even a script that holds nothing may make
// 80 MiB of garbage before it is collected.
var ballast *[ballastSize]byte

const ballastSize = 16 << 20 // bytes

func (p *process) run(cmd *cobra.Command, o *runOptions, args []string) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
		ballast = new([ballastSize]byte)
	}
	if o.cpuProfile != "" {
		f, err := os.Create(o.cpuProfile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	if o.job != nil && len(args) > 0 {
		rest, err := o.job.take(args[1:])
		if err != nil {
			return err
		}
		if o.job.given() {
			return p.runJob(o.job, args[0], rest)
		}
	}
	return p.withState(func(state *host.State) error { return p.runAll(cmd, state, o, args) })
}

// withState calls use with a new Lua state, prints the error of a script, and closes
// the state with its databases.
func (p *process) withState(use func(*host.State) error) error {
	p.handleSignals()
	var state *host.State
	state = host.New(host.Options{Env: p.env, Out: p.out, Memory: scriptMemory(), Exit: func(code int) {
		pprof.StopCPUProfile()
		if !p.close(state) {
			code = max(code, exitFailed)
		}
		p.exit(code)
	}})
	p.state.Store(state)
	defer p.watchMemory(func(used, limit int64) { state.Lua.Stop(&host.MemoryError{Limit: limit, Used: used}) })()
	err := use(state)
	p.env.ParkIfClosed()
	if e := (*host.ScriptError)(nil); errors.As(err, &e) {
		p.report(e)
		err = exitCode(exitFailed)
		if memory := (*host.MemoryError)(nil); errors.As(e.Cause, &memory) {
			err = exitCode(exitMemory)
		}
	}
	if !p.close(state) {
		err = exitCode(exitFailed)
	}
	return err
}

// close closes a state. It prints the error, and returns false, if the state could not
// close a database or write a file.
func (p *process) close(state *host.State) bool {
	err := state.Close()
	if err != nil {
		_ = p.out.Flush()
		fmt.Fprintf(os.Stderr, "microts: %v\n", err)
	}
	return err == nil
}

// report prints why a script ended.
func (p *process) report(e *host.ScriptError) {
	_ = p.out.Flush() // what the script printed comes before the error
	fmt.Fprintf(os.Stderr, "microts: %s\n", e.Message)
	if e.Traceback != "" {
		fmt.Fprintln(os.Stderr, e.Traceback)
	}
}

// runAll runs what the command line names, in the order of the command lua: version,
// LUA_INIT, -e and -l, the script, the console.
func (p *process) runAll(cmd *cobra.Command, state *host.State, o *runOptions, args []string) error {
	p.setArgs(state, args)
	if o.version {
		fmt.Fprintln(p.out, versionLine())
	}
	if err := runInit(state); err != nil {
		return err
	}
	for _, a := range o.before {
		if err := runAction(state, a); err != nil {
			return err
		}
	}
	terminal := term.IsTerminal(int(os.Stdin.Fd()))
	bare := len(args) == 0 && len(o.before) == 0 && !o.version && !o.interactive
	if bare && !terminal {
		args = []string{"-"}
	}
	if len(args) > 0 {
		err := p.runScript(cmd, state, args[0], args[1:])
		e := (*host.ScriptError)(nil)
		switch {
		case o.interactive && errors.As(err, &e):
			p.report(e) // the console starts all the same
		case err != nil:
			return err
		}
	}
	if o.interactive || bare && terminal {
		return p.interact(state, repl.Options{})
	}
	return nil
}

// setArgs sets the Lua table arg. args are the script and its arguments, the end of
// the command line.
func (p *process) setArgs(state *host.State, args []string) {
	script := 0 // its index in the command line
	if len(args) > 0 {
		script = len(p.args) - len(args)
	}
	state.SetArgs(p.args, script)
}

// runInit runs the environment variable LUA_INIT.
func runInit(state *host.State) error {
	init := os.Getenv("LUA_INIT")
	if init == "" {
		return nil
	}
	if path, ok := strings.CutPrefix(init, "@"); ok {
		chunk, err := state.LoadFile(path)
		return call(state, chunk, err)
	}
	return runCode(state, init, "LUA_INIT")
}

func runAction(state *host.State, a action) error {
	if a.require {
		return state.Require(a.text)
	}
	return runCode(state, a.text, "(command line)")
}

func runCode(state *host.State, code, name string) error {
	chunk, err := state.LoadString(code, name)
	return call(state, chunk, err)
}

// runScript runs the script at a path, or the standard input for "-".
func (p *process) runScript(cmd *cobra.Command, state *host.State, path string, args []string) error {
	if path == "-" {
		chunk, err := state.Load(os.Stdin, "stdin")
		return call(state, chunk, err, args...)
	}
	if _, err := os.Stat(path); err != nil && !strings.ContainsAny(path, "./") {
		var names []string
		for _, c := range cmd.Root().Commands() {
			names = append(names, c.Name())
		}
		if near := suggest.Nearest(path, names); near != "" {
			return fmt.Errorf("there is no script and no command %q; did you mean \"microts %s\"?", path, near)
		}
	}
	state.SearchFolder(filepath.Dir(path))
	chunk, err := state.LoadFile(path)
	return call(state, chunk, err, args...)
}

// call runs a Lua chunk, unless it could not be loaded.
func call(state *host.State, chunk luavm.Value, err error, args ...string) error {
	if err == nil {
		_, err = state.Call(chunk, args...)
	}
	return err
}
