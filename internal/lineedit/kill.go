package lineedit

import "strings"

// kills are the texts that were cut, the newest last.
type kills struct {
	ring []string
	at   int // of the text that was inserted last
	from int // where that begins
}

// mostKills is how many cut texts are kept.
const mostKills = 60

// kill cuts a part of the text. What several commands in a row cut is one text.
func (e *Editor) kill(from, to int) {
	if from == to {
		e.bell()
		return
	}
	cut := e.text[from:to]
	backward := to == e.cursor
	k := &e.kills
	switch n := len(k.ring); {
	case !commands[e.last].kills || n == 0:
		k.ring = append(k.ring, cut)
		if len(k.ring) > mostKills {
			k.ring = k.ring[1:]
		}
	case backward:
		k.ring[n-1] = cut + k.ring[n-1]
	default:
		k.ring[n-1] += cut
	}
	e.replace(from, to, "")
}

// keep puts a text among the cut ones.
func (k *kills) keep(text string) { k.ring = append(k.ring, text) }

// killToEnd cuts the rest of the line; at its end, the line feed.
func (e *Editor) killToEnd() {
	end := lineEnd(e.text, e.cursor)
	if end == e.cursor && end < len(e.text) {
		end++
	}
	e.kill(e.cursor, end)
}

// killToBegin cuts the line before the cursor; at its beginning, the line feed before.
func (e *Editor) killToBegin() {
	start := lineStart(e.text, e.cursor)
	if start == e.cursor && start > 0 {
		start--
	}
	e.kill(start, e.cursor)
}

func (e *Editor) killAll() {
	e.cursor = len(e.text)
	e.kill(0, len(e.text))
}

func (e *Editor) killWord()         { e.kill(e.cursor, nextWord(e.text, e.cursor)) }
func (e *Editor) killWordBackward() { e.kill(prevWord(e.text, e.cursor), e.cursor) }
func (e *Editor) killBlankBackward() {
	e.kill(prevBlank(e.text, e.cursor), e.cursor)
}

// yank inserts the text that was cut last.
func (e *Editor) yank() {
	k := &e.kills
	if len(k.ring) == 0 {
		e.bell()
		return
	}
	k.at, k.from = len(k.ring)-1, e.cursor
	e.insert(k.ring[k.at])
}

// yankPop replaces the text that yank inserted by the one that was cut before it.
func (e *Editor) yankPop() {
	k := &e.kills
	if e.last != "yank" && e.last != "yank-pop" || len(k.ring) == 0 {
		e.bell()
		return
	}
	k.at = (k.at + len(k.ring) - 1) % len(k.ring)
	e.replace(k.from, e.cursor, k.ring[k.at])
}

// yankLastWord inserts the last word of the previous line; again, that of the line
// before.
func (e *Editor) yankLastWord() {
	r := &e.recall
	if e.last != "yank-last-arg" {
		r.wordOf, r.wordFrom = len(r.entries), e.cursor
	}
	for r.wordOf > 0 {
		r.wordOf--
		if words := strings.Fields(r.entries[r.wordOf]); len(words) > 0 {
			e.replace(r.wordFrom, e.cursor, words[len(words)-1])
			return
		}
	}
	e.bell()
}
