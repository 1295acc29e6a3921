#!/bin/sh
# Makes default.pgo, the CPU profile from which the Go compiler optimises microts.
# Profiles the writer, a script that scans and reads what it wrote, and the programs of the
# benchmark.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bin/microts --cpuprofile "$work/write.prof" scripts/writer.lua "$work/tick" >/dev/null
cat >"$work/read.lua" <<'LUA'
local ts = require "micro_ts"
local db = ts.open(arg[1])
local n = 0
for us, value in db:scan("S", 600000, 0, 2^53 - 1) do n = n + #value end
for round = 1, 100 do
    for us = 1700000000000000, 1700000001000000, 100 do
        local v = ts.get(db, "S", 600000, us, 0)
        if v then n = n + 1 end
    end
end
LUA
bin/microts --cpuprofile "$work/read.prof" "$work/read.lua" "$work/tick"
for program in bench/lua/programs/*.lua; do
	bin/microts --cpuprofile "$work/$(basename "$program" .lua).prof" "$program" >/dev/null
done
go tool pprof -proto "$work"/*.prof >default.pgo
ls -l default.pgo
