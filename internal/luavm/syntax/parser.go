package syntax

import "errors"

// Parse returns the syntax tree of a Lua source: the function that runs it. name is how
// messages call the source: a file's name, or what ChunkName returns. The tree keeps no
// part of source. The error is an *Error.
func Parse(source []byte, name string) (f *Function, err error) {
	p := &parser{lexer: lexer{scanner: scanner{source: source}, name: name}}
	defer func() {
		if r := recover(); r != nil {
			e := (*Error)(nil)
			if failure, ok := r.(error); !ok || !errors.As(failure, &e) {
				panic(r)
			}
			f, err = nil, e
		}
	}()
	return p.chunk(), nil
}

// parser makes a tree of the tokens of a source, from above: a method for each rule of
// the grammar. A method ends the parse, with a panic that Parse recovers, where the
// source is wrong.
type parser struct {
	lexer
	nodes
	level  int // how deep the rules are nested
	height int // of the tallest tree since it was last set to 0; see grow

	function *function // that is being parsed
	scopes   []scope   // the innermost one last
	names    []*symbol // of locals that are not in scope yet
	active   []binding // the locals in scope, of all functions; the first is no local
	jumps    []jump    // whose label or loop is not known yet
	labels   []label   // in scope
}

// nodes allocate the frequent parts of a tree.
type nodes struct {
	exprs      list[Expr]
	stmts      list[Stmt]
	items      list[TableItem]
	clauses    list[IfClause]
	variables  list[*Local]
	locals     slab[Local]
	blocks     slab[Block]
	numbers    slab[NumberExpr]
	strings    slab[StringExpr]
	localExprs slab[LocalExpr]
	upvalues   slab[UpvalueExpr]
	globals    slab[GlobalExpr]
	indexes    slab[IndexExpr]
	calls      slab[CallExpr]
	methods    slab[MethodCallExpr]
	tables     slab[TableExpr]
	binaries   slab[BinaryExpr]
	assigns    slab[AssignStmt]
	localStmts slab[LocalStmt]
	callStmts  slab[CallStmt]
	ifs        slab[IfStmt]
	returns    slab[ReturnStmt]
}

// chunk parses a whole source.
func (p *parser) chunk() *Function {
	p.begin()
	p.active = append(p.active, binding{})
	p.openFunction(&Function{IsVararg: true})
	p.next()
	p.statements()
	if p.kind != kindEOF {
		p.failExpected(kindEOF)
	}
	return p.closeFunction()
}

// accept skips the current token if it is of a kind.
func (p *parser) accept(k kind) bool {
	if p.kind != k {
		return false
	}
	p.next()
	return true
}

// expect skips the current token, which must be of a kind.
func (p *parser) expect(k kind) {
	if p.kind != k {
		p.failExpected(k)
	}
	p.next()
}

// expectEnd skips the token that closes what another one opened in a line.
func (p *parser) expectEnd(end, open kind, line Line) {
	if p.accept(end) {
		return
	}
	if line == p.line {
		p.failExpected(end)
	}
	p.failToken("'%s' expected (to close '%s' at line %d)", end, open, line)
}

func (p *parser) failExpected(k kind) { p.failToken("'%s' expected", k) }

// expectName skips a name and returns it.
func (p *parser) expectName() *symbol {
	if !p.isName() {
		p.failExpected(kindName)
	}
	name := p.symbol
	p.next()
	return name
}

// isName says whether the current token may be a name.
func (p *parser) isName() bool { return p.kind == kindName || p.kind == kindGoto }
