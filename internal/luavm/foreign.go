package luavm

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// callGo calls the lua.LGFunction in a slot: it runs in the state's lua.LState.
func (th *Thread) callGo(at, n int, f frame) *Thread {
	th.need(at + 1 + n + spare)
	f.base = int32(at + 1)
	th.push(f)
	th.top = at + 1 + n
	L := th.state.GoState()
	bottom := L.GetTop()
	L.Push(th.stack[at].function())
	for _, v := range th.stack[at+1 : at+1+n] {
		L.Push(v.LValue())
	}
	if err := L.PCall(n, lua.MultRet, nil); err != nil {
		th.raiseGo(err)
	}
	results := L.GetTop() - bottom
	th.need(at + results + spare)
	for i := range results {
		th.stack[at+i] = FromLValue(L.Get(bottom + 1 + i))
	}
	L.SetTop(bottom)
	return th.leave(at, results)
}

// GoState returns the state of gopher-lua in which functions of type lua.LGFunction run. It
// has no libraries. Its globals are those of the engine.
func (s *State) GoState() *lua.LState {
	if s.goState == nil {
		s.goState = lua.NewState(lua.Options{
			SkipOpenLibs: true, CallStackSize: maxGoCalls + 10, MinimizeStackMemory: true,
			RegistrySize: 256, RegistryMaxSize: 1 << 20, RegistryGrowStep: 4096,
		})
		s.goState.G.Registry.RawSetString(registryKey, &lua.LUserData{Value: s})
		s.goState.G.Global = &s.Globals.LTable
	}
	return s.goState
}

// init lets GetField, SetField, GetTable, SetTable and the like of a lua.LState work on
// Tables.
func init() {
	ownTable.RawSetString("__index", &lua.LFunction{IsG: true, GFunction: indexFromGo})
	ownTable.RawSetString("__newindex", &lua.LFunction{IsG: true, GFunction: setIndexFromGo})
}

func indexFromGo(L *lua.LState) int {
	th := stateOf(L).current
	v, h := th.lookup(FromLValue(L.Get(1)), FromLValue(L.Get(2)))
	if !h.isNil() {
		L.Push(h.function())
		L.Push(th.self.LValue())
		L.Push(L.Get(2))
		L.Call(2, 1)
		return 1
	}
	L.Push(v.LValue())
	return 1
}

func setIndexFromGo(L *lua.LState) int {
	th := stateOf(L).current
	t, key, v := FromLValue(L.Get(1)), FromLValue(L.Get(2)), FromLValue(L.Get(3))
	if h := th.state.metamethod(t, eventNewIndex); !h.isNil() && rawGet(t, key).isNil() {
		if !h.isFunction() {
			L.SetTable(h.LValue(), L.Get(2), L.Get(3))
			return 0
		}
		L.Push(h.function())
		for i := range 3 {
			L.Push(L.Get(i + 1))
		}
		L.Call(3, 0)
		return 0
	}
	th.rawSet(t, key, v)
	return 0
}

// Close frees what the state keeps outside of Go's heap. Nobody may use it afterwards.
func (s *State) Close() {
	if s.goState != nil {
		s.goState.Close()
	}
}

// raiseGo raises the error of a Go function for gopher-lua. Such a function finds no
// position and no name of its own: both are added here.
func (th *Thread) raiseGo(err error) {
	api, ok := err.(*lua.ApiError)
	if !ok {
		panic(err)
	}
	if e, ok := api.Cause.(*Error); ok {
		panic(e)
	}
	text, ok := api.Object.(lua.LString)
	if !ok || api.Type == lua.ApiErrorPanic {
		panic(api)
	}
	// gopher-lua puts a position, here none, and a space before a message.
	message, positioned := strings.CutPrefix(string(text), " ")
	if !positioned {
		th.Raise(FromLValue(api.Object))
	}
	if arg, rest, ok := cutArgument(message); ok {
		th.argError(arg, rest)
	}
	th.Errorf("%s", message)
}

// cutArgument splits "bad argument #1 to ? (message)".
func cutArgument(s string) (arg int, message string, ok bool) {
	s, ok = strings.CutPrefix(s, "bad argument #")
	if !ok || !strings.HasSuffix(s, ")") {
		return 0, "", false
	}
	number, rest, _ := strings.Cut(s, " to ")
	_, message, ok = strings.Cut(rest, " (")
	for _, digit := range number {
		if digit < '0' || digit > '9' {
			return 0, "", false
		}
		arg = arg*10 + int(digit-'0')
	}
	return arg, strings.TrimSuffix(message, ")"), ok
}

// registryKey is where the registry of a lua.LState has its State.
const registryKey = "microts/internal/luavm.State"

// stateOf returns the State that L belongs to.
func stateOf(L *lua.LState) *State {
	ud, _ := L.G.Registry.RawGetString(registryKey).(*lua.LUserData)
	return ud.Value.(*State)
}

// callFromGo is the GFunction of every Closure and Function: Go code calls them with
// L.Call. An error goes through gopher-lua as an ApiError whose Cause is the *Error.
func callFromGo(L *lua.LState) int {
	self, _ := L.GetStack(0)
	f, err := L.GetInfo("f", self, lua.LNil)
	if err != nil {
		L.RaiseError("%v", err)
	}
	th := stateOf(L).current
	args := make([]Value, L.GetTop())
	for i := range args {
		args[i] = FromLValue(L.Get(i + 1))
	}
	defer func() {
		if r := recover(); r != nil {
			e := asError(r)
			panic(&lua.ApiError{Type: lua.ApiErrorRun, Object: e.Value.LValue(), StackTrace: e.Traceback, Cause: e})
		}
	}()
	from, n := th.callValue(FromLValue(f), args)
	for _, v := range th.stack[from : from+n] {
		L.Push(v.LValue())
	}
	return n
}
