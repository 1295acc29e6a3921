package importer

import (
	"context"
	"io"
	"sync/atomic"

	"microts/internal/tick"
)

// Guess is what Import would do with a file.
type Guess struct {
	File       string
	Format     string // "CSV", "JSON", "Parquet"
	Encoding   string // of a text: "UTF-8" or "GB18030"
	Delimiter  byte   // of CSV
	Header     bool   // of CSV
	Columns    []string
	Preset     string
	Zone       string
	Cumulative bool
	Fields     []GuessField
	Ticks      []GuessTick // of the first rows
	Bad        []BadRow    // of the first rows
}

// GuessField is a field of a tick and the expression that makes it.
type GuessField struct{ Field, Expr string }

// GuessTick is a tick that would be written.
type GuessTick struct {
	Name  tick.Name
	Time  int64 // µs
	Seq   uint16
	Value []byte
}

// GuessFile says what Import would do with a file, and makes ticks of its first rows. It
// writes nothing.
func GuessFile(ctx context.Context, path string, o Options, rows int) (*Guess, error) {
	o.Files = []string{path}
	s, err := o.check()
	if err != nil {
		return nil, err
	}
	var n names
	f, err := s.openFile(path, &n, new(atomic.Int64))
	if err != nil {
		return nil, err
	}
	defer f.release()
	g := &Guess{File: f.in.path, Format: f.in.format, Columns: f.schema.columns}
	if f.in.format != formatParquet {
		g.Encoding = "UTF-8"
		if f.in.gbk {
			g.Encoding = "GB18030"
		}
	}
	if f.in.format == formatCSV {
		g.Delimiter, g.Header = f.csv.delim, f.csv.header != nil
	}
	m := f.mapping
	if m == nil {
		return g, nil
	}
	g.Preset, g.Zone, g.Cumulative = m.preset.Name, m.zone.String(), m.cumulative
	for _, field := range Fields {
		if src := m.exprs[field]; src != "" {
			g.Fields = append(g.Fields, GuessField{field, src})
		}
	}
	return g, g.read(ctx, f, &n, rows)
}

// read makes ticks of the first rows of a file.
func (g *Guess) read(ctx context.Context, f *sourceFile, n *names, rows int) error {
	p, err := f.parser()
	if err != nil {
		return err
	}
	all := map[int32]*series{}
	take := func(b *batch) bool {
		for i := range b.ticks {
			e := &b.ticks[i]
			if len(g.Ticks) == rows {
				break
			}
			s := all[e.id]
			if s == nil {
				s = &series{}
				all[e.id] = s
			}
			t := GuessTick{Name: n.name(e.id).Name, Time: e.time, Seq: e.seq}
			if b.auto {
				t.Seq, _ = s.seqs.next(t.Time)
			}
			if len(b.totals) > 0 {
				if err := s.difference(b, int32(i)); err != nil {
					b.addBad(int32(i), err.Error())
				}
			}
			t.Value = b.appendValue(nil, e)
			g.Ticks = append(g.Ticks, t)
		}
		for _, bad := range b.bad {
			if bad.File = f.in.path; len(g.Bad) < shownBad {
				g.Bad = append(g.Bad, bad)
			}
		}
		return len(g.Ticks) < rows && ctx.Err() == nil
	}
	for len(g.Ticks) < rows {
		q, err := f.next(nil)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if p.parquet != nil {
			if err := p.parquet.parse(q.group, q.first, 0, func(int) *batch { return &batch{} }, take); err != nil {
				return err
			}
			continue
		}
		b := &batch{}
		p.text.parse(q.block, b)
		if !take(b) {
			break
		}
	}
	return ctx.Err()
}
