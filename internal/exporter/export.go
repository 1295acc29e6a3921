package exporter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"microts/internal/tablefile"
	"microts/internal/tick"
)

// Export writes the ticks of a Source into a file, in the order of the instruments and of
// (time, seq) in each. If it fails, the file is what it was before. An *OptionError is of
// the options.
func Export(ctx context.Context, from Source, o Options) (*Report, error) {
	format, compression, err := o.choose()
	if err != nil {
		return nil, err
	}
	if o.Zone == nil {
		o.Zone = tick.Shanghai
	}
	e := &export{ctx: ctx, from: from, o: &o, format: format, begun: time.Now()}
	if e.names = o.Names; len(e.names) == 0 {
		if e.names, err = from.Names(o.Market); err != nil {
			return nil, err
		}
	}
	// A file begins with the names of its columns, but a value that needs the column
	// raw may come late. A file can be begun anew then, the standard output can not.
	if o.File == "-" {
		if e.raw, err = e.hasRaw(); err == nil {
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
	ctx    context.Context
	from   Source
	o      *Options
	format tablefile.Format
	names  []tick.Name
	raw    bool // the file has a column raw
	begun  time.Time
	told   time.Time // when Progress was called
	report Report
	converter
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

// write writes all instruments.
func (e *export) write(w io.Writer) error {
	columns := fields
	if !e.raw {
		columns = fields[:rawField]
	}
	table, err := tablefile.NewWriter(w, e.format, columns, e.o.Zone)
	if err != nil {
		return err
	}
	e.report = Report{}
	for done, name := range e.names {
		code, rows := name.CodeText(), e.report.Rows
		err := e.scan(name, tick.AllColumns, func(c *tick.Columns) error {
			if !e.raw && len(c.Others) > 0 {
				return errNeedsRaw
			}
			e.report.Rows += int64(c.Len())
			e.tell(done)
			return table.Write(c.Len(), e.convert(name, code, c, e.raw))
		})
		switch {
		case err != nil:
			return err
		case e.report.Rows > rows:
			e.report.Instruments++
		case len(e.o.Names) > 0:
			e.report.Empty = append(e.report.Empty, name)
		}
	}
	return table.Close()
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
