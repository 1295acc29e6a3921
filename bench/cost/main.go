// Cost measures what it takes to read an archive, and prints what a batch over 5,000
// instruments and 250 days takes then: requests, bytes and seconds, for some numbers of
// workers. docs/batch.md has its table.
//
//	go run ./bench/cost [-codes N] [-ticks N] URL
//
// URL is that of an empty prefix of a store, to which it seals a day of made-up ticks.
//
// Of this module it imports internal/archive, internal/source, internal/tick and store.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"microts/internal/archive"
	"microts/internal/source"
	"microts/internal/tick"
	"microts/store"
)

func main() {
	codes := flag.Int("codes", 5000, "instruments of the day")
	ticks := flag.Int("ticks", 2000, "ticks of each")
	flag.Parse()
	if err := run(flag.Arg(0), *codes, *ticks); err != nil {
		fmt.Fprintln(os.Stderr, "cost:", err)
		os.Exit(1)
	}
}

const date = "2025-11-24"

func run(url string, codes, ticks int) error {
	if !source.IsURL(url) {
		return fmt.Errorf("the URL of a store expected, got %q", url)
	}
	if err := fill(url, codes, ticks); err != nil {
		return err
	}
	m, err := measure(url, codes)
	if err != nil {
		return err
	}
	m.print(codes, ticks)
	return nil
}

// instrument returns instrument i of the day.
func instrument(i int) tick.Instrument {
	in, err := tick.NewInstrument('S', int64(i+1))
	if err != nil {
		panic(err) // i is small
	}
	return in
}

// fill seals a day of ticks.
func fill(url string, codes, ticks int) (err error) {
	dir, err := os.MkdirTemp("", "cost")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, env := context.Background(), source.NewEnv()
	defer func() { err = errors.Join(err, env.Close()) }()
	db, err := env.Open(ctx, filepath.Join(dir, "db"), &source.Options{Options: store.Options{Durability: store.None}})
	if err != nil {
		return err
	}
	open, err := tick.ParseTime(date+" 09:30", tick.Shanghai, time.Now())
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(1, 2))
	const session = 4 * 3600 * 1e6 // µs
	for i := range codes {
		rows, price := make([]tick.Row, ticks), int32(100_000)
		in := instrument(i)
		for k := range rows {
			price += 100 * (random.Int32N(3) - 1)
			record := tick.Record{Price: price, Qty: 100 * (1 + random.Uint32N(50)), Side: tick.Side(random.IntN(2)), OrderNo: uint64(k), TickNo: uint64(k)}
			rows[k] = tick.Row{Time: open + int64(k)*session/int64(ticks) + random.Int64N(session/int64(ticks)), Value: string(tick.AppendRecord(nil, record))}
		}
		if err := db.DB().PutMany(&in, rows); err != nil {
			return err
		}
	}
	_, err = db.Seal(ctx, url, archive.SealOptions{Date: date})
	return err
}

// cost is what something took.
type cost struct {
	requests, bytes int64
	time            time.Duration
}

// measured is what an archive of one day costs.
type measured struct {
	open     cost // to open the archive, with the list of its days
	manifest cost // of the day
	job      cost // to scan one instrument's day, the manifest being known
}

const samples = 200 // of job

func measure(url string, codes int) (m measured, err error) {
	ctx, env := context.Background(), archive.NewEnv()
	defer env.Close()
	begin := time.Now()
	a, err := env.Open(ctx, url, archive.Options{OneCore: true})
	if err != nil {
		return m, err
	}
	defer a.Close()
	before := archive.Usage{}
	took := func() (c cost) {
		now := a.Usage()
		c = cost{now.Requests - before.Requests, now.Bytes - before.Bytes, time.Since(begin)}
		before, begin = now, time.Now()
		return c
	}
	m.open = took()
	days, err := a.Days('S')
	if err == nil {
		_, err = a.Describe(days...)
	}
	if err != nil {
		return m, err
	}
	m.manifest = took()
	random := rand.New(rand.NewPCG(3, 4))
	for range samples {
		in := instrument(random.IntN(codes))
		rows, err := a.Scan(&in, tick.ScanOptions{Range: tick.Always})
		if err != nil {
			return m, err
		}
		for rows.Next() {
		}
		if err := rows.Err(); err != nil {
			return m, err
		}
	}
	m.job = took()
	m.job = cost{m.job.requests / samples, m.job.bytes / samples, m.job.time / samples}
	return m, nil
}

// print prints what was measured, and what follows for a batch.
func (m *measured) print(codes, ticks int) {
	fmt.Printf("measured with %d instruments of %d ticks: to open %v; a manifest %v; an instrument's day %v\n\n", codes, ticks, m.open, m.manifest, m.job)
	const jobs, days, manifestsAtOnce = 5000 * 250, 250, 16
	fmt.Println("| workers | requests | read | time of reading | the store serves |")
	fmt.Println("|---|---|---|---|---|")
	for _, workers := range []int64{1, 16, 256} {
		whole := cost{
			requests: workers*(m.open.requests+days*m.manifest.requests) + jobs*m.job.requests,
			bytes:    workers*(m.open.bytes+days*m.manifest.bytes) + jobs*m.job.bytes,
			time:     m.open.time + days*m.manifest.time/manifestsAtOnce + jobs*m.job.time/time.Duration(workers),
		}
		seconds := whole.time.Seconds()
		fmt.Printf("| %d | %.2f million | %.1f GB | %v | %.0f requests/s, %.0f MB/s |\n",
			workers, float64(whole.requests)/1e6, float64(whole.bytes)/1e9, whole.time.Round(time.Second), float64(whole.requests)/seconds, float64(whole.bytes)/1e6/seconds)
	}
}

func (c cost) String() string {
	return fmt.Sprintf("%d requests, %d bytes, %.2f ms", c.requests, c.bytes, float64(c.time.Microseconds())/1e3)
}
