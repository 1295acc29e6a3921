local ffi = require "ffi"
ffi.cdef[[
  typedef struct { int x; double y; } point_t;
  typedef unsigned char byte;
  int printf(const char *fmt, ...);
  enum { SIDE_BUY = 1, SIDE_SELL };
  static const int LOT = 100;
]]
local C = ffi.C
print(ffi.C.SIDE_BUY, C.SIDE_SELL, C.LOT, ffi.null, ffi.os)
print(C.SIDE_HOLD) --> C function 'SIDE_HOLD' is not available in microts
local types = [[ typedef int qty_t; ]]
ffi.cdef(types .. "typedef double price_t;")
print(ffi.new("qty_t[2]"), ffi.sizeof("price_t"))
if ffi.os == "Windows" then ffi.C.GetLastError() end
local p = ffi.new("point_t") --> C struct "point_t" is not available in microts: use a Lua table
local q = ffi.cast("nope *", p) --> C type "nope" is unknown: declare it by ffi.cdef
ffi.C.printf("hello\n") --> C function 'printf' is not available in microts: use print or io.write
local r = ffi.load("rocksdb")
local db = r.rocksdb_open(nil, "x", nil) --> C function 'rocksdb_open' is not available in microts: use require "micro_ts".open(path)
local mt = ffi.metatype("point_t", {}) --> ffi.metatype is not available in microts: use a Lua table with a metatable
local lib = ffi.load("libzmq.so") --> ffi.load: library "libzmq.so" is not available in microts
local fine = ffi.new("byte[4]"), ffi.cast("point_t *", p), ffi.new("char[?]", 5), ffi.C.db_put, r.pack_value
ffi.cdef() ffi.load() ffi.new()
