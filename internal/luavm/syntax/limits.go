package syntax

// The limits of a source are LuaJIT's.
const (
	maxLocals   = 200 // in scope at once in a function, with the hidden ones of loops
	maxUpvalues = 60  // of a function
	maxLevels   = 200 // of statements and expressions within each other

	// maxHeight bounds chains such as a+a+a or a.b.c, each link of which is a level of the
	// tree but not of the source. LuaJIT has no bound. With it, a program that walks a tree
	// may use recursion.
	maxHeight = 1 << 17
)

// enter begins a level; it ends with leave.
func (p *parser) enter() {
	if p.level++; p.level >= maxLevels {
		p.failLevels()
	}
}

func (p *parser) leave() { p.level-- }

func (p *parser) failLevels() { p.fail("chunk has too many syntax levels") }

// grow counts a link of a chain. While a chain is parsed, height is that of the chain so
// far or of its tallest operand, whichever is more.
func (p *parser) grow() {
	if p.height++; p.height > maxHeight {
		p.failLevels()
	}
}

// failLimit ends the parse because a function has too many of something.
func (p *parser) failLimit(f *function, limit int, what string) {
	if f.parent == nil {
		p.fail("main function has more than %d %s", limit, what)
	}
	p.fail("function at line %d has more than %d %s", f.tree.Line, limit, what)
}
