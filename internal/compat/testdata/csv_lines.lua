-- tmp is a folder for the test.
local path = tmp .. "/x.csv"
local f = assert(io.open(path, "w"))
f:write("a,b\n1,2\n3,4\n")
f:close()
local n = 0
for row in require "csv".lines(path, {header = true}) do n = n + row.a * row.b end
assert(n == 14, n)
