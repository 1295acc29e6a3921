-- open takes options of microts and RocksDB's own, as strings, numbers and booleans.
local h = ts.open(path .. "3", {
	mode = "rw",
	durability = "none",
	write_buffer_size = 1048576,
	compression = "kLZ4Compression",
	disable_auto_compactions = true,
})
h:put("S", 1, 1, 0, "v")
assert(h:stats().durability == "none")
h:close()
