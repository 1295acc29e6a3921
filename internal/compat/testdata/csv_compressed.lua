-- lines decompresses a file by the ending of its name. tmp is a folder for the test;
-- compress(format, text) returns a text as gzip or zstd writes it.
local csv = require "csv"
local text = {}
for i = 1, 20000 do
	text[i] = i .. ",平安," .. i * 0.01
end
text = "\239\187\191id,name,price\n" .. table.concat(text, "\n") .. "\n"

for ending, format in pairs{[".gz"] = "gzip", [".GZ"] = "gzip", [".zst"] = "zstd", [".csv"] = "none"} do
	local path = tmp .. "/ticks.csv" .. ending
	write(path, compress(format, text))
	local n, sum = 0, 0
	for row in csv.lines(path, {header = true}) do
		n, sum = n + 1, sum + row.id
		assert(row.name == "平安")
	end
	assert(n == 20000 and sum == 20000 * 20001 / 2, ending)
end

-- gzip files may be joined.
local path = tmp .. "/joined.gz"
write(path, compress("gzip", "a\n") .. compress("gzip", "b\n"))
local got = ""
for row in csv.lines(path) do got = got .. row[1] end
assert(got == "ab")

-- A file that is cut, or is something else, is an error with its path.
for ending, format in pairs{[".gz"] = "gzip", [".zst"] = "zstd"} do
	path = tmp .. "/cut" .. ending
	local whole = compress(format, text)
	write(path, whole:sub(1, #whole / 2))
	local next = csv.lines(path, {header = true})
	local ok, e = pcall(function() for _ in next do end end)
	assert(not ok and e:find("csv.lines: " .. path .. ": " .. format .. ": unexpected EOF", 1, true), e)
	assert(next() == nil, "it has ended")
	write(path, "id,name\n1,2\n")
	ok, e = pcall(csv.lines(path))
	assert(not ok and e:find(path .. ": " .. format .. ": ", 1, true), e)
	write(path, "")
	ok, e = pcall(csv.lines(path))
	assert(not ok and e:find(path .. ": " .. format .. ": unexpected EOF", 1, true), e)
end

-- The encoding is that of the text.
path = tmp .. "/gbk.csv.gz"
write(path, compress("gzip", csv.encode({{"平安"}}, {encoding = "gbk"})))
for row in csv.lines(path, {encoding = "gbk"}) do assert(row[1] == "平安") end
