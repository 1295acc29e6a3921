package lineedit

// buffer is a text and the position of the cursor in it, in bytes.
type buffer struct {
	text   string
	cursor int
}

// history of the changes of one line. Texts are immutable, so a state is cheap.
type changes struct {
	undo, redo []buffer
	typing     bool // the last change typed a letter: the next one joins it
}

// mostChanges is how many changes can be undone.
const mostChanges = 1000

// replace replaces the text from one position to another, and puts the cursor behind
// what is inserted.
func (e *Editor) replace(from, to int, with string) {
	if from == to && with == "" {
		return
	}
	typed := e.inserting && from == to
	if !typed || !e.changes.typing {
		e.changes.undo = append(e.changes.undo, e.buffer)
		if len(e.changes.undo) > mostChanges {
			e.changes.undo = e.changes.undo[1:]
		}
	}
	e.changes.redo = nil
	e.changes.typing = typed
	e.text = e.text[:from] + with + e.text[to:]
	e.cursor = from + len(with)
}

// insert inserts a text at the cursor.
func (e *Editor) insert(text string) { e.replace(e.cursor, e.cursor, text) }

// setText replaces the whole text.
func (e *Editor) setText(text string, cursor int) {
	if text != e.text {
		e.replace(0, len(e.text), text)
	}
	e.cursor = cursor
}

func (e *Editor) undo() { e.swapState(&e.changes.undo, &e.changes.redo) }
func (e *Editor) redo() { e.swapState(&e.changes.redo, &e.changes.undo) }

// swapState goes to the last of some states and keeps the present one among others.
func (e *Editor) swapState(from, to *[]buffer) {
	n := len(*from)
	if n == 0 {
		e.bell()
		return
	}
	*to = append(*to, e.buffer)
	e.buffer = (*from)[n-1]
	*from = (*from)[:n-1]
	e.changes.typing = false
}
