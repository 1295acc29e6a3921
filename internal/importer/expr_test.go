package importer

import (
	"fmt"
	"strings"
	"testing"

	"microts/internal/tick"
)

// evaluate computes an expression over the row a=1.5, b=20231114, c=" x ", d="", t=93000123,
// with what it is to be.
func evaluate(src string, w want) (cell, error) {
	s := &schema{columns: []string{"a", "b", "c", "d", "t", "trade Id", "成交价"}, file: "BTCUSDT-trades-2024-01-01", format: formatCSV}
	values := []string{"1.5", "20231114", " x ", "", "93000123", "7", "10.53"}
	e, err := s.compile(src, w)
	if err != nil {
		return cell{}, err
	}
	r := row{clock: &zoneClock{zone: tick.Shanghai}}
	for _, column := range s.used {
		r.fields = append(r.fields, field([]byte(values[column])))
	}
	return e(&r), r.err
}

func TestExpressions(t *testing.T) {
	for _, c := range []struct {
		src  string
		want want
		is   string
	}{
		{"a*10000", wantNumber, "15000"},
		{"成交价*10000", wantNumber, "105300"},
		{"成交价 * 100 + 1", wantNumber, "1054"},
		{"a + b", wantNumber, "20231115.5"},
		{"a+b", wantText, `"1.520231114"`},
		{"a..'-'..b", wantNumber, `"1.5-20231114"`},
		{"'a' + 'b'", wantAny, `"ab"`},
		{"b+t", wantTime, "2023-11-14T01:30:00.123Z"},
		{"b + '09:30'", wantTime, "2023-11-14T01:30:00Z"},
		{"seconds(1700000000) ", wantTime, "2023-11-14T22:13:20Z"},
		{"millis(1700000000123.5)", wantTime, "2023-11-14T22:13:20.1235Z"},
		{"micros(1700000000123456)", wantTime, "2023-11-14T22:13:20.123456Z"},
		{"nanos(1700000000123456789)", wantTime, "2023-11-14T22:13:20.123456Z"},
		{"time('2023-11-14 09:30')", wantTime, "2023-11-14T01:30:00Z"},
		{"tradingday('2023-11-10 17:59:59.999999')", wantNumber, "20231110"}, // a Friday
		{"tradingday('2023-11-10 18:00')", wantNumber, "20231113"},
		{"tradingday('2023-11-11 02:30')", wantNumber, "20231113"},
		{"tradingday('2023-11-12 12:00')", wantNumber, "20231113"},
		{"tradingday('2023-11-13 15:00')", wantNumber, "20231113"},
		{"tradingday('2023-12-31 21:00')", wantNumber, "20240101"},
		{"tradingday(b+t)", wantNumber, "20231114"},
		{"tradingday(d)", wantNumber, "nothing"},
		{"7 / 2", wantNumber, "3.5"},
		{"6 / 2", wantNumber, "3"},
		{"7 % 4", wantNumber, "3"},
		{"-a", wantNumber, "-1.5"},
		{"-(2-5)*3", wantNumber, "9"},
		{"0.1 + 0.2", wantNumber, "0.3"},
		{"1.1*1.1", wantNumber, "1.21"},
		{"1e3", wantNumber, "1000"},
		{"9223372036854775807 + 1", wantNumber, "9223372036854776000"},
		{"18446744073709551615", wantNumber, "18446744073709551615"},
		{"d", wantNumber, "nothing"},
		{"d*2", wantNumber, "nothing"},
		{"default(d, 5)", wantNumber, "5"},
		{"default(a, 5)", wantNumber, `"1.5"`},
		{"c", wantText, `"x"`},
		{"`trade Id`", wantAny, `"7"`},
		{"tradeid", wantAny, `"7"`},
		{"$1", wantAny, `"1.5"`},
		{"file", wantText, `"BTCUSDT-trades-2024-01-01"`},
		{"before(file, '-')", wantText, `"BTCUSDT"`},
		{"after(file, 'trades-')", wantText, `"2024-01-01"`},
		{"match(file, '[0-9]{4}')", wantText, `"2024"`},
		{"match(file, '-([a-z]+)-')", wantText, `"trades"`},
		{"match(file, '#')", wantText, "nothing"},
		{"if(c == 'x', 'S', 'B')", wantText, `"S"`},
		{"if(a > 1 and not (b < 5), 1, 2)", wantNumber, "1"},
		{"if(a > 2 or a == 1.50, 1, 2)", wantNumber, "1"},
		{"a == 1.5", wantAny, "true"},
		{"c != 'x'", wantAny, "false"},
		{"round(1.5)", wantNumber, "2"},
		{"round(-1.4)", wantNumber, "-1"},
		{"floor(1.9)", wantNumber, "1"},
		{"ceil(1.1)", wantNumber, "2"},
		{"abs(-3)", wantNumber, "3"},
		{"min(3, a, 2)", wantNumber, "1.5"},
		{"max(3, a, d)", wantNumber, "3"},
		{"upper(c)..lower('YZ')", wantText, `"Xyz"`},
		{"sub('000001.SZ', 1, 6)", wantText, `"000001"`},
		{"sub('000001.SZ', -2)", wantText, `"SZ"`},
		{"replace('a,b', ',', '')", wantText, `"ab"`},
		{"len('成交')", wantNumber, "2"},
		{"number('1.50')", wantNumber, "1.5"},
		{"text(a)", wantText, `"1.5"`},
		{"base64('AAE=')", wantText, `"\x00\x01"`},
		{"recordside(1)", wantText, `"S"`},
		{"'it''s'", wantText, `"it's"`},
		{"1 +\t2\n* 3", wantNumber, "7"},
	} {
		got, err := evaluate(c.src, c.want)
		if err != nil || got.show() != c.is {
			t.Errorf("%s is %s and not %s (%v)", c.src, got.show(), c.is, err)
		}
	}
}

func TestBadExpressions(t *testing.T) {
	deep := strings.Repeat("(", 100) + "1" + strings.Repeat(")", 100)
	for _, c := range []struct{ src, err string }{
		{"", `at 1: a column, a number or a text expected, got the end`},
		{"a*", `at 3: a column, a number or a text expected, got the end`},
		{"a b", `at 3: an operator or the end expected, got "b"`},
		{"(a", `at 3: ")" expected, got the end`},
		{"'a", `at 1: the quote ' has no end`},
		{"lst*10000", `at 1: there is no column "lst"; the columns are a, b, c, d, t, trade Id, 成交价`},
		{"trade_ld", `at 1: there is no column "trade_ld"; did you mean "trade Id"?`},
		{"$9", `at 1: there is no column $9, the file has 7`},
		{"$0", `at 1: the number of a column, as in $1, expected`},
		{"rond(a)", `at 1: there is no function "rond"; did you mean "round"?`},
		{"if(a, b)", `at 1: if: 3 arguments expected, got 2`},
		{"sub(a)", `at 1: sub: 2 to 3 arguments expected, got 1`},
		{"match(a, b)", `at 10: a regular expression in quotes expected`},
		{"match(a, '(')", `at 10: a regular expression expected: error parsing regexp: missing closing ): ` + "`(`"},
		{"a ? b", `at 3: a column, a number or a text expected, got "?"`},
		{"round(a", `at 8: "," or ")" expected, got the end`},
		{deep, `at 66: at most 64 levels of brackets expected`},
		{strings.Repeat("-", 3000) + "1", `at 66: at most 64 levels of brackets expected`},
		{strings.Repeat("not ", 100) + "1", `at 261: at most 64 levels expected`},
		{strings.Repeat("1", 5000), `at 1: at most 4096 bytes expected, got 5000`},
		// These are wrong with the row.
		{"c*2", `a number expected, got "x"`},
		{"a/0", `1.5 is divided by 0`},
		{"a%0", `1.5 is divided by 0`},
		{"b+c", `time of day such as 09:30:00.5, 93000 or 93000500 expected, got "x"`},
		{"c+t", `date such as 2023-11-14 or 20231114 expected, got "x"`},
		{"if(c, 1, 2)", `true or false expected, got "x"`},
		{"base64('#')", `base64 expected, got "#"`},
		{"recordside(3)", `0 (B), 1 (S) or 2 (N) expected, got 3`},
		{"seconds(-1)", `time from 1970 to 2255 expected`},
	} {
		_, err := evaluate(c.src, wantTime)
		if err == nil || !strings.HasSuffix(err.Error(), c.err) {
			t.Errorf("%.20s: got %v, not %s", c.src, err, c.err)
		}
	}
}

// FuzzExpressions: no expression panics or runs for long.
func FuzzExpressions(f *testing.F) {
	for _, src := range []string{"a*10000", "b+t", "if(c == 'x', 'S', 'B')", "match(file, '(a)')", "sub(c, -1, 9)", "$1..`trade Id`", "not a and b or c", "min(1,2,-a)%3"} {
		f.Add(src, uint8(wantTime))
	}
	f.Fuzz(func(t *testing.T, src string, w uint8) {
		got, err := evaluate(src, want(w)%(wantTime+1))
		if err == nil {
			_ = got.show()
			if _, ok := got.number(); ok && got.kind > missing {
				_, _ = got.whole()
			}
			z := zoneClock{zone: tick.Shanghai}
			if us, err := z.read(got); err == nil && (us < 0 || us >= tick.MaxTime) {
				t.Errorf("%s is %d µs", src, us)
			}
		}
		_ = fmt.Sprint(err)
	})
}
