package archive

import (
	"context"
	"slices"
	"sort"
	"sync"

	"microts/internal/tick"
	"microts/internal/tickfile"
)

// plan says which bytes a scan reads: it goes from day to day, finds in each manifest the
// spans that the scan needs, and makes units of them.
type plan struct {
	a       *Archive
	ctx     context.Context
	market  byte
	code    string
	times   tick.Range
	set     tick.ColumnSet
	reverse bool
	skip    func(span) bool // nil, or leaves out spans
	running *sync.WaitGroup // of goroutines

	days  []openDay // whose manifests are not asked for yet, in the order of the scan
	loads []*load   // that are asked for
	depth int       // how many to ask for at once

	day   dayID
	spans []span // of the current day, in the order of the scan
}

// load is a manifest that is being loaded.
type load struct {
	done chan struct{}
	m    *manifest
	err  error
}

// unit is spans of one part whose bytes are read at once.
type unit struct {
	part  *part
	off   int64
	n     int64
	spans []span

	done chan struct{}
	data []byte
	err  error
}

// unitBytes is how many bytes a unit has at most, if it has more than one span.
const unitBytes = 2 << 20

// newPlan returns the plan of a scan.
func (a *Archive) newPlan(ctx context.Context, in *tick.Instrument, o tick.ScanOptions, set tick.ColumnSet) *plan {
	p := &plan{
		a: a, ctx: ctx, market: in.Market(), code: a.shared.names.name(in).CodeText(),
		times: o.Range, set: set, reverse: o.Reverse, depth: 1,
	}
	if o.Range.Empty() {
		return p
	}
	days := a.sealed[p.market]
	first := sort.Search(len(days), func(i int) bool { return days[i].times.To >= o.From })
	end := sort.Search(len(days), func(i int) bool { return days[i].times.From > o.To })
	p.days = days[first:end]
	if o.Reverse {
		p.days = slices.Clone(p.days)
		slices.Reverse(p.days)
	}
	return p
}

// next returns the next unit, or nil after the last one. It waits for manifests; it asks for
// some ahead, more and more.
func (p *plan) next() (*unit, error) {
	for len(p.spans) == 0 {
		for len(p.loads) < p.depth && len(p.days) > 0 {
			p.loads = append(p.loads, p.load(p.days[0]))
			p.days = p.days[1:]
		}
		if len(p.loads) == 0 {
			return nil, nil
		}
		l := p.loads[0]
		var none struct{}
		if err := wait(l.done, &none, p.a.interrupt); err != nil {
			return nil, err
		}
		if l.err != nil {
			return nil, l.err
		}
		p.loads = p.loads[1:]
		p.depth = min(2*p.depth, manifestsAtOnce)
		p.take(l.m)
	}
	return p.cut(), nil
}

// load begins to load a manifest.
func (p *plan) load(d openDay) *load {
	l := &load{done: make(chan struct{})}
	day := dayID{p.market, d.date}
	if m := p.a.shared.known(day.manifestKey(d.number)); m != nil && d.sum == "" {
		l.m = m
		close(l.done)
		return l
	}
	p.running.Go(func() {
		l.m, l.err = p.a.manifest(p.ctx, p.market, d)
		close(l.done)
	})
	return l
}

// take makes a day the current one.
func (p *plan) take(m *manifest) {
	p.day = m.day
	part, number, ok := m.find(p.code)
	if !ok {
		return
	}
	p.spans = part.spans(number, p.times)
	if p.skip != nil {
		p.spans = slices.DeleteFunc(p.spans, p.skip)
	}
	if p.reverse {
		slices.Reverse(p.spans)
	}
}

// cut makes a unit of the next spans.
func (p *plan) cut() *unit {
	first := p.spans[0]
	from, to := first.needs(p.set)
	n := 1
	for ; n < len(p.spans); n++ {
		a, z := p.spans[n].needs(p.set)
		a, z = min(a, from), max(z, to)
		if z-a > unitBytes {
			break
		}
		from, to = a, z
	}
	u := &unit{part: first.part, off: from, n: to - from, spans: p.spans[:n], done: make(chan struct{})}
	p.spans = p.spans[n:]
	return u
}

// needs returns which bytes of its part a span needs for a set of columns.
func (s *span) needs(set tick.ColumnSet) (from, to int64) {
	g := &s.part.Groups[s.group]
	from = -1
	for c := range g.Needs(set) {
		r := g.Column(c)
		if from < 0 {
			from = r.Offset
		}
		to = r.Offset + r.Length
	}
	return from, to
}

// fetch reads the bytes of a unit.
func (u *unit) fetch(ctx context.Context, s *shared) {
	defer close(u.done)
	u.data, u.err = s.read(ctx, u.part, u.off, u.n, false)
}

// decode decodes the group of a span, with the columns of a set, from bytes of its part that
// begin at an offset.
func (s *span) decode(data []byte, off int64, set tick.ColumnSet, c *tick.Columns) ([]tickfile.Run, error) {
	g := &s.part.Groups[s.group]
	chunks := g.Cut(data, off)
	return g.Decode(&chunks, set, c)
}
