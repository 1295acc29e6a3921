-- What a script in a sandbox may do. IN is its folder, SHARED a database that it may
-- write, OTHER one that it may read.
local lfs = require "lfs"

local file = assert(io.open(IN .. "/a", "w"))
file:write("text")
file:close()
assert(io.open(IN .. "/a", "a")):close()
assert(lfs.mkdir(IN .. "/d"))
assert(os.rename(IN .. "/a", IN .. "/d/b"))
assert(lfs.touch(IN .. "/d/b"))
assert(io.open(IN .. "/d/b"):read("*a") == "text")

-- ".." within the folder.
assert(os.rename(IN .. "/d/../d/b", IN .. "/d/../c"))
assert(io.open(IN .. "/c"):read("*a") == "text")
assert(os.rename(IN .. "/c", IN .. "/d/b"))

assert(os.remove(IN .. "/d/b"))
assert(lfs.rmdir(IN .. "/d"))
io.output(IN .. "/out")
io.write("x")
io.close()

-- Reading is free.
assert(io.open("/proc/self/stat")):close()

local ts = require "micro_ts"
for _, path in ipairs{SHARED, IN .. "/db"} do
  local db = ts.open(path)
  db:put("S", 1, 1, 0, "v")
  db:close()
end
assert(ts.open(OTHER, {mode = "r"}):count("S", 1) == 0)
