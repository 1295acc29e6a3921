package main

import (
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed lua/storage.lua
var storageScript string

// The specification's figures of its storage engine V1, in points a second.
const (
	specWrites = 567_395
	specReads  = 350_680
)

// storageRow is the measurements of one storage engine with one kind of point.
type storageRow struct {
	Engine string  `json:"engine"`
	Kind   string  `json:"kind"`
	Writes []value `json:"writes"` // points a second
	Reads  []value `json:"reads"`
	Bytes  []value `json:"bytes"` // on disk, a point
}

// measureStorageEngines measures both storage engines once.
func (b *bench) measureStorageEngines() error {
	const points = 1_000_000
	script := filepath.Join(b.dir, "storage.lua")
	if err := os.WriteFile(script, []byte(storageScript), 0o644); err != nil {
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
			var written, read value
			if _, err := fmt.Sscan(strings.TrimSpace(string(out)), &written, &read); err != nil {
				return err
			}
			size, err := folderSize(db)
			if err != nil {
				return err
			}
			r := b.storageRow(e.name, kind)
			r.Writes, r.Reads, r.Bytes = append(r.Writes, written), append(r.Reads, read), append(r.Bytes, value(size)/points)
		}
	}
	return nil
}

// storageRow returns the row of a storage engine and a kind of point; it makes it if
// there is none.
func (b *bench) storageRow(name, kind string) *storageRow {
	for _, r := range b.storage {
		if r.Engine == name && r.Kind == kind {
			return r
		}
	}
	r := &storageRow{Engine: name, Kind: kind}
	b.storage = append(b.storage, r)
	return r
}

// printStorageEngines prints the storage engines side by side as Markdown.
func printStorageEngines(w io.Writer, all []*storageRow) {
	fmt.Fprintf(w, "\nstorage engines, 20 symbols, from Lua; the specification's V1: %d writes/s, %d reads/s\n\n", specWrites, specReads)
	fmt.Fprintln(w, "| points | engine | write_points, 1000 each | read_range, 1000 each | on disk a point |")
	fmt.Fprintln(w, "|---|---|---|---|---|")
	for _, r := range all {
		writes, reads := median(r.Writes), median(r.Reads)
		fmt.Fprintf(w, "| %s | %s | %.0f k/s (%.1f x) | %.0f k/s (%.1f x) | %.1f B |\n", pointKinds[r.Kind], r.Engine,
			writes/1e3, writes/specWrites, reads/1e3, reads/specReads, median(r.Bytes))
	}
}

// pointKinds describes the kinds of points that lua/storage.lua makes.
var pointKinds = map[string]string{"quality": "timestamp, value, quality", "tick": "ticks of 7 fields"}
