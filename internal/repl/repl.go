package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"
	"golang.org/x/term"

	"microts/internal/host"
	"microts/internal/human"
	"microts/internal/tick"
	"microts/luabind"
)

// Options says what a console works on.
type Options struct {
	State    *host.State
	Out      *host.Output
	Version  string // shown at the beginning
	Terminal bool   // both ends are a terminal: lines are edited

	Path     string // of a database to be opened as db, or ""
	ReadOnly bool
}

// REPL is one console. All but Interrupt is for one goroutine.
type REPL struct {
	Options
	L       *lua.LState
	colours bool
	zone    *time.Location
	timing  bool

	chunks  []string // what was typed, by number from 1: errors name them [1], [2]
	results []lua.LValue
	path    string           // of the open database
	focus   *tick.Instrument // what .head and the like are about; nil: not known yet

	mu     sync.Mutex
	cancel context.CancelFunc // ends the running chunk; nil: none runs
	ctx    context.Context    // of chunks, until one is interrupted
}

// errQuit ends the console.
var errQuit = errors.New("quit")

// New makes a console and opens its database.
func New(o Options) (*REPL, error) {
	r := &REPL{Options: o, L: o.State.Lua, zone: tick.Shanghai, colours: o.Terminal && os.Getenv("NO_COLOR") == ""}
	r.L.SetGlobal("plot", r.L.NewFunction(r.plotFunction))
	r.L.SetGlobal("pp", r.L.NewFunction(r.printFunction))
	if r.L.GetGlobal("ts") == lua.LNil {
		if err := r.eval(`ts = require "micro_ts"`); err != nil {
			return nil, err
		}
	}
	if o.Path != "" {
		if err := r.open(o.Path); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Run reads and runs until the end of the input. On a terminal errors are shown
// and it goes on; elsewhere the first error ends it, and is returned.
func (r *REPL) Run() error {
	if !r.Terminal {
		return r.runPlain(os.Stdin)
	}
	e := newEditor(r)
	fmt.Fprintf(r.Out, "%s\nType .help for the commands, Tab to complete, Ctrl-D to leave.\n", r.Version)
	if r.path != "" {
		fmt.Fprintf(r.Out, "db is %s\n", r.path)
	}
	for {
		_ = r.Out.Flush()
		text, err := e.read()
		switch {
		case errors.Is(err, io.EOF):
			fmt.Fprintln(r.Out)
			return nil
		case err != nil:
			continue // interrupted: what was typed is dropped
		}
		if err := r.run(text); errors.Is(err, errQuit) {
			return nil
		} else if err != nil {
			r.report(err)
		}
	}
}

// Interrupt ends the chunk that runs, if one does. Any goroutine may call it.
func (r *REPL) Interrupt() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cancel != nil {
		r.cancel()
	}
}

// run runs what was typed: a dot command or a chunk.
func (r *REPL) run(text string) error {
	start := time.Now()
	var err error
	switch trimmed := strings.TrimSpace(text); {
	case trimmed == "":
		return nil
	case isCommand(trimmed):
		err = r.command(trimmed)
	default:
		err = r.chunk(text)
	}
	if r.timing && err == nil {
		fmt.Fprintf(r.Out, "%s\n", r.dim(human.Milliseconds(time.Since(start))))
	}
	return err
}

// compile compiles a chunk, as an expression if it is one.
func (r *REPL) compile(text, name string) (*lua.LFunction, error) {
	text = strings.TrimPrefix(strings.TrimSpace(text), "=")
	if chunk, err := r.State.LoadString("return "+text, name); err == nil {
		return chunk, nil
	}
	return r.State.LoadString(text, name)
}

// whole says whether a chunk is not one that more lines may mend.
func (r *REPL) whole(text string) bool {
	if isCommand(strings.TrimSpace(text)) {
		return true
	}
	_, err := r.compile(text, "stdin")
	e := (*host.ScriptError)(nil)
	return !errors.As(err, &e) || !e.Incomplete
}

// chunk runs a chunk and shows what it returns.
func (r *REPL) chunk(text string) error {
	r.chunks = append(r.chunks, text)
	chunk, err := r.compile(text, fmt.Sprintf("[%d]", len(r.chunks)))
	if err != nil {
		return err
	}
	results, err := r.call(chunk)
	if err != nil {
		return err
	}
	r.noticeOpen()
	if len(results) == 0 {
		return nil
	}
	r.remember(results[0])
	for _, v := range results {
		r.show(v)
	}
	return nil
}

// context returns the context that Interrupt ends, a new one after it did.
func (r *REPL) context() context.Context {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx == nil || r.ctx.Err() != nil {
		r.ctx, r.cancel = context.WithCancel(context.Background())
	}
	return r.ctx
}

// call runs a function so that Interrupt ends it.
func (r *REPL) call(fn *lua.LFunction, args ...string) ([]lua.LValue, error) {
	results, err := r.State.CallContext(r.context(), fn, args...)
	_ = r.Out.Flush()
	return results, err
}

// eval runs code of the console's own.
func (r *REPL) eval(code string, args ...string) error {
	chunk, err := r.State.LoadString(code, "repl")
	if err == nil {
		_, err = r.call(chunk, args...)
	}
	return err
}

// remember keeps the last results in _, _1 and _2.
func (r *REPL) remember(v lua.LValue) {
	if v == lua.LNil {
		return
	}
	const most = 3
	r.results = append([]lua.LValue{v}, r.results...)
	r.results = r.results[:min(len(r.results), most)]
	for i, name := range []string{"_", "_1", "_2"} {
		if i < len(r.results) {
			r.L.SetGlobal(name, r.results[i])
		}
	}
}

// report shows an error: its message, and its traceback with what was typed.
func (r *REPL) report(err error) {
	_ = r.Out.Flush()
	e := (*host.ScriptError)(nil)
	if !errors.As(err, &e) {
		fmt.Fprintf(r.Out, "%s\n", r.red(err.Error()))
		return
	}
	fmt.Fprintln(r.Out, r.red(e.Message))
	frames := 0
	for line := range strings.Lines(e.Traceback) {
		if line = strings.TrimSpace(line); line == "stack traceback:" || strings.HasPrefix(line, "[G]:") || line == "(tailcall): ?" {
			continue
		}
		fmt.Fprintln(r.Out, r.dim(r.frame(line)))
		frames++
	}
	if typed := r.typed(e.Message); frames == 0 && typed != "" {
		fmt.Fprintln(r.Out, r.dim("  "+typed))
	}
}

// frame shows a line of a traceback, with what was typed there.
func (r *REPL) frame(line string) string {
	if typed := r.typed(line); typed != "" {
		return fmt.Sprintf("  %s: %s", line, typed)
	}
	return "  " + line
}

// typed returns the typed line that a message or a line of a traceback is about,
// or "".
func (r *REPL) typed(text string) string {
	var chunk, at int
	if _, err := fmt.Sscanf(text, "[%d]:%d:", &chunk, &at); err != nil || chunk < 1 || chunk > len(r.chunks) {
		return ""
	}
	lines := strings.Split(r.chunks[chunk-1], "\n")
	if at < 1 || at > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[at-1])
}

// open opens a database as the global db.
func (r *REPL) open(path string) error {
	mode := "rw"
	if r.ReadOnly {
		mode = "r"
	}
	if err := r.eval(`local path, mode = ...
		local opened = require("micro_ts").open(path, {mode = mode})
		if db then pcall(function() db:close() end) end
		db = opened`, path, mode); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "repl:2: "))
	}
	r.path, r.focus = path, nil
	return nil
}

// noticeOpen takes note of a database that a chunk opened as db.
func (r *REPL) noticeOpen() {
	if db := luabind.Database(r.L.GetGlobal("db")); db != nil && db.Path() != r.path {
		r.path, r.focus = db.Path(), nil
	}
}

// width returns how many columns the terminal has.
func (r *REPL) width() int {
	const usual = 80
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && w >= 20 {
		return w
	}
	return usual
}

func (r *REPL) colour(code, text string) string {
	if !r.colours || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (r *REPL) red(text string) string { return r.colour("31", text) }
func (r *REPL) dim(text string) string { return r.colour("2", text) }
