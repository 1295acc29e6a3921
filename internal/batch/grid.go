package batch

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"microts/internal/source"
	"microts/internal/tick"
)

// Values are the values that one parameter takes: strings, float64s and bools.
type Values struct {
	Name   string
	Values []any
}

// Grid says for which parameters a script is run. Each field lists values of some
// parameters; the script is run once for each combination of the fields. The zero
// Grid gives one job without parameters.
type Grid struct {
	Values []Values

	// Files are paths of CSV files. The first line names parameters; each further
	// line holds one value of each.
	Files []string

	// EachCode are markets, or AllMarkets. Each of their instruments that has ticks
	// in the database gives the parameters market and code, which are strings. Of an
	// archive they are those that have ticks on the days of Dates, if there are any.
	EachCode []string

	// Dates is a range of days such as "2023-11-01..2023-11-30", "20231101.." or
	// "20231101..today", or one day. Each trading day in it gives the parameter date.
	// Without a Calendar the trading days are those that are sealed, of an archive, else
	// Monday to Friday. A range may lack its first day, as "..today", but not if the days
	// are Monday to Friday.
	Dates string

	// Calendar is the name or the file of a calendar, as package calendar reads it.
	Calendar string
}

// AllMarkets in Grid.EachCode means every market.
const AllMarkets = "all"

// over returns g, with what wins sets in its place: each parameter of Values, and
// each other field that is not empty.
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

// ParseValues reads "name=value,value". The values are quoted as in a line of CSV, and
// have one type.
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
	return Values{name, parseColumn(fields)}, nil
}

// combinations returns the parameters of each job. db may be nil if EachCode is
// empty.
func (g Grid) combinations(db *source.Source) ([]Params, error) {
	if g.Dates == "" && g.Calendar != "" {
		return nil, errors.New("a calendar narrows dates, and none are given")
	}
	all := []Params{nil}
	for _, axis := range g.axes() {
		values, err := axis.values(db)
		if err == nil && len(values) == 0 {
			err = fmt.Errorf("%s: nothing to run for", axis.name)
		}
		if err == nil {
			all, err = product(all, values)
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// axis is one field of a Grid, or one element of it: a list of values of some
// parameters.
type axis struct {
	name   string // in errors
	values func(db *source.Source) ([]Params, error)
}

// axes returns the axes in the order in which their parameters stand in a job.
func (g Grid) axes() (all []axis) {
	if len(g.EachCode) > 0 {
		all = append(all, axis{"each-code " + strings.Join(g.EachCode, ","), g.instruments})
	}
	for _, path := range g.Files {
		all = append(all, axis{path, func(*source.Source) ([]Params, error) { return readParamFile(path) }})
	}
	for _, v := range g.Values {
		all = append(all, axis{"parameter " + v.Name, func(*source.Source) ([]Params, error) { return v.params(), nil }})
	}
	if g.Dates != "" {
		all = append(all, axis{"dates " + g.Dates, g.days})
	}
	return all
}

// product returns each of a with each of b.
func product(a, b []Params) ([]Params, error) {
	const most = 10_000_000
	if len(a)*len(b) > most {
		return nil, fmt.Errorf("more than %d jobs", most)
	}
	all := make([]Params, 0, len(a)*len(b))
	for _, p := range a {
		for _, q := range b {
			all = append(all, p.with(q))
		}
	}
	return all, nil
}

// params returns a parameter with each of its values.
func (v Values) params() (all []Params) {
	for _, value := range v.Values {
		all = append(all, Params{{v.Name, value}})
	}
	return all
}

// instruments lists the instruments of EachCode.
func (g Grid) instruments(db *source.Source) (all []Params, err error) {
	if db == nil {
		return nil, errors.New("each-code asks a database, and none is given")
	}
	for _, market := range g.EachCode {
		m, err := marketOf(market)
		if err != nil {
			return nil, err
		}
		list := db.Names
		if isArchive(db) {
			list = func(m byte) ([]tick.Name, error) { return g.sealedNames(db, m) }
		}
		found, err := list(m)
		if err != nil {
			return nil, err
		}
		for _, n := range found {
			all = append(all, Params{{"market", string(rune(n.Market))}, {"code", n.Code}})
		}
	}
	return all, nil
}

// marketOf returns the market that EachCode names; 0 is all.
func marketOf(text string) (market byte, err error) {
	switch {
	case text == AllMarkets:
		return 0, nil
	case len(text) == 1:
		return text[0], nil
	}
	return 0, fmt.Errorf("each-code: a market (one character) or %q expected, got %q", AllMarkets, text)
}
