local csv = require "csv"
local rows = csv.parse('a,b\n1,"x, ""y"""\n\n2,\n')
assert(#rows == 3 and rows[2][2] == 'x, "y"' and rows[3][2] == "")
local named = csv.parse("code;price\n600000;10.5\n", {header = true, separator = ";"})
assert(#named == 1 and named[1].code == "600000" and named[1].price == "10.5")
assert(csv.encode{{1, "a,b", 1/3}, {2, 'q"'}} == '1,"a,b",0.33333333333333\n2,"q"""\n')
assert(csv.encode({{b = 2, a = 1}, {a = 3}}, {header = true, columns = {"a", "b"}}) == "a,b\n1,2\n3,\n")
assert(select(2, pcall(csv.parse, 'a,"b\n')):find("csv.parse: "))
assert(not pcall(csv.parse, "a", {seperator = ";"}) and not pcall(csv.lines, "/no/such/file"))
