-- Overwrites a variable in the environment of the running process, through the
-- file in which Linux shows the process's memory.
local function read(path)
  local file = assert(io.open(path))
  local text = file:read("*a")
  file:close()
  return text
end

local at = read("/proc/self/environ"):find("MICROTS_TEST_MEMORY=intact", 1, true)
local fields = {}
for field in read("/proc/self/stat"):gsub("^.*%) ", ""):gmatch("%S+") do
  fields[#fields + 1] = field
end
local env_start = tonumber(fields[48]) -- field 50 of proc(5); the first two are cut off

local memory = assert(io.open("/proc/self/mem", "r+"))
assert(memory:seek("set", env_start + at - 1 + #"MICROTS_TEST_MEMORY="))
assert(memory:write("broken"))
memory:close()
return true
