package code

import (
	"math"

	"microts/internal/luavm/syntax"
)

// multi stands for the number of values that only the machine knows.
const multi = -1

// unparen removes parentheses around an expression that has one value anyway.
func unparen(e syntax.Expr) syntax.Expr {
	for {
		p, ok := e.(*syntax.ParenExpr)
		if !ok || isMulti(p.Inner) {
			return e
		}
		e = p.Inner
	}
}

// isMulti reports whether an expression may have any number of values.
func isMulti(e syntax.Expr) bool {
	switch e.(type) {
	case *syntax.CallExpr, *syntax.MethodCallExpr, *syntax.VarargExpr:
		return true
	}
	return false
}

// register returns a register with the value of e: that of a local, or a new temporary
// one, which the caller frees.
func (c *compiler) register(e syntax.Expr) uint8 {
	if l, ok := unparen(e).(*syntax.LocalExpr); ok {
		return uint8(l.Local.Slot)
	}
	return c.push(e)
}

// registerIn is register with the right to use spare, if that is temporary.
func (c *compiler) registerIn(e syntax.Expr, spare uint8) uint8 {
	if _, ok := unparen(e).(*syntax.LocalExpr); ok || !c.isTemp(spare) {
		return c.register(e)
	}
	c.to(e, spare)
	return spare
}

// push takes a register and puts the value of e into it. The caller frees it.
func (c *compiler) push(e syntax.Expr) uint8 {
	r := c.take(1)
	c.to(e, r)
	return r
}

// loadConst puts a constant into dst.
func (c *compiler) loadConst(k Const, dst uint8) {
	switch k.Kind {
	case Nil:
		c.emit(Make(LoadNil, dst, dst, 0, 0))
	case False:
		c.emit(Make(LoadFalse, dst, 0, 0, 0))
	case True:
		c.emit(Make(LoadTrue, dst, 0, 0, 0))
	default:
		c.emit(Make(LoadK, dst, 0, 0, int32(c.constant(k))))
	}
}

// to puts the value of e into dst. If dst is the register of a local, nothing is written
// to it before all of e is computed.
func (c *compiler) to(e syntax.Expr, dst uint8) {
	defer func(free int) { c.free = free }(c.free)
	if k, ok := c.constOf(e); ok {
		c.line = e.At()
		c.loadConst(k, dst)
		return
	}
	switch e := e.(type) {
	case *syntax.ParenExpr:
		c.to(e.Inner, dst)
	case *syntax.LocalExpr:
		if src := uint8(e.Local.Slot); src != dst {
			c.line = e.Line
			c.emit(Make(Move, dst, src, 0, 0))
		}
	case *syntax.UpvalueExpr:
		c.line = e.Line
		c.emit(Make(GetUpval, dst, 0, 0, e.Index))
	case *syntax.GlobalExpr:
		c.line = e.Line
		c.emit(Make(GetGlobal, dst, 0, 0, int32(c.stringConst(e.Name))))
	case *syntax.IndexExpr:
		c.index(e, dst)
	case *syntax.FunctionExpr:
		c.closure(e.Func, dst)
	case *syntax.VarargExpr:
		c.line = e.Line
		c.emit(Make(Vararg, dst, 0, 2, 0))
	case *syntax.CallExpr, *syntax.MethodCallExpr:
		c.callTo(e, dst)
	case *syntax.TableExpr:
		c.table(e, dst)
	case *syntax.UnaryExpr:
		c.unary(e, dst)
	case *syntax.BinaryExpr:
		c.binary(e, dst)
	}
}

func (c *compiler) closure(f *syntax.Function, dst uint8) {
	c.proto.Protos = append(c.proto.Protos, compileFunction(f, Name{c.proto.Source, c.proto.Chunk}, c.proto.chunk))
	c.line = f.EndLine
	c.emit(Make(Closure, dst, 0, 0, int32(len(c.proto.Protos)-1)))
}

// key says how an index is compiled: by a constant string, a constant integer or a
// register.
type key struct {
	op       Op // GetField, GetInt or GetIndex
	register uint8
	d        int32
}

// keyOf compiles the key of an index.
func (c *compiler) keyOf(e syntax.Expr, register func(syntax.Expr) uint8) key {
	k, ok := c.constOf(e)
	switch {
	case ok && k.Kind == String:
		if i := c.stringConst(k.String); i < maxK {
			return key{op: GetField, d: int32(i)}
		}
	case ok && k.Kind == Number && k.Number == math.Trunc(k.Number) && math.Abs(k.Number) <= math.MaxInt32:
		return key{op: GetInt, d: int32(k.Number)}
	}
	return key{op: GetIndex, register: register(e)}
}

// index compiles t[k].
func (c *compiler) index(e *syntax.IndexExpr, dst uint8) {
	obj := c.registerIn(e.Object, dst)
	k := c.keyOf(e.Key, c.register)
	c.line = e.Line
	c.emit(Make(k.op, dst, obj, k.register, k.d))
}

func (c *compiler) unary(e *syntax.UnaryExpr, dst uint8) {
	if e.Op == syntax.OpNot {
		c.boolean(e, dst)
		return
	}
	r := c.registerIn(e.Operand, dst)
	c.line = e.Line
	op := Unm
	if e.Op == syntax.OpLen {
		op = Len
	}
	c.emit(Make(op, dst, r, 0, 0))
}

func (c *compiler) binary(e *syntax.BinaryExpr, dst uint8) {
	switch {
	case e.Op <= syntax.OpPow:
		c.arith(e, dst)
	case e.Op == syntax.OpConcat:
		c.concat(e, dst)
	case e.Op == syntax.OpAnd:
		ends := c.valueJump(e.Left, false, dst)
		c.to(e.Right, dst)
		c.land(ends)
	case e.Op == syntax.OpOr:
		ends := c.valueJump(e.Left, true, dst)
		c.to(e.Right, dst)
		c.land(ends)
	default:
		c.boolean(e, dst)
	}
}

// arith compiles an arithmetic operator.
func (c *compiler) arith(e *syntax.BinaryExpr, dst uint8) {
	if x, ok := c.numberOf(e.Right); ok {
		l := c.registerIn(e.Left, dst)
		c.line = e.Line
		c.emit(Make(AddK+Op(e.Op-syntax.OpAdd), dst, l, 0, int32(c.numberConst(x))))
		return
	}
	if x, ok := c.numberOf(e.Left); ok {
		if op, left, ok := constLeft(e.Op); ok {
			r := c.registerIn(e.Right, dst)
			c.line = e.Line
			c.emit(Make(op, dst, r, left, int32(c.numberConst(x))))
			return
		}
	}
	l := c.registerIn(e.Left, dst)
	r := c.register(e.Right)
	c.line = e.Line
	c.emit(Make(Add+Op(e.Op-syntax.OpAdd), dst, l, r, 0))
}

// constLeft returns the instruction for a constant left operand, and its C.
func constLeft(op syntax.Op) (Op, uint8, bool) {
	switch op {
	case syntax.OpAdd:
		return AddK, 1, true
	case syntax.OpMul:
		return MulK, 1, true
	case syntax.OpSub:
		return KSub, 1, true
	case syntax.OpDiv:
		return KDiv, 1, true
	}
	return 0, 0, false
}

// concat compiles a chain of ".." as one instruction.
func (c *compiler) concat(e *syntax.BinaryExpr, dst uint8) {
	line := e.Line
	first := c.push(e.Left)
	var last uint8
	for {
		right, ok := e.Right.(*syntax.BinaryExpr)
		if !ok || right.Op != syntax.OpConcat {
			last = c.push(e.Right)
			break
		}
		c.push(right.Left)
		e = right
	}
	c.line = line
	c.emit(Make(Concat, dst, first, last, 0))
}

// boolean compiles a condition whose value is wanted.
func (c *compiler) boolean(e syntax.Expr, dst uint8) {
	no := c.condition(e, false)
	var of uint8
	if e, ok := e.(*syntax.BinaryExpr); ok && e.Op >= syntax.OpLT && e.Op <= syntax.OpGT {
		of = Compared
	}
	c.emit(Make(LoadTrue, dst, of, 0, 0))
	end := c.emit(Make(Jump, 0, 0, 0, 0))
	c.land(no)
	c.emit(Make(LoadFalse, dst, 0, 0, 0))
	c.land([]int{end})
}

// condition compiles e for its truth alone. The jumps that it returns are taken if the
// truth of e is when.
func (c *compiler) condition(e syntax.Expr, when bool) []int {
	defer func(free int) { c.free = free }(c.free)
	e = unparen(e)
	if k, ok := c.constOf(e); ok {
		if truth(k) != when {
			return nil
		}
		c.line = e.At()
		return []int{c.emit(Make(Jump, 0, 0, 0, 0))}
	}
	switch e := e.(type) {
	case *syntax.UnaryExpr:
		if e.Op == syntax.OpNot {
			return c.condition(e.Operand, !when)
		}
	case *syntax.BinaryExpr:
		switch {
		case e.Op == syntax.OpAnd || e.Op == syntax.OpOr:
			return c.conditions(e, when)
		case e.Op >= syntax.OpEQ && e.Op <= syntax.OpGT:
			return []int{c.comparison(e, when)}
		}
	}
	r := c.register(e)
	c.line = e.At()
	op := JumpF
	if when {
		op = JumpT
	}
	return []int{c.emit(Make(op, r, 0, 0, 0))}
}

// conditions compiles "and" and "or" for their truth alone.
func (c *compiler) conditions(e *syntax.BinaryExpr, when bool) []int {
	if decides := e.Op == syntax.OpOr; decides == when {
		jumps := c.condition(e.Left, when)
		return append(jumps, c.condition(e.Right, when)...)
	}
	skip := c.condition(e.Left, !when)
	jumps := c.condition(e.Right, when)
	c.land(skip)
	return jumps
}

// The instructions for a comparison with a constant at its right and at its left, in the
// order of the operators from OpLT on.
var (
	constRight = [...]Op{LTK, GEK, LEK, GTK}
	constOther = [...]Op{GTK, LEK, GEK, LTK}
)

// comparison compiles a comparison that jumps if its result is when.
func (c *compiler) comparison(e *syntax.BinaryExpr, when bool) int {
	if e.Op == syntax.OpEQ || e.Op == syntax.OpNE {
		return c.equality(e, when == (e.Op == syntax.OpEQ))
	}
	if x, ok := c.numberOf(e.Right); ok {
		if i := c.numberConst(x); i < maxK {
			return c.compareK(constRight[e.Op-syntax.OpLT], when, e.Left, i, e.Line)
		}
	}
	if x, ok := c.numberOf(e.Left); ok {
		if i := c.numberConst(x); i < maxK {
			return c.compareK(constOther[e.Op-syntax.OpLT], when, e.Right, i, e.Line)
		}
	}
	l := c.register(e.Left)
	r := c.register(e.Right)
	c.line = e.Line
	op := LT
	if e.Op == syntax.OpLE || e.Op == syntax.OpGE {
		op = LE
	}
	if e.Op == syntax.OpGT || e.Op == syntax.OpGE {
		l, r = r, l
	}
	if !when {
		op++
	}
	return c.emit(Make(op, l, r, 0, 0))
}

// compareK compiles a comparison of e with a constant. op+1 is its negation.
func (c *compiler) compareK(op Op, when bool, e syntax.Expr, k int, line syntax.Line) int {
	r := c.register(e)
	c.line = line
	if !when {
		op++
	}
	return c.emit(Make(op, r, 0, 0, 0).WithBC(k))
}

// equality compiles a comparison that jumps if its operands are equal, or if they are not.
func (c *compiler) equality(e *syntax.BinaryExpr, equal bool) int {
	left, right := e.Left, e.Right
	k, ok := c.constOf(right)
	if !ok {
		if k, ok = c.constOf(left); ok {
			left = right
		}
	}
	if ok {
		if i := c.constant(k); i < maxK {
			return c.compareK(EQK, equal, left, i, e.Line)
		}
	}
	l := c.register(e.Left)
	r := c.register(e.Right)
	c.line = e.Line
	op := EQ
	if !equal {
		op = NE
	}
	return c.emit(Make(op, l, r, 0, 0))
}

// valueJump compiles e such that, if its truth is when, its value is put into dst and a
// jump that valueJump returns is taken. Otherwise the value is lost.
func (c *compiler) valueJump(e syntax.Expr, when bool, dst uint8) []int {
	defer func(free int) { c.free = free }(c.free)
	e = unparen(e)
	if k, ok := c.constOf(e); ok {
		if truth(k) != when {
			return nil
		}
		c.line = e.At()
		c.loadConst(k, dst)
		return []int{c.emit(Make(Jump, 0, 0, 0, 0))}
	}
	switch e := e.(type) {
	case *syntax.UnaryExpr:
		if e.Op == syntax.OpNot {
			return c.booleanJump(e, when, dst)
		}
	case *syntax.BinaryExpr:
		switch {
		case e.Op == syntax.OpAnd || e.Op == syntax.OpOr:
			if decides := e.Op == syntax.OpOr; decides == when {
				jumps := c.valueJump(e.Left, when, dst)
				return append(jumps, c.valueJump(e.Right, when, dst)...)
			}
			skip := c.condition(e.Left, !when)
			jumps := c.valueJump(e.Right, when, dst)
			c.land(skip)
			return jumps
		case e.Op >= syntax.OpEQ && e.Op <= syntax.OpGT:
			return c.booleanJump(e, when, dst)
		}
	}
	r := c.registerIn(e, dst)
	c.line = e.At()
	op := JumpF
	if when {
		op = JumpT
	}
	if r != dst {
		op += JumpFS - JumpF
		return []int{c.emit(Make(op, dst, r, 0, 0))}
	}
	return []int{c.emit(Make(op, r, 0, 0, 0))}
}

// booleanJump is valueJump of a condition.
func (c *compiler) booleanJump(e syntax.Expr, when bool, dst uint8) []int {
	skip := c.condition(e, !when)
	c.loadConst(boolConst(when), dst)
	jump := c.emit(Make(Jump, 0, 0, 0, 0))
	c.land(skip)
	return []int{jump}
}

// Calls

// callTo puts the first result of a call into dst.
func (c *compiler) callTo(e syntax.Expr, dst uint8) {
	if c.isTemp(dst) && int(dst) == c.free-1 {
		c.free--
		c.call(e, 1)
		c.free++
		return
	}
	if r := c.call(e, 1); r != dst {
		c.emit(Make(Move, dst, r, 0, 0))
	}
}

// call compiles a call whose results go to the first free registers. want is how many
// are wanted, or multi. It returns the first of these registers and takes none.
func (c *compiler) call(e syntax.Expr, want int) uint8 {
	base, i := c.prepareCall(e, Call)
	c.line = e.At()
	c.emit(i.WithC(uint8(want + 1)))
	if want > 1 {
		c.take(want)
		c.free -= want
	}
	return base
}

// prepareCall puts the function and the arguments of a call into registers and returns
// the first of them and the instruction that calls, made of op (Call or TailCall).
func (c *compiler) prepareCall(e syntax.Expr, op Op) (uint8, Instr) {
	defer func(free int) { c.free = free }(c.free)
	base := c.take(1)
	var args []syntax.Expr
	n := 0
	switch e := e.(type) {
	case *syntax.CallExpr:
		c.to(e.Func, base)
		args = e.Args
	case *syntax.MethodCallExpr:
		c.method(e, base)
		args = e.Args
		n = 1
	}
	count, open := c.list(args)
	n += count
	if open {
		op++
	}
	return base, Make(op, base, uint8(n), 0, 0)
}

// method puts a method into base and its object behind it, and takes that register.
func (c *compiler) method(e *syntax.MethodCallExpr, base uint8) {
	obj := c.registerIn(e.Receiver, base)
	c.take(1)
	if k := c.stringConst(e.Name); k < maxK {
		c.line = e.NameLine
		c.emit(Make(Self, base, obj, 0, int32(k)))
		return
	}
	self := base + 1
	c.emit(Make(Move, self, obj, 0, 0))
	name := c.take(1)
	c.line = e.NameLine
	c.loadConst(Const{Kind: String, String: e.Name}, name)
	c.emit(Make(GetIndex, base, self, name, 0))
	c.free--
}

// list puts the values of a list of expressions into the next registers, and takes
// these. It returns how many there are; if open, the values of the last expression, any
// number, follow.
func (c *compiler) list(exprs []syntax.Expr) (n int, open bool) {
	for i, e := range exprs {
		if i == len(exprs)-1 && isMulti(e) {
			c.open(e, multi)
			return i, true
		}
		c.push(e)
	}
	return len(exprs), false
}

// open puts want values of a call or "..." into the first free registers and takes none.
func (c *compiler) open(e syntax.Expr, want int) {
	if v, ok := e.(*syntax.VarargExpr); ok {
		r := c.take(max(want, 1))
		c.free = int(r)
		c.line = v.Line
		c.emit(Make(Vararg, r, 0, uint8(want+1), 0))
		return
	}
	c.call(e, want)
}

// Tables

// listBatch is how many values of a constructor are in registers at once.
const listBatch = 50

func (c *compiler) table(e *syntax.TableExpr, dst uint8) {
	t := dst
	if !c.isTemp(dst) || int(dst) != c.free-1 {
		t = c.take(1)
	}
	shape := len(c.proto.Tables)
	c.proto.Tables = append(c.proto.Tables, c.shape(e))
	c.line = e.Line
	c.emit(Make(NewTable, t, 0, 0, int32(shape)))
	if c.mayRepeat(e) {
		c.itemsInOrder(e, t)
	} else {
		c.items(e, t)
	}
	if t != dst {
		c.emit(Make(Move, dst, t, 0, 0))
	}
}

// items compiles the items of a table with different keys: those without a key are stored
// many at once.
func (c *compiler) items(e *syntax.TableExpr, t uint8) {
	done, pending := 0, 0
	for i, item := range e.Items {
		if item.Key != nil {
			c.setItem(t, item)
			continue
		}
		if i == len(e.Items)-1 && isMulti(item.Value) {
			c.open(item.Value, multi)
			c.emit(Make(SetListM, t, uint8(pending), 0, int32(done+1)))
			c.free -= pending
			pending = 0
			break
		}
		// The values stand right behind the table: a keyed item between two of them leaves free
		// where it was.
		c.push(item.Value)
		if pending++; pending == listBatch {
			done += c.flush(t, pending, done)
			pending = 0
		}
	}
	c.flush(t, pending, done)
}

// mayRepeat reports whether two items of a table may have the same key.
func (c *compiler) mayRepeat(e *syntax.TableExpr) bool {
	seen := map[string]bool{}
	for _, item := range e.Items {
		if item.Key == nil {
			continue
		}
		k, ok := c.constOf(item.Key)
		if !ok || k.Kind != String {
			return true
		}
		if seen[k.String] {
			return true
		}
		seen[k.String] = true
	}
	return false
}

// itemsInOrder compiles the items of a table whose keys may repeat. As in LuaJIT, the last
// one of a key counts, and constants count as if they stood before all others.
func (c *compiler) itemsInOrder(e *syntax.TableExpr, t uint8) {
	for _, constants := range []bool{true, false} {
		n := 0
		for i, item := range e.Items {
			key := item.Key
			if key == nil {
				n++
				if i == len(e.Items)-1 && isMulti(item.Value) {
					if !constants {
						c.open(item.Value, multi)
						c.emit(Make(SetListM, t, 0, 0, int32(n)))
					}
					continue
				}
				key = &syntax.NumberExpr{Line: syntax.Line(item.Value.At()), Value: float64(n)}
			}
			k, keyIsConst := c.constOf(key)
			v, valueIsConst := c.constOf(item.Value)
			minusZero := v.Kind == Number && v.Number == 0 && math.Signbit(v.Number) // none of LuaJIT's constants
			if constant := keyIsConst && k.Kind != Nil && valueIsConst && !minusZero; constant == constants {
				c.setItem(t, syntax.TableItem{Key: key, Value: item.Value})
			}
		}
	}
}

// flush stores values that stand behind the table.
func (c *compiler) flush(t uint8, pending, done int) int {
	if pending > 0 {
		c.emit(Make(SetList, t, uint8(pending), 0, int32(done+1)))
		c.free -= pending
	}
	return pending
}

func (c *compiler) setItem(t uint8, item syntax.TableItem) {
	defer func(free int) { c.free = free }(c.free)
	k := c.keyOf(item.Key, c.register)
	v := c.register(item.Value)
	c.line = item.Value.At()
	c.store(k, t, v)
}

// store emits t[k] = v.
func (c *compiler) store(k key, t, v uint8) {
	switch k.op {
	case GetIndex:
		c.emit(Make(SetIndex, t, k.register, v, 0))
	case GetInt:
		c.emit(Make(SetInt, t, v, 0, k.d))
	default:
		c.emit(Make(SetField, t, v, 0, k.d))
	}
}

// shape returns what is known of a table before it is made.
func (c *compiler) shape(e *syntax.TableExpr) Table {
	t := Table{Array: int(e.List)}
	seen := map[int]bool{}
	for _, item := range e.Items {
		if item.Key == nil {
			continue
		}
		if k, ok := c.constOf(item.Key); ok && k.Kind == String {
			i := c.stringConst(k.String)
			if i < maxK && !seen[i] {
				seen[i] = true
				t.Keys = append(t.Keys, int32(i))
			}
			continue
		}
		t.Hash++
	}
	return t
}
