-- The C library works on raw keys and sets the global micro_ts.
local lib = require "libmicro_ts"
assert(lib == micro_ts)
local h = lib.db_open(path .. "2")
lib.db_put(h, "key", "qual", "value")
assert(lib.db_get(h, "key", "qual") == "value" and lib.db_get(h, "keyqual", "") == "value")
assert(lib.db_get(h, "key", "other") == nil)
lib.db_put(h, 1, 2, 3)
assert(lib.db_get(h, "1", "2") == "3")
lib.db_close(h)
