local n = 42LL + --? 42LL is the number 42 in microts
    0x7fULL + 1LL --? 0x7fULL is the number 0x7f in microts --? 1LL is the number 1 in microts
local most = 9007199254740992LL --? is the number 9007199254740992
local big = 18446744073709551615ULL --> or the string "18446744073709551615"
local more = 9007199254740993LL --> 9007199254740993LL is not exact in microts
local c = 3i --> complex numbers such as 3i are LuaJIT's own: use two numbers
local s = "42LL" .. [[ 42LL ]] -- 42LL
