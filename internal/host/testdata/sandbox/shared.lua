-- What a script may not do to a process that it shares with others. It may close its
-- standard files, which are its own.
assert(io.stdout:close() and io.stderr:close() and io.stdin:close())
assert(not pcall(io.write, "x") and not io.stdout:seek("set", 0))

local ok, message = require("lfs").chdir("/")
assert(not ok and message:find("not allowed", 1, true))

ok, message = pcall(os.setenv, "MICROTS_TEST_ESCAPED", "1")
assert(not ok and message:find("not allowed", 1, true))
