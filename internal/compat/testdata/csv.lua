local csv = require "csv"
local rows = csv.parse('a,b\n1,"x, ""y"""\n\n2,\n')
assert(#rows == 3 and rows[2][2] == 'x, "y"' and rows[3][2] == "")
local named = csv.parse("code;price\n600000;10.5\n", {header = true, separator = ";"})
assert(#named == 1 and named[1].code == "600000" and named[1].price == "10.5")
assert(csv.encode{{1, "a,b", 1/3}, {2, 'q"'}} == '1,"a,b",0.33333333333333\n2,"q"""\n')
assert(csv.encode({{b = 2, a = 1}, {a = 3}}, {header = true, columns = {"a", "b"}}) == "a,b\n1,2\n3,\n")
assert(select(2, pcall(csv.parse, 'a,"b\n')):find("csv.parse: "))
assert(not pcall(csv.parse, "a", {seperator = ";"}) and not pcall(csv.lines, "/no/such/file"))

-- A byte order mark is no part of the first field.
assert(csv.parse("\239\187\191code,price\n000001,1.5\n", {header = true})[1].code == "000001")
assert(csv.parse('\239\187\191"a","b"\n')[1][1] == "a" and csv.parse("x\239\187\191\n")[1][1] == "x\239\187\191")

-- Rows with names: the first line has them, unless header is false.
assert(csv.encode{{code = "000001", price = 1.5}, {code = "000002", volume = 3}} == "code,price,volume\n000001,1.5,\n000002,,3\n")
assert(csv.encode({{code = "000001", price = 1.5}}, {header = false}) == "000001,1.5\n")
local e = select(2, pcall(csv.encode, {{1, 2}, {a = 1}}))
assert(e:find("row 2: array expected as in row 1, got a table with names", 1, true), e)
e = select(2, pcall(csv.encode, {{a = 1}, {2}}))
assert(e:find("row 2: name expected as in row 1, got the key 1", 1, true), e)
e = select(2, pcall(csv.encode, {1}))
assert(e:find("bad argument #1 to '?' (row 1: table expected, got number)", 1, true), e)
assert(csv.encode{} == "" and csv.encode({}, {header = true, columns = {"a"}}) == "a\n")

-- What encode writes, parse reads.
local odd = {{"", " x", "a\nb", 'q"', "\\.", ";", "é"}, {""}, {"", ""}, {"\t"}}
for _, separator in ipairs{",", ";", "\t", "é"} do
	local back = csv.parse(csv.encode(odd, {separator = separator}), {separator = separator})
	for i, row in ipairs(odd) do assert(table.concat(back[i], "|") == table.concat(row, "|"), separator) end
end
assert(csv.encode({{1.5, 2}}, {separator = "."}) == '"1.5".2\n')

-- Columns beyond the header have no name. Two columns of one name, or of none, are an
-- error, unless columns names them.
local more = csv.parse("a,b\n1,2,3,4\n5\n", {header = true})
assert(more[1].a == "1" and more[1].b == "2" and more[2].a == "5" and more[2].b == nil)
assert(csv.parse("a,\n1,2\n", {header = true})[1][""] == "2")
local twice = "time,bid,time\n1,2,3\n"
e = select(2, pcall(csv.parse, twice, {header = true}))
assert(e:find([[csv.parse: the header: columns 1 and 3 have one name, "time"; the option columns can name them]], 1, true), e)
assert(csv.parse(twice, {header = true, columns = {"time", "bid", "received"}})[1].received == "3")
e = select(2, pcall(csv.parse, "a,,\n", {header = true}))
assert(e:find("columns 2 and 3 have no name", 1, true), e)
e = select(2, pcall(csv.parse, twice, {columns = {"a", "b", "a"}}))
assert(e:find([[option "columns": columns 1 and 3 have one name, "a"]], 1, true), e)
assert(csv.parse("x,y\n1,2\n", {header = true, columns = {"a", "b"}})[1].b == "2")

-- Unknown and wrong options are errors that say what there is.
e = select(2, pcall(csv.parse, "a", {seperator = ";"}))
assert(e:find([[option "seperator": unknown; did you mean "separator"?]], 1, true), e)
e = select(2, pcall(csv.encode, {}, {quote = "'"}))
assert(e:find([[option "quote": unknown; there are separator, header, columns, encoding]], 1, true), e)
for _, o in ipairs{{separator = ""}, {separator = "ab"}, {separator = '"'}, {separator = 5}, {separator = "\255"}, {columns = "a"}, {columns = {}}, {columns = {{}}}} do
	assert(not pcall(csv.parse, "a", o))
end

-- Texts of other encodings come and go as UTF-8. GB18030 has all characters.
local gbk = "\180\250\194\235,\195\251\179\198\n000001,\198\189\176\178\210\248\208\208\n" -- 代码,名称 000001,平安银行
for _, name in ipairs{"gbk", "GBK", "gb2312", "gb18030"} do
	local row = csv.parse(gbk, {header = true, encoding = name})[1]
	assert(row["代码"] == "000001" and row["名称"] == "平安银行", name)
	assert(csv.encode({{"代码", "名称"}, {"000001", "平安银行"}}, {encoding = name}) == gbk, name)
end
assert(csv.parse(gbk)[2][2] == "\198\189\176\178\210\248\208\208", "without the option, bytes stay")
assert(csv.parse("代码\n", {encoding = "utf-8"})[1][1] == "代码")
local all = {{"é", "€", "𠀀", "한", 'q"'}}
local back = csv.parse(csv.encode(all, {encoding = "gb18030"}), {encoding = "gb18030"})
assert(table.concat(back[1], "|") == table.concat(all[1], "|"))
assert(csv.parse("\132\49\149\51a\n", {encoding = "gb18030"})[1][1] == "a", "a byte order mark")

-- What has no place in an encoding is an error.
e = select(2, pcall(csv.encode, {{"한"}}, {encoding = "gbk"}))
assert(e:find([[csv.encode: the character '한' is not in gbk]], 1, true), e)
e = select(2, pcall(csv.encode, {{"\255"}}, {encoding = "gbk"}))
assert(e:find("csv.encode: the byte 0xff is not UTF-8, which gbk is made of", 1, true), e)
e = select(2, pcall(csv.parse, "a\nb\n\255\255\n", {encoding = "gbk"}))
assert(e:find("csv.parse: row 3: bytes that are no text of the encoding gbk", 1, true), e)
assert(not pcall(csv.parse, "a\n\196", {encoding = "gbk"}), "half a character")
e = select(2, pcall(csv.parse, "a", {encoding = "latin1"}))
assert(e:find([[option "encoding": "utf-8", "gbk" or "gb18030" expected, got "latin1"]], 1, true), e)
