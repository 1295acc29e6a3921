package exporter

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"microts/internal/peers"
	"microts/internal/tick/sourcetest"
)

// DuckDB reads each format, with the same types and values.
func TestDuckDBReadsIt(t *testing.T) {
	folder := t.TempDir()
	from := sourcetest.NewMemory("memory", sample(t, true))
	// In texts numbers above 2^63 are numbers of unknown type to DuckDB.
	const numbers = ", types={'order_no': 'UBIGINT', 'tick_no': 'UBIGINT'}"
	for file, read := range map[string]string{
		"x.parquet": "read_parquet('x.parquet')",
		"x.csv":     "read_csv('x.csv'" + numbers + ")", "x.csv.gz": "read_csv('x.csv.gz'" + numbers + ")", "x.csv.zst": "read_csv('x.csv.zst'" + numbers + ")",
		"x.jsonl": "read_json('x.jsonl')", "x.jsonl.gz": "read_json('x.jsonl.gz')",
	} {
		run(t, from, Options{File: filepath.Join(folder, file)})
		// BIGINT and TIMESTAMPTZ in all formats, as far as a format has types.
		got, err := peers.DuckDB(t.Context(), folder, `SELECT market, code, ts::TIMESTAMPTZ AS ts, seq::INT AS seq,
			price::DOUBLE AS price, qty::BIGINT::DOUBLE AS qty, side, channel::INT AS channel, order_no::UBIGINT AS order_no, tick_no::UBIGINT AS tick_no,
			typeof(ts) IN ('TIMESTAMP WITH TIME ZONE', 'TIMESTAMP') AS timed
			FROM `+read+` WHERE price IS NOT NULL ORDER BY market, code, ts, seq`)
		if peers.Skip(err) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		want := [][]any{
			{"H", "00700", "1970-01-01 00:00:00+00", 0.0, 300.0, 0.0, "B", 0.0, "0", "0", true},
			{"S", "600519", "2023-11-13 01:30:00+00", 0.0, 1680.01, 200.0, "B", 3.0, "9223372036854775808", "18446744073709551615", true},
			{"S", "600519", "2023-11-13 01:30:00+00", 1.0, -0.0005, 4294967295.0, "S", 0.0, "0", "0", true},
			{"S", "600519", "2023-11-13 01:30:00.500001+00", 65535.0, 0.0, 0.0, "N", 0.0, "0", "0", true},
		}
		if !reflect.DeepEqual(got.Rows, want) {
			t.Errorf("%s: %v\n%v expected", file, got.Rows, want)
		}
	}
	// Parquet has the types of the columns.
	got, err := peers.DuckDB(t.Context(), folder, `SELECT * FROM 'x.parquet' WHERE market = 'X'`)
	if err != nil {
		t.Fatal(err)
	}
	types := []string{"VARCHAR", "VARCHAR", "TIMESTAMP WITH TIME ZONE", "BIGINT", "DOUBLE", "BIGINT", "VARCHAR", "BIGINT", "UBIGINT", "UBIGINT", "BLOB"}
	if !reflect.DeepEqual(got.Types, types) || len(got.Rows) != 2 || got.Rows[0][10] != "" || got.Rows[0][4] != nil {
		t.Errorf("%v %v", got.Types, got.Rows)
	}
}

// pandas reads CSV and JSON lines, with times that have a zone and codes that stay texts.
func TestPandasReadsIt(t *testing.T) {
	folder := t.TempDir()
	from := sourcetest.NewMemory("memory", sample(t, false))
	for _, file := range []string{"x.csv", "x.csv.gz", "x.jsonl"} {
		run(t, from, Options{File: filepath.Join(folder, file)})
	}
	const program = `
import pandas as pd
for d in (pd.read_csv("x.csv", dtype={"code": str}), pd.read_csv("x.csv.gz", dtype={"code": str}), pd.read_json("x.jsonl", lines=True, dtype={"code": str}, convert_dates=False)):
    d["ts"] = pd.to_datetime(d["ts"])
    r = d.iloc[1]
    print(len(d), list(d["code"])[:2], r["ts"].isoformat(), r["price"], r["qty"], r["side"], r["order_no"], r["tick_no"], d["price"].dtype, d["ts"].dtype)
`
	got, err := peers.Pandas(t.Context(), folder, program)
	if peers.Skip(err) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	const want = "4 ['00700', '600519'] 2023-11-13T09:30:00+08:00 1680.01 200 B 9223372036854775808 18446744073709551615 float64 datetime64[ns, pytz.FixedOffset(480)]\n"
	if got != strings.Repeat(want, 3) {
		t.Errorf("%s%s expected, three times", got, want)
	}
}
