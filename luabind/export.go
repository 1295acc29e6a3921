package luabind

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"microts/internal/exporter"
	"microts/internal/frame"
	"microts/internal/luavm"
	"microts/internal/tablefile"
	"microts/internal/tick"
)

var (
	exportSig     = newSignature("export", "db", "path", "opts?")
	frameWriteSig = newSignature("write", frameArg, "path", "opts?")
)

// exportTicks is db:export.
func exportTicks(c *luavm.Call) {
	s := &exportSig
	h := s.handle(c)
	o := exporter.Options{File: s.writtenFile(c, 2), Range: tick.Always, Zone: Zone(c.State())}
	s.eachOption(c, 3, func(name string, value luavm.Value) error { return setExportOption(c, &o, name, value) })
	report, err := exporter.Export(c.State().Context(), h.source, o)
	c.CheckStop()
	if option := (*exporter.OptionError)(nil); errors.As(err, &option) {
		i := 2
		if option.Option != "file" {
			i, option.What = 3, fmt.Sprintf("option %q: %s", option.Option, option.What)
		}
		s.throw(c, &argError{i, errors.New(option.What)})
	}
	if err != nil {
		s.raise(c, h, err)
	}
	c.Return(luavm.Int(int(report.Rows)), luavm.Int(report.Instruments))
}

// setExportOption sets an option of an export.
func setExportOption(c *luavm.Call, o *exporter.Options, name string, value luavm.Value) (err error) {
	switch name {
	case "instruments":
		o.Names, err = instrumentsOf(value)
	case "market":
		if len(optText(value)) != 1 {
			return expected("one printable ASCII character", value)
		}
		o.Market = value.Text()[0]
	case "from":
		o.Range.From, err = momentOf(c, value)
	case "to":
		o.Range.To, err = momentOf(c, value)
	case "format":
		err = stringOf(value, &o.Format)
	case "tz":
		o.Zone, err = moduleOf(c).zoneOption(value)
	default:
		return unknownName(name, "instruments", "market", "from", "to", "format", "tz")
	}
	return err
}

// momentOf reads an option that is a time in µs or a text that ts.time reads.
func momentOf(c *luavm.Call, value luavm.Value) (int64, error) {
	if value.IsString() {
		us, err := tick.ParseTime(value.Text(), Zone(c.State()), time.Now())
		if err != nil {
			return 0, fmt.Errorf("%w, got %q", err, value.Text())
		}
		return us, nil
	}
	us, ok := integer(value, tick.MaxTime-1)
	if !ok {
		return 0, expected(`time such as "2023-11-14" or integer microseconds 0 <= us < 2^53`, value)
	}
	return us, nil
}

// zoneOption reads an option that is the name of a time zone.
func (m *Module) zoneOption(value luavm.Value) (*time.Location, error) {
	zone, err := m.zoneNamed(optText(value))
	if err != nil || optText(value) == "" {
		return nil, expected(`name of a time zone such as "Asia/Shanghai" or "UTC"`, value)
	}
	return zone, nil
}

// writtenFile returns argument i, the path of a file that the script may write.
func (s *signature) writtenFile(c *luavm.Call, i int) string {
	if !c.Arg(i).IsString() || c.Arg(i).Text() == "-" {
		s.bad(c, i, "path of a file")
	}
	path, err := moduleOf(c).writable(c.Arg(i).Text())
	if err != nil {
		s.throw(c, &argError{i, err})
	}
	return path
}

// frameWrite is frame:write.
func frameWrite(c *luavm.Call) {
	s := &frameWriteSig
	f := s.frame(c, 1)
	path := s.writtenFile(c, 2)
	zone := f.Zone
	format := ""
	s.eachOption(c, 3, func(name string, value luavm.Value) (err error) {
		switch name {
		case "format":
			err = stringOf(value, &format)
		case "tz":
			zone, err = moduleOf(c).zoneOption(value)
		default:
			err = unknownName(name, "format", "tz")
		}
		return err
	})
	of, compression, err := tablefile.Choose(path, format)
	if err != nil {
		s.throw(c, &argError{2, err})
	}
	ctx := c.State().Context()
	err = tablefile.WriteFile(path, compression, func(w io.Writer) error { return writeFrame(ctx, w, of, zone, f.Frame) })
	c.CheckStop()
	if err != nil {
		s.throw(c, err)
	}
	c.Return(luavm.Int(f.Rows()))
}

// kinds are the kinds of columns of frames in files.
var kinds = [...]tablefile.Kind{
	frame.Float: tablefile.Float, frame.Int: tablefile.Int, frame.Time: tablefile.Time, frame.Unsigned: tablefile.Unsigned,
	frame.Text: tablefile.Text, frame.Mask: tablefile.Truth,
}

// writeFrame writes a frame as a table.
func writeFrame(ctx context.Context, w io.Writer, format tablefile.Format, zone *time.Location, f *frame.Frame) error {
	var fields []tablefile.Field
	for _, column := range f.Columns() {
		fields = append(fields, tablefile.Field{Name: column.Name, Kind: kinds[column.Kind]})
	}
	table, err := tablefile.NewWriter(w, format, fields, zone)
	if err != nil {
		return err
	}
	columns := make([]tablefile.Column, len(fields))
	const most = 8192 // rows at once
	for from := 0; from < f.Rows(); from += most {
		if err := ctx.Err(); err != nil {
			return err
		}
		to := min(from+most, f.Rows())
		for i, column := range f.Columns() {
			copyColumn(&columns[i], column, from, to)
		}
		if err := table.Write(to-from, columns); err != nil {
			return err
		}
	}
	return table.Close()
}

// copyColumn sets to to rows of a column of a frame.
func copyColumn(to *tablefile.Column, c *frame.Column, from, end int) {
	*to = tablefile.Column{
		Texts: to.Texts[:0], Floats: to.Floats[:0], Ints: to.Ints[:0], Unsigned: to.Unsigned[:0], Truths: to.Truths[:0], Missing: to.Missing[:0],
	}
	for i := from; i < end; i++ {
		to.Missing = append(to.Missing, c.Missing(i))
		switch c.Kind {
		case frame.Float:
			to.Floats = append(to.Floats, c.Float(i))
		case frame.Int, frame.Time:
			to.Ints = append(to.Ints, c.Int(i))
		case frame.Unsigned:
			to.Unsigned = append(to.Unsigned, c.Unsigned(i))
		case frame.Text:
			to.Texts = append(to.Texts, c.Text(i))
		case frame.Mask:
			to.Truths = append(to.Truths, c.Truth(i))
		}
	}
}
