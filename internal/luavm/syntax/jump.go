package syntax

// jump is a break or goto whose loop or label is not known yet.
type jump struct {
	*Jump
	stmt  Stmt    // a *BreakStmt or *GotoStmt
	name  *symbol // of the label; nil for a break
	slots int32   // of the locals that it has not left
}

// label is a label in scope.
type label struct {
	stmt  *LabelStmt
	name  *symbol
	slots int32 // of the locals in scope at it
}

// findLabel returns the label of a name in a scope, or nil.
func (p *parser) findLabel(s *scope, name *symbol) *label {
	for i := s.firstLabel; i < len(p.labels); i++ {
		if p.labels[i].name == name {
			return &p.labels[i]
		}
	}
	return nil
}

// closeJumps ends the jumps of a scope that ends: gotos back to its labels, and the
// breaks of a loop. All others leave it.
func (p *parser) closeJumps(s *scope) {
	left := p.jumps[:s.firstJump]
	for _, j := range p.jumps[s.firstJump:] {
		if l := p.findLabel(s, j.name); l != nil {
			j.leave(s, l.slots)
			j.arrive(l.stmt)
			continue
		}
		j.leave(s, s.slots)
		if b, ok := j.stmt.(*BreakStmt); ok && s.loop != nil {
			b.Loop, b.Keep = s.loop, j.slots
			continue
		}
		left = append(left, j)
	}
	p.jumps = left
	p.labels = p.labels[:s.firstLabel]
}

// leave ends the locals of a scope from the slot keep on, for a jump that begins in it.
func (j *jump) leave(s *scope, keep int32) {
	if s.block != nil && s.block.Captured {
		for _, l := range s.block.Locals {
			j.Closes = j.Closes || l.Captured && keep <= l.Slot && l.Slot < j.slots
		}
	}
	j.slots = keep
}

// arrive ends a goto at its label.
func (j *jump) arrive(l *LabelStmt) {
	j.stmt.(*GotoStmt).Label = l
	j.Keep = j.slots
	l.Used = true
}

// arriveAt ends the gotos of the innermost scope that go forward to a label. slots are
// those of the locals that must be in scope where a goto stands.
func (p *parser) arriveAt(l label, slots int32) {
	s := p.innermost()
	left := p.jumps[:s.firstJump]
	for _, j := range p.jumps[s.firstJump:] {
		if j.name != l.name {
			left = append(left, j)
			continue
		}
		if j.slots < slots {
			p.line = j.stmt.At()
			p.fail("<goto %s> jumps into the scope of local '%s'", l.name.text, p.localAt(j.slots).Name)
		}
		j.arrive(l.stmt)
	}
	p.jumps = left
}

// localAt returns the local of the current function that has a slot.
func (p *parser) localAt(slot int32) *Local {
	for i := len(p.active) - 1; ; i-- {
		if l := p.active[i].local; l.Slot == slot {
			return l
		}
	}
}

// failJumps ends the parse if a jump of the current function, which ends, goes nowhere.
func (p *parser) failJumps() {
	if len(p.jumps) == p.function.firstJump {
		return
	}
	j := p.jumps[p.function.firstJump]
	p.line = j.stmt.At()
	if j.name == nil {
		p.fail("no loop to break")
	}
	p.fail("undefined label '%s'", j.name.text)
}
