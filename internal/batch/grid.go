package batch

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"microts/store"
)

// Values are the values that a parameter takes.
type Values struct {
	Name   string
	Values []any // strings, float64s and bools
}

// Grid says with which parameters a script is run: once for each combination of
// what its fields give. The zero Grid is one run without parameters.
type Grid struct {
	Values []Values

	// Files are CSV files whose first line names parameters; each further line
	// is one combination of their values.
	Files []string

	// EachCode are markets, or "all": each instrument that has ticks gives the
	// parameters market and code.
	EachCode []string

	// Dates is a range of days such as "2023-11-01..2023-11-30", or one day:
	// each day from Monday to Friday gives the parameter date.
	Dates string

	// Calendar is a file of days, one at the beginning of a line; days of Dates
	// that are not in it are left out, and Saturdays and Sundays that are stay.
	Calendar string
}

// AllMarkets is what stands in EachCode for every market.
const AllMarkets = "all"

// over returns g, with what wins says in the place of what g does.
func (g Grid) over(wins Grid) Grid {
	values := slices.Clone(g.Values)
next:
	for _, v := range wins.Values {
		for i := range values {
			if values[i].Name == v.Name {
				values[i] = v
				continue next
			}
		}
		values = append(values, v)
	}
	g.Values = values
	if len(wins.Files) > 0 {
		g.Files = wins.Files
	}
	if len(wins.EachCode) > 0 {
		g.EachCode = wins.EachCode
	}
	if wins.Dates != "" {
		g.Dates = wins.Dates
	}
	if wins.Calendar != "" {
		g.Calendar = wins.Calendar
	}
	return g
}

// ParseValues reads "name=value,value": values as in a line of CSV.
func ParseValues(text string) (Values, error) {
	name, list, ok := strings.Cut(text, "=")
	name = strings.TrimSpace(name)
	if !ok || name == "" {
		return Values{}, fmt.Errorf("name=value,value expected, got %q", text)
	}
	fields, err := csv.NewReader(strings.NewReader(list)).Read()
	if errors.Is(err, io.EOF) {
		fields, err = []string{""}, nil
	}
	if err != nil {
		return Values{}, fmt.Errorf("parameter %s: %w", name, err)
	}
	v := Values{Name: name}
	for _, f := range fields {
		v.Values = append(v.Values, parseValue(f))
	}
	return v, nil
}

// combinations returns the parameters of all runs. db is the database that
// EachCode asks; it may be nil where that is empty.
func (g Grid) combinations(db *store.DB) ([]Params, error) {
	all := []Params{nil}
	times := func(what string, more []Params) error {
		if len(more) == 0 {
			return fmt.Errorf("%s: nothing to run for", what)
		}
		const most = 10_000_000
		if len(all)*len(more) > most {
			return fmt.Errorf("more than %d jobs", most)
		}
		product := make([]Params, 0, len(all)*len(more))
		for _, a := range all {
			for _, m := range more {
				product = append(product, a.with(m))
			}
		}
		all = product
		return nil
	}
	if len(g.EachCode) > 0 {
		instruments, err := g.instruments(db)
		if err == nil {
			err = times("each-code "+strings.Join(g.EachCode, ","), instruments)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, path := range g.Files {
		rows, err := readParamFile(path)
		if err == nil {
			err = times(path, rows)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, v := range g.Values {
		var each []Params
		for _, value := range v.Values {
			each = append(each, Params{{v.Name, value}})
		}
		if err := times("parameter "+v.Name, each); err != nil {
			return nil, err
		}
	}
	if g.Dates == "" && g.Calendar != "" {
		return nil, errors.New("a calendar narrows dates, and none are given")
	}
	if g.Dates != "" {
		days, err := g.days()
		if err == nil {
			err = times("dates "+g.Dates, days)
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (g Grid) instruments(db *store.DB) (all []Params, err error) {
	if db == nil {
		return nil, errors.New("each-code asks a database, and none is given")
	}
	for _, market := range g.EachCode {
		m := byte(0)
		if market != AllMarkets {
			if len(market) != 1 {
				return nil, fmt.Errorf("each-code: a market (one character) or %q expected, got %q", AllMarkets, market)
			}
			m = market[0]
		}
		found, err := db.Instruments(m)
		if err != nil {
			return nil, err
		}
		for _, in := range found {
			all = append(all, Params{{"market", string(in.Market())}, {"code", parseValue(in.Code())}})
		}
	}
	return all, nil
}

// readParamFile reads a CSV file of parameters.
func readParamFile(path string) ([]Params, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(skipMark(f))
	r.TrimLeadingSpace = true
	names, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: is empty; the names of parameters expected in the first line", path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
		if names[i] == "" || slices.Contains(names[:i], names[i]) {
			return nil, fmt.Errorf("%s:1: names of parameters expected, each once, got %q", path, strings.Join(names, ","))
		}
	}
	var all []Params
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		p := make(Params, len(row))
		for i, text := range row {
			p[i] = Param{names[i], parseValue(strings.TrimSpace(text))}
		}
		all = append(all, p)
	}
}

// skipMark skips the byte order mark with which spreadsheets begin a file.
func skipMark(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if mark, _ := b.Peek(3); string(mark) == "\xef\xbb\xbf" {
		_, _ = b.Discard(3)
	}
	return b
}

// days returns the trading days.
func (g Grid) days() (all []Params, err error) {
	first, last, isRange := strings.Cut(g.Dates, "..")
	if !isRange {
		last = first
	}
	from, err := time.Parse(time.DateOnly, strings.TrimSpace(first))
	to, err2 := time.Parse(time.DateOnly, strings.TrimSpace(last))
	if err != nil || err2 != nil || to.Before(from) {
		return nil, fmt.Errorf("dates: a range such as 2023-11-01..2023-11-30 expected, got %q", g.Dates)
	}
	var calendar map[string]bool
	if g.Calendar != "" {
		if calendar, err = readCalendar(g.Calendar); err != nil {
			return nil, err
		}
	}
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		text := day.Format(time.DateOnly)
		weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
		if calendar != nil && calendar[text] || calendar == nil && !weekend {
			all = append(all, Params{{"date", text}})
		}
	}
	return all, nil
}

// readCalendar reads a file of days; empty lines and those that begin with # are
// left out.
func readCalendar(path string) (map[string]bool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	days := map[string]bool{}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		day := strings.TrimSpace(strings.TrimPrefix(line, "\xef\xbb\xbf"))
		if day == "" || day[0] == '#' {
			continue
		}
		day, _, _ = strings.Cut(day, ",")
		day = strings.TrimSpace(day)
		t, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t, err = time.Parse("20060102", day)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: a day such as 2023-11-01 expected, got %q", path, n, day)
		}
		days[t.Format(time.DateOnly)] = true
	}
	return days, nil
}
