package syntax

// symbol is a name: all its uses in a source share one. So a name is looked up by its
// symbol, and its text is allocated once.
type symbol struct {
	text    string
	binding int32 // the innermost local of this name that is in scope, in parser.active; 0 if there is none
}

// symbols are the names of a source.
type symbols struct {
	byText map[string]*symbol
	slab   slab[symbol]
}

// of returns the symbol of a name.
func (s *symbols) of(name []byte) *symbol {
	if found := s.byText[string(name)]; found != nil {
		return found
	}
	if s.byText == nil {
		s.byText = map[string]*symbol{}
	}
	made := s.slab.next()
	made.text = string(name)
	s.byText[made.text] = made
	return made
}

// text returns the value of a string, allocated once if it is short.
func (s *symbols) text(value []byte) string {
	const longest = 40
	if len(value) > longest {
		return string(value)
	}
	return s.of(value).text
}
