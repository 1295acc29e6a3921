-- Looks for the unguarded io.open in the environment of the guarded one.
for name, open in pairs(debug.getfenv(io.open) or {}) do
  if name == "open" and open ~= io.open then
    return open("OUT/new", "w")
  end
end
