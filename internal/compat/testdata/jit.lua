assert(jit.status() == false and jit.os == "Linux" and require "jit" == jit)
jit.on() jit.off() jit.flush() jit.opt.start("hotloop=1") require "jit.opt".start(3)
assert(jit.version:find("LuaJIT", 1, true))
