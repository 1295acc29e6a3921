package numeric

import "microts/internal/luavm/code"

// access does the instructions that read and write globals and tables.
func (c *compiler) access() {
	i := c.i
	a, b := i.A(), i.B()
	switch op := i.Op(); {
	case op == code.GetGlobal:
		name := c.proto.Consts[i.D()].String
		c.node(c.envNode, c.source.Globals(), i.D())
		c.load(a, c.source.Field(c.source.Globals(), name), c.guardNil)
	case op == code.SetGlobal && c.storable(a):
		c.node(c.envNode, c.source.Globals(), i.D())
		c.store(a, c.guardNil)
	case op == code.GetField && c.kind(b) == Table:
		s := c.sample(b)
		c.node(c.tableNode(b), s, i.K())
		c.load(a, c.source.Field(s, c.proto.Consts[i.K()].String), func() { c.guardMeta(b) })
	case op == code.SetField && c.kind(a) == Table && c.storable(b):
		c.node(c.tableNode(a), c.sample(a), i.K())
		c.store(b, func() {
			c.guardMeta(a)
			c.get(a) // it may have got a metamethod
			c.w.i32(0)
			c.w.memory(opI32Store16, c.layout.AbsentAt)
		})
	case op == code.GetIndex && c.kind(b) == Table && c.kind(i.C()) == Number:
		c.index(i.C())
		c.getElement(a, b)
	case op == code.GetInt && c.kind(b) == Table:
		c.w.i64(uint64(i.D()) - 1)
		c.w.set(localWide)
		c.getElement(a, b)
	case op == code.SetIndex && c.kind(a) == Table && c.kind(b) == Number && c.storable(i.C()):
		c.index(b)
		c.setElement(a, i.C(), true)
	case op == code.SetInt && c.kind(a) == Table && c.storable(b):
		c.w.i64(uint64(i.D()) - 1)
		c.w.set(localWide)
		c.setElement(a, b, false)
	default:
		c.leave()
	}
}

// storable reports whether compiled code can store a register in memory. A pointer to an
// object needs a write barrier.
func (c *compiler) storable(r uint8) bool { return c.kind(r) == Number || c.kind(r) == Truth }

// inWindow takes an address from the stack and puts its offset in the window there. It
// leaves if the address is outside.
func (c *compiler) inWindow() {
	c.w.get(localBase)
	c.w.op(opI64Sub)
	c.offset()
}

// offset narrows an offset on the stack, and leaves if it is too large.
func (c *compiler) offset() {
	c.w.tee(localOffset)
	c.w.i64(windowSize)
	c.w.op(opI64GeU)
	c.guard()
	c.w.get(localOffset)
	c.w.op(opI32WrapI64)
}

// node lets localAddress be where the value of a constant key is, if it is in the node
// where a sample has it. find puts the offset of the node onto the stack.
func (c *compiler) node(find func(n int), object Sample, key int) {
	address, keep := c.source.Key(key)
	c.loop.keep = append(c.loop.keep, keep)
	find(c.source.Node(object, c.proto.Consts[key].String, c.pc))
	c.w.tee(localAddress)
	c.w.memory(opI64Load, c.layout.NodeValueAt+8) // the highest first: one check of bounds is enough
	c.w.set(localIndex)
	c.w.get(localAddress)
	c.w.memory(opI64Load, 0)
	c.w.i64(address)
	c.w.op(opI64Ne)
	c.guard()
	c.w.get(localAddress)
	c.w.i32(c.layout.NodeValueAt)
	c.w.op(opI32Add)
	c.w.set(localAddress)
}

// tableNode returns what finds a node of a table in a register.
func (c *compiler) tableNode(table uint8) func(n int) {
	return func(n int) {
		c.w.get(c.local(c.reg(table), sizeOf))
		c.w.i32(n)
		c.w.op(opI32LeU)
		c.guard()
		c.w.get(c.local(c.reg(table), nodesOf))
		c.w.i32(n * c.layout.NodeSize)
		c.w.op(opI32Add)
	}
}

// envNode finds a node of the globals.
func (c *compiler) envNode(n int) {
	l := c.layout
	c.w.get(localEnv)
	c.w.memory(opI32Load, l.SizeAt)
	c.w.i32(n)
	c.w.op(opI32LeU)
	c.guard()
	c.w.get(localEnv)
	c.w.memory(opI64Load, l.NodesAt)
	c.w.get(localBase)
	c.w.op(opI64Sub)
	c.w.i64(uint64(n * l.NodeSize))
	c.w.op(opI64Add)
	c.offset()
}

// load takes the value at localAddress into a register: of the kind that a sample has.
// guardNil leaves if a nil there is not the result.
func (c *compiler) load(a uint8, s Sample, guardNil func()) {
	l := c.layout
	k := c.source.Kind(s)
	switch k {
	case Number:
		c.w.get(localAddress) // first what lies higher: one check of bounds is enough then
		c.w.memory(opF64Load, 8)
		c.w.set(localFloat)
		c.w.get(localAddress)
		c.w.memory(opI64Load, 0)
		c.w.i64(l.NumberMark)
		c.w.op(opI64Ne)
		c.guard()
		c.w.get(localFloat)
	case Truth:
		c.w.get(localAddress)
		c.w.memory(opI64Load, 0)
		c.w.i64(0)
		c.w.op(opI64Ne)
		c.guard()
		guardNil()
		c.w.get(localAddress)
		c.w.memory(opI32Load, 8)
	case Table, Function, Closure:
		c.w.get(localAddress)
		c.w.memory(opI64Load, 8)
		c.w.i64(map[Kind]uint64{Table: l.TableTag, Function: l.FunctionTag, Closure: l.ClosureTag}[k])
		c.w.op(opI64Ne)
		c.guard()
		c.w.get(localAddress)
		c.w.memory(opI64Load, 0)
		c.inWindow()
	default:
		c.leave()
		return
	}
	c.set(a, k, s)
}

// store stores a register at localAddress. guardNil leaves if a nil must not be overwritten
// there.
func (c *compiler) store(r uint8, guardNil func()) {
	l := c.layout
	number := c.kind(r) == Number
	if number { // in the common case the mark is there already
		c.w.get(localAddress)
		c.w.memory(opI64Load, 0)
		c.w.tee(localIndex)
		c.w.i64(l.NumberMark)
		c.w.op(opI64Ne)
		c.begins(opIf)
		c.w.get(localIndex)
		c.w.i64(0)
		c.w.op(opI64Ne)
		c.guard()
		guardNil()
	} else {
		c.w.get(localAddress)
		c.w.memory(opI64Load, 0)
		c.w.tee(localIndex)
		c.w.op(opI64Eqz)
		c.begins(opIf)
		guardNil()
		c.ends()
		c.w.get(localIndex)
		c.w.i64(0)
		c.w.op(opI64Ne)
		c.begins(opIf)
		c.w.get(localIndex)
		c.w.i64(l.NumberMark)
		c.w.op(opI64Ne)
		c.guard()
	}
	c.w.get(localAddress)
	if number {
		c.w.i64(l.NumberMark)
	} else {
		c.w.i64(0)
	}
	c.w.memory(opI64Store, 0)
	c.ends()
	c.w.get(localAddress)
	c.get(r)
	if number {
		c.w.memory(opF64Store, 8)
	} else {
		c.w.op(opI64ExtendI32U)
		c.w.memory(opI64Store, 8)
	}
}

// guardNil leaves if the value at localAddress, which is no object, is nil.
func (c *compiler) guardNil() {
	c.w.get(localAddress)
	c.w.memory(opI64Load, 8)
	c.w.op(opI64Eqz)
	c.guard()
}

// guardMeta leaves if a table has a metatable.
func (c *compiler) guardMeta(table uint8) {
	c.get(table)
	c.w.memory(opI64Load, c.layout.MetaAt)
	c.w.i64(0)
	c.w.op(opI64Ne)
	c.guard()
}

// guardByte leaves if a byte of a table is not 0.
func (c *compiler) guardByte(table uint8, at int) {
	c.get(table)
	c.w.memory(opI32Load8U, at)
	c.guard()
}

// index lets localWide be the index in an array that a number stands for: one less. The sum
// with 2^52 has the number, if it is an integer from 0 on, in its lowest bits.
func (c *compiler) index(r uint8) {
	const shift = 0x1p52
	c.get(r)
	c.w.f64(shift)
	c.w.op(opF64Add)
	c.w.tee(localFloat)
	c.w.f64(shift)
	c.w.op(opF64Sub)
	c.get(r)
	c.w.op(opF64Ne)
	c.guard()
	c.w.get(localFloat)
	c.w.op(opI64Reinterpret)
	c.w.i64(0x4330_0000_0000_0001) // the bits of 2^52, and 1
	c.w.op(opI64Sub)
	c.w.set(localWide)
}

// locate notes where the parts of a table are that has come into a register.
func (c *compiler) locate(r int, k Kind) {
	if k == Table && c.arrays.has(r) {
		c.findArray(r)
	}
	if k == Table && c.fields.has(r) {
		c.findNodes(r)
	}
}

// findNodes notes where the nodes of a table are. Compiled code adds no keys, so they do
// not move.
func (c *compiler) findNodes(r int) {
	l := c.layout
	table, nodes, size := c.local(r, Table), c.local(r, nodesOf), c.local(r, sizeOf)
	c.w.get(table)
	c.w.memory(opI32Load, l.SizeAt)
	c.w.set(size)
	c.w.get(table)
	c.w.memory(opI64Load, l.NodesAt)
	c.w.get(localBase)
	c.w.op(opI64Sub)
	c.w.tee(localOffset)
	c.w.op(opI32WrapI64)
	c.w.set(nodes)
	// If they are not in the window, they count as none.
	c.w.get(localOffset)
	c.w.i64(windowSize - 1<<16*uint64(l.NodeSize))
	c.w.op(opI64GeU)
	c.begins(opIf)
	c.w.i32(0)
	c.w.set(size)
	c.ends()
}

// findArray notes where the array of a table is.
func (c *compiler) findArray(r int) {
	l := c.layout
	table, array, length := c.local(r, Table), c.local(r, arrayOf), c.local(r, lengthOf)
	c.w.get(table)
	c.w.memory(opI64Load, l.LenAt)
	c.w.set(length)
	c.w.get(table)
	c.w.memory(opI64Load, l.ArrayAt)
	c.w.get(localBase)
	c.w.op(opI64Sub)
	c.w.tee(localOffset)
	c.w.op(opI32WrapI64)
	c.w.set(array)
	// If it is not in the window as a whole, it counts as empty.
	c.w.get(localOffset)
	c.w.i64(windowSize)
	c.w.op(opI64GeU)
	c.w.get(localOffset)
	c.w.get(table)
	c.w.memory(opI64Load, l.CapAt)
	c.w.i64(4)
	c.w.op(opI64Shl, opI64Add)
	c.w.i64(windowSize)
	c.w.op(opI64GeU, opI32Or)
	c.begins(opIf)
	c.w.i64(0)
	c.w.set(length)
	c.w.i32(0)
	c.w.set(array)
	c.ends()
}

// begins opens a block inside an instruction.
func (c *compiler) begins(op byte) {
	c.w.op(op, noType)
	c.open = append(c.open, span{start: -1, end: -1})
}

// ends closes it.
func (c *compiler) ends() {
	c.w.op(opEnd)
	c.open = c.open[:len(c.open)-1]
}

// element lets localAddress be where the element of an array is whose index is in localWide.
// If the array is not that long, it emits beyond; without it, or after it leaves, the loop is
// left.
func (c *compiler) element(table uint8, beyond func()) {
	array, length := c.local(c.reg(table), arrayOf), c.local(c.reg(table), lengthOf)
	outside := func() {
		c.w.get(localWide)
		c.w.get(length)
		c.w.op(opI64GeU)
	}
	outside()
	c.begins(opIf)
	c.findArray(c.reg(table)) // it may have grown through another register
	outside()
	if beyond == nil {
		c.guard()
	} else {
		c.begins(opIf)
		beyond()
		c.ends()
	}
	c.ends()
	c.elementAddress(array)
}

func (c *compiler) elementAddress(array int) {
	c.w.get(array)
	c.w.get(localWide)
	c.w.op(opI32WrapI64)
	c.w.i32(4)
	c.w.op(opI32Shl, opI32Add)
	c.w.set(localAddress)
}

// getElement reads the element whose index is in localWide.
func (c *compiler) getElement(a, b uint8) {
	c.element(b, nil)
	c.load(a, c.source.Index(c.sample(b)), func() { c.guardMeta(b) })
}

// setElement writes the element whose index is in localWide. If the instruction may
// append, that may be the one behind the last.
func (c *compiler) setElement(a, r uint8, appends bool) {
	var beyond func()
	if appends {
		beyond = func() { c.appendElement(a, r) }
	}
	c.element(a, beyond)
	c.store(r, func() { c.guardMeta(a) })
}

// appendElement makes an array longer by one, if it has room for a value that is not nil.
func (c *compiler) appendElement(a, r uint8) {
	l := c.layout
	array, length := c.local(c.reg(a), arrayOf), c.local(c.reg(a), lengthOf)
	if c.kind(r) == Truth {
		c.get(r)
		c.w.op(opI32Eqz)
		c.guard()
	}
	c.w.get(array) // 0: not in the window
	c.w.op(opI32Eqz)
	c.guard()
	c.w.get(localWide)
	c.w.get(length)
	c.w.op(opI64Ne)
	c.guard()
	c.w.get(localWide)
	c.get(a)
	c.w.memory(opI64Load, l.CapAt)
	c.w.op(opI64GeU)
	c.guard()
	c.guardByte(a, l.IntegersAt)
	c.guardMeta(a)
	c.elementAddress(array)
	c.w.get(localAddress)
	c.w.memory(opI64Load, 0)
	c.w.i64(0)
	c.w.op(opI64Ne)
	c.guard() // store could not overwrite it
	c.get(a)
	c.w.get(localWide)
	c.w.i64(1)
	c.w.op(opI64Add)
	c.w.tee(length)
	c.w.memory(opI64Store, l.LenAt)
}
