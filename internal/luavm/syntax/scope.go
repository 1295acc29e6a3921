package syntax

// function is what the parser knows of a function that it has not read to its end.
type function struct {
	tree      *Function
	parent    *function
	slots     int32 // how many of its locals are in scope, with hidden ones
	firstJump int   // of it in parser.jumps
}

// openFunction begins a function within the current one, and its scope.
func (p *parser) openFunction(tree *Function) {
	tree.Body = p.blocks.next()
	if p.function != nil {
		tree.Parent = p.function.tree
		tree.Parent.HasInner = true
	}
	p.function = &function{tree: tree, parent: p.function, firstJump: len(p.jumps)}
	p.openScope(tree.Body, nil)
}

// closeFunction ends the current function at the current token.
func (p *parser) closeFunction() *Function {
	p.closeScope()
	p.failJumps()
	tree := p.function.tree
	tree.EndLine = p.line
	p.function = p.function.parent
	return tree
}

// scope is what the parser knows of a block that it has not read to its end. The
// variables of a for have a scope of their own, around that of the body. Each loop has
// one around it, without a block, which break leaves.
type scope struct {
	block *Block // or nil
	loop  Stmt   // or nil
	slots int32  // of the function, outside of the scope

	firstActive, firstJump, firstLabel int // in parser.active, jumps and labels
}

// openScope begins a scope within the innermost one.
func (p *parser) openScope(block *Block, loop Stmt) {
	p.scopes = append(p.scopes, scope{block, loop, p.function.slots, len(p.active), len(p.jumps), len(p.labels)})
}

// innermost returns the innermost scope, until the next one begins.
func (p *parser) innermost() *scope { return &p.scopes[len(p.scopes)-1] }

// closeScope ends the innermost scope.
func (p *parser) closeScope() {
	s := p.innermost()
	if len(p.active) > s.firstActive {
		p.closeLocals(s)
	}
	p.closeJumps(s)
	p.function.slots = s.slots
	p.scopes = p.scopes[:len(p.scopes)-1]
}

// closeLocals ends the locals of a scope and hands them to its block.
func (p *parser) closeLocals(s *scope) {
	mark := p.variables.begin()
	for _, b := range p.active[s.firstActive:] {
		p.variables.add(b.local)
		s.block.Captured = s.block.Captured || b.local.Captured
	}
	own := p.variables.end(mark)
	s.block.Locals = append(own, s.block.Locals...) // a for has two scopes, the inner one ends first
	for i := len(p.active) - 1; i >= s.firstActive; i-- {
		b := &p.active[i]
		b.symbol.binding = b.hidden
	}
	p.active = p.active[:s.firstActive]
}

// binding is a local in scope.
type binding struct {
	local    *Local
	function *function // that declares it
	symbol   *symbol
	hidden   int32 // the binding of the symbol that this one hides
}

// declare makes a local that is not in scope yet; before says how many locals that are
// not in scope yet were declared before it.
func (p *parser) declare(name *symbol, before int) *Local {
	p.checkLocals(before)
	l := p.locals.next()
	l.Name, l.Line = name.text, p.lastLine
	return l
}

// checkLocals ends the parse if there is no room for one more local.
func (p *parser) checkLocals(before int) {
	if int(p.function.slots)+before >= maxLocals {
		p.failLimit(p.function, maxLocals, "local variables")
	}
}

// activate brings a local into scope.
func (p *parser) activate(l *Local, name *symbol) {
	f := p.function
	l.Slot = f.slots
	f.slots++
	l.Index = int32(len(f.tree.Locals))
	f.tree.Locals = append(f.tree.Locals, l)
	p.active = append(p.active, binding{l, f, name, name.binding})
	name.binding = int32(len(p.active) - 1)
}

// resolve returns the variable that a name stands for.
func (p *parser) resolve(name *symbol) Expr {
	if name.binding == 0 {
		return p.globals.put(GlobalExpr{p.lastLine, name.text})
	}
	b := p.active[name.binding]
	if b.function == p.function {
		return p.localExprs.put(LocalExpr{p.lastLine, b.local})
	}
	b.local.Captured = true
	return p.upvalues.put(UpvalueExpr{p.lastLine, b.local, p.upvalue(p.function, &b)})
}

// upvalue returns the index of a local of an outer function in the upvalues of f.
func (p *parser) upvalue(f *function, b *binding) int32 {
	for i, u := range f.tree.Upvalues {
		if u.Local == b.local {
			return int32(i)
		}
	}
	u := Upvalue{Local: b.local, Index: b.local.Index, FromLocal: true}
	if f.parent != b.function {
		u.Index, u.FromLocal = p.upvalue(f.parent, b), false
	}
	if len(f.tree.Upvalues) >= maxUpvalues {
		p.failLimit(f, maxUpvalues, "upvalues")
	}
	f.tree.Upvalues = append(f.tree.Upvalues, u)
	return int32(len(f.tree.Upvalues) - 1)
}
