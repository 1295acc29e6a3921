print(table.unpakc({1})) --> table.unpakc is not available in microts; did you mean table.unpack?
print(string.frobnicate("x")) --> string.frobnicate is not available in microts: write it in Lua
package.loadlib("x.so", "f") --> package.loadlib is not available in microts: write it in Lua, native libraries are not loaded
local s = string
local string = string
print(string.titlecase("x")) --> string.titlecase is not available in microts
local function nested()
    return {x = function() return math.cbrt(8) end} --> math.cbrt is not available in microts
end
print(
    1,
    jit.util.funcinfo(print)) --> jit.util is not available in microts: leave it out, there is no JIT compiler
local sethook = debug.sethook
sethook(print, "l") --> debug.sethook is not available in microts: leave it out, there are no hooks
if debug.sethook then debug.sethook(coroutine.running(), print, "c") end --> debug.sethook is not available in microts
