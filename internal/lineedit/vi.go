package lineedit

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// vi is what the keys of vi need to know. Without them, it stays empty.
type vi struct {
	normal   bool   // the command mode; else text is inserted
	operator byte   // d, c or y, which waits for a motion; 0: none does
	times    int    // the count before the operator
	waiting  byte   // a command that waits for a character: f, F, t, T, r or g; 0: none does
	finding  byte   // the last of f, F, t and T
	found    string // its character

	keys      []key // of the command that is typed, and of the text that it inserts
	changes   bool  // the command changes the text
	change    []key // the last command that changed the text
	repeating bool
}

// The shapes of the cursor, as DECSCUSR of DEC sets them.
const (
	shapeDefault = "\x1b[0 q"
	shapeBlock   = "\x1b[2 q"
	shapeBar     = "\x1b[6 q"
)

func (v *vi) shape() string {
	if v.normal {
		return shapeBlock
	}
	return shapeBar
}

// begin begins a line in the insert mode.
func (v *vi) begin() { *v = vi{finding: v.finding, found: v.found, change: v.change} }

func (v *vi) waits() bool { return v.normal && v.waiting != 0 }

// record keeps the keys of a command, for the command that repeats it.
func (v *vi) record(k key) {
	if v.normal && v.operator == 0 && v.waiting == 0 && !v.changes && !isDigit(lastText(v.keys)) {
		v.keys = nil
	}
	v.keys = append(v.keys, k)
}

func lastText(keys []key) string {
	if len(keys) == 0 {
		return ""
	}
	return keys[len(keys)-1].text
}

func isDigit(s string) bool { return len(s) == 1 && s[0] >= '0' && s[0] <= '9' }

// settle ends a command of the command mode: the cursor stands on a character.
func (v *vi) settle(e *Editor) {
	if !v.normal {
		return
	}
	if e.cursor == lineEnd(e.text, e.cursor) && e.cursor > lineStart(e.text, e.cursor) {
		e.cursor = prevCluster(e.text, e.cursor)
	}
	if v.changes && v.operator == 0 && v.waiting == 0 {
		v.changes = false
		if !v.repeating {
			v.change = v.keys
		}
		v.keys = nil
	}
}

// cancel drops the operator and the count that wait.
func (v *vi) cancel(e *Editor) {
	v.operator, v.times, v.changes, v.keys = 0, 0, false, nil
	e.count = 0
}

// viLeaveInsert goes from the insert mode to the command mode.
func (e *Editor) viLeaveInsert() {
	e.vi.normal = true
	if e.cursor > lineStart(e.text, e.cursor) {
		e.cursor = prevCluster(e.text, e.cursor)
	}
}

// viKey does what a character is for in the command mode.
func (e *Editor) viKey(text string) {
	v := &e.vi
	c := text[0]
	if isDigit(text) && (c != '0' || e.count > 0) {
		e.addCount(c)
		return
	}
	defer v.settle(e)
	switch {
	case v.operator != 0 && c == v.operator:
		e.viLines(e.viCount())
		return
	case v.operator != 0 && (c == 'j' || c == 'k'):
		n := e.viCount()
		for range n {
			if c == 'k' {
				e.cursor = lineStart(e.text, max(lineStart(e.text, e.cursor)-1, 0))
			}
		}
		e.viLines(n + 1)
		return
	}
	if motion, ok := viMotions[c]; ok {
		e.viMove(motion)
		return
	}
	switch c {
	case 'f', 'F', 't', 'T', 'g':
		v.waiting = c
		return
	case ';', ',':
		e.viFindAgain(c == ',')
		return
	}
	if v.operator != 0 { // no motion
		v.cancel(e)
		e.bell()
		return
	}
	switch c {
	case 'd', 'c', 'y':
		v.operator, v.times, e.count = c, e.count, 0
		v.changes = c != 'y'
	case 'r':
		v.waiting, v.changes = c, true
	case '.':
		e.viRepeat()
	case 'n', 'N':
		e.viSearchAgain(c == 'N')
	default:
		do, ok := viCommands[c]
		if !ok {
			e.bell()
			e.count = 0
			return
		}
		v.changes = true
		do(e, e.takeCount())
	}
}

// viCount returns how often a command runs: the count before it times that before its
// operator.
func (e *Editor) viCount() int {
	n := min(max(e.vi.times, 1)*e.takeCount(), mostCount)
	e.vi.times = 0
	return n
}

// viMotion moves from a position of a text to another.
type viMotion struct {
	to        func(s string, at int) int
	inclusive bool // an operator takes the character there too
}

// viMove moves, or gives the operator that waits what is moved over.
func (e *Editor) viMove(m viMotion) {
	from, to := e.cursor, e.cursor
	for range e.viCount() {
		to = m.to(e.text, to)
	}
	e.viOperate(from, to, m.inclusive)
}

// viOperate does what the operator that waits is for; without one it moves.
func (e *Editor) viOperate(from, to int, inclusive bool) {
	v := &e.vi
	operator := v.operator
	v.operator = 0
	if operator == 0 {
		e.cursor = to
		return
	}
	from, to = min(from, to), max(from, to)
	if inclusive {
		to = nextCluster(e.text, to)
	}
	e.kills.keep(e.text[from:to])
	if operator != 'y' {
		e.replace(from, to, "")
	}
	e.cursor = from
	v.normal = operator != 'c'
}

// viLines does what the operator that waits is for with whole lines. Their text ends
// with a line feed among those that were cut.
func (e *Editor) viLines(n int) {
	v := &e.vi
	operator := v.operator
	v.operator = 0
	from, to := lineStart(e.text, e.cursor), lineEnd(e.text, e.cursor)
	for range n - 1 {
		if to < len(e.text) {
			to = lineEnd(e.text, to+1)
		}
	}
	e.kills.keep(e.text[from:to] + "\n")
	switch {
	case operator == 'c':
		e.replace(from, to, "")
		v.normal = false
	case operator == 'd' && to < len(e.text):
		e.replace(from, to+1, "")
	case operator == 'd':
		e.replace(max(from-1, 0), to, "")
		e.lineBegin()
	}
}

// viArgument is the character for which a command waits.
func (e *Editor) viArgument(k key) {
	v := &e.vi
	command := v.waiting
	v.waiting = 0
	defer v.settle(e)
	if k.text == "" {
		v.cancel(e)
		return
	}
	switch command {
	case 'r':
		e.viReplace(k.text, e.takeCount())
	case 'g':
		if k.text == "g" {
			e.viOperate(e.cursor, 0, false)
		} else {
			v.operator = 0
			e.bell()
		}
	default:
		v.finding, v.found = command, k.text
		e.viFind(command, k.text)
	}
}

// viFind moves within the line to a character that is found.
func (e *Editor) viFind(command byte, text string) {
	start, end := lineStart(e.text, e.cursor), lineEnd(e.text, e.cursor)
	at := e.cursor
	for range e.viCount() {
		var n int
		if command == 'f' || command == 't' {
			next := nextCluster(e.text, at)
			if n = strings.Index(e.text[min(next, end):end], text); n >= 0 {
				n += next
			}
		} else if n = strings.LastIndex(e.text[start:at], text); n >= 0 {
			n += start
		}
		if n < 0 {
			e.vi.operator = 0
			e.bell()
			return
		}
		at = n
	}
	switch command {
	case 't':
		at = prevCluster(e.text, at)
	case 'T':
		at = nextCluster(e.text, at)
	}
	e.viOperate(e.cursor, at, command == 'f' || command == 't')
}

// viFindAgain finds the same character, or in the other direction.
func (e *Editor) viFindAgain(other bool) {
	command := e.vi.finding
	if command == 0 {
		e.bell()
		return
	}
	if other {
		command ^= 'a' ^ 'A'
	}
	e.viFind(command, e.vi.found)
}

// viReplace replaces some characters by one.
func (e *Editor) viReplace(text string, n int) {
	end := e.cursor
	for range n {
		if end == lineEnd(e.text, end) {
			e.bell()
			return
		}
		end = nextCluster(e.text, end)
	}
	e.replace(e.cursor, end, strings.Repeat(text, n))
	e.backward()
}

// viRepeat types the last command that changed the text again.
func (e *Editor) viRepeat() {
	v := &e.vi
	if v.repeating || len(v.change) == 0 {
		e.bell()
		return
	}
	v.repeating = true
	defer func() { v.repeating = false }()
	for _, k := range slices.Clone(v.change) {
		e.press(k)
	}
	if !v.normal {
		e.viLeaveInsert()
	}
}

// viSearchAgain looks for the same text in the history, or in the other direction.
func (e *Editor) viSearchAgain(other bool) {
	step := -1
	if other {
		step = 1
	}
	if e.sought == "" {
		e.bell()
		return
	}
	e.search = &search{query: e.sought, step: step}
	e.find(e.recall.at + step)
	e.search = nil
}

// viPut inserts the text that was cut last, some times.
func (e *Editor) viPut(n int, after bool) {
	ring := e.kills.ring
	if len(ring) == 0 {
		e.bell()
		return
	}
	text := strings.Repeat(ring[len(ring)-1], n)
	lines, whole := strings.CutSuffix(text, "\n")
	switch end := lineEnd(e.text, e.cursor); {
	case whole && after:
		e.replace(end, end, "\n"+lines)
		e.cursor = end + 1
	case whole:
		start := lineStart(e.text, e.cursor)
		e.replace(start, start, text)
		e.cursor = start
	default:
		if after && e.cursor < end {
			e.forward()
		}
		e.insert(text)
		e.backward()
	}
}

// viInsert goes to the insert mode.
func (e *Editor) viInsert(at int) {
	e.cursor = at
	e.vi.normal = false
}

// viCommands are the commands of the command mode that are no motions, and wait for
// nothing. n is the count.
var viCommands = map[byte]func(e *Editor, n int){
	'i': func(e *Editor, _ int) { e.viInsert(e.cursor) },
	'I': func(e *Editor, _ int) { e.viInsert(firstInLine(e.text, e.cursor)) },
	'a': func(e *Editor, _ int) { e.viInsert(rightInLine(e.text, e.cursor)) },
	'A': func(e *Editor, _ int) { e.viInsert(lineEnd(e.text, e.cursor)) },
	'o': func(e *Editor, _ int) {
		e.viInsert(lineEnd(e.text, e.cursor))
		e.insert("\n")
	},
	'O': func(e *Editor, _ int) {
		at := lineStart(e.text, e.cursor)
		e.replace(at, at, "\n")
		e.viInsert(at)
	},
	'x': func(e *Editor, n int) { e.viCut('d', rightInLine, n) },
	'X': func(e *Editor, n int) { e.viCut('d', leftInLine, n) },
	's': func(e *Editor, n int) { e.viCut('c', rightInLine, n) },
	'D': func(e *Editor, n int) { e.viCut('d', lineEnd, 1) },
	'C': func(e *Editor, n int) { e.viCut('c', lineEnd, 1) },
	'S': func(e *Editor, n int) {
		e.vi.operator = 'c'
		e.viLines(n)
	},
	'Y': func(e *Editor, n int) {
		e.vi.changes, e.vi.operator = false, 'y'
		e.viLines(n)
	},
	'p': func(e *Editor, n int) { e.viPut(n, true) },
	'P': func(e *Editor, n int) { e.viPut(n, false) },
	'J': func(e *Editor, n int) {
		for range max(n-1, 1) {
			e.viJoin()
		}
	},
	'~': func(e *Editor, n int) {
		for range n {
			e.viSwitchCase()
		}
	},
}

// viCut gives an operator what is from the cursor to where a motion leads.
func (e *Editor) viCut(operator byte, to func(string, int) int, n int) {
	end := e.cursor
	for range n {
		end = to(e.text, end)
	}
	e.vi.operator = operator
	e.viOperate(e.cursor, end, false)
}

// viJoin joins the line and the next one.
func (e *Editor) viJoin() {
	end := lineEnd(e.text, e.cursor)
	if end == len(e.text) {
		e.bell()
		return
	}
	next := end + 1
	for next < len(e.text) && (e.text[next] == ' ' || e.text[next] == '\t') {
		next++
	}
	e.replace(end, next, " ")
	e.cursor = end
}

// viSwitchCase makes a small letter a capital, or a capital a small letter.
func (e *Editor) viSwitchCase() {
	r, n := utf8.DecodeRuneInString(e.text[e.cursor:])
	if n == 0 || r == '\n' {
		return
	}
	changed := unicode.ToUpper(r)
	if changed == r {
		changed = unicode.ToLower(r)
	}
	if changed == r {
		e.cursor += n
		return
	}
	e.replace(e.cursor, e.cursor+n, string(changed))
}
