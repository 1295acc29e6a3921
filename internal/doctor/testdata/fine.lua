-- Nothing here is a finding.
local ts = require "micro_ts"
local ok, zmq = pcall(require, "lzmq") -- it need not be there
local unpack = table.unpack or unpack
if table.isempty then print(table.isempty({})) end
if not string.split then
    function string.split(s) return {s} end
end
local has = math.tointeger ~= nil
print(has and math.tointeger(1))
function string.trim(s) return (s:gsub("^%s+", "")) end
table.count = function(t) return #t end
print(string.trim(" 42LL in a string"), table.count({})) -- 42LL in a comment
local bit = {popcount = function() end}
bit.popcount(1)
for _, table in ipairs{{rows = 1}} do print(table.rows) end
for math = 1, 2 do print(math.x) end
local function total(table, string) return table.rows, string.columns end
local methods = {sum = function(self, os) return os.rows end}
function methods:add(debug) return debug.rows end
local io
io.rows = 1
db:string() unknown.field = 1 ts.last("S", 1)
require "cjson".encode({})
print(debug.gethook(), coroutine.isyieldable(), os.setlocale("C"), string.dump(function() end))
debug.sethook()
debug.sethook(nil)
