local socket = require "socket"
local ok, e = pcall(function() return socket.tcp() end)
assert(not ok and e:find("socket.tcp is not available in microts"), e)
