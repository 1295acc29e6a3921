-- What a script may not do to a process that it shares with others.
for _, file in ipairs{io.stdout, io.stderr, io.stdin} do
  local ok, message = file:close()
  assert(ok == nil and message == "cannot close standard file", message)
end
assert(io.write("x") and not io.stdout:seek("set", 0))

local ok, message = require("lfs").chdir("/")
assert(not ok and message:find("not allowed", 1, true))

ok, message = pcall(os.setenv, "MICROTS_TEST_ESCAPED", "1")
assert(not ok and message:find("not allowed", 1, true))
