package syntax

// operator is an operator with two operands and how strongly it binds them. It binds
// its left operand if left is more than the limit of the expression around it.
type operator struct {
	op          Op
	left, right uint8
}

var operators = [kinds]operator{
	kindOr:           {OpOr, 1, 1},
	kindAnd:          {OpAnd, 2, 2},
	kindEqual:        {OpEQ, 3, 3},
	kindNotEqual:     {OpNE, 3, 3},
	'<':              {OpLT, 3, 3},
	kindGreaterEqual: {OpGE, 3, 3},
	kindLessEqual:    {OpLE, 3, 3},
	'>':              {OpGT, 3, 3},
	kindConcat:       {OpConcat, 5, 4},
	'+':              {OpAdd, 6, 6},
	'-':              {OpSub, 6, 6},
	'*':              {OpMul, 7, 7},
	'/':              {OpDiv, 7, 7},
	'%':              {OpMod, 7, 7},
	'^':              {OpPow, 10, 9},
}

// unaryLimit is the limit of the operand of an operator with one operand.
const unaryLimit = 8

// expr parses an expression.
func (p *parser) expr() Expr { return p.binary(0) }

// exprList parses expressions with commas between them, at least one.
func (p *parser) exprList() []Expr {
	mark := p.exprs.begin()
	e := p.expr()
	for p.accept(',') {
		p.load(e)
		p.exprs.add(e)
		e = p.expr()
	}
	p.exprs.add(e)
	return p.exprs.end(mark)
}

// load gives an index or a global the line of the token that was read last, because
// LuaJIT loads it only now.
func (p *parser) load(e Expr) {
	switch e := e.(type) {
	case *IndexExpr:
		e.Line = p.lastLine
	case *GlobalExpr:
		e.Line = p.lastLine
	}
}

// binary parses an expression whose operators bind more strongly than limit.
func (p *parser) binary(limit uint8) Expr {
	p.enter()
	around := p.height
	p.height = 0
	left := p.unary()
	for {
		o := operators[p.kind]
		if o.left <= limit {
			break
		}
		p.next()
		p.load(left)
		right := p.binary(o.right)
		p.grow()
		left = p.binaries.put(BinaryExpr{p.lastLine, o.op, left, right})
	}
	p.height = max(p.height, around)
	p.leave()
	return left
}

// unary parses an operand with the operators before it.
func (p *parser) unary() Expr {
	var op Op
	switch p.kind {
	case kindNot:
		op = OpNot
	case '-':
		op = OpNeg
	case '#':
		op = OpLen
	default:
		return p.simple()
	}
	p.next()
	operand := p.binary(unaryLimit)
	return &UnaryExpr{p.lastLine, op, operand}
}

// simple parses an operand.
func (p *parser) simple() (e Expr) {
	switch p.kind {
	case kindNumber:
		if p.number.cdata {
			e = &CdataExpr{p.line, string(p.source[p.start:p.end]), p.number.value}
		} else {
			e = p.numbers.put(NumberExpr{p.line, p.number.value})
		}
	case kindString:
		e = p.strings.put(StringExpr{p.line, p.text})
	case kindNil:
		e = &NilExpr{p.line}
	case kindTrue:
		e = &TrueExpr{p.line}
	case kindFalse:
		e = &FalseExpr{p.line}
	case kindDots:
		if !p.function.tree.IsVararg {
			p.failToken("cannot use '...' outside a vararg function")
		}
		p.function.tree.UsesVararg = true
		e = &VarargExpr{p.line}
	case '{':
		return p.table()
	case kindFunction:
		p.next()
		line := p.line
		return &FunctionExpr{line, p.functionBody(line, false)}
	default:
		return p.suffixed()
	}
	p.next()
	return e
}

// suffixed parses a name or an expression in parentheses, with the indexes and calls
// behind it.
func (p *parser) suffixed() Expr {
	around := p.height
	p.height = 0
	e := p.prefix()
	for {
		switch p.kind {
		case '.':
			e = p.field(e)
		case '[':
			key := p.bracket()
			e = p.indexes.put(IndexExpr{p.lastLine, e, key})
		case ':':
			e = p.method(e)
		case '(', '{', kindString:
			c := p.calls.next()
			c.Line, c.Func = p.line, e
			c.Args = p.arguments()
			e = c
		default:
			p.height = max(p.height, around)
			return e
		}
		p.grow()
	}
}

func (p *parser) prefix() Expr {
	switch {
	case p.kind == '(':
		line := p.line
		p.next()
		inner := p.expr()
		p.expectEnd(')', '(', line)
		p.load(inner)
		return &ParenExpr{p.lastLine, inner}
	case p.isName():
		return p.resolve(p.expectName())
	}
	p.failToken("unexpected symbol")
	return nil
}

// field parses .name or :name behind an expression.
func (p *parser) field(object Expr) Expr {
	p.next()
	key := p.nameString()
	return p.indexes.put(IndexExpr{p.lastLine, object, key})
}

// nameString parses a name that is a string: that of a field.
func (p *parser) nameString() Expr {
	name := p.expectName()
	return p.strings.put(StringExpr{p.lastLine, name.text})
}

// bracket parses [key].
func (p *parser) bracket() Expr {
	p.next()
	key := p.expr()
	p.expect(']')
	return key
}

// method parses :name(...) behind an expression.
func (p *parser) method(receiver Expr) Expr {
	p.next()
	m := p.methods.next()
	m.Name = p.expectName().text
	m.NameLine = p.lastLine
	p.load(receiver)
	m.Receiver = receiver
	m.Line = p.line
	m.Args = p.arguments()
	return m
}

// arguments parses the arguments of a call.
func (p *parser) arguments() []Expr {
	mark := p.exprs.begin()
	switch p.kind {
	case '(':
		line := p.line
		if line != p.lastLine {
			p.failToken("ambiguous syntax (function call x new statement)")
		}
		p.next()
		if p.accept(')') {
			return nil
		}
		args := p.exprList()
		p.expectEnd(')', '(', line)
		p.load(args[len(args)-1])
		return args
	case '{':
		p.exprs.add(p.table())
	case kindString:
		p.exprs.add(p.strings.put(StringExpr{p.line, p.text}))
		p.next()
	default:
		p.failToken("function arguments expected")
	}
	return p.exprs.end(mark)
}

// table parses {...}.
func (p *parser) table() Expr {
	t := p.tables.next()
	t.Line = p.line
	line := p.line
	p.expect('{')
	mark := p.items.begin()
	for p.kind != '}' {
		var item TableItem
		switch {
		case p.kind == '[':
			item.Key = p.bracket()
			p.expect('=')
		case p.isName() && p.lookAhead() == '=':
			item.Key = p.nameString()
			p.expect('=')
		default:
			t.List++
		}
		item.Value = p.expr()
		p.items.add(item)
		if !p.accept(',') && !p.accept(';') {
			break
		}
	}
	t.Items = p.items.end(mark)
	p.expectEnd('}', '{', line)
	return t
}

// functionBody parses the parameters and the body of a function, up to its "end".
func (p *parser) functionBody(line Line, method bool) *Function {
	f := &Function{Line: line}
	p.openFunction(f)
	p.parameters(method)
	p.statements()
	if p.kind != kindEnd {
		p.expectEnd(kindEnd, kindFunction, line)
	}
	p.closeFunction()
	p.next()
	return f
}

func (p *parser) parameters(method bool) {
	f := p.function.tree
	mark := len(p.names)
	params := p.variables.begin()
	p.expect('(')
	if method {
		self := p.symbols.of([]byte("self"))
		p.variables.add(p.declare(self, 0))
		p.names = append(p.names, self)
	}
	for more := p.kind != ')'; more; more = !f.IsVararg && p.accept(',') {
		switch {
		case p.isName():
			name := p.expectName()
			p.variables.add(p.declare(name, len(p.names)-mark))
			p.names = append(p.names, name)
		case p.accept(kindDots):
			f.IsVararg = true
		default:
			p.failToken("<name> or '...' expected")
		}
	}
	f.Params = p.variables.end(params)
	p.activateAll(f.Params, mark)
	p.expect(')')
}
