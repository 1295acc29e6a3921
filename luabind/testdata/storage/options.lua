-- storage.create_engine takes the options that scripts of LuaJIT give.
local storage = require "storage"
for i, c in ipairs{4, "lz4_compression", "kLZ4Compression"} do
	local e = storage.create_engine{
		data_dir = path .. i,
		write_buffer_size = 64 * 1024 * 1024,
		max_write_buffer_number = 4,
		target_file_size_base = 64 * 1024 * 1024,
		max_bytes_for_level_base = 256 * 1024 * 1024,
		compression = c,
		durability = "none",
		max_background_jobs = 2,
	}
	assert(e.version == "V2" and e:init() and e:write_point("SH600519", {timestamp = 1, value = 1}) and e:shutdown())
end

-- A database has one format.
local e = storage.create_engine{data_dir = path .. "v1", version = "v1", compression_type = "zstd_compression"}
assert(e.version == "V1" and e:init() and e:shutdown())
local ok, msg = storage.create_engine{data_dir = path .. "v1"}:init()
assert(not ok and msg:find("V1") and msg:find("V2"), msg)
