package lineedit

import "strings"

// search is a search in the history that goes on while the user types what to find.
type search struct {
	query  string
	step   int // -1: to older entries, 1: to newer ones
	failed bool
	at     int    // the entry that was found
	origin buffer // what was edited before
	from   int    // the entry that was edited before
}

// startSearch begins a search.
func (e *Editor) startSearch(step int) {
	e.search = &search{step: step, at: e.recall.at, from: e.recall.at, origin: e.buffer}
}

// searchKey does what a key is for within a search. It returns false if the key ended
// the search, and is to do what it does elsewhere.
func (e *Editor) searchKey(k key) bool {
	s := e.search
	switch {
	case k.text != "":
		s.query += strings.ReplaceAll(k.text, "\n", " ")
		e.find(s.at)
	case k.name == "C-r" || k.name == "Up":
		s.step = -1
		e.find(s.at - 1)
	case k.name == "C-s" || k.name == "Down":
		s.step = 1
		e.find(s.at + 1)
	case k.name == "Backspace" || k.name == "C-h":
		s.query = s.query[:prevCluster(s.query, len(s.query))]
		e.find(s.from + min(s.step, 0))
	case k.name == "C-g" || k.name == "C-c":
		e.search = nil
		if e.recall.at != s.from {
			e.recallAt(s.from)
		}
		e.setText(s.origin.text, s.origin.cursor)
	case k.name == "Esc":
		e.search = nil
	default:
		e.search = nil
		return false
	}
	return true
}

// find goes to the next entry, from at on, that holds the query. Letters of either case
// match if the query has no upper case.
func (e *Editor) find(at int) {
	s := e.search
	e.sought = s.query
	if s.query == "" {
		s.failed = false
		return
	}
	fold := func(text string) string { return text }
	if strings.ToLower(s.query) == s.query {
		fold = strings.ToLower
	}
	for ; at >= 0 && at <= len(e.recall.entries); at += s.step {
		text := e.recall.text(at)
		if at == e.recall.at {
			text = e.text
		}
		found := strings.Index(fold(text), s.query)
		if found < 0 {
			continue
		}
		if at != e.recall.at {
			e.recallAt(at)
		}
		s.at, s.failed = at, false
		e.cursor = min(found, len(e.text))
		return
	}
	s.failed = true
	e.bell()
}

// row returns what is shown of the search below the text.
func (s *search) row(width int) string {
	label := "search: "
	switch {
	case s.failed && s.step < 0:
		label = "search, nothing older: "
	case s.failed:
		label = "search, nothing newer: "
	}
	return clip(label+s.query+"_", width)
}
