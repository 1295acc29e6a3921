-- Checks all that a job is given. The second job of a batch that gives it the
-- parameters code, flag and s, the arguments "one" and "two", and a database with one
-- tick of S600000.
assert(job.id == 2 and job.name == "a[code=2,flag=true,s=x]" and job.attempt == 1)
assert(job.params.code == 2 and job.params.flag == true and job.params.s == "x")
local n = 0
for _ in pairs(job.params) do n = n + 1 end
assert(n == 3)
assert(arg[0]:match("a.lua$") and arg[1] == "one" and arg[2] == "two" and select("#", ...) == 2)
assert(job.db:count("S", 600000) == 1 and job.db == job.db and job.nothing == nil)
assert(io.open(job.dir .. "/mine", "w")):close()
job.progress(1, 2)
job.log("half", 1, 2.5, nil, true)
print("printed")
io.write("written\n")
io.stderr:write("error\n")
assert(io.read() == nil)
assert(require("helper").x == 1)
return { ok = true }
