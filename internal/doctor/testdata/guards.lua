-- What no run comes to, and what pcall protects, is no finding.
if not setfenv then
    require "compat52"
    debug.upvaluejoin(print, 1, print, 1)
end
local load = setfenv and loadstring or require "load52"
local env = setfenv or string.env
local ok, nothing = pcall(require, "nothing")
ok = pcall(function() return require "nothing".else_(), package.loadlib() end)
ok = xpcall(function() debug.sethook(print, "l") end, debug.traceback)
if type(jit) == "table" and jit.status then print(jit.status()) end
if jit then jit.off() else require "nojit" end
if rawget(_G, "utf8") then require "utf8x" end
if _VERSION == "Lua 5.3" then string.pack53() elseif _VERSION ~= "Lua 5.1" then table.unpack52() end
if (_G.newthing ~= nil) then require "newthing" end
local mtype = math.type
if mtype then print(mtype(1)) end
local kind, frobnicate = math.kind, string.frobnicate --> string.frobnicate is not available in microts
local function describe(x)
    if not setfenv then return kind(x) end
    return frobnicate(x)
end
describe(1)
local compat = {}
compat.lua51 = _VERSION == "Lua 5.1"
if not compat.lua51 then debug.setuservalue() end
local is = {luajit = type(jit) == "table", old = false}
if is.luajit then print(jit.version) else require "puc" end
if is.old then string.pack51() end --> string.pack51 is not available in microts
local function has53() return type(string.pack53) == "function" end
if has53() then require "spec53" end
local isPUC = not jit
if isPUC then require "puc" end
local setfenv = setfenv
if not setfenv then require "compat52" end
while type(table.new52) == "function" do table.new52() end

-- What may run is one.
if setfenv then string.pack52() end --> string.pack52 is not available in microts
if arg then string.pack54() end --> string.pack54 is not available in microts
compat.quiet = false
if compat.quiet then string.pack55() end --> string.pack55 is not available in microts
if unknown() then string.pack56() end --> string.pack56 is not available in microts
local s, require = string, require
s.pack57() --> string.pack57 is not available in microts
require "nowhere" --> module 'nowhere' is not found
local good, ffi = pcall(require, "ffi")
ffi.metatype("x", {}) --> ffi.metatype is not available in microts
local C = ffi.C
C.printf("") --> C function 'printf' is not available in microts

-- pcall(require, "m") is true if the module is there.
local found, more = pcall(require, "testdata.lib.platform")
if not found then require "more52" end
local hasC = pcall(require, "lpeg")
if hasC then require "lpeg.re" end
local json = pcall(require, "cjson") and require "cjson" or require "dkjson"
local zlib = pcall(require, "zlib") and require "zlib"
local clock = require "socket" or require "posix"
local late, other
late, other = pcall(require, "cjson")
if not late then require "json52" end
if not pcall(require, "lfs") then require "lfs52" end

-- What stands behind a return, and local functions that nothing calls, do not run.
local function windows()
    if package.config:sub(1, 1) ~= "\\" then return end
    ffi.C.GetLastError()
end
windows()
local function unused() string.pack58() end
local lambda = function() return string.pack59() end
local function tried() string.pack60() end
pcall(tried)
local function both() string.pack61() end --> string.pack61 is not available in microts
pcall(both)
both()
local function again(n)
    if n == 0 then return string.pack62() end --> string.pack62 is not available in microts
    return again(n - 1)
end
again(3)
local function fails()
    if not setfenv then return 1 else error("no") end
    string.pack63()
end
local function jumps(n)
    if n then goto on else return end
    string.pack64()
    ::on::
    string.pack65() --> string.pack65 is not available in microts
end
fails() jumps()
while not setfenv do string.pack66() end

-- A constant of another file, and one that it copies from a third.
package.path = "testdata/lib/?.lua;" .. package.path
local system = require "system"
if system.windows then string.pack67() end
if system.posix then string.pack68() end --> string.pack68 is not available in microts
local name = "testdata.lib." .. "nosuch"
pcall(require, name)

-- Globals of other versions of Lua, where they are asked for or made.
if utf8 then print(utf8.char(1)) end
local len = rawlen or function(t) return #t end
if not rawget(_G, "warn") then
    rawset(_G, "warn", print)
end
warn("x")
local tested = _G.bit32
if tested then tested.bnot(1) end
