package compat

import (
	"runtime"

	"microts/internal/luavm"
)

// openJIT makes the module jit, and jit.opt. jit.off() and jit.on() say whether hot loops may
// run as machine code; the functions that steer LuaJIT's compiler further do nothing.
// jit.status() is false: libraries that find LuaJIT's compiler on use what only it makes fast,
// such as C structs with ffi.metatype, or jit.util.
func openJIT(c *luavm.Call) {
	nothing := func(c *luavm.Call) { c.Return() }
	opt := luavm.NewLibrary(map[string]luavm.Native{"start": nothing})
	t := luavm.NewLibrary(map[string]luavm.Native{
		"status": func(c *luavm.Call) { c.Return(luavm.False) },
		"on":     func(c *luavm.Call) { useMachineCode(c, true) },
		"off":    func(c *luavm.Call) { useMachineCode(c, false) },
		"flush":  nothing, "attach": nothing, "security": nothing,
	})
	t.SetString("opt", opt.Value())
	t.SetString("version", luavm.Part("LuaJIT 2.1.0 (microts)"))
	t.SetString("version_num", luavm.Int(20100))
	t.SetString("os", luavm.Part("Linux"))
	arch := map[string]string{"amd64": "x64", "386": "x86"}[runtime.GOARCH]
	if arch == "" {
		arch = runtime.GOARCH
	}
	t.SetString("arch", luavm.Part(arch))
	c.State().Loaded.SetString("jit.opt", opt.Value())
	c.Return(t.Value())
}

// useMachineCode is jit.on and jit.off. With an argument, which names a function, they do
// nothing.
func useMachineCode(c *luavm.Call, use bool) {
	if c.NumArgs() == 0 {
		c.State().UseMachineCode(use)
	}
	c.Return()
}
