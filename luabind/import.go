package luabind

import (
	"errors"
	"io"
	"os"
	"slices"

	"microts/internal/importer"
	"microts/internal/luavm"
)

var importSig = newSignature("import", "db", "opts")

// importFiles is db:import.
func importFiles(c *luavm.Call) {
	s := &importSig
	h := s.handle(c)
	m := moduleOf(c)
	if _, ok := c.Arg(2).AsTable(); !ok {
		s.bad(c, 2, "table of options")
	}
	o := importer.Options{CreateBad: func(path string) (io.WriteCloser, error) {
		path, err := m.writable(path)
		if err != nil {
			return nil, err
		}
		return os.Create(path)
	}}
	s.eachOption(c, 2, func(name string, value luavm.Value) error { return setImportOption(&o, name, value) })
	if h.db.ReadOnly() || h.db.Closed() {
		if err := h.db.Flush(); err != nil { // says why nothing can be written
			s.raise(c, h, err)
		}
	}
	report, err := importer.Import(c.State().Context(), h.db, o)
	c.CheckStop()
	if option := (*importer.OptionError)(nil); errors.As(err, &option) {
		s.badOption(c, 2, option.Option, errors.New(option.What))
	}
	if err != nil {
		s.raise(c, h, err)
	}
	c.Return(importReport(report))
}

// importOptions are the names of the options of db:import.
var importOptions = []string{
	"files", "preset", "map", "code_column", "code", "market", "tz", "seq", "format", "encoding", "delimiter", "header",
	"cumulative", "bad", "max_bad",
}

// setImportOption sets an option of an import.
func setImportOption(o *importer.Options, name string, value luavm.Value) (err error) {
	texts := map[string]*string{
		"preset": &o.Preset, "code_column": &o.CodeColumn, "code": &o.Code, "market": &o.Market, "tz": &o.Zone, "seq": &o.Seq,
		"format": &o.Format, "encoding": &o.Encoding, "delimiter": &o.Delimiter, "bad": &o.Bad,
	}
	if to, ok := texts[name]; ok {
		if !value.IsString() {
			return expected("string", value)
		}
		*to = value.Text()
		return nil
	}
	switch name {
	case "files":
		o.Files, err = importPaths(value)
	case "map":
		t, ok := value.AsTable()
		if !ok {
			return expected(`table such as {price = "last*10000"}`, value)
		}
		o.Map = map[string]string{}
		for k, v := range t.All() {
			if !k.IsString() || !v.IsString() {
				return expected("expressions by the names of fields", v)
			}
			o.Map[k.Text()] = v.Text()
		}
	case "header", "cumulative":
		if value != luavm.True && value != luavm.False {
			return expected("boolean", value)
		}
		on := value == luavm.True
		if name == "cumulative" {
			o.Cumulative = &on
		} else if o.Header = "no"; on {
			o.Header = "yes"
		}
	case "max_bad":
		n := int(value.Float())
		if !value.IsNumber() || float64(n) != value.Float() {
			return expected("integer", value)
		}
		o.MaxBad = &n
	default:
		return unknownName(name, importOptions...)
	}
	return err
}

// importPaths returns the paths and patterns of a string or of a list of strings.
func importPaths(value luavm.Value) (paths []string, err error) {
	if value.IsString() {
		paths = []string{value.Text()}
	} else if t, ok := value.AsTable(); ok {
		for i := 1; i <= t.Len(); i++ {
			v := t.GetInt(i)
			if !v.IsString() {
				return nil, expected("paths of files", v)
			}
			paths = append(paths, v.Text())
		}
	} else {
		return nil, expected("path or list of paths", value)
	}
	if slices.Contains(paths, "-") {
		return nil, errors.New("paths of files expected, got the standard input")
	}
	return paths, nil
}

// importReport returns the report of an import as a table.
func importReport(r *importer.Report) luavm.Value {
	t := luavm.NewTable(0, 9)
	for name, n := range map[string]float64{
		"files": float64(r.Files), "rows": float64(r.Rows), "ticks": float64(r.Ticks), "bad": float64(r.Bad),
		"instruments": float64(r.Instruments), "seconds": r.Elapsed.Seconds(),
	} {
		t.SetString(name, luavm.Number(n))
	}
	if r.Ticks > 0 {
		t.SetString("first", luavm.Number(float64(r.First)))
		t.SetString("last", luavm.Number(float64(r.Last)))
	}
	bad := luavm.NewTable(len(r.FirstBad), 0)
	for i := range r.FirstBad {
		b := &r.FirstBad[i]
		row := luavm.NewTable(0, 4)
		row.SetString("file", luavm.Part(b.File))
		row.SetString("line", luavm.Number(float64(b.Line)))
		row.SetString("reason", luavm.Part(b.Reason))
		row.SetString("row", luavm.Part(b.Row))
		bad.Append(row.Value())
	}
	t.SetString("first_bad", bad.Value())
	return t.Value()
}
