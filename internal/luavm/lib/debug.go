package lib

import (
	"strings"

	"microts/internal/luavm"
)

var debugFunctions = []function{
	{"traceback", traceback},
	{"getinfo", getInfo},
	{"getlocal", getLocal},
	{"setlocal", setLocal},
	{"getupvalue", getUpvalue},
	{"setupvalue", setUpvalue},
	{"upvalueid", upvalueID},
	{"upvaluejoin", joinUpvalues},
	{"getmetatable", getMetatable},
	{"setmetatable", setMetatable},
	{"getfenv", getEnvironment},
	{"setfenv", setEnvironment},
	{"gethook", getHook},
	{"sethook", setHook},
}

// threadOf returns the thread that the first argument may be, else the one that calls,
// and how many arguments it takes.
func threadOf(c *luavm.Call) (th *luavm.Thread, arguments int) {
	if th, ok := c.Arg(1).AsThread(); ok {
		return th, 1
	}
	return c.Thread(), 0
}

// traceback is debug.traceback([thread,] [message [, level]]).
func traceback(c *luavm.Call) {
	th, n := threadOf(c)
	message := c.Arg(n + 1)
	if c.NumArgs() > n && !message.IsString() && !message.IsNumber() {
		c.Return(message)
		return
	}
	level := 0
	if th == c.Thread() {
		level = 1
	}
	text := th.Traceback(max(c.OptInt(n+2, level), 0))
	if !message.IsNil() {
		text = c.String(n+1) + "\n" + text
	}
	c.Return(luavm.Part(text))
}

// getInfo is debug.getinfo([thread,] function or level [, what]).
func getInfo(c *luavm.Call) {
	th, n := threadOf(c)
	what := c.OptString(n+2, "flnSu")
	if strings.Trim(what, "flnSuL") != "" {
		c.ArgError(n+2, "invalid option")
	}
	var info luavm.Info
	if f := c.Arg(n + 1); f.IsFunction() {
		info = luavm.InspectFunction(f)
	} else {
		level, ok := luavm.ToNumber(f)
		if !ok {
			c.ArgError(n+1, "function or level expected")
		}
		if info, ok = th.Inspect(int(level)); !ok {
			c.Return(luavm.Nil)
			return
		}
	}
	t := luavm.NewTable(0, 16)
	set := func(name string, v luavm.Value) { t.SetStr(luavm.Intern(name), v) }
	for i := range len(what) {
		setInfo(set, &info, what[i])
	}
	c.Return(t.Value())
}

// setInfo sets the fields that a letter of debug.getinfo asks for.
func setInfo(set func(name string, v luavm.Value), info *luavm.Info, letter byte) {
	text := func(s string) luavm.Value { return luavm.Intern(s).Value() }
	switch letter {
	case 'S':
		set("source", luavm.Part(info.Source))
		set("short_src", text(info.ShortSource))
		set("what", text(info.What))
		set("linedefined", luavm.Int(info.Line))
		set("lastlinedefined", luavm.Int(info.EndLine))
	case 'l':
		set("currentline", luavm.Int(info.CurrentLine))
	case 'u':
		set("nups", luavm.Int(info.Upvalues))
		set("nparams", luavm.Int(info.Params))
		set("isvararg", luavm.Bool(info.IsVararg))
	case 'n':
		if info.Kind != "" {
			set("name", text(info.Name))
		}
		set("namewhat", text(info.Kind))
	case 'f':
		set("func", info.Function)
	case 'L':
		if info.ActiveLines == nil {
			return
		}
		lines := luavm.NewTable(0, len(info.ActiveLines))
		for _, line := range info.ActiveLines {
			lines.SetInt(line, luavm.True)
		}
		set("activelines", lines.Value())
	}
}

// local returns the local variable that arguments name. If there is none, name is "".
func local(c *luavm.Call) (name string, place *luavm.Value, arguments int) {
	th, n := threadOf(c)
	if f := c.Arg(n + 1); f.IsFunction() {
		return luavm.Parameter(f, c.Int(n+2)), nil, n + 2
	}
	number, level := c.Int(n+2), c.Int(n+1)
	if _, ok := th.Inspect(level); !ok {
		c.ArgError(n+1, "level out of range")
	}
	name, place = th.Local(level, number)
	return name, place, n + 2
}

// getLocal is debug.getlocal([thread,] level or function, n).
func getLocal(c *luavm.Call) {
	switch name, place, _ := local(c); {
	case name == "":
		c.Return(luavm.Nil)
	case place == nil:
		c.Return(luavm.Part(name))
	default:
		c.Return(luavm.Part(name), *place)
	}
}

// setLocal is debug.setlocal([thread,] level, n, value).
func setLocal(c *luavm.Call) {
	_, n := threadOf(c)
	v := c.CheckAny(n + 3)
	name, place, _ := local(c)
	if place == nil {
		c.Return(luavm.Nil)
		return
	}
	*place = v
	c.Return(luavm.Part(name))
}

// getUpvalue is debug.getupvalue(function, n).
func getUpvalue(c *luavm.Call) {
	n := c.Int(2)
	name, place := luavm.Upvalue(c.Function(1), n)
	if place == nil {
		c.Return()
		return
	}
	c.Return(luavm.Part(name), *place)
}

// setUpvalue is debug.setupvalue(function, n, value).
func setUpvalue(c *luavm.Call) {
	v, n := c.CheckAny(3), c.Int(2)
	name, place := luavm.Upvalue(c.Function(1), n)
	if place == nil {
		c.Return()
		return
	}
	*place = v
	c.Return(luavm.Part(name))
}

// upvalueID is debug.upvalueid(function, n): what is the same for the same variable.
func upvalueID(c *luavm.Call) {
	id := luavm.UpvalueID(c.Function(1), c.Int(2))
	if id.IsNil() {
		c.ArgError(2, "index out of range")
	}
	c.Return(id)
}

// joinUpvalues is debug.upvaluejoin(f1, n1, f2, n2).
func joinUpvalues(c *luavm.Call) {
	f, n, g, m := c.Function(1), c.Int(2), c.Function(3), c.Int(4)
	if !luavm.JoinUpvalues(f, n, f, n) {
		c.ArgError(2, "index out of range")
	}
	if !luavm.JoinUpvalues(f, n, g, m) {
		c.ArgError(4, "index out of range")
	}
	c.Return()
}

func getMetatable(c *luavm.Call) { c.Return(c.State().RawMetatable(c.CheckAny(1))) }

func setMetatable(c *luavm.Call) {
	if m := c.Arg(2); c.NumArgs() < 2 || !m.IsNil() && !m.IsTable() {
		c.ArgError(2, "nil or table expected")
	}
	c.State().SetRawMetatable(c.Arg(1), c.Arg(2))
	c.Return(luavm.True)
}

func getEnvironment(c *luavm.Call) {
	if f := c.CheckAny(1); f.IsFunction() {
		c.Return(c.State().Environment(f))
		return
	} else if th, ok := f.AsThread(); ok {
		c.Return(th.Globals().Value())
		return
	}
	c.Return(luavm.Nil)
}

func setEnvironment(c *luavm.Call) {
	env := c.Table(2)
	if th, ok := c.Arg(1).AsThread(); ok {
		th.SetGlobals(env)
	} else if !luavm.SetEnvironment(c.Arg(1), env) {
		c.Errorf("'setfenv' cannot change environment of given object")
	}
	c.Return(c.Arg(1))
}

// getHook is debug.gethook(): there never is a hook.
func getHook(c *luavm.Call) { c.Return(luavm.Nil, luavm.Part(""), luavm.Int(0)) }

// setHook is debug.sethook(): the engine has no hooks, so it only accepts that there be
// none.
func setHook(c *luavm.Call) {
	_, n := threadOf(c)
	if c.Arg(n+1).IsFunction() && (c.OptString(n+2, "") != "" || c.OptInt(n+3, 0) > 0) {
		c.Errorf("debug.sethook: this Lua has no hooks")
	}
	c.Return()
}

// openRegistry adds debug.getregistry(): a table of the state, in which nothing but scripts
// looks, with package.loaded as _LOADED.
func openRegistry(s *luavm.State, debug *luavm.Table) {
	registry := luavm.NewTable(0, 1)
	registry.SetString("_LOADED", s.Loaded.Value())
	add(debug, []function{{"getregistry", func(c *luavm.Call) { c.Return(registry.Value()) }}})
}
