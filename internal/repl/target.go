package repl

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"microts/internal/tick"
	"microts/store"
)

// target returns the open database, the instrument that the arguments name, and
// the arguments after it.
func (r *REPL) target(args []string) (db *store.DB, in tick.Instrument, rest []string, err error) {
	if db, err = r.db(); err == nil {
		in, rest, err = r.instrument(db, args)
	}
	return db, in, rest, err
}

// targetRange is target for commands whose other arguments are a range of time:
// µs, both ends included.
func (r *REPL) targetRange(args []string) (db *store.DB, in tick.Instrument, start, end int64, err error) {
	db, in, rest, err := r.target(args)
	if err == nil {
		start, end, err = r.timeRange(joinTimes(rest))
	}
	return db, in, start, end, err
}

// instrument returns the instrument that the arguments begin with, as MARKET CODE
// or as a symbol, and the arguments after it. If they name none, it is the one in
// focus, else the first of the database. It comes into focus.
func (r *REPL) instrument(db *store.DB, args []string) (in tick.Instrument, rest []string, err error) {
	switch {
	case len(args) >= 2 && len(args[0]) == 1 && !isNumber(args[0]):
		in, err = tick.ParseInstrument(args[0][0], args[1])
		rest = args[2:]
	case len(args) > 0 && args[0] != "now" && strings.ContainsFunc(args[0], isLetter):
		in, err = tick.ParseSymbol(args[0])
		rest = args[1:]
	case r.focus != nil:
		return *r.focus, args, nil
	default:
		all, err := db.Instruments(0)
		if err != nil {
			return in, nil, err
		}
		if len(all) == 0 {
			return in, nil, errors.New("the database holds no ticks")
		}
		in, rest = all[0], args
	}
	if err != nil {
		return in, nil, err
	}
	r.focus = &in
	return in, rest, nil
}

func isNumber(text string) bool {
	_, err := strconv.Atoi(text)
	return err == nil
}

func isLetter(c rune) bool { return c >= 'A' && c|0x20 <= 'z' }

// timeRange reads FROM [TO] or DAY: µs, both ends included. Without arguments it
// is all time.
func (r *REPL) timeRange(args []string) (start, end int64, err error) {
	start, end = 0, tick.MaxTime-1
	for i, text := range args {
		us, err := tick.ParseTime(text, r.zone, time.Now())
		switch {
		case err != nil:
			return 0, 0, fmt.Errorf("%w, got %q", err, text)
		case i == 0:
			start = us
		case i == 1:
			end = us
		default:
			return 0, 0, fmt.Errorf("one argument too many: %q", text)
		}
	}
	if len(args) == 1 {
		if day, err := time.ParseInLocation("2006-01-02", args[0], r.zone); err == nil {
			end = day.AddDate(0, 0, 1).UnixMicro() - 1
		}
	}
	return start, end, nil
}

// joinTimes joins each date and the time of day that follows it, which splitWords
// has split.
func joinTimes(words []string) (times []string) {
	for _, w := range words {
		if n := len(times); n > 0 && strings.Contains(w, ":") && len(times[n-1]) == len("2006-01-02") && !strings.Contains(times[n-1], ":") {
			times[n-1] += " " + w
			continue
		}
		times = append(times, w)
	}
	return times
}
