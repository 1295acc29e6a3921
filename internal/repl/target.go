package repl

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"microts/internal/source"
	"microts/internal/suggest"
	"microts/internal/tick"
)

// target is what the arguments of a command about ticks name.
type target struct {
	db   *source.Source
	name tick.Name
	in   tick.Instrument // of the name
	span tick.Range      // both ends included
	n    int             // ticks; 0 if the arguments name no number
}

// target reads [INSTRUMENT] [FROM [TO]], and if counted is set a number of ticks too: -n N
// anywhere, or N alone after the instrument. The instrument comes into focus.
func (r *REPL) target(name string, args []string, counted bool) (t target, err error) {
	if t.db, err = r.db(); err != nil {
		return t, err
	}
	args, t.n, err = takeNumber(name, args, counted)
	if err != nil {
		return t, err
	}
	p := instrumentParser{r: r, db: t.db, command: name, counted: counted && t.n == 0}
	in, rest, err := p.parse(args)
	if err != nil {
		return t, err
	}
	if last := len(rest) - 1; p.counted && last >= 0 && isCount(rest[last]) {
		if t.n, _ = strconv.Atoi(rest[last]); t.n == 0 {
			return t, fmt.Errorf(".%s: a number of ticks from 1 on expected, got %q", name, rest[last])
		}
		rest = rest[:last]
	}
	if t.span, err = r.timeRange(rest); err != nil {
		return t, err
	}
	if t.in, err = t.db.Find(in); err == nil {
		t.name, r.focus = in, &in
	}
	return t, err
}

// takeNumber takes the option -n N, -nN or -N out of the arguments of a command. n is 0 if
// they have none.
func takeNumber(name string, args []string, counted bool) (rest []string, n int, err error) {
	for i := 0; i < len(args); i++ {
		word := args[i]
		if len(word) < 2 || word[0] != '-' || !isLetter(rune(word[1])) && word[1] != '-' && !isDigits(word[1:]) {
			rest = append(rest, word)
			continue
		}
		text, isNumber := strings.CutPrefix(word, "-n")
		if isDigits(word[1:]) {
			text, isNumber = word[1:], true // as head -5
		}
		if !isNumber || !counted {
			return nil, 0, fmt.Errorf(".%s: unknown option %s", name, word)
		}
		if text = strings.TrimPrefix(text, "="); text == "" && i+1 < len(args) {
			i++
			text = args[i]
		}
		if n, err = strconv.Atoi(text); err != nil || n < 1 {
			return nil, 0, fmt.Errorf(".%s: a number of ticks from 1 on expected after -n, got %q", name, text)
		}
	}
	return rest, n, nil
}

// isCount says whether a word after an instrument is a number of ticks: digits that are no
// day, and too few for µs.
func isCount(word string) bool {
	return isDigits(word) && len(word) <= tick.CodeSize && !isDay(word)
}

// instrumentParser finds the instrument that the first arguments of a command name. It
// never takes the name of one instrument for something else: what could be both is an
// error that shows both readings.
type instrumentParser struct {
	r       *REPL
	db      *source.Source
	command string
	counted bool // a small number can be a number of ticks

	all []tick.Name // of the database
}

// parse returns the instrument and the arguments after it. If they name none, it is the
// one in focus, else the first of the database.
func (p *instrumentParser) parse(args []string) (in tick.Name, rest []string, err error) {
	if p.all, err = p.db.Names(0); err != nil {
		return in, nil, err
	}
	if len(args) == 0 {
		return p.focused(nil)
	}
	word := args[0]
	market, isMarket := marketOf(word)
	switch {
	case isMarket && len(args) > 1 && p.isCode(market, args[1]):
		in, err = parsePair(word, args[1])
		return in, args[2:], err
	case p.isTime(word):
		return p.focused(args)
	case isMarket && p.isLone(word, market):
		return in, nil, p.lone(word, market)
	case isDigits(word):
		return p.number(word, args)
	}
	in, err = p.word(word)
	return in, args[1:], err
}

// focused returns the instrument of a command that names none.
func (p *instrumentParser) focused(rest []string) (tick.Name, []string, error) {
	switch {
	case p.r.focus != nil:
		return *p.r.focus, rest, nil
	case p.db.IsDatabaseV1():
		return tick.Name{}, nil, errors.New(`this database is of storage engine V1: its points are read with require "storage_engine"`)
	case len(p.all) == 0:
		return tick.Name{}, nil, errors.New("the database holds no ticks")
	}
	return p.all[0], rest, nil
}

// exchangeMarkets are the words for exchanges that may stand before a code, and their
// markets.
var exchangeMarkets = map[string]byte{"SH": 'S', "SS": 'S', "SZ": 'S', "BJ": 'S', "HK": 'H', "US": 'U'}

// marketOf returns the market of a word that is a market or an exchange.
func marketOf(word string) (market byte, ok bool) {
	if len(word) == 1 {
		return word[0], true
	}
	market, ok = exchangeMarkets[strings.ToUpper(word)]
	return market, ok
}

// parsePair reads a market or an exchange, and a code.
func parsePair(market, code string) (tick.Name, error) {
	if len(market) == 1 {
		return tick.NewName(market[0], code)
	}
	in, err := tick.ParseName(code + "." + market)
	if e := (*tick.RangeError)(nil); errors.As(err, &e) {
		return in, fmt.Errorf("%s expected, got %q", e.Want, code)
	}
	return in, err
}

// isCode says whether the word after a market is a code. A day is one only if the
// database has it.
func (p *instrumentParser) isCode(market byte, word string) bool {
	if !isDay(word) {
		return !p.isTime(word)
	}
	return slices.ContainsFunc(p.all, func(in tick.Name) bool {
		return in.Market == market && isCalled(in, word)
	})
}

// isTime says whether a word is a time and no code: a day, or more digits than codes
// usually have, or not digits alone. What is a code of the database is no time.
func (p *instrumentParser) isTime(word string) bool {
	if len(p.withCode(word)) > 0 {
		return false
	}
	if isDigits(word) && len(word) <= tick.CodeSize {
		return isDay(word)
	}
	if strings.Contains(word, "..") {
		return true
	}
	_, _, err := p.r.parseTime(word, time.Now())
	return err == nil
}

// withCode returns the instruments of the database that have a code, in any market. If
// there are none, it returns those that have it with the letters of an exchange before
// it, as Shanghai's indices do.
func (p *instrumentParser) withCode(code string) []tick.Name {
	exact := p.matching(func(in tick.Name) bool { return isCalled(in, code) })
	if len(exact) > 0 || !isDigits(code) {
		return exact
	}
	return p.matching(func(in tick.Name) bool {
		return len(code) == 6 && len(in.Code) == 8 && in.Code[2:] == code && exchangeMarkets[in.Code[:2]] == in.Market
	})
}

func (p *instrumentParser) matching(is func(tick.Name) bool) (some []tick.Name) {
	for _, in := range p.all {
		if is(in) {
			some = append(some, in)
		}
	}
	return some
}

// isCalled says whether a word without a market may mean an instrument: it is the code,
// or the code with as many leading zeros as its market's codes have.
func isCalled(in tick.Name, word string) bool {
	code := in.Code
	if code == word || !isDigits(word) {
		return code == word
	}
	switch in.Market {
	case 'S':
		if len(word) != 6 {
			return false
		}
	case 'H':
		if len(word) > 5 {
			return false
		}
	}
	return code == cmp.Or(strings.TrimLeft(word, "0"), "0")
}

// isLone says whether a word is a market or an exchange without a code.
func (p *instrumentParser) isLone(word string, market byte) bool {
	hasMarket := slices.ContainsFunc(p.all, func(in tick.Name) bool { return in.Market == market })
	if len(word) > 1 {
		return len(p.withCode(word)) == 0
	}
	return hasMarket && !(p.counted && isDigits(word))
}

// lone is the error of a market or an exchange without a code. It lists the instruments
// there are.
func (p *instrumentParser) lone(word string, market byte) error {
	names := instrumentNames(p.matching(func(in tick.Name) bool {
		return in.Market == market && (len(word) == 1 || market != 'S' || strings.EqualFold(in.Symbol()[:2], word))
	}))
	if codes := p.withCode(word); len(codes) > 0 {
		return fmt.Errorf("%s is a market and a code: .%s %s, or one of the market: %s", word, p.command, instrumentName(codes[0]), listed(names))
	}
	if len(names) == 0 {
		return fmt.Errorf("%s is no instrument: a code expected after it, such as .%s %s", word, p.command, exampleOf(word))
	}
	return fmt.Errorf("%s is a market, not an instrument; it has %s", word, listed(names))
}

func exampleOf(word string) string {
	switch market, _ := marketOf(word); market {
	case 'H':
		return word + " 00700"
	case 'U':
		return word + " AAPL"
	}
	return word + " 600519"
}

// number reads a word of digits, at most as many as a code has or more, which may be a
// code or a number of ticks. It is no day.
func (p *instrumentParser) number(word string, args []string) (in tick.Name, rest []string, err error) {
	found := p.withCode(word)
	mayCount := p.counted && word[0] != '0' && len(word) < 6 && len(args) == 1
	switch {
	case len(found) > 1:
		return in, nil, p.ambiguous(word, found, mayCount)
	case len(found) == 1 && mayCount, len(found) == 0 && mayCount && len(word) == 5:
		name := "HK " + word
		if len(found) == 1 {
			name = instrumentName(found[0])
		}
		return in, nil, fmt.Errorf("%s may be an instrument or a number of ticks: .%s %s or .%s -n %s", word, p.command, name, p.command, word)
	case len(found) == 1:
		return found[0], args[1:], nil
	case len(word) == 6:
		in, err = tick.ParseName(word)
		return in, args[1:], err
	case mayCount:
		return p.focused(args)
	}
	return in, nil, fmt.Errorf("%s is no instrument of this database and no time; name the market of a code (.%s S %s), or write a time such as 2023-11-14 09:30", word, p.command, word)
}

// word reads a word with letters: a symbol, or a code of the database.
func (p *instrumentParser) word(word string) (in tick.Name, err error) {
	switch found := p.withCode(word); len(found) {
	case 0:
	case 1:
		return found[0], nil
	default:
		return in, p.ambiguous(word, found, false)
	}
	const free = 'X' // the market of a symbol that names none
	in, err = tick.ParseName(word)
	if err == nil && (in.Market != free || strings.HasPrefix(word, string(free)+":")) {
		return in, nil
	}
	if near := p.near(word); near != "" {
		return in, fmt.Errorf("no instrument of this database is called %s; did you mean %s?", word, near)
	}
	return in, fmt.Errorf("no instrument of this database is called %s, and it is no time such as 2023-11-14 09:30; .codes lists the instruments", word)
}

// ambiguous is the error of a code that several instruments have, and if mayCount is set
// of what may be a number of ticks as well.
func (p *instrumentParser) ambiguous(word string, found []tick.Name, mayCount bool) error {
	if mayCount {
		return fmt.Errorf("%s may be an instrument (%s) or a number of ticks (-n %s)", word, listed(instrumentNames(found)), word)
	}
	return fmt.Errorf("%s is the code of several instruments; name the market: %s", word, listed(instrumentNames(found)))
}

// near returns the instrument of the database whose code or symbol is most like a word,
// or "".
func (p *instrumentParser) near(word string) string {
	byName := map[string]string{}
	var names []string
	for _, in := range p.all {
		for _, name := range []string{in.Code, in.Symbol()} {
			name = strings.ToUpper(name)
			if byName[name] == "" {
				names = append(names, name)
				byName[name] = instrumentName(in)
			}
		}
	}
	word = strings.ToUpper(word)
	if name := byName[word]; name != "" || len(word) < 3 {
		return name
	}
	return byName[suggest.Nearest(word, names)]
}

// instrumentName returns how a person types an instrument: market and code.
func instrumentName(in tick.Name) string {
	if strings.Contains(in.Code, " ") {
		return string(in.Market) + ` "` + in.Code + `"`
	}
	return string(in.Market) + " " + in.Code
}

func instrumentNames(all []tick.Name) (names []string) {
	for _, in := range all {
		names = append(names, instrumentName(in))
	}
	return names
}

// listed lists names, as many as a line holds.
func listed(names []string) string {
	const most = 6
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more; .codes lists them", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}

// noTicks says that an instrument has no ticks in a range, and why that may be.
func (r *REPL) noTicks(t *target) string {
	return fmt.Sprintf("no ticks of %v there; %s", t.name, r.whyNone(t))
}

// whyNone says why a target may have no ticks.
func (r *REPL) whyNone(t *target) string {
	const otherwise = ".codes lists the instruments"
	first, hasFirst, err1 := t.db.First(&t.in, 0)
	last, hasLast, err2 := t.db.Last(&t.in, tick.MaxTime-1)
	all, err3 := t.db.Names(0)
	if cmp.Or(err1, err2, err3) != nil {
		return otherwise
	}
	if hasFirst && hasLast {
		return fmt.Sprintf("it has ticks from %s to %s", r.time(first.Time), r.time(last.Time))
	}
	if len(all) == 0 {
		return "the database holds none"
	}
	if !slices.ContainsFunc(all, func(in tick.Name) bool { return in.Market == t.name.Market }) {
		var markets []string
		for _, in := range all {
			markets = append(markets, string(in.Market))
		}
		return "the markets are " + strings.Join(slices.Compact(markets), ", ")
	}
	if near := (&instrumentParser{all: all}).near(t.name.Code); near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	return otherwise
}

func isDigits(word string) bool {
	return word != "" && !strings.ContainsFunc(word, func(c rune) bool { return c < '0' || c > '9' })
}

func isLetter(c rune) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
