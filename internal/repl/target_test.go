package repl

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"microts/internal/tick"
	"microts/luabind"
)

// newMarkets returns a console with instruments whose names are like other words.
func newMarkets(t *testing.T) (*REPL, func(text string) string) {
	t.Helper()
	r, buf := newREPL(t)
	got := typed(r, buf, `for _, i in ipairs{{"S", 600519}, {"S", 1}, {"S", 300}, {"S", "SH000300"}, {"S", 700}, {"H", 20}, {"H", 5}, {"H", 80700},
		{"X", "rb2405"}, {"X", "600000"}, {"X", "ETH"}, {"U", "F"}, {"X", "20231114"}} do
		db:put(i[1], i[2], ts.time "2023-11-14 09:30", 0, "1") db:put(i[1], i[2], ts.time "2023-11-15 09:30", 0, "2") end`)
	if got != "" {
		t.Fatal(got)
	}
	return r, func(text string) string { return typed(r, buf, text) }
}

// TestADotCommandAnswersForTheInstrumentThatIsNamed: it does so, or says why not. The
// instrument in focus is S:600519.
func TestADotCommandAnswersForTheInstrumentThatIsNamed(t *testing.T) {
	_, run := newMarkets(t)
	for _, c := range []struct{ text, want string }{
		{".count", "S:600519: 2 ticks"},
		{".count 600519", "S:600519: 2 ticks"},
		{".count SH600519", "S:600519: 2 ticks"},
		{".count sh600519", "S:600519: 2 ticks"},
		{".count 600519.SH", "S:600519: 2 ticks"},
		{".count S:600519", "S:600519: 2 ticks"},
		{".count SH 600519", "S:600519: 2 ticks"},
		{".count sh 600519", "S:600519: 2 ticks"},
		{".count XSHG 600519", "no instrument of this database is called XSHG"},
		{".count 000001", "S:000001: 2 ticks"},
		{".count SZ 000001", "S:000001: 2 ticks"},
		{".count 000300", "S:000300: 2 ticks"},
		{".count SH000300", "S:SH000300: 2 ticks"},
		{".count SH 000300", "S:SH000300: 2 ticks"},
		{".count 000700", "S:000700: 2 ticks"},
		{".count 00700", "H:00700: 1 tick"},
		{".count HK 00700", "H:00700: 1 tick"},
		{".count HK 700", "H:00700: 1 tick"},
		{".count HK00700", "H:00700: 1 tick"},
		{".count 0700.HK", "H:00700: 1 tick"},
		{".count 700", "700 is the code of several instruments; name the market: H 700, S 700"},
		{".count 600000", "600000 is the code of several instruments; name the market: S 600000, X 600000"},
		{".count SH600000", "S:600000: 100 ticks"},
		{".count X 600000", "X:600000: 2 ticks"},
		{".count 600518", "S:600518: 0 ticks\n(did you mean S 600519?)"},
		{".count AAPL", "U:AAPL: 1 tick"},
		{".count US AAPL", "U:AAPL: 1 tick"},
		{".count rb2405", "X:rb2405: 2 ticks"},
		{".count RB2405", "no instrument of this database is called RB2405; did you mean X rb2405?"},
		{".count rb2406", "no instrument of this database is called rb2406; did you mean X rb2405?"},
		{".count zzzzzz", "no instrument of this database is called zzzzzz, and it is no time"},
		{".count F", "U:F: 2 ticks"},
		{".count S", "S is a market, not an instrument; it has S 1, S 300, S 700, S 600000, S 600519, S SH000300"},
		{".tail S", "S is a market, not an instrument"},
		{".plot S 2023-11-14", "S is a market, not an instrument"},
		{".count SH", "SH is a market, not an instrument; it has S 600000, S 600519, S SH000300"},
		{".count SH 1", `six digits with SH expected, got "1"`},
		{".count Z", "no instrument of this database is called Z"},
		{".count Z 1", "Z:1: 0 ticks\n(the markets are H, S, U, X)"},
		{".count 12345", "12345 is no instrument of this database and no time"},
		{".count 20231114", "X:20231114: 2 ticks"},
		{".count S 20231114", "S is a market, not an instrument"},
		{".count X 20231114", "X:20231114: 2 ticks"},

		{".head 600519", "S:600519\n"},
		{".head 600519 1", "S:600519 on 2023-11-14\n"},
		{".tail 600519 1", "S:600519 on 2023-11-15\n"},
		{".tail -n 1", "S:600519 on 2023-11-15\n"},
		{".tail -n1", "S:600519 on 2023-11-15\n"},
		{".tail -n=1 SH600519", "S:600519 on 2023-11-15\n"},
		{".tail -1", "S:600519 on 2023-11-15\n"},
		{".tail 1", "1 may be an instrument or a number of ticks: .tail S 1 or .tail -n 1"},
		{".tail 3", "S:600519\n"},
		{".head 600519 2023-11-15", "S:600519 on 2023-11-15\n"},
		{".head 2023-11-15 1", "S:600519 on 2023-11-15\n"},
		{".head 20", "20 may be an instrument or a number of ticks: .head H 20 or .head -n 20"},
		{".head 700", "700 may be an instrument (H 700, S 700) or a number of ticks (-n 700)"},
		{".head 12345", "12345 may be an instrument or a number of ticks: .head HK 12345 or .head -n 12345"},
		{".head 80700 -n 1", "H:80700 on 2023-11-14\n"},
		{".head 80700", "80700 may be an instrument or a number of ticks: .head H 80700 or .head -n 80700"},
		{".head HK 80700 1", "H:80700 on 2023-11-14\n"},
		{".head 00020 1", "H:00020 on 2023-11-14\n"},
		{".head -n", `a number of ticks from 1 on expected after -n, got ""`},
		{".head -n 0", `a number of ticks from 1 on expected after -n, got "0"`},
		{".head -n x", `got "x"`},
		{".head 600519 0", `got "0"`},
		{".head -x", ".head: unknown option -x"},
		{".count -n 5", ".count: unknown option -n"},
		{".head S 20", "no ticks of S:000020 there; did you mean H 20?"},
	} {
		run(".count S 600519") // comes into focus
		if got := run(c.text) + "\n"; !strings.HasPrefix(got, c.want) && !(strings.Contains(c.want, "got ") && strings.Contains(got, c.want)) {
			t.Errorf("%s: %s\nnot %s", c.text, got, c.want)
		}
	}
}

// TestAWordIsNeverAnotherInstrument: whatever the word, an answer is for an instrument
// with that code, or it is an error.
func TestAWordIsNeverAnotherInstrument(t *testing.T) {
	r, run := newMarkets(t)
	run(".count S 600519")
	db := luabind.Source(r.L.Globals.GetString("db"))
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.OneOf(
			rapid.StringMatching(`0{0,3}[0-9]{1,6}`),
			rapid.StringMatching(`(SH|SZ|HK|US|S:|H:|)[0-9A-Z]{1,6}`),
			rapid.StringMatching(`[0-9]{1,6}\.(SH|SZ|HK|US)`),
			rapid.SampledFrom([]string{"F", "S", "AAPL", "ETH", "700", "000700", "20231114"}),
		).Draw(t, "word")
		counted := rapid.Bool().Draw(t, "counted")
		p := instrumentParser{r: r, db: db, command: "head", counted: counted}
		in, rest, err := p.parse([]string{word})
		if err != nil {
			return
		}
		if len(rest) == 1 { // the word is none, the instrument in focus is meant
			if !counted || !isCount(word) || len(p.withCode(word)) > 0 || len(word) > 4 || word[0] == '0' {
				t.Fatalf("%s is taken for no instrument", word)
			}
			return
		}
		symbol, err := tick.ParseName(word)
		if code := in.Code; code != word && !strings.HasSuffix(code, word) && (err != nil || in != symbol) &&
			!(isDigits(word) && code == strings.TrimLeft(word, "0")) {
			t.Fatalf("%s is taken for %v", word, in)
		}
		if in.Market == 'H' && len(word) == 6 && isDigits(word) {
			t.Fatalf("six digits, %s, are taken for %v", word, in)
		}
	})
}

// TestLongCodes: a code that has no room in a key is a code like any other.
func TestLongCodes(t *testing.T) {
	r, run := newMarkets(t)
	db := luabind.Source(r.L.Globals.GetString("db")).DB()
	for _, code := range []string{"rb2405.SHFE", "m2405-C-3000", "沪铜2405", "a long code", "1234567890"} {
		name, err := tick.NewName('X', code)
		if err != nil {
			t.Fatal(err)
		}
		in, err := db.Define(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Put(&in, 1_700_000_000_000_000, 0, "1"); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range [][2]string{
		{".count rb2405.SHFE", "X:rb2405.SHFE: 1 tick"},
		{".count X m2405-C-3000", "X:m2405-C-3000: 1 tick"},
		{".count 沪铜2405", "X:沪铜2405: 1 tick"},
		{`.count X "a long code"`, "X:a long code: 1 tick"},
		{".count 1234567890", "X:1234567890: 1 tick"},
		{".count X:1234567890", "X:1234567890: 1 tick"},
		{".count rb2405.SHFX", "no instrument of this database is called rb2405.SHFX; did you mean X rb2405.SHFE?"},
		{".count X rb2406.SHFE", "X:rb2406.SHFE: 0 ticks\n(did you mean X rb2405.SHFE?)"},
		{".head m2405-C-3000 --format csv", "market,code,ts_us,when,seq,value\nX,m2405-C-3000,1700000000000000,2023-11-15 06:13:20.000000,0,1"},
		{".codes X --format csv | grep -c SHFE", "1"},
	} {
		if got := run(c[0]); got != c[1] {
			t.Errorf("%s: %s", c[0], got)
		}
	}
}
