package code

import (
	"math"

	"microts/internal/luavm/libm"
	"microts/internal/luavm/syntax"
)

// fold is what is known of an expression: that it is the constant k, or nothing.
type fold struct {
	k  Const
	ok bool
}

// constOf returns the value of an expression that is constant.
func (c *compiler) constOf(e syntax.Expr) (Const, bool) {
	switch e := e.(type) {
	case *syntax.NilExpr:
		return Const{}, true
	case *syntax.FalseExpr:
		return Const{Kind: False}, true
	case *syntax.TrueExpr:
		return Const{Kind: True}, true
	case *syntax.NumberExpr:
		return Const{Kind: Number, Number: e.Value}, true
	case *syntax.CdataExpr:
		return Const{Kind: Number, Number: e.Value}, true
	case *syntax.StringExpr:
		return Const{Kind: String, String: e.Value}, true
	case *syntax.ParenExpr:
		return c.constOf(e.Inner)
	case *syntax.UnaryExpr:
		return c.foldUnary(e)
	case *syntax.BinaryExpr:
		f, ok := c.folded[e]
		if !ok {
			if c.folded == nil {
				c.folded = map[*syntax.BinaryExpr]fold{}
			}
			f.k, f.ok = c.foldBinary(e)
			c.folded[e] = f
		}
		return f.k, f.ok
	}
	return Const{}, false
}

func (c *compiler) foldUnary(e *syntax.UnaryExpr) (Const, bool) {
	k, ok := c.constOf(e.Operand)
	switch {
	case !ok:
		return k, false
	case e.Op == syntax.OpNeg && k.Kind == Number:
		return Const{Kind: Number, Number: -k.Number}, !math.IsNaN(k.Number)
	case e.Op == syntax.OpNot:
		return boolConst(!truth(k)), true
	}
	return k, false
}

func boolConst(b bool) Const {
	if b {
		return Const{Kind: True}
	}
	return Const{Kind: False}
}

// truth reports whether k counts as true.
func truth(k Const) bool { return k.Kind != Nil && k.Kind != False }

// foldBinary computes an operation with two numbers, if its result is neither a NaN nor
// a zero: these two the machine computes, with the sign that it finds.
func (c *compiler) foldBinary(e *syntax.BinaryExpr) (Const, bool) {
	if e.Op > syntax.OpPow {
		return Const{}, false
	}
	l, ok := c.numberOf(e.Left)
	if !ok {
		return Const{}, false
	}
	r, ok := c.numberOf(e.Right)
	if !ok {
		return Const{}, false
	}
	x := Arith(e.Op, l, r)
	return Const{Kind: Number, Number: x}, !math.IsNaN(x) && x != 0
}

// numberOf returns the value of an expression that is a constant number.
func (c *compiler) numberOf(e syntax.Expr) (float64, bool) {
	k, ok := c.constOf(e)
	return k.Number, ok && k.Kind == Number
}

// Arith returns the result of an arithmetic operator, OpAdd to OpPow.
func Arith(op syntax.Op, l, r float64) float64 {
	switch op {
	case syntax.OpAdd:
		return l + r
	case syntax.OpSub:
		return l - r
	case syntax.OpMul:
		return l * r
	case syntax.OpDiv:
		return l / r
	case syntax.OpMod:
		return Modulo(l, r)
	default:
		return libm.Pow(l, r)
	}
}

// Modulo returns l % r as Lua has it: l - floor(l/r)*r.
func Modulo(l, r float64) float64 { return l - float64(math.Floor(l/r)*r) }
