package batch

import (
	"math"
	"time"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
	"microts/internal/compat/room"
)

// jobTable makes the global job of a script; see Members.
func (a *activeAttempt) jobTable() *lua.LTable {
	L := a.state.Lua
	params := L.NewTable()
	for _, p := range a.Params {
		params.RawSetString(p.Name, luaValue(p.Value))
	}
	t := L.NewTable()
	t.RawSetString("id", lua.LNumber(a.ID))
	t.RawSetString("name", lua.LString(a.Name))
	t.RawSetString("attempt", lua.LNumber(a.number))
	t.RawSetString("dir", lua.LString(a.files()))
	t.RawSetString("params", params)
	L.SetFuncs(t, map[string]lua.LGFunction{"log": a.jobLogCall, "progress": a.jobProgress, "retry": jobRetry})
	if a.options.DB != "" {
		meta := L.NewTable()
		meta.RawSetString("__index", L.NewFunction(a.jobIndex))
		t.Metatable = meta
	}
	return t
}

// jobIndex opens job.db when the script first asks for it: opening a database
// read-only takes some ms, and not every script needs it.
func (a *activeAttempt) jobIndex(L *lua.LState) int {
	if L.Get(2) != lua.LString("db") {
		L.Push(lua.LNil)
		return 1
	}
	if a.db == nil {
		handle, err := a.state.OpenDatabase(a.options.DB)
		if err != nil {
			L.RaiseError("%v", err)
		}
		a.db = handle
	}
	L.Push(a.db)
	return 1
}

// jobLogCall is job.log(...). It writes its arguments as print does, after the time.
func (a *activeAttempt) jobLogCall(L *lua.LState) int {
	line := &room.Text{L: L}
	top := L.GetTop()
	line.Keep() // __tostring may be any function
	line.Add(time.Now().Format("2006-01-02 15:04:05.000 "))
	for i := 1; i <= top; i++ {
		if i > 1 {
			line.AddByte('\t')
		}
		line.Add(convert.ToString(L, L.Get(i)))
	}
	line.AddByte('\n')
	_, _ = line.WriteTo(a.out) // finish reports the error
	return 0
}

// jobProgress is job.progress(done, total).
func (a *activeAttempt) jobProgress(L *lua.LState) int {
	number := func(i int, name string) float64 {
		n, ok := L.Get(i).(lua.LNumber)
		if f := float64(n); !ok || f < 0 || math.IsNaN(f) || math.IsInf(f, 0) {
			L.RaiseError("bad argument #%d to 'progress' (%s: a number from 0 on expected, got %s)", i, name, L.ToStringMeta(L.Get(i)))
		}
		return float64(n)
	}
	a.progress.Set(number(1, "done"), number(2, "total"))
	return 0
}

// jobRetry is job.retry(message). Outcome.explain reads the table that it raises.
func jobRetry(L *lua.LState) int {
	value := L.NewTable()
	value.RawSetString("retryable", lua.LTrue)
	value.RawSetString("message", lua.LString(L.Where(1)+" "+L.OptString(1, "to be tried again")))
	L.Error(value, 1)
	return 0
}
