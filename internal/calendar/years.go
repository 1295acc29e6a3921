package calendar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// years are the days of a file in days/:
//
//	# a comment
//	from 1990-12-03               the first day that is known
//	to 2026-12-31                 the last one
//	2024 01-01 02-09..02-16 ...   Monday to Friday without trading, a line a year: days, and
//	                              ranges of days with the weekends in them
//	2024 07-03@13:00 ...          a day on which trading ends early
//
// There is trading on each other Monday to Friday.
type years struct {
	known Range
	open  []Day         // the trading days, ascending
	early map[Day]int64 // µs after 0:00
}

func parseYears(text string) (*years, error) {
	y := &years{early: map[Day]int64{}}
	closed := map[Day]bool{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0][0] == '#' {
			continue
		}
		if err := y.line(words, closed); err != nil {
			return nil, fmt.Errorf("%q: %w", strings.TrimSpace(line), err)
		}
	}
	for d := y.known.From; d <= y.known.To; d++ {
		if !d.Weekend() && !closed[d] {
			y.open = append(y.open, d)
		}
	}
	return y, nil
}

func (y *years) line(words []string, closed map[Day]bool) (err error) {
	switch words[0] {
	case "from":
		y.known.From, err = ParseDay(words[1])
		return err
	case "to":
		y.known.To, err = ParseDay(words[1])
		return err
	}
	year, err := strconv.Atoi(words[0])
	if err != nil {
		return err
	}
	day := func(text string) (Day, error) { return ParseDay(fmt.Sprintf("%d-%s", year, text)) }
	for _, word := range words[1:] {
		if text, clock, ok := strings.Cut(word, "@"); ok {
			d, err := day(text)
			if err == nil {
				y.early[d], err = parseClock(clock)
			}
			if err != nil {
				return err
			}
			continue
		}
		first, last, isRange := strings.Cut(word, "..")
		if !isRange {
			last = first
		}
		from, err := day(first)
		if err != nil {
			return err
		}
		to, err := day(last)
		if err != nil {
			return err
		}
		for d := from; d <= to; d++ {
			closed[d] = true
		}
	}
	return nil
}

// until returns the hours of a day on which trading ends early.
func (h *hours) until(end int64) *hours {
	cut := *h
	cut.day = slices.Clone(h.day)
	for len(cut.day) > 1 && cut.day[len(cut.day)-1].from >= end {
		cut.day = cut.day[:len(cut.day)-1]
	}
	cut.day[len(cut.day)-1].to = end
	return &cut
}
