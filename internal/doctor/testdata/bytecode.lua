local f = load("\27LJ\2") --> compiled bytecode is loaded here, which only the Lua that made it can run: load the source
local g = loadstring("\x1bLua") --> compiled bytecode is loaded here
local h = load("return 1")
