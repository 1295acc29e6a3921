package luavm

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// program makes a random Lua program that prints what it does. It ends, it prints no
// address, and the same seed makes the same program.
func program(seed uint64) string {
	g := &generator{r: rand.New(rand.NewPCG(seed, 1))}
	g.line(`local function show(v) local t = type(v) if t == "table" or t == "function" or t == "thread" then return t end return tostring(v) end`)
	g.line(`local steps, work = 0, 0`)
	g.line(`local function tick() work = work + 1 if work > 2000 then error("too much work", 0) end end`)
	g.line(`local function out(...) steps = steps + 1 if steps > 200 then error("enough", 0) end local s = {} for i = 1, select("#", ...) do s[i] = show((select(i, ...))) end print(unpack(s)) end`)
	g.line(`local mt = { __add = function(a, b) return 1 end, __concat = function(a, b) return "cat" end, __lt = function() return true end, __call = function(self, x) return x end, __index = function(t, k) return k end, __eq = function() return true end, __unm = function() return "neg" end }`)
	g.line(`local function n(v) if type(v) == "number" then return v elseif type(v) == "string" then return #v end return 7 end`)
	g.line(`local function t(v) if type(v) == "table" then return v end return { v, x = v } end`)
	g.line(`g0, g1, g2 = 1, "two", nil`)
	for range 3 + g.r.IntN(3) {
		g.function()
	}
	for range 4 {
		g.line(`out(pcall(function()`)
		g.block(3, g.push())
		g.line(`end))`)
		g.line("steps = 0")
	}
	g.line(`out(g0, g1, g2)`)
	return g.b.String()
}

// generator writes a program. locals are the variables in scope.
type generator struct {
	r         *rand.Rand
	b         strings.Builder
	locals    []string
	functions []string
	names     int
	depth     int
	loops     int
	vararg    bool
}

func (g *generator) line(format string, args ...any) {
	fmt.Fprintf(&g.b, "%s", strings.Repeat(" ", g.depth))
	fmt.Fprintf(&g.b, format, args...)
	g.b.WriteByte('\n')
}

// push begins a scope and returns what ends it.
func (g *generator) push() func() {
	n, vararg := len(g.locals), g.vararg
	g.depth++
	return func() { g.locals, g.vararg = g.locals[:n], vararg; g.depth-- }
}

func (g *generator) name() string {
	g.names++
	return fmt.Sprintf("v%d", g.names)
}

func (g *generator) pick(of ...string) string { return of[g.r.IntN(len(of))] }

func (g *generator) function() {
	name := g.name()
	params := []string{}
	for range g.r.IntN(4) {
		params = append(params, g.name())
	}
	vararg := g.r.IntN(3) == 0
	list := strings.Join(params, ", ")
	if vararg {
		list = strings.Join(append(params[:len(params):len(params)], "..."), ", ")
	}
	g.line("local function %s(%s)", name, list)
	end := g.push()
	g.line("tick() steps = steps + 1 if steps > 150 then return end")
	loops := g.loops
	g.loops = 0
	g.vararg = vararg
	g.locals = append(g.locals, params...)
	g.block(2, end)
	g.loops = loops
	g.line("end")
	g.functions = append(g.functions, name)
	g.locals = append(g.locals, name)
}

// block writes some statements and ends the scope.
func (g *generator) block(depth int, end func()) {
	for range 1 + g.r.IntN(5) {
		g.statement(depth)
	}
	switch {
	case g.r.IntN(4) == 0:
		g.line("return %s", g.list(depth, 3))
	case g.loops > 0 && g.r.IntN(5) == 0:
		g.line("if %s then break end", g.expr(2))
	}
	end()
}

func (g *generator) list(depth, most int) string {
	var all []string
	for range 1 + g.r.IntN(most) {
		all = append(all, g.expr(depth))
	}
	return strings.Join(all, ", ")
}

func (g *generator) target() string {
	switch g.r.IntN(6) {
	case 0:
		return g.pick("g0", "g1", "g2")
	case 1:
		return g.object() + "." + g.pick("x", "y")
	case 2:
		return g.object() + "[" + g.expr(1) + "]"
	default:
		return g.local()
	}
}

// part returns an operand of "..": a short one, so that loops make no long strings.
func (g *generator) part(depth int) string {
	return g.pick("n("+g.expr(depth-1)+")", `"a"`, "1", `"x" .. 2`, "g2", "setmetatable({}, mt)", "n("+g.local()+")", "type("+g.local()+")")
}

// object returns what can mostly be indexed.
func (g *generator) object() string {
	if g.r.IntN(8) == 0 {
		return g.local()
	}
	return "t(" + g.local() + ")"
}

// operand returns what mostly is a number.
func (g *generator) operand(depth int) string {
	if g.r.IntN(10) == 0 {
		return g.expr(depth)
	}
	if g.r.IntN(3) == 0 {
		return g.pick("0", "1", "2", "3", "-1", "0.5", "10", "-0")
	}
	return "n(" + g.expr(depth) + ")"
}

func (g *generator) local() string {
	if len(g.locals) == 0 {
		return "g0"
	}
	return g.locals[g.r.IntN(len(g.locals))]
}

func (g *generator) statement(depth int) {
	kind := g.r.IntN(18)
	if depth <= 0 {
		kind = g.r.IntN(7)
	}
	switch kind {
	case 0, 1, 2:
		n := 1 + g.r.IntN(2)
		names := []string{}
		for range n {
			names = append(names, g.name())
		}
		g.line("local %s = %s", strings.Join(names, ", "), g.list(3, 3))
		g.locals = append(g.locals, names...)
	case 3, 4:
		g.line("%s = %s", g.target(), g.expr(3))
	case 5:
		g.line("%s, %s = %s", g.target(), g.target(), g.list(2, 3))
	case 6:
		g.line("out(%s)", g.list(2, 3))
	case 7:
		g.line("if %s then", g.expr(3))
		g.block(depth-1, g.push())
		if g.r.IntN(2) == 0 {
			g.line("elseif %s then", g.expr(2))
			g.block(depth-1, g.push())
		}
		if g.r.IntN(2) == 0 {
			g.line("else")
			g.block(depth-1, g.push())
		}
		g.line("end")
	case 8, 9:
		g.numericFor(depth)
	case 10:
		g.genericFor(depth)
	case 11:
		n := g.name()
		g.line("local %s = 0 while %s < %d and %s do %s = %s + 1", n, n, 1+g.r.IntN(4), g.expr(2), n, n)
		g.loop(depth)
		g.line("end")
	case 12:
		n := g.name()
		g.line("local %s = 0 repeat %s = %s + 1 tick()", n, n, n)
		end := g.push()
		g.loops++
		l := g.name()
		g.line("local %s = %s", l, g.expr(2))
		g.locals = append(g.locals, l)
		g.statement(depth - 1)
		g.line("until %s > %d or %s", n, g.r.IntN(3), g.expr(2))
		g.loops--
		end()
	case 13:
		g.line("do")
		g.block(depth-1, g.push())
		g.line("end")
	case 14:
		g.closure(depth)
	case 15:
		g.line("out(pcall(function(...)")
		end := g.push()
		loops := g.loops
		g.loops, g.vararg = 0, true
		g.block(depth-1, end)
		g.loops = loops
		g.line("end, %s))", g.list(2, 2))
	case 16:
		g.coroutine(depth)
	case 17:
		label := g.name()
		g.line("do")
		end := g.push()
		g.statement(depth - 1)
		g.line("if %s then goto %s end", g.expr(2), label)
		inner := g.push()
		g.line("do")
		g.statement(depth - 1)
		g.line("end")
		inner()
		g.line("::%s::", label)
		end()
		g.line("end")
	}
}

// loop writes the body of a loop, which may have a label at its end.
func (g *generator) loop(depth int) {
	end := g.push()
	g.loops++
	g.line("tick()")
	if g.r.IntN(3) > 0 {
		g.block(depth-1, end)
	} else {
		label := g.name()
		g.line("if %s then goto %s end", g.expr(2), label)
		g.line("do")
		g.block(depth-1, g.push())
		g.line("end")
		g.line("::%s::", label)
		end()
	}
	g.loops--
}

func (g *generator) numericFor(depth int) {
	v := g.name()
	g.line("for %s = %s do", v, g.pick("1, 3", "3, 1, -1", "1, 2, 0.5", "2, 1", "-1, 1", "1, n(g0) % 4"))
	g.locals = append(g.locals, v)
	g.loop(depth)
	g.locals = g.locals[:len(g.locals)-1]
	g.line("end")
}

func (g *generator) genericFor(depth int) {
	k, v := g.name(), g.name()
	g.line("for %s, %s in %s do", k, v, g.pick("ipairs({ 4, 5, 6 })", `pairs({ x = 1 })`, "pairs({ 7, 8, x = 9 })", "next, { 1 }", "ipairs("+g.object()+")", "function(s, c) if not c then return 1, s end end, "+g.expr(1)))
	g.locals = append(g.locals, k, v)
	g.loop(depth)
	g.locals = g.locals[:len(g.locals)-2]
	g.line("end")
}

// closure declares functions that share variables.
func (g *generator) closure(depth int) {
	n, get, set := g.name(), g.name(), g.name()
	g.line("local %s = %s", n, g.expr(2))
	g.locals = append(g.locals, n)
	vararg := g.vararg
	g.vararg = false
	g.line("local function %s() return %s end", get, n)
	g.line("local function %s(v) %s = v return %s end", set, n, g.expr(1))
	g.vararg = vararg
	g.locals = append(g.locals, get, set)
	g.line("%s(%s) out(%s, %s())", set, g.expr(1), n, get)
}

func (g *generator) coroutine(depth int) {
	co := g.name()
	g.line("local %s = coroutine.wrap(function(...)", co)
	end := g.push()
	loops := g.loops
	g.loops, g.vararg = 0, true
	g.line("local a, b = coroutine.yield(%s)", g.list(2, 2))
	g.locals = append(g.locals, "a", "b")
	g.line("pcall(function() b = coroutine.yield(a, b) end)")
	g.block(depth-1, end)
	g.loops = loops
	g.line("end)")
	g.line("out(%s(%s)) out(%s(%s)) out(pcall(%s, %s))", co, g.expr(1), co, g.list(1, 2), co, g.expr(1))
}

var binary = []string{"+", "-", "*", "/", "%", "==", "~=", "<", "<=", ">", ">=", "and", "or", "and", "or"}

func (g *generator) expr(depth int) string {
	if depth <= 0 || g.r.IntN(4) == 0 {
		return g.atom()
	}
	switch g.r.IntN(12) {
	case 0, 1, 2, 3, 4:
		if g.r.IntN(3) == 0 {
			return g.expr(depth-1) + " " + g.pick("and", "or", "==", "~=") + " " + g.expr(depth-1)
		}
		if g.r.IntN(6) == 0 {
			return g.part(depth) + " .. " + g.part(depth) + g.pick("", " .. "+g.part(depth))
		}
		return g.operand(depth-1) + " " + binary[g.r.IntN(len(binary))] + " " + g.operand(depth-1)
	case 5:
		return "(" + g.expr(depth-1) + ")"
	case 6:
		return g.pick("not "+g.atom(), "-("+g.operand(1)+")", "#"+g.object(), "not ("+g.expr(depth-1)+")")
	case 7:
		return g.table(depth)
	case 8:
		return g.object() + "." + g.pick("x", "y")
	case 9:
		return g.object() + "[" + g.expr(depth-1) + "]"
	case 10:
		if len(g.functions) > 0 {
			return g.functions[g.r.IntN(len(g.functions))] + "(" + g.list(depth-1, 3) + ")"
		}
		return "select(2, " + g.list(depth-1, 3) + ")"
	default:
		return g.pick("setmetatable({ 1, x = 2 }, mt)", "type("+g.expr(depth-1)+")", "(select('#', "+g.list(depth-1, 3)+"))", "math.floor(n("+g.expr(1)+"))", "tostring(nil)")
	}
}

func (g *generator) table(depth int) string {
	var items []string
	for range g.r.IntN(4) {
		item := g.expr(depth - 1)
		switch g.r.IntN(4) {
		case 0:
			item = "x = " + item
		case 1:
			item = "[" + g.pick("1", "2", `"y"`, "1.5") + "] = " + item
		}
		items = append(items, item)
	}
	return "{ " + strings.Join(items, ", ") + " }"
}

func (g *generator) atom() string {
	switch g.r.IntN(10) {
	case 0:
		return g.pick("nil", "true", "false")
	case 1, 2:
		return g.pick("0", "1", "2", "3", "-1", "0.5", "10", "-0", "1e3")
	case 3:
		return g.pick(`"a"`, `"10"`, `""`, `"x"`, `"two"`)
	case 4:
		return g.pick("g0", "g1", "g2")
	case 5:
		if g.vararg {
			return g.pick("...", "(...)")
		}
		return "1"
	default:
		return g.local()
	}
}
