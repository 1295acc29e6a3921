package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"microts/internal/tick"
)

// Hot is a database of ticks that are not all sealed. A *store.DB is one, and so is an
// Archive.
type Hot interface {
	tick.Source
	Find(tick.Name) (tick.Instrument, error)
	Name(*tick.Instrument) (tick.Name, error)
	Names(market byte) ([]tick.Name, error)
}

// ErrSymbols is returned for a database of storage engine V1.
var ErrSymbols = errors.New("a database of storage engine V1 has points of symbols and no ticks, and an archive holds ticks; export and import make a database of V2 of it")

// checkHot returns ErrSymbols for a database that has no ticks by its format.
func checkHot(h Hot) error {
	if db, ok := h.(interface{ Format() tick.Format }); ok && db.Format() == tick.V1 {
		return ErrSymbols
	}
	return nil
}

// countPoints returns how many points a database has in a range that are no ticks.
func countPoints(h Hot, market byte, r tick.Range) (n int64, err error) {
	db, ok := h.(interface {
		PointSeries(market byte) ([]tick.PointSeries, error)
	})
	if !ok || r.Empty() {
		return 0, nil
	}
	all, err := db.PointSeries(market)
	for _, s := range all {
		some, err := s.Count(r)
		if err != nil {
			return n, err
		}
		n += int64(some)
	}
	return n, err
}

// dayTicks are the ticks that a Hot has of a day, or, if there is a second one, those of
// both: of a time and seq that both have, the first one's.
type dayTicks struct {
	ctx           context.Context
	first, second Hot // second may be nil
	day           dayID
	times         tick.Range
}

// each calls begin with each instrument of the market, in the order of their codes as text,
// and add with its ticks of the day, if there are any, some at a time.
func (d *dayTicks) each(begin func(tick.Name) error, add func(*tick.Columns) error) error {
	names, err := d.names()
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := d.ctx.Err(); err != nil {
			return context.Cause(d.ctx)
		}
		if err := begin(name); err != nil {
			return err
		}
		if err := d.scan(name, add); err != nil {
			return fmt.Errorf("%s of %s: %w", name, d.day, err)
		}
	}
	return nil
}

// names returns the names of the instruments, in the order of their codes as text.
func (d *dayTicks) names() ([]tick.Name, error) {
	names, err := d.first.Names(d.day.market)
	if err != nil {
		return nil, err
	}
	if d.second != nil {
		more, err := d.second.Names(d.day.market)
		if err != nil {
			return nil, err
		}
		names = append(slices.Clone(names), more...)
	}
	slices.SortFunc(names, func(x, y tick.Name) int { return cmp.Compare(x.CodeText(), y.CodeText()) })
	return slices.Compact(names), nil
}

// scan calls add with the ticks of an instrument.
func (d *dayTicks) scan(name tick.Name, add func(*tick.Columns) error) error {
	blocks, err := scanDay(d.first, name, d.times)
	if err != nil {
		return err
	}
	defer blocks.Close()
	if d.second == nil {
		for c := (tick.Columns{}); blocks.Read(&c); {
			if err := d.ctx.Err(); err != nil {
				return context.Cause(d.ctx)
			}
			if err := add(&c); err != nil {
				return err
			}
		}
		return blocks.Err()
	}
	under, err := scanDay(d.second, name, d.times)
	if err != nil {
		return err
	}
	defer under.Close()
	return walk(blocks, under, func(x, y *tick.Columns) error {
		if err := d.ctx.Err(); err != nil {
			return context.Cause(d.ctx)
		}
		if x == nil {
			x = y
		}
		return add(x)
	})
}

// scanDay begins a scan of an instrument with all columns.
func scanDay(s Hot, name tick.Name, times tick.Range) (tick.ColumnBlocks, error) {
	in, err := s.Find(name)
	if err != nil {
		return nil, err
	}
	return tick.ScanColumns(s, &in, tick.ScanOptions{Range: times}, tick.AllColumns)
}

// digest returns the digest of the ticks.
func (d *dayTicks) digest() (*digest, error) {
	sum, code := newDigest(), ""
	err := d.each(func(name tick.Name) error {
		sum.end(code)
		code = name.CodeText()
		return nil
	}, func(c *tick.Columns) error {
		sum.add(c)
		return nil
	})
	sum.end(code)
	return sum, err
}
