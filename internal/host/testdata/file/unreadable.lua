-- Reads from a file that is open for writing only, from one that is closed, and from
-- what is no file.
local writable = assert(io.open(path, "w"))
local closed = assert(io.open(path))
closed:close()

for _, format in ipairs{"*l", "*n"} do
  local value, message = writable:read(format)
  assert(value == nil and message:find("only writing", 1, true), message)

  local ok
  ok, message = pcall(closed.read, closed, format)
  assert(not ok and message:find("file is closed", 1, true), message)

  ok, message = pcall(closed.read, {}, format)
  assert(not ok and message:find("userdata expected", 1, true), message)
end
