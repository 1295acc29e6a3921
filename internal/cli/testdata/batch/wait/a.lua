-- Marks that it runs, and goes on until files/release exists. With the argument "put"
-- it puts a tick first, without it the database must stay empty.
if arg[1] == "put" then
    job.db:put("S", 1, job.id, 0, "v")
else
    assert(job.db:count("S", 1) == 0)
end
assert(io.open(job.dir .. "/running", "w")):close()
while not io.open(job.dir .. "/release") do require("socket").sleep(0.005) end
return { id = job.id }
