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
	"microts/internal/repl"
	"microts/internal/suggest"
)

// runOptions are the flags of run.
type runOptions struct {
	before      []action
	interactive bool
	version     bool
	cpuProfile  string
}

// action is one -e or -l, in the order of the command line.
type action struct {
	require bool
	text    string // code, or the name of a module
}

// actionFlag is a flag that appends to the actions.
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

func newRunCommand(p *process, use string) *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use: use,
		Long: `Run a Lua script. What follows its name belongs to the script.

A script "-" is the standard input. The environment variable LUA_INIT may hold
code, or @file, to be run first, and LUA_PATH where require looks for modules;
the script's own folder is searched too.

The exit code is 0, or 1 when the script ends with an error, or what it gives
to os.exit, or 128 + the number of the signal that ended it. Either way all
that was put is flushed.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return p.run(cmd, &o, args) },
	}
	flags := cmd.Flags()
	flags.SetInterspersed(false)
	flags.SortFlags = false
	flags.VarP(actionFlag{&o.before, false}, "execute", "e", "run code, before the script")
	flags.VarP(actionFlag{&o.before, true}, "load", "l", "require a module, before the script")
	flags.BoolVarP(&o.interactive, "interactive", "i", false, "ask for Lua to run, after the script")
	flags.BoolVarP(&o.version, "version", "v", false, "print the version, then go on")
	flags.StringVar(&o.cpuProfile, "cpuprofile", "", "write a CPU profile of microts for \"go tool pprof\" into a file")
	_ = flags.MarkHidden("cpuprofile") // it exists
	return cmd
}

// gcPercent is how much garbage, in percent of what is in use, may gather
// before it is collected. Scripts make much garbage and hold little.
const gcPercent = 400

func (p *process) run(cmd *cobra.Command, o *runOptions, args []string) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
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
	return p.withState(func(state *host.State) error { return p.runAll(cmd, state, o, args) })
}

// withState calls use with a Lua state, whose databases it closes afterwards.
func (p *process) withState(use func(*host.State) error) error {
	p.handleSignals()
	var state *host.State
	state = host.New(host.Options{Env: p.env, Out: p.out, Exit: func(code int) {
		pprof.StopCPUProfile()
		_ = state.Close() // p.exit reports the errors
		p.exit(code)
	}})
	err := use(state)
	p.env.ParkIfClosed()
	if e := (*host.ScriptError)(nil); errors.As(err, &e) {
		p.report(e)
		err = exitCode(exitFailed)
	}
	if closeErr := state.Close(); closeErr != nil {
		_ = p.out.Flush()
		fmt.Fprintf(os.Stderr, "microts: %v\n", closeErr)
		err = exitCode(exitFailed)
	}
	return err
}

// report says why a script ended.
func (p *process) report(e *host.ScriptError) {
	_ = p.out.Flush() // what was printed stands before it
	fmt.Fprintf(os.Stderr, "microts: %s\n", e.Message)
	if e.Traceback != "" {
		fmt.Fprintln(os.Stderr, e.Traceback)
	}
}

// runAll does what the command line says, in the order of the lua command.
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
	idle := len(args) == 0 && len(o.before) == 0 && !o.version && !o.interactive
	if len(args) == 0 && idle && !terminal {
		args = []string{"-"}
	}
	if len(args) > 0 {
		if err := p.runScript(cmd, state, args[0], args[1:]); err != nil {
			if e := (*host.ScriptError)(nil); !o.interactive || !errors.As(err, &e) {
				return err
			} else {
				p.report(e)
			}
		}
	}
	if o.interactive || idle && terminal {
		return p.interact(state, repl.Options{})
	}
	return nil
}

// setArgs sets the table arg; args are the script and its arguments.
func (p *process) setArgs(state *host.State, args []string) {
	script := 0 // its place in the command line
	if len(args) > 0 {
		script = len(p.args) - len(args)
	}
	state.SetArgs(p.args, script)
}

func runInit(state *host.State) error {
	init := os.Getenv("LUA_INIT")
	if init == "" {
		return nil
	}
	if path, ok := strings.CutPrefix(init, "@"); ok {
		chunk, err := state.LoadFile(path)
		if err == nil {
			_, err = state.Call(chunk)
		}
		return err
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
	if err == nil {
		_, err = state.Call(chunk)
	}
	return err
}

func (p *process) runScript(cmd *cobra.Command, state *host.State, path string, args []string) error {
	if path == "-" {
		chunk, err := state.Load(os.Stdin, "stdin")
		if err == nil {
			_, err = state.Call(chunk, args...)
		}
		return err
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
	if err == nil {
		_, err = state.Call(chunk, args...)
	}
	return err
}
