package archive

import (
	"context"
	"fmt"

	"microts/internal/tick"
)

// Writer is a database that Unseal writes to. A *store.DB is one.
type Writer interface {
	Hot
	Define(tick.Name) (tick.Instrument, error)
	PutMany(in *tick.Instrument, rows []tick.Row) error
	DeleteRange(in *tick.Instrument, r tick.Range) (int, error)
}

// UnsealOptions say what Unseal writes.
type UnsealOptions struct {
	// Replace deletes what the database has of the days before it writes them.
	Replace bool
	// Progress, unless it is nil, is called now and then.
	Progress func(Progress)
}

// UnsealReport says what Unseal wrote.
type UnsealReport struct {
	Days    int
	Rows    int64
	Deleted int64 // ticks that Replace has deleted
}

// Unseal writes some of the days that an archive has into a database. Unless Replace is set,
// a day of which the database has other ticks is a *DifferenceError, before anything of that
// day is written; the same ticks are no error, so an Unseal that ended early may be repeated.
// Errors, among others: *NotSealedError, ErrSymbols. The caller flushes.
func Unseal(ctx context.Context, a *Archive, days []Day, db Writer, o UnsealOptions) (report UnsealReport, err error) {
	if err := checkHot(db); err != nil {
		return report, err
	}
	for _, d := range days {
		if err := unsealDay(ctx, a, db, d, &o, &report); err != nil {
			return report, err
		}
		report.Days++
	}
	return report, nil
}

func unsealDay(ctx context.Context, a *Archive, db Writer, d Day, o *UnsealOptions, report *UnsealReport) error {
	day, err := a.open(d)
	if err != nil {
		return err
	}
	c := &comparison{ctx: ctx, hot: db, sealed: a, day: d, times: day.times}
	if o.Replace {
		n, err := c.deleteAll(db)
		report.Deleted += n
		if err != nil {
			return err
		}
	} else if err := c.compare(); err != nil {
		return err
	}
	names, err := a.DayNames(d)
	if err != nil {
		return err
	}
	progress := Progress{Day: d.String()}
	for _, n := range names {
		progress.Total += n.Rows
	}
	for _, n := range names {
		if o.Progress != nil {
			o.Progress(progress)
		}
		if err := unsealName(ctx, a, db, n.Name, c.times); err != nil {
			return fmt.Errorf("%s of %s: %w", n.Name, d, err)
		}
		progress.Rows += n.Rows
		report.Rows += n.Rows
	}
	return nil
}

// unsealName writes the ticks of an instrument.
func unsealName(ctx context.Context, a *Archive, db Writer, name tick.Name, times tick.Range) error {
	from, err := a.Find(name)
	if err != nil {
		return err
	}
	to, err := db.Define(name)
	if err != nil {
		return err
	}
	rows, err := a.Scan(&from, tick.ScanOptions{Range: times})
	if err != nil {
		return err
	}
	defer rows.Close()
	var block []tick.Row
	for b := rows.NextBlock(); b != nil; b = rows.NextBlock() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		block = block[:0]
		for i := range b.Len() {
			block = append(block, tick.Row{Time: b.Times[i], Seq: b.Seqs[i], Value: b.Values.At(i)})
		}
		if err := db.PutMany(&to, block); err != nil {
			return err
		}
	}
	return rows.Err()
}
