-- vendor.lua: writes a week of made-up ticks as a vendor does, a CSV file a day.
local lfs, ts = require "lfs", require "micro_ts"
local codes = {{"600519.SH", 1770}, {"000001.SZ", 10.2}, {"600036.SH", 29.1}}
local cn = ts.calendar "cn"

lfs.mkdir "vendor"
math.randomseed(1)
for _, day in ipairs(cn:days("2023-11-13", "2023-11-17")) do
    local file = assert(io.open("vendor/" .. day .. ".csv", "w"))
    file:write "code,date,time,price,volume,side\n"
    for _, code in ipairs(codes) do
        for _, session in ipairs(cn:sessions(day)) do
            for us = session.start, session.stop, 3e6 do
                code[2] = code[2] * (1 + (math.random() - 0.5) / 1000)
                file:write(("%s,%s,%s,%.2f,%d,%s\n"):format(code[1], day, ts.date(us):sub(12, 19), code[2],
                    math.random(50) * 100, math.random() < 0.5 and "B" or "S"))
            end
        end
    end
    file:close()
end
