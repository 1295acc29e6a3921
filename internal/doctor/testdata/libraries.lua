print(table.unpakc({1})) --> table.unpakc is not available in microts; did you mean table.unpack?
print(string.frobnicate("x")) --> string.frobnicate is not available in microts: write it in Lua
package.loadlib("x.so", "f") --> package.loadlib is not available in microts: write it in Lua, native libraries are not loaded
local s = string
local string = string
print(string.titlecase("x")) --> string.titlecase is not available in microts
local function nested()
    return {x = function() return math.cbrt(8) end} --> math.cbrt is not available in microts
end
nested()
print(
    1,
    jit.util.funcinfo(print)) --> jit.util is not available in microts: leave it out, it is about LuaJIT's own compiler
local sethook = debug.sethook
sethook(print, "l") --> debug.sethook is not available in microts: leave it out, there are no hooks
if debug.sethook then debug.sethook(coroutine.running(), print, "c") end --> debug.sethook is not available in microts
local proxy = newproxy(true) --? __gc is never called in microts: close what the proxy holds yourself
getmetatable(proxy).__gc = print
local plain = newproxy()
-- Globals of other versions of Lua.
print(utf8.char(65)) --> utf8 is not available in microts: write it in Lua
print(bit32.band(1, 2), rawlen({})) --> bit32 is not available in microts: use the global bit --> rawlen is not available in microts: use #t
-- Modules are libraries too.
local ts, socket, json = require "micro_ts", require "socket", require "cjson"
ts.opne("x") --> micro_ts.opne is not available in microts; did you mean micro_ts.open?
socket.tcp() --> socket.tcp is not available in microts: there is no network
json.frobnicate() --> cjson.frobnicate is not available in microts: write it in Lua
socket.gettime()
print(_G.utf8.char(65)) --> utf8 is not available in microts
