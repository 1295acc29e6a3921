-- Reads from a file that is open for writing only, from one that is closed, and from
-- what is no file.
local writable = assert(io.open(path, "w"))
local closed = assert(io.open(path))
closed:close()

for _, format in ipairs{"*l", "*n"} do
  local value, message = writable:read(format)
  assert(value == nil and message == "Bad file descriptor", message)

  local ok
  ok, message = pcall(closed.read, closed, format)
  assert(not ok and message:find("attempt to use a closed file", 1, true), message)

  ok, message = pcall(closed.read, {}, format)
  assert(not ok and message:find("bad argument #1 to '?' (FILE* expected, got table)", 1, true), message)
end
