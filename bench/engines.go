package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// engineScript writes points of 20 symbols in turn, 1000 in a call, and reads
// them by ranges of 1000. It prints points a second: written, read.
const engineScript = `
local SE = require(arg[1])
local dir, kind, points = arg[2], arg[3], tonumber(arg[4])
local engine = SE:new(dir, {})
assert(engine:init())
local symbols = {}
for i = 1, 20 do symbols[i] = ("SH%06d"):format(600000 + i) end
local make = {
    quality = function(i) return {value = 100 + i % 200 / 100, quality = 100} end,
    tick = function(i)
        return {value = 100 + i % 200 / 100, volume = 200 + i % 300, channel = 1, side = "B", order_no = i, tick_no = i}
    end,
}
local batch = {}
for i = 1, 1000 do batch[i] = make[kind](i) end
local rounds = points / 1000 / #symbols
local seconds = 0
for round = 0, rounds - 1 do
    for i, p in ipairs(batch) do p.timestamp = 1700000000 + round + i / 1000 end
    for _, symbol in ipairs(symbols) do
        local t0 = os.clock()
        assert(engine:write_points(symbol, batch, 0))
        seconds = seconds + os.clock() - t0
    end
end
local t0 = os.clock()
assert(engine:shutdown())
local written = points / (seconds + os.clock() - t0)
assert(engine:init())
seconds = 0
local n = 0
for round = 0, rounds - 1 do
    for _, symbol in ipairs(symbols) do
        local t0 = os.clock()
        local ok, r = engine:read_range(symbol, 1700000000 + round + 0.001, 1700000000 + round + 1, 0)
        seconds = seconds + os.clock() - t0
        n = n + #r
    end
end
assert(n == points, n)
print(written, points / seconds)
engine:shutdown()
`

// The specification's figures of its engine V1, points a second.
const (
	specWrites = 567_395
	specReads  = 350_680
)

// EngineResult is what one storage engine does with one kind of point.
type EngineResult struct {
	Engine string  `json:"engine"`
	Kind   string  `json:"kind"`
	Writes []Value `json:"writes"` // points a second
	Reads  []Value `json:"reads"`
	Bytes  []Value `json:"bytes"` // on disk a point
}

// measureEngines runs both storage engines once.
func (b *bench) measureEngines() error {
	const points = 1_000_000
	script := filepath.Join(b.dir, "engines.lua")
	if err := os.WriteFile(script, []byte(engineScript), 0o644); err != nil {
		return err
	}
	for _, kind := range []string{"quality", "tick"} {
		for _, e := range []struct{ name, module string }{{"V1", "storage_engine"}, {"V2", "storage_engine_v2"}} {
			db := filepath.Join(b.dir, "engine")
			if err := os.RemoveAll(db); err != nil {
				return err
			}
			cmd := exec.Command(b.microts, script, e.module, db, kind, strconv.Itoa(points))
			cmd.Stderr = os.Stderr
			out, err := cmd.Output()
			if err != nil {
				return fmt.Errorf("storage engine %s: %w", e.name, err)
			}
			var written, read Value
			if _, err := fmt.Sscan(strings.TrimSpace(string(out)), &written, &read); err != nil {
				return err
			}
			size, err := folderSize(db)
			if err != nil {
				return err
			}
			r := b.engine(e.name, kind)
			r.Writes, r.Reads, r.Bytes = append(r.Writes, written), append(r.Reads, read), append(r.Bytes, Value(size)/points)
		}
	}
	return nil
}

func (b *bench) engine(name, kind string) *EngineResult {
	for _, r := range b.engines {
		if r.Engine == name && r.Kind == kind {
			return r
		}
	}
	r := &EngineResult{Engine: name, Kind: kind}
	b.engines = append(b.engines, r)
	return r
}

// printEngines prints the engines side by side as Markdown.
func printEngines(w *os.File, all []*EngineResult) {
	fmt.Fprintf(w, "\nstorage engines, 20 symbols, from Lua; the specification's V1: %d writes/s, %d reads/s\n\n", specWrites, specReads)
	fmt.Fprintln(w, "| points | engine | write_points, 1000 each | read_range, 1000 each | on disk a point |")
	fmt.Fprintln(w, "|---|---|---|---|---|")
	for _, r := range all {
		writes, reads := median(r.Writes), median(r.Reads)
		fmt.Fprintf(w, "| %s | %s | %.0f k/s (%.1f x) | %.0f k/s (%.1f x) | %.1f B |\n", kinds[r.Kind], r.Engine,
			writes/1e3, writes/specWrites, reads/1e3, reads/specReads, median(r.Bytes))
	}
}

var kinds = map[string]string{"quality": "timestamp, value, quality", "tick": "ticks of 7 fields"}
