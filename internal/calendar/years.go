package calendar

import (
	"fmt"
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
//	2002 09-11@12:00.. ...        a day on which it begins late
//
// There is trading on each other Monday to Friday.
type years struct {
	known Range
	open  []Day        // the trading days, ascending
	part  map[Day]span // when trading begins and ends, on days with less of it; 0 is as on others
}

func parseYears(text string) (*years, error) {
	y := &years{part: map[Day]span{}}
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
			if err != nil {
				return err
			}
			if y.part[d], err = parsePart(clock); err != nil {
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

// parsePart reads "13:00", when trading ends, or "12:00..", when it begins.
func parsePart(text string) (part span, err error) {
	if begin, ok := strings.CutSuffix(text, ".."); ok {
		part.from, err = parseClock(begin)
	} else {
		part.to, err = parseClock(text)
	}
	return part, err
}

// only returns the hours of a day that has but a part of them. Trading that begins late has
// no auction before it, and trading that ends within a session none at its end.
func (h *hours) only(part span) *hours {
	cut := *h
	cut.day = nil
	for _, s := range h.day {
		if s.to > part.from && (part.to == 0 || s.from < part.to) {
			cut.day = append(cut.day, s)
		}
	}
	if first := &cut.day[0]; part.from > h.day[0].from {
		first.from, cut.auction = max(first.from, part.from), 0
	}
	if last := &cut.day[len(cut.day)-1]; part.to != 0 {
		if part.to < last.to {
			cut.closing = 0
		}
		last.to = part.to
	}
	return &cut
}
