local ffi = require "ffi"
local function name(t) return (tostring(ffi.typeof(t)):match("^ctype<(.*)>$")) end
-- The names that LuaJIT gives.
for text, want in pairs {
    ["uint8_t"] = "unsigned char", ["int8_t"] = "char", ["short int"] = "short", ["unsigned short int"] = "unsigned short",
    ["long unsigned int"] = "uint64_t", ["long long"] = "int64_t", ["size_t"] = "uint64_t", ["int long long unsigned"] = "uint64_t",
    ["unsigned"] = "unsigned int", ["signed"] = "int", ["_Bool"] = "bool", ["int const *"] = "int *", ["char *const *"] = "char **",
    ["char*[3]"] = "char *[3]", ["int[2][3]"] = "int [2][3]", ["int[0x10]"] = "int [16]", ["int[2*3]"] = "int [6]",
    ["double[?][3]"] = "double [?][3]", ["char/* c */[3]"] = "char [3]", ["void *"] = "void *",
} do assert(name(text) == want, text) end
ffi.cdef [[
    typedef int row[3], *int_ptr;
    typedef row *row_ptr;
    enum { RED, GREEN = 5, BLUE };
    enum side { BUY = 1 << 4 };
    static const int LIMIT = GREEN * 2;
]]
assert(name "row[2]" == "int [2][3]" and name "row_ptr" == "int (*)[3]" and name "int_ptr" == "int *")
assert(ffi.C.RED == 0 and ffi.C.GREEN == 5 and ffi.C.BLUE == 6 and ffi.C.BUY == 16 and ffi.C.LIMIT == 10)
assert(ffi.sizeof "char[LIMIT]" == 10 and ffi.sizeof "enum side" == 4)
assert(ffi.sizeof("int[?]", 2^40) == nil and ffi.sizeof("int[?]", -1) == nil and ffi.alignof "row[2]" == 4)
-- Arrays of arrays.
local m = ffi.new("int[2][3]", {{1, 2, 3}, {4, 5, 6}})
assert(m[1][2] == 6 and m[0][0] == 1 and ffi.sizeof(m) == 24 and name(m + 1) == "int (*)[3]" and (m + 1)[0][1] == 5)
m[0][1] = 9
assert(m[0][1] == 9 and m[1] - m[0] == 3 and not pcall(function() m[1] = 5 end))
-- One value stands for all elements, in a table too.
assert(ffi.new("int[3]", 7)[2] == 7 and ffi.new("int[3]", {7})[2] == 7 and ffi.new("int[3]", {[0] = 7, 8})[2] == 0)
assert(ffi.new("int[3]", 7, 8)[2] == 0 and ffi.new("int[2][2]", {{5}})[1][1] == 5)
-- A string is cut, an array of the same type is copied.
assert(ffi.string(ffi.new("char[2]", "abc")) == "ab" and ffi.string(ffi.new("char[?]", 4, "abc")) == "abc")
assert(ffi.new("row", ffi.new("row", {1, 2, 3}))[2] == 3)
-- What the script sees of a cdata.
local b = ffi.new "char[4]"
assert(type(b) == "cdata" and type(ffi.typeof "int") ~= "table" and getmetatable(b) == "ffi" and tonumber(b) == nil)
assert(tostring(b):find "^cdata<char %[4%]>: 0x%x+$" and tostring(b + 1) ~= tostring(b) and tostring(b + 0):match "0x.*" == tostring(b):match "0x.*")
assert(ffi.istype("int8_t[4]", b) and not ffi.istype("char *", b) and ffi.istype("char *", b + 0) and not ffi.istype("int", 5))
assert((b == nil) == false and b ~= "x" and b ~= 5 and b == b + 0)
assert(ffi.new("bool[2]", {0.5, 0})[0] == true and ffi.new("uint8_t[2]", {true, false})[0] == 1)
assert(ffi.no_such_function == nil and package.loaded.ffi == ffi)
-- Another open of the module knows the same types.
package.loaded.ffi = nil
assert(require "ffi".sizeof "row" == 12 and require "ffi".new "row" ~= nil)
