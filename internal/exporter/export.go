package exporter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"microts/internal/tablefile"
	"microts/internal/tick"
)

// Export writes the ticks of a Source into a file, in the order of the instruments and of
// (time, seq) in each, and then, of a PointSource, the points that are no ticks. If it
// fails, the file is what it was before. An *OptionError is of the options.
func Export(ctx context.Context, from Source, o Options) (*Report, error) {
	format, compression, err := o.choose()
	if err != nil {
		return nil, err
	}
	if o.Zone == nil {
		o.Zone = tick.Shanghai
	}
	e := &export{ctx: ctx, from: from, o: &o, format: format, begun: time.Now()}
	if err := e.choose(); err != nil {
		return nil, err
	}
	// A file begins with the names of its columns, but a value that needs the column
	// raw may come late. A file can be begun anew then, the standard output can not.
	if o.File == "-" {
		if !e.raw {
			e.raw, err = e.hasRaw()
		}
		if err == nil {
			err = tablefile.Stream(o.Stdout, compression, e.write)
		}
	} else {
		err = tablefile.WriteFile(o.File, compression, e.write)
		if errors.Is(err, errNeedsRaw) {
			e.raw = true
			err = tablefile.WriteFile(o.File, compression, e.write)
		}
	}
	if err != nil {
		return nil, err
	}
	e.report.Elapsed = time.Since(e.begun)
	return &e.report, nil
}

// errNeedsRaw is returned when a file without a column raw needs one.
var errNeedsRaw = errors.New("a value is no tick record")

// export is one export.
type export struct {
	ctx      context.Context
	from     Source
	o        *Options
	format   tablefile.Format
	names    []tick.Name
	points   []tick.PointSeries // that are no ticks
	v1       bool               // from is a database of format V1
	raw      bool               // the file has a column raw
	begun    time.Time
	told     time.Time // when Progress was called
	report   Report
	ticksOf  converter
	pointsOf pointConverter
}

// choose finds what there is to export.
func (e *export) choose() (err error) {
	from, ok := e.from.(PointSource)
	if ok {
		e.v1 = from.IsDatabaseV1()
		if e.points, err = from.PointSeries(e.o.Market); err != nil {
			return err
		}
	}
	if e.names = e.o.Names; len(e.names) > 0 {
		e.points = slices.DeleteFunc(e.points, func(s tick.PointSeries) bool { return !slices.Contains(e.names, s.Name()) })
	} else if !e.v1 {
		e.names, err = e.from.Names(e.o.Market)
	}
	e.raw = len(e.points) > 0
	return err
}

// hasRaw says whether some value is no tick record.
func (e *export) hasRaw() (found bool, err error) {
	for _, name := range e.names {
		err := e.scan(name, 0, func(c *tick.Columns) error {
			if len(c.Others) > 0 {
				return errNeedsRaw
			}
			return nil
		})
		if errors.Is(err, errNeedsRaw) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
	return false, nil
}

// columns returns the columns of the file.
func (e *export) columns() []tablefile.Field {
	switch {
	case e.v1:
		return symbolFields
	case len(e.points) > 0:
		return fields
	case e.raw:
		return fields[:rawField+1]
	}
	return fields[:rawField]
}

// write writes all instruments.
func (e *export) write(w io.Writer) error {
	columns := e.columns()
	table, err := tablefile.NewWriter(w, e.format, columns, e.o.Zone)
	if err != nil {
		return err
	}
	e.report = Report{}
	found := map[tick.Name]bool{}
	if !e.v1 {
		if err := e.writeTicks(table, len(columns), found); err != nil {
			return err
		}
	}
	for _, s := range e.points {
		if err := e.writePoints(table, s, found); err != nil {
			return err
		}
	}
	e.report.Instruments = len(found)
	for _, name := range e.o.Names {
		if !found[name] {
			e.report.Empty = append(e.report.Empty, name)
		}
	}
	return table.Close()
}

// writeTicks writes the ticks with some of the columns fields. It adds the names that have
// some to found.
func (e *export) writeTicks(table tablefile.Writer, width int, found map[tick.Name]bool) error {
	for done, name := range e.names {
		code := name.CodeText()
		err := e.scan(name, tick.AllColumns, func(c *tick.Columns) error {
			if !e.raw && len(c.Others) > 0 {
				return errNeedsRaw
			}
			found[name] = true
			e.report.Rows += int64(c.Len())
			e.tell(done)
			return table.Write(c.Len(), e.ticksOf.convert(name, code, c, width))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// writePoints writes the points of a series. It adds its name to found if there are some.
func (e *export) writePoints(table tablefile.Writer, s tick.PointSeries, found map[tick.Name]bool) error {
	return e.scanPoints(s, func(b *tick.Block) error {
		columns, err := e.pointsOf.convert(s, e.v1, b)
		if err != nil {
			return err
		}
		found[s.Name()] = true
		e.report.Rows += int64(b.Len())
		e.tell(len(found))
		return table.Write(b.Len(), columns)
	})
}

// scan calls f with the ticks of an instrument.
func (e *export) scan(name tick.Name, set tick.ColumnSet, f func(c *tick.Columns) error) error {
	in, err := e.from.Find(name)
	if err != nil {
		return err
	}
	blocks, err := tick.ScanColumns(e.from, &in, tick.ScanOptions{Range: e.o.Range}, set)
	if err != nil {
		return err
	}
	defer blocks.Close()
	var c tick.Columns
	for blocks.Read(&c) {
		if err := e.ctx.Err(); err != nil {
			return err
		}
		if err := f(&c); err != nil {
			return err
		}
	}
	if err := blocks.Err(); err != nil {
		return fmt.Errorf("%s: %w", name.FullSymbol(), err)
	}
	return e.ctx.Err()
}

// tell calls Progress, ten times a second at most.
func (e *export) tell(done int) {
	const every = 100 * time.Millisecond
	if now := time.Now(); e.o.Progress != nil && now.Sub(e.told) >= every {
		e.told = now
		e.o.Progress(Progress{Rows: e.report.Rows, Done: done, Instruments: len(e.names), Elapsed: now.Sub(e.begun)})
	}
}
