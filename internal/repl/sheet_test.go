package repl

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
)

// TestFormats shows rows as CSV and JSON, by an option of the command and by .format.
func TestFormats(t *testing.T) {
	r, buf := newREPL(t)
	typed(r, buf, `for i = 1, 2 do db:put("H", 700, ts.time "2023-11-14 10:00", i, 'a "quoted", text') end`)
	for _, c := range []struct{ text, want string }{
		{".codes U --format csv", "market,code,first,last\nU,AAPL,2023-11-14 09:30:00.000000,2023-11-14 09:30:00.000000"},
		{".codes --format=json U", "[\n" + `{"market":"U","code":"AAPL","first":"2023-11-14 09:30:00.000000","last":"2023-11-14 09:30:00.000000"}` + "\n]"},
		{".codes Z --format csv", "market,code,first,last"},
		{".codes Z --format json", "[\n]"},
		{".head S 600000 1 --format csv", "market,code,ts_us,when,seq,price,qty,side,channel,order_no,tick_no\nS,600000,1699925400000000,2023-11-14 09:30:00.000000,0,10.0000,0,B,0,0,0"},
		{".head AAPL --format csv", "market,code,ts_us,when,seq,value\nU,AAPL,1699925400000000,2023-11-14 09:30:00.000000,0,0x000102"},
		{".tail --format csv H 700 1", "market,code,ts_us,when,seq,value\nH,00700,1699927200000000,2023-11-14 10:00:00.000000,2," + `"a ""quoted"", text"`},
		{".tail --format json H 700 1", "[\n" + `{"market":"H","code":"00700","ts_us":1699927200000000,"when":"2023-11-14 10:00:00.000000","seq":2,"value":"a \"quoted\", text"}` + "\n]"},
		{".count S 600000 --format json", "[\n" + `{"market":"S","code":"600000","ticks":100}` + "\n]"},
		{".plot AAPL --format csv", "the 1 values of U:AAPL there are no tick records and no numbers"},
		{".show --format csv {{code = 1, ok = true}, {code = 'x', more = 0/0}}", "code,more,ok\n1,,true\nx,nan,"},
		{".show --format json {{code = 1, ok = true}, {code = 'x', more = 0/0}}", "[\n" + `{"code":1,"ok":true},` + "\n" + `{"code":"x","more":"nan"}` + "\n]"},
		{".show --format csv {1, 2.5, 'x'}", "value\n1\n2.5\nx"},
		{".show --format csv db:scan('U', 'AAPL', 0, 2^53 - 1)", "ts_us,when,seq,value\n1699925400000000,2023-11-14 09:30:00.000000,0,0x000102"},
		{".show --format json {a = 1}", "{ a = 1 }"},
		{".show 1, 'x'", "1\n\"x\""},
		{".show", "usage: .show [--format F] EXPRESSION"},
		{".show --format xml 1", `format: table, csv or json expected, got "xml"`},
		{".codes --format jsn", `format: table, csv or json expected, got "jsn"; did you mean json?`},
		{".codes --fromat json", "unknown option --fromat; did you mean --format?"},
		{".codes --all", "unknown option --all; there is --format"},
		{".schema --format csv", "usage: .schema"},
		{".format", "table"},
		{".format json", ""},
		{"db:codes 'U'", "[\n" + `{"market":"U","code":"AAPL","symbol":"AAPL.US"}` + "\n]"},
		{"1 + 1", "2"},
		{".count U AAPL", "[\n" + `{"market":"U","code":"AAPL","ticks":1}` + "\n]"},
		{".format table", ""},
		{".count U AAPL", "U:AAPL: 1 tick"},
		{".format csv json", "usage: .format [table|csv|json]"},
	} {
		if got := typed(r, buf, c.text); got != c.want {
			t.Errorf("%s:\n%s\nnot\n%s", c.text, got, c.want)
		}
	}
}

// TestAllRowsComeBack reads what all ticks are as CSV and JSON.
func TestAllRowsComeBack(t *testing.T) {
	r, buf := newREPL(t)
	records, err := csv.NewReader(strings.NewReader(typed(r, buf, ".head S 600000 -n 1000 --format csv"))).ReadAll()
	if err != nil || len(records) != 1+100 {
		t.Errorf("%d records, %v", len(records), err)
	}
	var rows []struct {
		TS    int64 `json:"ts_us"`
		Price float64
		Side  string
	}
	if err := json.Unmarshal([]byte(typed(r, buf, ".head S 600000 -n 1000 --format json")), &rows); err != nil || len(rows) != 100 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if last := rows[99]; last.TS != 1699925499000000 || last.Price != 10.99 || last.Side != "B" {
		t.Errorf("the last row is %v", last)
	}
}

// TestPointsAreColumns shows what a storage engine wrote, alone and beside other values.
func TestPointsAreColumns(t *testing.T) {
	r, buf := newREPL(t)
	path := t.TempDir() + "/points"
	if got := typed(r, buf, `e = require("storage_engine_v2"):new({data_dir = "`+path+`"}) e:init()
		e:write_point("SH600519", {timestamp = 1699925400, value = 1750.25, quality = 1, volume = 300})
		e:write_point("SH600519", {timestamp = 1699925401, value = 1750.5, volume = 200, side = "S"}) e:close() db = ts.open "`+path+`"`); strings.Contains(got, ":") {
		t.Fatal(got)
	}
	got := typed(r, buf, ".head")
	for _, want := range []string{"when     ", "│   value │ quality │ volume │ side", "│ 1750.25 │       1 │    300 │", "│  1750.5 │         │    200 │ S"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %s", got, want)
		}
	}
	typed(r, buf, `db:put("S", 600519, ts.time "2023-11-14 10:00", 0, "text") db:put("S", 600519, ts.time "2023-11-14 10:01", 0, ts.pack_value{price = 15000, qty = 7})`)
	got = typed(r, buf, ".head --format csv")
	want := "market,code,ts_us,when,seq,price,value,quality,volume,qty,side,channel,order_no,tick_no\n"
	if !strings.HasPrefix(got, want) || !strings.Contains(got, ",0,,text,,,,,,,\n") || !strings.Contains(got, ",0,1.5000,,,,7,N,0,0,0") {
		t.Errorf("%s", got)
	}
}
