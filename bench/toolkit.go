package main

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"microts/internal/tick"
	"microts/store"
)

//go:embed lua/toolkit.lua
var toolkitScript string

// measureToolkit measures bars, frames and loops over them once, of tick records in a
// database.
func (b *bench) measureToolkit() error {
	db, script := filepath.Join(b.dir, "toolkit"), filepath.Join(b.dir, "toolkit.lua")
	if err := b.writeRecords(db); err != nil {
		return err
	}
	if err := os.WriteFile(script, []byte(toolkitScript), 0o644); err != nil {
		return err
	}
	cmd := exec.Command(b.microts, script, db, strconv.Itoa(b.ticks))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("toolkit: %w", err)
	}
	var bars, read, each float64
	if _, err := fmt.Sscan(string(out), &bars, &read, &each); err != nil {
		return fmt.Errorf("toolkit prints %q: %w", out, err)
	}
	n := float64(b.ticks) / 1e6
	b.add("bars of 1 s of rows in RocksDB, of CPU time", "M/s", false, "9 M/s", n/bars)
	b.add("db:ticks of 3 columns", "M/s", false, "8 M/s", n/read)
	b.add("f:each of 3 columns, an empty loop", "M/s", false, "6 M/s", n/each)
	return os.RemoveAll(db)
}

// writeRecords writes a database of tick records of one instrument, 350 a second.
func (b *bench) writeRecords(path string) error {
	const first, step, atOnce = 1_700_000_000_000_000, 1_000_000 / 350, 1000 // µs, µs, rows
	in, err := tick.NewInstrument('S', 600000)
	if err != nil {
		return err
	}
	env := store.NewEnv()
	db, err := env.Open(path, &store.Options{Durability: store.None})
	if err != nil {
		return err
	}
	rows := make([]tick.Row, 0, atOnce)
	for i := range b.ticks {
		rows = append(rows, tick.Row{Time: first + int64(i)*step, Value: string(tick.AppendRecord(nil, tick.Record{
			Price: 100_000 + int32(i*7919%1000), Qty: uint32(100 + i%900), Channel: 1, Side: tick.Side(i % 2),
			OrderNo: uint64(i) * 7, TickNo: uint64(i),
		}))})
		if len(rows) < atOnce && i < b.ticks-1 {
			continue
		}
		if err := db.PutMany(&in, rows); err != nil {
			return errors.Join(err, db.Close())
		}
		rows = rows[:0]
	}
	return db.Close()
}
