package archive

import (
	"context"
	"fmt"
	"math"

	"microts/internal/objects"
	"microts/internal/tick"
)

// Pruner is a database that Prune deletes from. A *store.DB is one.
type Pruner interface {
	Hot
	Delete(in *tick.Instrument, ts int64, seq uint16) error
}

// PruneOptions say what Prune deletes.
type PruneOptions struct {
	// Market chooses the days of one market. Zero is all.
	Market byte
	// Date chooses one day, as in "2026-11-24", Before those before a date. Both may be "".
	Date, Before string
	// DryRun makes it verify and compare, and delete nothing.
	DryRun bool
	// Progress, unless it is nil, is called now and then.
	Progress func(Progress)
}

// PruneReport says what Prune deleted, or would have.
type PruneReport struct {
	Days []PrunedDay
}

// PrunedDay is a sealed day of which the database had ticks.
type PrunedDay struct {
	Day
	Rows int64 // ticks that were deleted
}

// Prune deletes the ticks of sealed days from a database. It deletes a day only after it has
// read all of the sealed day (see Verify), and compared each tick of the database with it: if
// the database has one that is not sealed, or another value, that is a *DifferenceError, and
// if the sealed day is damaged, a *DamagedError; then the day stays. Right before a tick is
// deleted it is compared once more. The caller flushes.
func Prune(ctx context.Context, db Pruner, store objects.Store, o PruneOptions) (report PruneReport, err error) {
	if err := checkHot(db); err != nil {
		return report, err
	}
	before, err := parseBefore(o.Date, o.Before)
	if err != nil {
		return report, err
	}
	a, closeArchive, err := openStore(ctx, store, Options{})
	if err != nil {
		return report, err
	}
	defer closeArchive()
	names, err := db.Names(o.Market)
	if err != nil {
		return report, err
	}
	days, err := daysBefore(ctx, db, names, a.days, before)
	if err != nil {
		return report, err
	}
	for _, day := range days {
		sealed, ok := a.openAt(day.market, day.date)
		if !ok || o.Date != "" && o.Date != day.date.String() {
			continue
		}
		c := &comparison{ctx: ctx, hot: db, sealed: a, day: sealed.of(day.market), times: sealed.times}
		n, err := pruneDay(c, db, store, day, &o)
		if err != nil {
			return report, err
		}
		report.Days = append(report.Days, PrunedDay{c.day, n})
	}
	return report, nil
}

// parseBefore checks a date and returns the date of before, which is after all others if it
// is "".
func parseBefore(on, before string) (date, error) {
	if on != "" {
		if _, err := parseDate(on); err != nil {
			return 0, err
		}
	}
	if before == "" {
		return math.MaxInt, nil
	}
	return parseDate(before)
}

// pruneDay deletes a day, and returns how many ticks it had.
func pruneDay(c *comparison, db Pruner, store objects.Store, day dayID, o *PruneOptions) (n int64, err error) {
	v := newVerifier(c.ctx, store, VerifyOptions{Progress: o.Progress})
	if err := v.verify(day, c.day.Revision); err != nil {
		return 0, err
	}
	if len(v.report.Problems) > 0 {
		return 0, v.report.Problems[0]
	}
	if err := c.compare(); err != nil {
		return 0, err
	}
	if o.DryRun {
		return c.same, nil
	}
	return c.deleteSame(db)
}

// comparison compares what a database has of a day with the sealed day.
type comparison struct {
	ctx    context.Context
	hot    Hot
	sealed *Archive
	day    Day
	times  tick.Range
	same   int64 // ticks that both have
}

// compare returns a *DifferenceError unless each tick of the database is a sealed one.
func (c *comparison) compare() error {
	c.same = 0
	return c.each(func(tick.Name, *tick.Columns) error { return nil })
}

// each calls f with the ticks of the database, instrument by instrument, some at a time. A
// tick that is not the sealed one ends it with a *DifferenceError.
func (c *comparison) each(f func(tick.Name, *tick.Columns) error) error {
	names, err := c.hot.Names(c.day.Market)
	if err != nil {
		return err
	}
	for _, n := range names {
		if err := c.eachOf(n, func(x *tick.Columns) error { return f(n, x) }); err != nil {
			return err
		}
	}
	return nil
}

func (c *comparison) eachOf(name tick.Name, f func(*tick.Columns) error) error {
	hot, err := scanDay(c.hot, name, c.times)
	if err != nil {
		return err
	}
	defer hot.Close()
	sealed, err := scanDay(c.sealed, name, c.times)
	if err != nil {
		return err
	}
	defer sealed.Close()
	return walk(hot, sealed, func(x, y *tick.Columns) error {
		switch {
		case c.ctx.Err() != nil:
			return context.Cause(c.ctx)
		case x == nil:
			return nil
		case y == nil:
			return c.difference(name, fmt.Sprintf("the database has a tick at %d, %d, which is not sealed", x.Times[0], x.Seqs[0]))
		case !sameValues(x, y):
			return c.difference(name, fmt.Sprintf("the database has another value at %s", firstDifference(x, y)))
		}
		c.same += int64(x.Len())
		return f(x)
	})
}

// firstDifference names the first row whose values differ.
func firstDifference(x, y *tick.Columns) string {
	for i := range x.Len() {
		a, b := x.Part(i, i+1), y.Part(i, i+1)
		if !sameValues(&a, &b) {
			return fmt.Sprintf("%d, %d", x.Times[i], x.Seqs[i])
		}
	}
	return "no tick"
}

func (c *comparison) difference(name tick.Name, problem string) error {
	return &DifferenceError{Day: c.day.String(), Name: name.String(), Revision: c.day.Revision, Problem: problem}
}

// deleteSame deletes the ticks of the database, each after a comparison.
func (c *comparison) deleteSame(db Pruner) (n int64, err error) {
	err = c.each(func(name tick.Name, x *tick.Columns) error {
		in, err := db.Find(name)
		if err != nil {
			return err
		}
		for i, us := range x.Times {
			if err := db.Delete(&in, us, x.Seqs[i]); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// deleteAll deletes all ticks that the database has of the day.
func (c *comparison) deleteAll(db Writer) (n int64, err error) {
	names, err := db.Names(c.day.Market)
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		in, err := db.Find(name)
		if err != nil {
			return n, err
		}
		some, err := db.DeleteRange(&in, c.times)
		n += int64(some)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
