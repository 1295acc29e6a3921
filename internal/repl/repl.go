package repl

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"microts/internal/host"
	"microts/internal/human"
	"microts/internal/lineedit"
	"microts/internal/luavm"
	"microts/internal/tick"
)

// Options says what a console works on.
type Options struct {
	State    *host.State
	Out      *host.Output
	Version  string // shown at the start
	Terminal bool   // the standard input and output are a terminal: lines are edited

	Path     string // the database or archive that the console opens as db; "": none
	Archive  string // URL of the archive that is read as one with the database; "": none
	Cache    string // folder of what was read from archives; "": none
	ReadOnly bool   // databases that the console opens are read-only
	Format   string // of rows: "table", "csv" or "json"; "": table
}

// REPL is one console. One goroutine uses it; only Interrupt may be called by
// any other.
type REPL struct {
	Options
	interrupts
	shown
	L       *luavm.State
	colours bool
	ascii   bool           // the terminal draws nothing else
	dumb    bool           // the terminal cannot move its cursor
	hint    string         // shown after the line that runs; "": none
	locals  map[string]int // the names of the chunks' locals, and the last chunk of each
	zone    *time.Location // in which times are read and shown
	timing  bool           // shows how long each line takes

	greeting string // which database New opened; "": none
	made     bool   // it is a new one
	opening  bool   // a command opens a database, and says so itself

	chunks  []string      // the Lua chunks that were typed, by number from 1: errors name them [1], [2]
	results []luavm.Value // the last results, newest first
	path    string        // of the open database
	focus   *tick.Name    // the instrument of a command that names none; nil: the first of the database
}

// errQuit ends the console.
var errQuit = errors.New("quit")

// New makes a console and opens its database.
func New(o Options) (*REPL, error) {
	r := &REPL{Options: o, L: o.State.Lua, zone: tick.Shanghai, locals: map[string]int{}}
	r.dumb = o.Terminal && human.Dumb()
	r.ascii = r.dumb || !human.Unicode()
	r.colours = o.Terminal && !r.dumb && os.Getenv("NO_COLOR") == ""
	r.shown = shown{w: o.Out, format: tableFormat, whole: !o.Terminal}
	if o.Format != "" {
		var err error
		if r.format, err = parseFormat(o.Format); err != nil {
			return nil, err
		}
	}
	r.L.Globals.SetFunctions(map[string]luavm.Native{"plot": r.plotFunction, "pp": r.printFunction})
	if r.L.Globals.GetString("ts").IsNil() {
		if err := r.eval(`ts = require "micro_ts"`); err != nil {
			return nil, err
		}
	}
	r.State.SetOpener(r.openForScript)
	if o.Path != "" {
		first := r.options()
		first.Archive, first.Cache = o.Archive, o.Cache
		var err error
		if r.greeting, r.made, err = r.openNamed(o.Path, first); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Run reads and runs lines until the input ends. On a terminal it shows errors
// and goes on; elsewhere it returns the first error.
func (r *REPL) Run() error {
	if r.Terminal {
		return r.runTerminal()
	}
	if r.made {
		_ = r.Out.Flush()
		fmt.Fprintf(os.Stderr, "microts: %s\n", r.greeting)
	}
	return r.runPlain(os.Stdin)
}

func (r *REPL) runTerminal() error {
	e, warning := newEditor(r)
	fmt.Fprintf(r.w, "%s\nType .help for the commands, Tab to complete, Ctrl-D to leave.\n", r.Version)
	if warning != nil {
		fmt.Fprintln(r.w, warning)
	}
	if r.greeting != "" {
		fmt.Fprintln(r.w, r.greeting)
	}
	for {
		_ = r.Out.Flush()
		line, err := e.Read()
		switch {
		case errors.Is(err, lineedit.ErrInterrupted):
			continue
		case errors.Is(err, io.EOF):
			if !r.dumb {
				return nil
			}
			fmt.Fprintln(r.w)
			return nil
		case err != nil:
			return err
		}
		if err := r.run(line); errors.Is(err, errQuit) {
			return nil
		} else if err != nil {
			r.report(err)
		}
	}
}

// run runs a line, a dot command or a Lua chunk. An interrupt ends it.
func (r *REPL) run(line string) error {
	r.take()
	defer r.release()
	if strings.TrimSpace(line) == "" {
		return nil
	}
	start := time.Now()
	r.hint = ""
	err := r.perform(line)
	if err == nil {
		r.showHint()
	}
	if err == nil && r.interrupted() {
		err = errInterrupted // what ran ended without noticing it
	}
	if r.timing && err == nil {
		fmt.Fprintf(r.w, "%s\n", r.dim(human.Milliseconds(time.Since(start))))
	}
	return err
}

func (r *REPL) perform(line string) error {
	if r.interrupted() {
		return errInterrupted
	}
	if trimmed := strings.TrimSpace(line); isCommand(trimmed) {
		return r.command(trimmed)
	}
	if command, ok := r.wordCommand(strings.TrimSpace(line)); ok {
		return r.command(command)
	}
	return r.chunk(line)
}
