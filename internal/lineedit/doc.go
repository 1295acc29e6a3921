// Package lineedit edits lines on a terminal. A line may have several rows: Enter
// begins another row as long as the text is not whole.
//
// An Editor reads one line a call of Read (editor.go). Bytes become keys (key.go), keys
// become commands (keymap.go, inputrc.go, vi.go), and commands change the text
// (motion.go, kill.go, undo.go, history.go, complete.go, search.go). After each key the
// screen is drawn: layout.go divides the text into rows, menu.go adds what Tab offers,
// and screen.go writes the rows that differ from those on the terminal. terminal.go
// holds what the operating system has to do with it; dumb.go reads from terminals that
// cannot move the cursor.
//
// Text is UTF-8. The cursor moves by grapheme clusters, so a letter and its combining
// marks are one (cluster.go). Bytes that are no UTF-8 are kept, and shown as <ff>.
//
// It imports nothing of this module.
package lineedit
