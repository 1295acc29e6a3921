package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"microts/internal/peers"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("peers: ")
	runs := flag.Int("runs", 3, "how often each row is measured on each side")
	scale := flag.Float64("scale", 1, "part of the ticks, for a quick look")
	flag.Parse()
	if err := run(*runs, *scale); err != nil {
		log.Fatal(err)
	}
}

// bench is where the work is done.
type bench struct {
	microts string // path of the program
	dir     string

	ours, theirs float64 // what the two sides found in a row that checks it; else 0
}

// row is one piece of work, on both sides. Each returns how long it took.
type row struct {
	name            string
	microts, duckdb func() (time.Duration, error)
}

// run measures everything several times and prints the results.
func run(runs int, scale float64) error {
	program, err := filepath.Abs("bin/microts")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "microts-peers-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{microts: program, dir: dir}
	const instruments, days, perDay = 50, 5, 10_000
	if err := writeWeek(filepath.Join(dir, "week.csv"), instruments, days, int(perDay*scale)); err != nil {
		return err
	}
	const many = 5_000_000
	if err := b.prepare(int(many * scale)); err != nil {
		return err
	}
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "work\tmicrots\tDuckDB\tratio")
	for _, r := range b.rows() {
		var ours, theirs []time.Duration
		for range runs {
			mine, err := r.microts()
			if err != nil {
				return fmt.Errorf("%s: microts: %w", r.name, err)
			}
			other, err := r.duckdb()
			if err != nil {
				return fmt.Errorf("%s: DuckDB: %w", r.name, err)
			}
			ours, theirs = append(ours, mine), append(theirs, other)
		}
		if math.Abs(b.ours-b.theirs) > 1e-9*math.Abs(b.theirs) {
			return fmt.Errorf("%s: microts finds %v, DuckDB %v", r.name, b.ours, b.theirs)
		}
		b.ours, b.theirs = 0, 0
		m, d := median(ours), median(theirs)
		fmt.Fprintf(out, "%s\t%v\t%v\t%.2f\n", r.name, m.Round(time.Millisecond), d.Round(time.Millisecond), m.Seconds()/d.Seconds())
	}
	return out.Flush()
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// rows are the pieces of work.
func (b *bench) rows() []row {
	return []row{
		{"import a week of 50 instruments, CSV in GBK", b.importWeek, b.duckWeek},
		{"load the week and compute VWAPs", b.vwap, b.duckVWAP},
		{"as-of join of 1 M rows against 1 M", b.asof("false"), b.duckAsof("")},
		{"the same by 50 codes", b.asof("true"), b.duckAsof("t.code = q.code AND ")},
		{"import of one instrument, Parquet of 8 columns", b.importParquet, b.duckParquet},
		{"1 s bars of one instrument, Parquet", b.bars, b.duckBars},
		{"export to CSV", b.export("out.csv"), b.duckExport("duck.csv", "CSV, HEADER")},
		{"export to Parquet", b.export("out.parquet"), b.duckExport("duck.parquet", "PARQUET, COMPRESSION zstd")},
	}
}

// command runs microts and returns what it prints.
func (b *bench) command(args ...string) (string, error) {
	cmd := exec.Command(b.microts, args...)
	cmd.Dir, cmd.Stderr = b.dir, os.Stderr
	out, err := cmd.Output()
	return string(out), err
}

// duck runs SQL on DuckDB.
func (b *bench) duck(sql string) (*peers.Table, error) {
	return peers.DuckDB(context.Background(), b.dir, sql)
}

// timed returns how long f took.
func timed(f func() error) (time.Duration, error) {
	begun := time.Now()
	err := f()
	return time.Since(begun), err
}

func (b *bench) importWeek() (time.Duration, error) {
	if err := os.RemoveAll(filepath.Join(b.dir, "week")); err != nil {
		return 0, err
	}
	return timed(func() error {
		_, err := b.command("import", "-q", "week.csv", "--db", "week", "--encoding", "gbk")
		return err
	})
}

// duckWeek makes the same columns: DuckDB reads no GBK, but the columns that are used are
// ASCII, and Latin-1 takes any byte.
func (b *bench) duckWeek() (time.Duration, error) {
	if err := os.RemoveAll(filepath.Join(b.dir, "week.duckdb")); err != nil {
		return 0, err
	}
	return timed(func() error {
		_, err := b.duck(`ATTACH 'week.duckdb' AS d; CREATE TABLE d.ticks AS
			SELECT left(code, 6) AS code, strptime(day || lpad(clock, 9, '0'), '%Y%m%d%H%M%S%g') AS ts,
				(price * 10000)::INTEGER AS price, qty, side, order_no, tick_no
			FROM read_csv('week.csv', header = false, skip = 1, encoding = 'latin-1', columns = {'code': 'VARCHAR', 'name': 'VARCHAR', 'day': 'VARCHAR',
				'clock': 'VARCHAR', 'price': 'DOUBLE', 'qty': 'BIGINT', 'side': 'VARCHAR', 'order_no': 'UBIGINT', 'tick_no': 'UBIGINT'})
			ORDER BY code, ts; DETACH d`)
		return err
	})
}

// columns are the file of importParquet, which DuckDB writes.
const columns = "columns.parquet"

// writeColumns writes the ticks of the archive with the 8 columns of a tick.
func (b *bench) writeColumns() error {
	if _, err := os.Stat(filepath.Join(b.dir, columns)); err == nil {
		return nil
	}
	_, err := b.duck(`COPY (SELECT ts_us AS ts, seq, price / 10000 AS price, qty, ['B', 'S', 'N'][side + 1] AS side, channel, order_no, tick_no
		FROM ` + parts + `) TO '` + columns + `' (FORMAT PARQUET)`)
	return err
}

func (b *bench) importParquet() (time.Duration, error) {
	if err := errors.Join(b.writeColumns(), os.RemoveAll(filepath.Join(b.dir, "columns"))); err != nil {
		return 0, err
	}
	return timed(func() error {
		_, err := b.command("import", "-q", columns, "--db", "columns", "--code", "600519.SH")
		return err
	})
}

func (b *bench) duckParquet() (time.Duration, error) {
	if err := os.RemoveAll(filepath.Join(b.dir, "columns.duckdb")); err != nil {
		return 0, err
	}
	return timed(func() error {
		_, err := b.duck(`ATTACH 'columns.duckdb' AS d; CREATE TABLE d.ticks AS SELECT * FROM '` + columns + `'; DETACH d`)
		return err
	})
}

// barsScript prints how long bars of the archive take, in seconds.
const barsScript = `
local ts = require "micro_ts"
local socket = require "socket"
local db = ts.open(arg[1], {mode = "r"})
db:bars("S", 600519, nil, nil, "1s", {session = false})
local begun = socket.gettime()
local bars = db:bars("S", 600519, nil, nil, "1s", {session = false})
print(socket.gettime() - begun, #bars)
`

func (b *bench) bars() (time.Duration, error) {
	took, _, err := b.script("bars.lua", "file://"+filepath.Join(b.dir, "archive"))
	return took, err
}

// script runs a script that prints how many seconds its work takes, and what it found.
func (b *bench) script(args ...string) (took time.Duration, found float64, err error) {
	out, err := b.command(args...)
	if err != nil {
		return 0, 0, err
	}
	var seconds float64
	if _, err := fmt.Sscan(out, &seconds, &found); err != nil {
		return 0, 0, fmt.Errorf("%s prints %q: %w", args[0], out, err)
	}
	return time.Duration(seconds * float64(time.Second)), found, nil
}

// parts are the files of the archive.
const parts = `read_parquet('archive/ticks/*/*/*.parquet', hive_partitioning = false)`

func (b *bench) duckBars() (time.Duration, error) {
	const sql = `SELECT count(*), sum(close) FROM (SELECT epoch_us(ts_us) // 1000000 AS start, first(price ORDER BY ts_us, seq) AS open, max(price) AS high,
		min(price) AS low, last(price ORDER BY ts_us, seq) AS close, sum(qty) AS qty, sum(price::BIGINT * qty) AS amount, count(*) AS n
		FROM ` + parts + ` WHERE code = '600519' GROUP BY start);`
	t, err := b.duck(sql + sql)
	if err != nil {
		return 0, err
	}
	return seconds(t.Seconds[1]), nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// vwapScript loads the ticks of each instrument into a frame. It prints how long that and the
// VWAPs take, and the sum of the VWAPs.
const vwapScript = `
local ts = require "micro_ts"
local socket = require "socket"
local db = ts.open("week", {mode = "r"})
local function sum()
    local sum = 0
    for _, name in ipairs(db:codes "S") do
        local f = db:ticks("S", name.code, nil, nil, {fields = "price,qty"})
        sum = sum + (f.price * f.qty):sum() / f.qty:sum()
    end
    return sum
end
sum()
local begun = socket.gettime()
local found = sum()
print(socket.gettime() - begun, ("%.17g"):format(found))
`

func (b *bench) vwap() (took time.Duration, err error) {
	took, b.ours, err = b.script("vwap.lua")
	return took, err
}

func (b *bench) duckVWAP() (time.Duration, error) {
	const sql = `SELECT sum(vwap) FROM (SELECT sum(price::BIGINT * qty) / sum(qty) / 10000 AS vwap FROM d.ticks GROUP BY code);`
	t, err := b.duck(`ATTACH 'week.duckdb' AS d (READ_ONLY);` + sql + sql)
	if err != nil {
		return 0, err
	}
	b.theirs, err = number(t)
	return seconds(t.Seconds[2]), err
}

// number returns the only value of a table.
func number(t *peers.Table) (float64, error) {
	return strconv.ParseFloat(fmt.Sprint(t.Rows[0][0]), 64)
}

// asofScript joins trades with quotes, whose times and values are those of duckAsof. It prints
// how long the join takes, and the sum of what it found.
const asofScript = `
local ts = require "micro_ts"
local socket = require "socket"
local n, by = tonumber(arg[1]), arg[2] == "true" and "code" or nil
local function rows(factor, value)
    local times, codes, values = {}, {}, {}
    for i = 1, n do
        times[i], codes[i], values[i] = i * 1000 + i * factor % 997, i * factor % 50, i % 1013
    end
    return ts.frame{ts = times, code = codes, [value] = values}
end
local trades, quotes = rows(7919, "price"), rows(104729, "bid")
trades:asof(quotes, {by = by})
local begun = socket.gettime()
local joined = trades:asof(quotes, {by = by})
print(socket.gettime() - begun, ("%.17g"):format(joined.bid:sum()))
`

// joined is how many rows each side of the as-of joins has.
const joined = 1_000_000

func (b *bench) asof(by string) func() (time.Duration, error) {
	return func() (took time.Duration, err error) {
		took, b.ours, err = b.script("asof.lua", strconv.Itoa(joined), by)
		return took, err
	}
}

func (b *bench) duckAsof(by string) func() (time.Duration, error) {
	const rows = `CREATE TEMP TABLE %s AS SELECT i * 1000 + i * %d %% 997 AS ts, i * %d %% 50 AS code, i %% 1013 AS %s FROM range(1, %d) r(i);`
	tables := fmt.Sprintf(rows, "trades", 7919, 7919, "price", joined+1) + fmt.Sprintf(rows, "quotes", 104729, 104729, "bid", joined+1)
	join := `CREATE OR REPLACE TEMP TABLE joined AS SELECT t.*, q.ts AS ts_r, q.bid FROM trades t ASOF LEFT JOIN quotes q ON ` + by + `t.ts >= q.ts;`
	return func() (time.Duration, error) {
		t, err := b.duck(tables + join + join + `SELECT sum(bid) FROM joined;`)
		if err != nil {
			return 0, err
		}
		b.theirs, err = number(t)
		return seconds(t.Seconds[3]), err
	}
}

func (b *bench) export(file string) func() (time.Duration, error) {
	return func() (time.Duration, error) {
		return timed(func() error {
			_, err := b.command("export", "-q", file, "--db", "file://"+filepath.Join(b.dir, "archive"))
			return err
		})
	}
}

func (b *bench) duckExport(file, format string) func() (time.Duration, error) {
	return func() (time.Duration, error) {
		return timed(func() error {
			_, err := b.duck(`SET TimeZone = 'Asia/Shanghai'; COPY (SELECT 'S' AS market, code, ts_us AS ts, seq, price / 10000 AS price, qty,
				['B', 'S', 'N'][side + 1] AS side, channel, order_no, tick_no FROM ` + parts + `) TO '` + file + `' (FORMAT ` + format + `)`)
			return err
		})
	}
}
