-- tmp is a folder for the test, write(path, text) makes a file.
local path = tmp .. "/x.csv"
write(path, "a,b\n1,2\n3,4\n")
local n = 0
for row in require "csv".lines(path, {header = true}) do n = n + row.a * row.b end
assert(n == 14, n)
write(path, "\239\187\191a;b\n1;2\n")
for row in require "csv".lines(path, {header = true, separator = ";"}) do assert(row.a == "1" and row.b == "2") end
write(path, 'a,"b\n')
local e = select(2, pcall(function() for _ in require "csv".lines(path) do end end))
assert(e:find(path, 1, true) and e:find("extraneous or missing", 1, true), e)
write(path, "a,a\nb,c\nd,e\n")
local next = require "csv".lines(path, {header = true})
e = select(2, pcall(next))
assert(e:find(path .. ": the header: columns 1 and 2 have one name", 1, true), e)
assert(next() == nil, "it has ended")
e = select(2, pcall(require "csv".lines, "/no/such/file"))
assert(e:find("csv.lines: open /no/such/file: no such file or directory", 1, true), e)
