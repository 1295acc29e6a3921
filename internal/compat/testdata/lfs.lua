-- tmp is a folder for the test, write(path, text) makes a file.
local lfs = require "lfs"
local file, name = tmp .. "/file", tmp .. "/link"
write(file, "12345")
assert(lfs.link(file, name, true))
local a = lfs.attributes(file)
assert(a.mode == "file" and a.size == 5 and #a.permissions == 9 and lfs.attributes(file, "size") == 5)
assert(lfs.attributes(file, {x = 1}).x == 1)
local link = lfs.symlinkattributes(name)
assert(link.mode == "link" and link.target == file and lfs.symlinkattributes(name, "target") == file)
assert(lfs.symlinkattributes(file).target == nil and lfs.symlinkattributes(file, "target") == nil)
local none, message, number = lfs.attributes(tmp .. "/none")
assert(none == nil and message:find("No such file or directory", 1, true) and number == 2)
local e = select(2, pcall(lfs.attributes, file, "sise"))
assert(e:find("invalid attribute name 'sise'", 1, true), e)

local names = {}
for entry in lfs.dir(tmp) do names[#names + 1] = entry end
table.sort(names)
assert(table.concat(names, " ") == ". .. file link", table.concat(names, " "))
local next, folder = lfs.dir(tmp)
assert(folder:next() == "." and next() == "..")
folder:close()
assert(next() == nil)

local lock = assert(lfs.lock_dir(tmp))
local again, why = lfs.lock_dir(tmp)
assert(again == nil and why == "File exists", why)
lock:free()
lock:free()
assert(lfs.lock_dir(tmp)):free()
assert(not pcall(lfs.lock, "file", "r") and not pcall(lfs.unlock))
