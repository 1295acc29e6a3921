-- micro_ts.lua: the Lua half of the LuaJIT original, the baseline of `make bench`.
--
-- Written after the specification of the original and repaired only where that
-- cannot run: the functions are looked up in the loaded library (ffi.C does not
-- hold them), the value that db_get returns is freed after it was copied, and a
-- failed open is an error. Its key format is unchanged, faults included: bit.*
-- works on 32 bits, so the upper half of chunk_base_ms is always 0.
local ffi = require "ffi"
local bit = require "bit"
local lib = ffi.load(os.getenv("MICRO_TS_SO") or "./libmicro_ts.so")

ffi.cdef [[
void* db_open(const char* path);
void  db_close(void* db);
void  db_put(void* db, const char* key, int klen,
             const char* qual, int qlen,
             const char* val, int vlen);
char* db_get(void* db, const char* key, int klen,
             const char* qual, int qlen, int* vlen);
void  free(void* p);
]]

local M = {}

function M.open(path)
    local db = lib.db_open(path)
    if db == nil then error("cannot open " .. path) end
    return db
end

function M.close(db)
    lib.db_close(db)
end

-- Row key: market(1) + code(9) + chunk_base_ms(8).
local function pack_key(market, code, chunk_base_ms)
    local buf = ffi.new("char[18]")
    buf[0] = string.byte(market)
    local code_pad = string.format("%09d", tonumber(code))
    ffi.copy(buf + 1, code_pad, 9)
    local ms = tonumber(chunk_base_ms)
    for i = 7, 0, -1 do
        buf[10 + i] = bit.band(ms, 0xff)
        ms = bit.rshift(ms, 8)
    end
    return buf, 18
end

-- Qualifier: micro_offset(4) + seq(2).
local function pack_qual(micro_offset, seq)
    local buf = ffi.new("char[6]")
    local off = tonumber(micro_offset)
    for i = 3, 0, -1 do
        buf[i] = bit.band(off, 0xff)
        off = bit.rshift(off, 8)
    end
    buf[4] = bit.band(seq, 0xff)
    buf[5] = bit.band(bit.rshift(seq, 8), 0xff)
    return buf, 6
end

function M.put(db, market, code, ts_us, seq, value)
    local chunk_base_ms = math.floor(ts_us / 1000000 / 30) * 30 * 1000
    local micro_offset = ts_us - chunk_base_ms * 1000
    local kbuf, klen = pack_key(market, code, chunk_base_ms)
    local qbuf, qlen = pack_qual(micro_offset, seq)
    lib.db_put(db, kbuf, klen, qbuf, qlen, value, #value)
end

function M.get(db, market, code, ts_us, seq)
    local chunk_base_ms = math.floor(ts_us / 1000000 / 30) * 30 * 1000
    local micro_offset = ts_us - chunk_base_ms * 1000
    local kbuf, klen = pack_key(market, code, chunk_base_ms)
    local qbuf, qlen = pack_qual(micro_offset, seq)
    local vlen = ffi.new("int[1]")
    local vptr = lib.db_get(db, kbuf, klen, qbuf, qlen, vlen)
    if vptr == nil then return nil end
    local value = ffi.string(vptr, vlen[0])
    ffi.C.free(vptr)
    return value
end

return M
