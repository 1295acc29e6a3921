-- tmp is a folder for the test, write(path, text) makes a file.
local path = tmp .. "/x.csv"
write(path, "a,b\n1,2\n3,4\n")
local n = 0
for row in require "csv".lines(path, {header = true}) do n = n + row.a * row.b end
assert(n == 14, n)
