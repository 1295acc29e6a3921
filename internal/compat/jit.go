package compat

import (
	"runtime"

	lua "github.com/yuin/gopher-lua"
)

// openJIT makes the module jit. There is no JIT compiler: jit.status() is false,
// and the functions that steer it in LuaJIT do nothing.
func openJIT(L *lua.LState) int {
	nothing := L.NewFunction(func(*lua.LState) int { return 0 })
	t := L.NewTable()
	t.RawSetString("status", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LFalse)
		return 1
	}))
	for _, name := range []string{"on", "off", "flush", "attach", "security"} {
		t.RawSetString(name, nothing)
	}
	opt := L.NewTable()
	opt.RawSetString("start", nothing)
	t.RawSetString("opt", opt)
	t.RawSetString("version", lua.LString("LuaJIT 2.1.0 (microts)"))
	t.RawSetString("version_num", lua.LNumber(20100))
	t.RawSetString("os", lua.LString("Linux"))
	arch := map[string]string{"amd64": "x64", "386": "x86"}[runtime.GOARCH]
	if arch == "" {
		arch = runtime.GOARCH
	}
	t.RawSetString("arch", lua.LString(arch))
	L.PreloadModule("jit.opt", func(L *lua.LState) int {
		L.Push(opt)
		return 1
	})
	L.Push(t)
	return 1
}
