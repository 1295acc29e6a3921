package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("bench: ")
	runs := flag.Int("runs", 5, "how often each row is measured on each side")
	ticks := flag.Int("ticks", 5_000_000, "ticks to write; fewer than writer.lua's 5,000,000 for a quick look")
	jsonPath := flag.String("json", "", "file to write the results to as JSON (default bench/results/TIME.json)")
	batches := flag.Bool("batch", false, "measure only batches")
	programs := flag.Bool("programs", false, "measure only Lua programs without a database")
	toolkit := flag.Bool("toolkit", false, "measure only the strategy toolkit")
	flag.Parse()
	if err := run(*runs, *ticks, *jsonPath, *batches, *programs, *toolkit); err != nil {
		log.Fatal(err)
	}
}

// run measures everything several times, then prints and writes the results.
func run(runs, ticks int, jsonPath string, batches, programs, toolkit bool) error {
	dir, err := os.MkdirTemp("", "microts-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{dir: dir, ticks: ticks}
	if err := b.prepare(); err != nil {
		return err
	}
	for i := range runs {
		fmt.Fprintf(os.Stderr, "run %d of %d\n", i+1, runs)
		measure := []func() error{b.measure, b.measureStorageEngines, b.measurePrograms, b.measureBatches, b.measureSeries, b.measureToolkit}
		switch {
		case toolkit:
			measure = measure[4:]
		case batches:
			measure = measure[3:4]
		case programs:
			measure = measure[2:3]
		}
		for _, m := range measure {
			if err := m(); err != nil {
				return err
			}
		}
	}
	result := report{Time: time.Now().UTC(), Machine: machine(), Ticks: ticks, Runs: runs, Rows: b.rows, Engines: b.storage, Programs: b.programs}
	printRows(os.Stdout, &result)
	if len(result.Engines) > 0 {
		printStorageEngines(os.Stdout, result.Engines)
	}
	if len(result.Programs) > 0 {
		printPrograms(os.Stdout, result.Programs)
	}
	if jsonPath == "" {
		jsonPath = filepath.Join("bench", "results", result.Time.Format("20060102-150405")+".json")
	}
	if err := os.MkdirAll(filepath.Dir(jsonPath), 0o755); err != nil {
		return err
	}
	text, err := json.MarshalIndent(result, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(jsonPath, append(text, '\n'), 0o644)
}
