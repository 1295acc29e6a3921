package luavm

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// loopProgram makes a random Lua program of loops over numbers, arrays, fields, upvalues and
// globals, in which some values are of other types. It ends, and the same seed makes the same
// program.
func loopProgram(seed uint64) string {
	g := &loopGenerator{r: rand.New(rand.NewPCG(seed, 2))}
	g.line(`local sqrt, abs, floor, sin = math.sqrt, math.abs, math.floor, math.sin`)
	g.line(`local a, b, c = {}, {}, { 1, true, 3, "4", 5 }`)
	g.line(`for i = 1, 9 do a[i] = i / 2 b[i] = 10 - i end`)
	g.line(`local o, p = { x = 1, y = -2, on = true }, setmetatable({ x = 3 }, { __index = { y = 7 } })`)
	g.line(`local rows = { { 1, 2, 3, x = 1, y = 0 }, { 4, 5, 6, y = 2, x = -1 }, { 7, 8, 9, x = 0.5, y = 1 } }`)
	g.line(`local u, w = 1, -0.5`)
	g.line(`g0, g1 = 3, 0.25`)
	g.line(`local k = 2`)
	g.line(`local function h1(x, y) if x > y then return x - y elseif x == y then return k end x = x + 1 return x * k end`)
	g.line(`local function h2(t, i) local v = t[i] or t[1] return math.floor(v) + sqrt(t.x or i) end`)
	g.line(`local function h3(x, y) if x < 3 then return true end if y then return end return x end`)
	g.line(`local function h4(x) u = u + 1 return x + u + w end`)
	g.line(`local function h5(x, y) local s = 0 for i = 1, 3 do s = s + x end return s, y end`)
	g.scope = []string{"v1", "v2", "v3"}
	g.line(`local function f(v1, v2, v3)`)
	for range 1 + g.r.IntN(3) {
		g.loop(3)
	}
	g.line(`return v1, v2, v3`)
	g.line(`end`)
	for _, args := range []string{"1, 2, 3", "0.5, -1, 0", "7, 1/0, -0", "0/0, 2^53, 3", "1, nil, 2", "4, true, 1", "2, 3, 4"} {
		g.line(`result(pcall(f, %s))`, args)
	}
	g.line(`result(u, w, g0, g1, o.x, o.y, o.on, p.x, rawget(p, "y"))`)
	g.line(`for _, t in ipairs({ a, b, c, rows[1], rows[2], rows[3] }) do for i = 0, 12 do result(i, t[i], t.x, #t) end end`)
	return g.b.String()
}

type loopGenerator struct {
	r     *rand.Rand
	b     strings.Builder
	scope []string // local variables
	index []string // those that are small integers
	names int
	loops int
}

func (g *loopGenerator) line(format string, args ...any) {
	fmt.Fprintf(&g.b, format+"\n", args...)
}

func (g *loopGenerator) pick(of ...string) string { return of[g.r.IntN(len(of))] }

func (g *loopGenerator) name() string {
	g.names++
	return fmt.Sprintf("n%d", g.names)
}

// loop writes a loop of about 12 iterations.
func (g *loopGenerator) loop(depth int) {
	scope, index := len(g.scope), len(g.index)
	n := g.name()
	g.index = append(g.index, n)
	g.loops++
	switch g.r.IntN(4) {
	case 0, 1:
		g.line("for %s = %s do", n, g.pick("1, 12", "1, 9", "12, 1, -1", "1, #a", "2, 10, 2", "0, 6, 0.5", "1, #b", "-3, 8"))
		g.body(depth)
		g.line("end")
	case 2:
		g.line("local %s = 0 while %s < 12 do %s = %s + 1", n, n, n, n)
		g.body(depth)
		g.line("end")
	case 3:
		g.line("local %s = 0 repeat %s = %s + 1", n, n, n)
		g.line("do")
		g.body(depth)
		g.line("end")
		g.line("until %s >= 12 or %s", n, g.pick("false", g.condition()))
	}
	g.loops--
	g.scope, g.index = g.scope[:scope], g.index[:index]
}

// body writes statements, and perhaps a label at their end.
func (g *loopGenerator) body(depth int) {
	scope := len(g.scope)
	label := ""
	if g.r.IntN(4) == 0 {
		label = g.name()
		g.line("if %s then goto %s end do", g.condition(), label)
	}
	for range 2 + g.r.IntN(5) {
		g.statement(depth - 1)
	}
	if label != "" {
		g.line("end ::%s::", label)
	}
	g.scope = g.scope[:scope]
}

func (g *loopGenerator) statement(depth int) {
	switch k := g.r.IntN(20); {
	case k < 2:
		n := g.name()
		g.line("local %s = %s", n, g.expr(2))
		g.scope = append(g.scope, n)
	case k < 12:
		g.line("%s = %s", g.target(), g.expr(2))
	case k < 14:
		g.line("%s, %s = %s, %s", g.target(), g.target(), g.expr(1), g.expr(1))
	case k < 17:
		g.line("if %s then", g.condition())
		g.branch(depth)
		if g.r.IntN(2) == 0 {
			g.line("else")
			g.branch(depth)
		}
		g.line("end")
	case k < 18 && depth > 0 && g.loops < 3:
		g.loop(depth)
	case k < 19:
		g.line("if #a < 60 then a[#a + 1] = %s end", g.expr(1))
	default:
		g.line("if %s then %s end", g.condition(), g.pick(
			g.local()+" = nil", g.local()+" = true", "c[2] = not c[2]", `b[3] = "7"`, "b[4] = nil", "o.on = not o.on",
			"u = tostring(u)", "result("+g.local()+")", "a[-1] = 3", "o.x = nil", "o.x = 1", "return 1", "break", "rows[2], rows[3] = rows[3], rows[2]", "h1 = h4", "k = k + 1", "h2(a, 1)"))
	}
}

func (g *loopGenerator) branch(depth int) {
	scope := len(g.scope)
	for range 1 + g.r.IntN(2) {
		g.statement(depth)
	}
	g.scope = g.scope[:scope]
}

func (g *loopGenerator) local() string {
	return g.scope[g.r.IntN(len(g.scope))]
}

// key returns what mostly is an index of an array.
func (g *loopGenerator) key() string {
	if len(g.index) > 0 && g.r.IntN(5) > 0 {
		i := g.index[g.r.IntN(len(g.index))]
		return g.pick(i, i, i+" + 1", i+" - 1", i+" % 9 + 1")
	}
	return g.pick("1", "3", g.local(), "2.5")
}

func (g *loopGenerator) array() string {
	return g.pick("a", "a", "b", "b", "c", "rows[1]", "rows["+g.key()+"]")
}

func (g *loopGenerator) target() string {
	switch g.r.IntN(10) {
	case 0:
		return g.pick("u", "w")
	case 1:
		return g.pick("g0", "g1")
	case 2, 3:
		return g.array() + "[" + g.key() + "]"
	case 4:
		return g.pick("o.x", "o.y", "p.x", "p.y", "rows[1].x", "rows["+g.key()+"].y")
	}
	return g.local()
}

func (g *loopGenerator) operand() string {
	switch g.r.IntN(12) {
	case 0:
		return g.pick("0", "1", "2", "-1", "0.1", "1e308", "-0", "(1/0)", "(0/0)")
	case 1:
		return g.pick("u", "w", "g0", "g1", "#a", "#b")
	case 2, 3:
		return g.array() + "[" + g.key() + "]"
	case 4:
		return g.pick("o.x", "o.y", "p.x", "p.y", "rows[2].x", "rows["+g.key()+"].y")
	case 5, 6:
		if len(g.index) > 0 {
			return g.index[g.r.IntN(len(g.index))]
		}
	}
	return g.local()
}

func (g *loopGenerator) expr(depth int) string {
	if depth == 0 {
		return g.operand()
	}
	switch g.r.IntN(11) {
	case 10:
		return g.pick("h1("+g.expr(depth-1)+", "+g.operand()+")", "h1("+g.operand()+", "+g.operand()+", 3)", "h2("+g.array()+", "+g.key()+")",
			"(h3("+g.operand()+", o.on) and 1 or 2)", "h4("+g.operand()+")", "h5("+g.operand()+")")
	case 9:
		return g.pick("math.max", "math.min", "math.fmod") + "(" + g.expr(depth-1) + ", " + g.operand() + ")"
	case 0:
		return g.pick("sqrt", "abs", "floor", "math.floor", "math.sqrt", "sin") + "(" + g.expr(depth-1) + ")"
	case 1:
		return "-(" + g.operand() + ")"
	case 2:
		return "(" + g.condition() + " and " + g.expr(depth-1) + " or " + g.expr(depth-1) + ")"
	case 3:
		return g.pick(g.expr(depth-1)+" % "+g.pick("3", "0", "-2.5", "g0"), g.operand()+" ^ "+g.pick("2", "0.5", "-1"))
	default:
		return "(" + g.expr(depth-1) + " " + g.pick("+", "-", "*", "/", "+", "-") + " " + g.expr(depth-1) + ")"
	}
}

func (g *loopGenerator) condition() string {
	switch g.r.IntN(8) {
	case 0:
		return "c[" + g.key() + "]"
	case 1:
		return g.pick("o.on", "not o.on", "not "+g.local(), g.local(), g.local()+" == nil", g.local()+" ~= nil", g.local()+" == true", "a[20]")
	case 2:
		return g.operand() + g.pick(" == ", " ~= ") + g.operand()
	}
	return g.operand() + " " + g.pick("<", "<=", ">", ">=") + " " + g.pick(g.operand(), "1", "5.5")
}
