package compat

import (
	"runtime"

	"microts/internal/luavm"
)

// openJIT makes the module jit, and jit.opt. There is no JIT compiler: jit.status() is
// false, and the functions that steer it in LuaJIT do nothing.
func openJIT(c *luavm.Call) {
	nothing := func(c *luavm.Call) { c.Return() }
	opt := luavm.NewLibrary(map[string]luavm.Native{"start": nothing})
	t := luavm.NewLibrary(map[string]luavm.Native{
		"status": func(c *luavm.Call) { c.Return(luavm.False) },
		"on":     nothing, "off": nothing, "flush": nothing, "attach": nothing, "security": nothing,
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
