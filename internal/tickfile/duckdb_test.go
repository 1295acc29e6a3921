package tickfile

import (
	"reflect"
	"strconv"
	"testing"

	"microts/internal/peers"
)

// DuckDB reads a file of the format, with its types, nulls and unsigned integers.
func TestDuckDBReadsIt(t *testing.T) {
	got, err := peers.DuckDB(t.Context(), "testdata", `SET TimeZone = 'UTC'; SELECT * FROM 'golden.parquet' WHERE code <> '000001'`)
	if peers.Skip(err) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	types := []string{"VARCHAR", "TIMESTAMP WITH TIME ZONE", "USMALLINT", "INTEGER", "UINTEGER", "UTINYINT", "UTINYINT", "UBIGINT", "UBIGINT", "BLOB"}
	rows := [][]any{
		{"rb2405.SHFE", "1970-01-01 00:00:00+00", 0.0, -1.0, 4294967295.0, 2.0, 255.0, "18446744073709551615", "0", nil},
		{"rb2405.SHFE", "1970-01-01 00:00:00+00", 65535.0, nil, nil, nil, nil, nil, nil, ""},
		{"rb2405.SHFE", "2255-06-05 23:47:34.740991+00", 0.0, nil, nil, nil, nil, nil, nil, "no tick record"},
	}
	if !reflect.DeepEqual(got.Types, types) || !reflect.DeepEqual(got.Rows, rows) {
		t.Errorf("%v %v", got.Types, got.Rows)
	}
	got, err = peers.DuckDB(t.Context(), "testdata", `SELECT count(*), sum(price), sum(qty), min(order_no), max(tick_no), count(DISTINCT ts_us), sum(side) FROM 'golden.parquet' WHERE code = '000001'`)
	if err != nil {
		t.Fatal(err)
	}
	var price, qty, side float64
	c := goldenRows()[0].rows
	for i := range c.Len() {
		price, qty, side = price+float64(c.Prices[i]), qty+float64(c.Qtys[i]), side+float64(c.Sides[i])
	}
	if r := got.Rows[0]; r[0] != "300" || number(t, r[1]) != price || number(t, r[2]) != qty || r[3] != "9223372036854775808" || r[4] != "299" || r[5] != "300" || number(t, r[6]) != side {
		t.Errorf("%v; sums %v %v %v expected", r, price, qty, side)
	}
}

// number returns a number that DuckDB returned as a text.
func number(t *testing.T, v any) float64 {
	t.Helper()
	text, _ := v.(string)
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
