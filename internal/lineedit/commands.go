package lineedit

import "strings"

// command is what a key does.
type command struct {
	do        func(e *Editor)
	repeats   bool // runs as often as the count says
	keepsGoal bool // moves up or down: the next such command returns to the same column
	kills     bool // cuts text: the next such command adds to it
}

// commands are the commands by name. The names are those of GNU Readline, where that has
// the command, and else those of zsh.
var commands map[string]command

func init() { // not in the declaration, since run refers to commands
	move := func(do func(*Editor)) command { return command{do: do, repeats: true} }
	vertical := func(do func(*Editor)) command { return command{do: do, repeats: true, keepsGoal: true} }
	kill := func(do func(*Editor)) command { return command{do: do, repeats: true, kills: true} }
	once := func(do func(*Editor)) command { return command{do: do} }
	commands = map[string]command{
		"accept-line":              once((*Editor).accept),
		"operate-and-get-next":     once((*Editor).acceptAndNext),
		"insert-newline":           move(func(e *Editor) { e.insert("\n") }),
		"interrupt":                once(func(e *Editor) { e.end(ErrInterrupted) }),
		"suspend":                  once((*Editor).suspend),
		"abort":                    once((*Editor).bell),
		"clear-screen":             once(func(e *Editor) { e.screen.clear() }),
		"quoted-insert":            once((*Editor).quotedInsert),
		"edit-and-execute-command": once((*Editor).editElsewhere),
		"beginning-of-line":        once((*Editor).lineBegin),
		"end-of-line":              once((*Editor).lineEnd),
		"beginning-of-buffer":      once((*Editor).textBegin),
		"end-of-buffer":            once((*Editor).textEnd),
		"forward-char":             move((*Editor).forward),
		"backward-char":            move((*Editor).backward),
		"forward-word":             move((*Editor).forwardWord),
		"backward-word":            move((*Editor).backwardWord),
		"up-line-or-history":       vertical((*Editor).up),
		"down-line-or-history":     vertical((*Editor).down),
		"previous-history":         move((*Editor).previous),
		"next-history":             move((*Editor).following),
		"beginning-of-history":     once((*Editor).oldest),
		"end-of-history":           once((*Editor).newest),
		"history-search-backward":  move(func(e *Editor) { e.recallPrefix(-1) }),
		"history-search-forward":   move(func(e *Editor) { e.recallPrefix(1) }),
		"reverse-search-history":   once(func(e *Editor) { e.startSearch(-1) }),
		"forward-search-history":   once(func(e *Editor) { e.startSearch(1) }),
		"delete-char-or-eof":       once((*Editor).deleteOrEnd),
		"delete-char":              move((*Editor).deleteForward),
		"backward-delete-char":     move((*Editor).deleteBackward),
		"kill-line":                kill((*Editor).killToEnd),
		"unix-line-discard":        kill((*Editor).killToBegin),
		"kill-whole-line":          kill((*Editor).killAll),
		"kill-word":                kill((*Editor).killWord),
		"backward-kill-word":       kill((*Editor).killWordBackward),
		"unix-word-rubout":         kill((*Editor).killBlankBackward),
		"yank":                     once((*Editor).yank),
		"yank-pop":                 once((*Editor).yankPop),
		"yank-last-arg":            once((*Editor).yankLastWord),
		"undo":                     move((*Editor).undo),
		"redo":                     move((*Editor).redo),
		"transpose-chars":          once((*Editor).transpose),
		"transpose-words":          once((*Editor).transposeWords),
		"upcase-word":              move(func(e *Editor) { e.changeWord(strings.ToUpper) }),
		"downcase-word":            move(func(e *Editor) { e.changeWord(strings.ToLower) }),
		"capitalize-word":          move(func(e *Editor) { e.changeWord(capitalized) }),
		"complete":                 once((*Editor).complete),
		"menu-complete-backward":   once((*Editor).completeBackward),
		"possible-completions":     once((*Editor).listCompletions),
		"vi-movement-mode":         once((*Editor).viLeaveInsert),
	}
}

// quotedInsert inserts the next key as it comes.
func (e *Editor) quotedInsert() {
	if len(e.tty.held) == 0 {
		if err := e.tty.fill(-1); err != nil && err != errResized {
			e.end(err)
			return
		}
	}
	k, n := decode(e.tty.held, true)
	if n == 0 {
		return
	}
	if k.paste {
		e.insert(k.text)
	} else {
		e.insert(string(e.tty.held[:n]))
	}
	e.tty.held = e.tty.held[n:]
}
