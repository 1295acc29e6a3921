package luavm

import (
	"strings"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luavm/code"
)

// Info says what debug.getinfo knows of a function.
type Info struct {
	Function    Value
	Kind, Name  string // how it was called: "local", "field" and so on, and the name; or ""
	Source      string // the name of the source, as load got it
	ShortSource string // the name of the source in messages
	What        string // "Lua", "C", or "main" of a chunk
	CurrentLine int    // -1 if the function does not run
	Line        int    // where it begins; -1 of a native function
	EndLine     int
	Upvalues    int
	Params      int
	IsVararg    bool
	ActiveLines []int // lines with code; of a Lua function
}

// Inspect returns what runs at a level: 0 is the function that runs, 1 its caller. ok is
// false if there is no such level.
func (th *Thread) Inspect(level int) (info Info, ok bool) {
	d := th.depth - level
	if level < 0 || d < 1 {
		return info, false
	}
	info = InspectFunction(th.stack[th.frames[d].base-1])
	info.Kind, info.Name = th.functionName(d)
	if th.isLua(d) {
		info.CurrentLine = th.line(d)
	}
	return info, true
}

// InspectFunction returns what is known of a function that need not run.
func InspectFunction(f Value) Info {
	info := Info{
		Function: f, Source: "=[C]", ShortSource: "[C]", What: "C",
		CurrentLine: -1, Line: -1, EndLine: -1, IsVararg: true,
	}
	if !f.isClosure() {
		return info
	}
	p := f.closure().fn.proto
	info.Source, info.ShortSource, info.What = p.Source, p.Chunk, "Lua"
	info.Line, info.EndLine = int(p.Line), int(p.EndLine)
	info.Upvalues, info.Params, info.IsVararg = len(p.Upvals), int(p.NumParams), p.IsVararg
	if p.Line == 0 {
		info.What = "main"
	}
	info.ActiveLines = activeLines(p)
	return info
}

// activeLines returns the lines that a function has instructions for. The return that
// the compiler adds at the end counts unless another one stands before it.
func activeLines(p *code.Proto) (lines []int) {
	end := len(p.Code)
	if end > 1 {
		switch p.Code[end-2].Op() {
		case code.Return0, code.Return1, code.Return, code.ReturnM, code.TailCall, code.TailCallM:
			end--
		}
	}
	last := int32(0)
	for _, line := range p.Lines[:end] {
		if line != last {
			lines = append(lines, int(line))
			last = line
		}
	}
	return lines
}

// Dump returns a Lua function as a source for Load. ok is false if it is none of Lua, or its
// Lua chunk has too long a source.
func Dump(f Value) (dump []byte, ok bool) {
	if !f.isClosure() {
		return nil, false
	}
	return f.closure().fn.proto.Dump()
}

// Local returns the name and the place of local variable n, from 1 on, of the function at
// a level; a negative n counts its variable arguments. The name is "" if there is none.
// The place is valid until th runs again. A variable of the machine, such as
// "(for state)", has a copy as its place: the loop relies on what stands there.
func (th *Thread) Local(level, n int) (name string, place *Value) {
	d := th.depth - level
	f := &th.frames[d]
	if n < 0 {
		if n = -n; n > int(f.varargs) {
			return "", nil
		}
		return "(*vararg)", &th.stack[int(f.base)-1-int(f.varargs)+n-1]
	}
	if n > 0 && th.isLua(d) {
		for _, l := range th.closureAt(d).fn.proto.Locals {
			if pc := f.pc - 1; l.Start > pc || pc >= l.End {
				continue
			}
			if n--; n > 0 {
				continue
			}
			place = &th.stack[int(f.base)+int(l.Register)]
			if strings.HasPrefix(l.Name, "(") {
				hidden := *place
				if hidden.p == unsafe.Pointer(&iterating) {
					hidden = Nil
				}
				place = &hidden
			}
			return l.Name, place
		}
	}
	return "", nil
}

// Parameter returns the name of parameter n, from 1 on, of a Lua function, or "".
func Parameter(f Value, n int) string {
	if !f.isClosure() {
		return ""
	}
	p := f.closure().fn.proto
	if n < 1 || n > int(p.NumParams) {
		return ""
	}
	return p.Locals[n-1].Name
}

// Upvalue returns the name and the place of upvalue n, from 1 on, of a function. place is
// nil if there is none.
func Upvalue(f Value, n int) (name string, place *Value) {
	u := upvalueOf(f, n)
	if u == nil {
		return "", nil
	}
	return f.closure().fn.proto.Upvals[n-1].Name, (*u).v
}

// upvalueOf returns where a function keeps upvalue n, or nil.
func upvalueOf(f Value, n int) **upvalue {
	if !f.isClosure() || n < 1 || n > len(f.closure().upvals) {
		return nil
	}
	return &f.closure().upvals[n-1]
}

// UpvalueID returns what is the same value for the same variable: of upvalue n of a
// function. It is nil if there is none.
func UpvalueID(f Value, n int) Value {
	u := upvalueOf(f, n)
	if u == nil {
		return Nil
	}
	if (*u).id == nil {
		(*u).id = &lua.LUserData{Metatable: lua.LNil}
	}
	return Value{unsafe.Pointer((*u).id), tagUserData}
}

// JoinUpvalues makes upvalue n of a function the same variable as upvalue m of another
// one. ok is false if one of them does not exist.
func JoinUpvalues(f Value, n int, other Value, m int) (ok bool) {
	u, v := upvalueOf(f, n), upvalueOf(other, m)
	if u == nil || v == nil {
		return false
	}
	if *u != *v {
		*u = *v
		f.closure().fn.joined = true
	}
	return true
}

// Traceback lists the calls of th from a level on, as LuaJIT does.
func (th *Thread) Traceback(level int) string { return th.traceback(level) }

// AsThread returns v as a thread of the engine if it is one.
func (v Value) AsThread() (th *Thread, ok bool) {
	if v.n != tagThread {
		return nil, false
	}
	return asThread(v.thread())
}

// RawMetatable returns the metatable of any value, or nil. It does not look at
// __metatable.
func (s *State) RawMetatable(v Value) Value { return tableOrNil(s.metatable(v)) }

// SetRawMetatable sets the metatable of any value: of all values of its type, unless it is
// a table or userdata. nil removes it.
func (s *State) SetRawMetatable(v, metatable Value) {
	var meta *lua.LTable
	if metatable.isAnyTable() {
		meta = metatable.ltable()
	}
	switch {
	case v.isAnyTable():
		SetMetatable(v.ltable(), meta)
	case v.n == tagUserData && meta == nil:
		v.userData().Metatable = lua.LNil
	case v.n == tagUserData:
		v.userData().Metatable = meta
	default:
		s.typeMeta[v.Type()] = meta
	}
}

// Environment returns the table of globals of a function.
func (s *State) Environment(f Value) Value {
	if f.isClosure() {
		return f.closure().env.Value()
	}
	return s.Globals.Value()
}

// SetEnvironment sets the table of globals of a function. ok is false if it is none of Lua.
func SetEnvironment(f Value, env *Table) (ok bool) {
	if !f.isClosure() {
		return false
	}
	f.closure().env = env
	return true
}
