-- Runs the snippets in the file arg[1], which are separated by \1, and prints
-- what each returns, separated by \1 too. It runs on the host, LuaJIT and Lua 5.1.
local f = assert(io.open(arg[1], "rb"))
local text = f:read("*a")
f:close()
local loadstring = loadstring or load
local _, cjson = pcall(require, "cjson")
_G.cjson = cjson
if not bit then
    local ok, lib = pcall(require, "bit")
    bit = ok and lib or nil
end

local function show(v)
    local kind = type(v)
    if kind == "number" and _VERSION == "Lua 5.3" then v = ("%.14g"):format(v) end
    if kind == "table" or kind == "function" or kind == "thread" then return kind end
    if kind == "userdata" and v ~= cjson.null then return kind end
    -- where an error was raised is said differently
    return (tostring(v):gsub("^snippet:%d+: ", ""):gsub("[%c\\]", function(c)
        return ("\\%d"):format(c:byte())
    end))
end

local function showAll(ok, ...)
    if not ok then return "error" end
    local t = {}
    for i = 1, select("#", ...) do t[i] = show((select(i, ...))) end
    return table.concat(t, "\t")
end

print = function() end -- the answers alone go out

local results = {}
for snippet in (text .. "\1"):gmatch("([^\1]*)\1") do
    local chunk = loadstring("return " .. snippet, "=snippet") or loadstring(snippet, "=snippet")
    results[#results + 1] = chunk and showAll(pcall(chunk)) or "syntax error"
end
return table.concat(results, "\1")
