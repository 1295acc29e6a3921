package lineedit

import (
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
)

// Options say what an Editor does. All but In and Out may be missing.
type Options struct {
	In, Out *os.File // the terminal

	// Dumb says that the terminal cannot move its cursor: lines are read as the terminal
	// edits them, and nothing is completed.
	Dumb bool

	// Prompt stands before the first row and Continued before those that follow. They
	// may hold SGR sequences.
	Prompt, Continued string

	// Whole says whether Enter ends the text. It is asked at Enter. Without it, Enter
	// ends any text.
	Whole func(text string) bool

	// Complete returns what may follow the text before the cursor, and the end of that
	// text that a candidate replaces.
	Complete func(before string) (prefix string, all []Candidate)

	// Spans returns how parts of the text are drawn, in their order.
	Spans func(text string) []Span

	// Edit lets the user change the text in another program. The terminal is in the
	// mode that it had before Read.
	Edit func(text string) (string, error)

	// Interrupted is called when Ctrl-C was typed after the Enter that ended the line,
	// and before the terminal made a signal of it.
	Interrupted func()

	History *History
	Keys    *Keys // nil: those of Emacs

	// ASCII says that the terminal draws nothing else.
	ASCII bool
}

// Candidate is one text that Tab offers.
type Candidate struct {
	Text string // replaces the prefix
	Help string // one line, or ""
}

// Span is a part of a text, in bytes, and the SGR code with which it is drawn: "31".
type Span struct {
	Start, End int
	SGR        string
}

// ErrInterrupted is the error of a line that Ctrl-C dropped.
var ErrInterrupted = errors.New("interrupted")

// Editor reads lines. One goroutine may use it.
type Editor struct {
	o      Options
	tty    terminal
	screen screen
	kills  kills
	keys   *Keys

	buffer
	changes changes
	view    position // of the text that stands in the first row of the screen
	spans   struct { // of a text, kept since most keys only move the cursor
		of  string
		all []Span
	}

	recall recall
	search *search // nil: none goes on
	sought string  // what the last search looked for
	menu   *menu   // nil: nothing is offered
	hint   string  // below the text, until the next key

	prefix    string // of keys with more than one: "C-x "
	count     int    // typed with Alt before a command; 0: none
	goal      int    // the column to which up and down return; -1: that of the cursor
	inserting bool   // the command that runs types a letter
	last      string // the command before
	now       string // the command that runs
	vi        vi

	done bool
	err  error
	next int // the entry of the history that the next line begins with; -1: none
}

// New returns an editor.
func New(o Options) *Editor {
	if o.History == nil {
		o.History = &History{}
	}
	if o.Keys == nil {
		o.Keys = NewKeys()
	}
	return &Editor{o: o, keys: o.Keys, tty: terminal{in: o.In, out: o.Out}, screen: screen{out: o.Out}, next: -1}
}

// Read reads a line, without the line feed at its end. The error is io.EOF at the end of
// the input, ErrInterrupted after Ctrl-C, or one of the terminal. The line is in the
// history then.
//
// Read gives the terminal back in the mode in which it found it.
func (e *Editor) Read() (string, error) {
	if e.o.Dumb {
		return e.readDumb()
	}
	if err := e.tty.listen(syscall.SIGWINCH, syscall.SIGCONT); err != nil {
		return "", err
	}
	defer e.tty.unlisten()
	if err := e.tty.raw(); err != nil {
		return "", err
	}
	defer e.tty.restore()
	e.begin()
	for !e.done {
		if !e.tty.waiting() {
			e.draw()
		}
		k, err := e.tty.next()
		switch err {
		case nil:
			e.press(k)
		case errResized:
			e.screen.resize(e.tty.size())
		case errResumed:
			_ = e.tty.raw() // the shell has changed the mode
			e.startScreen()
		default:
			e.end(err)
		}
	}
	e.leave()
	if e.err != nil {
		return "", e.err
	}
	e.o.History.Add(e.text)
	e.tty.restore()
	e.checkAhead()
	return e.text, nil
}

// begin starts an empty line.
func (e *Editor) begin() {
	e.buffer, e.changes = buffer{}, changes{}
	e.view, e.search, e.menu, e.hint, e.prefix, e.count = position{}, nil, nil, "", "", 0
	e.goal, e.last, e.done, e.err = -1, "", false, nil
	e.vi.begin()
	e.recall.begin(e.o.History)
	if e.next >= 0 && e.next < len(e.recall.entries) {
		e.recallAt(e.next)
		e.changes = changes{}
	}
	e.next = -1
	e.startScreen()
}

// startScreen begins to draw at the cursor. The prompt begins a row, whatever a script or
// a program printed before: a mark and as many spaces as the terminal is wide lead to the
// next row unless the cursor is in the first column.
func (e *Editor) startScreen() {
	e.screen.begin(e.tty.size())
	mark := "⏎"
	if e.o.ASCII {
		mark = "%"
	}
	_ = e.tty.write("\x1b[2m" + mark + "\x1b[0m" + strings.Repeat(" ", e.screen.width-1) + "\r\x1b[K")
}

// end ends the line, with an error unless that is nil.
func (e *Editor) end(err error) { e.done, e.err = true, err }

// leave draws the line as it stays on the screen, and goes to the row below.
func (e *Editor) leave() {
	e.search, e.menu, e.hint = nil, nil, ""
	mark := ""
	if e.err == ErrInterrupted {
		mark = "^C"
	}
	e.drawLast(mark)
	if e.keys.Vi {
		_ = e.tty.write(shapeDefault)
	}
}

// checkAhead looks for Ctrl-C among the keys that were typed after the Enter that ended
// the line. Those before it are dropped, as a terminal does; the others begin the next
// line.
func (e *Editor) checkAhead() {
	ahead := e.tty.takeAhead()
	for i := len(ahead) - 1; i >= 0; i-- {
		if ahead[i] == interrupt {
			if e.o.Interrupted != nil {
				e.o.Interrupted()
			}
			ahead = ahead[i+1:]
			break
		}
	}
	e.tty.held = ahead
}

// press does what a key is for.
func (e *Editor) press(k key) {
	e.hint = ""
	e.vi.record(k)
	switch {
	case k.name == "" && k.text == "":
		return // no key that is known
	case e.vi.waits() && !k.paste:
		e.viArgument(k)
		return
	case e.search != nil && e.searchKey(k):
		return
	case e.menu != nil && e.menuKey(k):
		return
	}
	if e.prefix == "Esc " && k.name == "" && !k.paste { // Esc, then a letter
		e.prefix, k = "", key{name: "M-" + k.text}
	}
	if k.name == "" {
		e.typed(k)
		return
	}
	if e.vi.normal && k.name == "Esc" {
		e.vi.cancel(e)
		return
	}
	name := e.prefix + k.name
	e.prefix = ""
	if command := e.keys.command(name, e.vi.normal); command != "" {
		e.run(command)
		return
	}
	if e.keys.isPrefix(name, e.vi.normal) {
		e.prefix = name + " "
		return
	}
	if after, ok := strings.CutPrefix(name, "Esc "); ok { // Esc, then a key
		e.press(key{name: "M-" + after})
		return
	}
	if digit, ok := strings.CutPrefix(name, "M-"); ok && len(digit) == 1 && digit[0] >= '0' && digit[0] <= '9' {
		e.addCount(digit[0])
	}
}

// typed takes a text that was typed or pasted.
func (e *Editor) typed(k key) {
	if !k.paste {
		if e.count > 0 && !e.vi.normal && isDigit(k.text) { // Alt-1 2 is 12
			e.addCount(k.text[0])
			return
		}
		if e.prefix != "" { // C-x, then a letter
			name := e.prefix + k.text
			e.prefix = ""
			if command := e.keys.command(name, e.vi.normal); command != "" {
				e.run(command)
			} else {
				e.bell()
			}
			return
		}
		if command := e.keys.command(k.text, e.vi.normal); command != "" && e.vi.operator == 0 {
			e.run(command)
			return
		}
	}
	e.prefix = ""
	if e.vi.normal {
		if k.paste {
			e.insert(k.text)
			e.vi.settle(e)
			return
		}
		e.viKey(k.text)
		return
	}
	e.inserting, e.now = !k.paste, "self-insert"
	e.insert(strings.Repeat(k.text, e.takeCount()))
	e.inserting, e.last, e.goal = false, e.now, -1
}

// run runs a command by its name. Most commands ask takeCount how often.
func (e *Editor) run(name string) {
	e.now = name
	command := commands[name]
	if command.repeats {
		for range e.takeCount() {
			command.do(e)
		}
	} else {
		command.do(e)
	}
	e.count = 0
	if !command.keepsGoal {
		e.goal = -1
	}
	e.last = name
	e.vi.settle(e)
}

// mostCount bounds how often a command runs at once.
const mostCount = 10000

func (e *Editor) addCount(digit byte) { e.count = min(e.count*10+int(digit-'0'), mostCount) }

// takeCount returns how often a command is to run.
func (e *Editor) takeCount() int {
	n := max(e.count, 1)
	e.count = 0
	return n
}

func (e *Editor) bell() { _ = e.tty.write("\a") }

// accept ends the line if it is whole, else it begins another row.
func (e *Editor) accept() {
	if e.o.Whole == nil || e.o.Whole(e.text) {
		e.end(nil)
		return
	}
	if e.vi.normal {
		e.viInsert(len(e.text))
	}
	e.insert("\n")
}

// deleteOrEnd deletes the cluster under the cursor. It ends the input if there is no
// text. At the end of a row it does nothing.
func (e *Editor) deleteOrEnd() {
	switch {
	case e.text == "":
		e.end(io.EOF)
	case e.cursor == lineEnd(e.text, e.cursor):
		e.bell()
	default:
		e.deleteForward()
	}
}

func (e *Editor) suspend() {
	e.drawLast("")
	if err := e.tty.suspend(); err != nil {
		e.end(err)
		return
	}
	e.startScreen()
}

// editElsewhere lets the user edit the text in another program, then takes it.
func (e *Editor) editElsewhere() {
	if e.o.Edit == nil {
		e.bell()
		return
	}
	e.drawLast("")
	e.tty.restore()
	text, err := e.o.Edit(e.text)
	if raw := e.tty.raw(); raw != nil {
		e.end(raw)
		return
	}
	e.startScreen()
	if err != nil {
		e.hint = err.Error()
		return
	}
	e.setText(strings.TrimRight(text, "\n"), len(strings.TrimRight(text, "\n")))
}
