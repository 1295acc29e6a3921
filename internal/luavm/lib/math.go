package lib

import (
	"math"

	"microts/internal/luavm"
	"microts/internal/luavm/libm"
)

var mathFunctions = []function{
	{"log", logarithm},
	{"modf", modF},
	{"frexp", frExp},
	{"ldexp", ldExp},
}

var numberFunctions = []struct {
	name string
	f    func(float64) float64
}{
	{"ceil", math.Ceil},
	{"exp", libm.Exp},
	{"log10", libm.Log10},
	{"sin", libm.Sin},
	{"cos", libm.Cos},
	{"tan", libm.Tan},
	{"asin", libm.Asin},
	{"acos", libm.Acos},
	{"atan", libm.Atan},
	{"sinh", math.Sinh},
	{"cosh", math.Cosh},
	{"tanh", math.Tanh},
	{"deg", func(x float64) float64 { return x * (180 / math.Pi) }},
	{"rad", func(x float64) float64 { return x * (math.Pi / 180) }},
}

// numbersFunctions are functions whose calls with two numbers take a short way.
var numbersFunctions = []struct {
	name   string
	native luavm.Native
	f      func(x, y float64) float64
}{
	{"atan2", ofTwo(libm.Atan2), libm.Atan2},
	{"pow", ofTwo(libm.Pow), libm.Pow},
	{"fmod", ofTwo(math.Mod), math.Mod},
}

// openMath adds what is no plain function, among it a generator of random numbers of the
// state's own, with the seed that LuaJIT starts with.
func openMath(t *luavm.Table) {
	for _, f := range numberFunctions {
		t.SetStr(luavm.Intern(f.name), luavm.NewNumberFunction(f.name, f.f).Value())
	}
	for _, f := range numbersFunctions {
		t.SetStr(luavm.Intern(f.name), luavm.NewNumbersFunction(f.name, f.native, f.f).Value())
	}
	t.SetStr(luavm.Intern("sqrt"), luavm.NewSqrt().Value())
	t.SetStr(luavm.Intern("abs"), luavm.NewAbs().Value())
	t.SetStr(luavm.Intern("floor"), luavm.NewFloor().Value())
	t.SetStr(luavm.Intern("max"), luavm.NewMax().Value())
	t.SetStr(luavm.Intern("min"), luavm.NewMin().Value())
	t.SetStr(luavm.Intern("pi"), luavm.Number(math.Pi))
	t.SetStr(luavm.Intern("huge"), luavm.Number(math.Inf(1)))
	alias(t, "mod", "fmod")
	r := &random{}
	r.Seed(0)
	add(t, []function{{"random", r.random}, {"randomseed", r.randomSeed}})
}

// ofTwo makes a function of two numbers.
func ofTwo(f func(x, y float64) float64) luavm.Native {
	return func(c *luavm.Call) { c.Return(luavm.Number(f(c.Number(1), c.Number(2)))) }
}

// logarithm is math.log(x [, base]).
func logarithm(c *luavm.Call) {
	x := c.Number(1)
	if c.NumArgs() < 2 {
		c.Return(luavm.Number(libm.Log(x)))
		return
	}
	c.Return(luavm.Number(libm.Log2(x) * (1 / libm.Log2(c.Number(2)))))
}

// modF is math.modf(x).
func modF(c *luavm.Call) {
	x := c.Number(1)
	whole := math.Trunc(x)
	part := 0.0
	if !math.IsInf(x, 0) {
		part = x - whole
	}
	c.Return(luavm.Number(whole), luavm.Number(math.Copysign(part, x)))
}

// frExp is math.frexp(x).
func frExp(c *luavm.Call) {
	fraction, exponent := math.Frexp(c.Number(1))
	c.Return(luavm.Number(fraction), luavm.Int(exponent))
}

// ldExp is math.ldexp(x, exponent).
func ldExp(c *luavm.Call) {
	x, exponent := c.Number(1), c.Number(2)
	if exponent != exponent {
		c.Return(luavm.Number(exponent))
		return
	}
	const most = 1 << 20 // beyond it, results are 0 or infinite
	c.Return(luavm.Number(math.Ldexp(x, int(max(-most, min(exponent, most))))))
}
