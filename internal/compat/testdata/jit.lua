jit.off()
jit.off(print)
jit.on(true, true)
local sum = 0
for i = 1, 1e6 do sum = sum + i end
jit.on()
assert(jit.status() == false) -- what libraries ask before they use C structs
for i = 1, 1e6 do sum = sum - i end
assert(sum == 0)
assert( jit.os == "Linux" and require "jit" == jit)
jit.on() jit.off() jit.flush() jit.opt.start("hotloop=1") require "jit.opt".start(3)
assert(jit.version:find("LuaJIT", 1, true))
assert(package.loaded.jit == jit and package.loaded.bit == bit and require "bit" == bit and package.loaded["jit.opt"] == jit.opt)
assert(jit.version_num == 20100 and (jit.arch == "x64" or jit.arch == "arm64"))

-- What LuaJIT preloads is preloaded; the other modules give way to files.
for _, name in ipairs{"ffi", "table.new", "table.clear", "string.buffer"} do assert(type(package.preload[name]) == "function", name) end
for _, name in ipairs{"cjson", "csv", "lfs", "md5", "sha", "socket", "struct", "time"} do
	assert(package.preload[name] == nil and require(name) == require(name), name)
end
local t = require "table.new"(10, 10)
t[1], t.x = 1, 2
require "table.clear"(t)
assert(next(t) == nil)
