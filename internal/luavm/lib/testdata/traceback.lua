-- The parts of a traceback that are left out, by its first level and the number of frames.
local function shape(text)
  local s = text:gsub("^stack traceback:\n", ""):gsub("[^\n]*%.lua:[^\n]*", "L"):gsub("%s", ""):gsub("%[C%]:infunction'[^']*'", "C")
  return s
end
local function recurse(n, level)
  local s = n == 0 and debug.traceback("", level) or recurse(n - 1, level)
  return s
end
for level = 0, 15 do
  for n = 5, 30, 1 do
    print(level, n, shape(coroutine.wrap(function() local s = recurse(n, level) return s end)():sub(2)))
  end
end
