-- The original's micro_ts.lua: keys and values go through buffers.
local ffi = require "ffi"
local lib = ffi.load "./libmicro_ts.so"
ffi.cdef [[
void* db_open(const char* path);
void  db_close(void* db);
void  db_put(void* db, const char* key, int klen, const char* qual, int qlen, const char* val, int vlen);
const char* db_get(void* db, const char* key, int klen, const char* qual, int qlen, int* vlen);
]]
assert(bit.rshift(1699999980000, 8) == 6640624921 and bit.rshift(-1, 28) == 15 and bit.rshift("256", "4") == 16 and bit.band(7, 3) == 3)
new_global = 5
assert(_G.new_global == 5 and rawget(_G, "bit").rshift ~= bit.rshift)
local db = lib.db_open((...) .. "/db")
local key, qual, length = ffi.new("char[18]", ("k"):rep(18)), ffi.new("char[6]", "qualif"), ffi.new "int[1]"
lib.db_put(db, key, 18, qual, 6, "value", 5)
lib.db_put(db, "key", 3, "q", 1, ffi.new("char[3]", "a\0b"), 3)
lib.db_put(db, "key", 3, "zero", 4, "text", 5)
local v = lib.db_get(db, key, 18, qual, 6, length)
assert(ffi.string(v, length[0]) == "value" and length[0] == 5)
v = lib.db_get(db, "key", 3, "q", 1, length)
assert(ffi.string(v, length[0]) == "a\0b")
v = lib.db_get(db, "key", 3, "zero", 4, length)
assert(ffi.string(v, length[0]) == "text\0")
assert(lib.db_get(db, "key", 3, "no", 2, length) == nil and length[0] == 0)
local ok, e = pcall(lib.db_put, db, "key", 30, "q", 1, "v", 1)
assert(not ok and e:find("db_put: argument #2: 30 bytes at offset 0 are outside of a string, which has 3", 1, true), e)
assert(not pcall(lib.db_get, db, "key", 3, "q", 1, ffi.new "char[3]") and not pcall(lib.db_put, db, {}, 3))
lib.db_close(db)
