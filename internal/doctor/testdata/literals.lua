local n = 42LL + --> 64-bit literals such as 42LL are LuaJIT's own: write 42
    0x7fULL + 1LL --> 64-bit literals such as 0x7fULL are LuaJIT's own: write 0x7f --> 64-bit literals such as 1LL
local big = 18446744073709551615ULL --> or the string "18446744073709551615"
local c = 3i --> complex numbers such as 3i are LuaJIT's own: use two numbers
local s = "42LL" .. [[ 42LL ]] -- 42LL
print(string.dump(print)) --> string.dump is not available in microts
