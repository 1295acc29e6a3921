package batch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"microts/internal/archive"
	"microts/internal/calendar"
	"microts/internal/source"
	"microts/internal/tick"
)

// isArchive says whether db is an archive alone: then its manifests say which days and
// instruments there are.
func isArchive(db *source.Source) bool { return db != nil && db.Kind() == source.Archive }

// sealedDays returns the days of an archive that a Grid is about: those of the markets of
// EachCode, or of all.
func (g Grid) sealedDays(a *archive.Archive) ([]archive.Day, error) {
	if len(g.EachCode) == 0 || slices.Contains(g.EachCode, AllMarkets) {
		return a.Days(0)
	}
	var all []archive.Day
	for _, market := range g.EachCode {
		m, err := marketOf(market)
		if err != nil {
			return nil, err
		}
		days, err := a.Days(m)
		if err != nil {
			return nil, err
		}
		all = append(all, days...)
	}
	return all, nil
}

// sealedDates returns the dates of the days that a Grid is about, each once.
func (g Grid) sealedDates(a *archive.Archive) (dates []calendar.Text, err error) {
	days, err := g.sealedDays(a)
	for _, d := range days {
		dates = append(dates, calendar.Text(d.Date))
	}
	slices.Sort(dates)
	return slices.Compact(dates), err
}

// sealedNames returns the names of the instruments of a market, or of all, that have ticks
// on the days of Dates, from their manifests.
func (g Grid) sealedNames(db *source.Source, market byte) ([]tick.Name, error) {
	if g.Dates == "" {
		return db.Names(market)
	}
	dates, err := g.days(db)
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, p := range dates {
		wanted[p[0].Value.(string)] = true
	}
	days, err := db.Archive().Days(market)
	if err != nil {
		return nil, err
	}
	days = slices.DeleteFunc(days, func(d archive.Day) bool { return !wanted[d.Date] })
	seen := map[tick.Name]bool{}
	var names []tick.Name
	err = eachDay(db.Archive(), days, func(_ archive.Day, codes []archive.CodeRows) {
		for _, c := range codes {
			if !seen[c.Name] {
				seen[c.Name] = true
				names = append(names, c.Name)
			}
		}
	})
	slices.SortFunc(names, tick.Name.Compare)
	return names, err
}

// eachDay calls f with the instruments of each day. It reads the manifests some at a time.
func eachDay(a *archive.Archive, days []archive.Day, f func(archive.Day, []archive.CodeRows)) error {
	for some := range slices.Chunk(days, 16) {
		if _, err := a.Describe(some...); err != nil {
			return err
		}
		for _, d := range some { // whose manifests are in memory
			codes, err := a.DayNames(d)
			if err != nil {
				return err
			}
			f(d, codes)
		}
	}
	return nil
}

// readArchive takes into the plan what the archive of a batch says: the revisions of its
// days, so that all runs of the plan see the same ticks, and the dates of jobs that are
// not sealed.
func (p *Plan) readArchive(db *source.Source) error {
	a := db.Archive()
	if isArchive(db) {
		p.Options.DB = a.Path()
	} else {
		p.Options.Archive = a.Path()
	}
	days, err := a.Days(0)
	if err != nil {
		return err
	}
	if p.Options.Pins, err = a.Pins(); err != nil || !isArchive(db) {
		return err
	}
	sealed := map[string]bool{}
	for _, d := range days {
		sealed[d.String()], sealed[d.Date] = true, true
	}
	missing := map[string]bool{}
	for _, j := range p.Jobs {
		t := ticksOf(j.Params)
		if day := t.day(); t.date != "" && !sealed[day] && !missing[day] {
			missing[day] = true
			p.NotSealed = append(p.NotSealed, day)
		}
	}
	slices.Sort(p.NotSealed)
	return nil
}

// ParseAsOf reads Spec.AsOf; "" is none.
func ParseAsOf(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	us, err := tick.ParseTime(text, tick.Shanghai, clock())
	if err != nil {
		return time.Time{}, fmt.Errorf("as_of: %w, got %q", err, text)
	}
	return time.UnixMicro(us), nil
}

// OpenDB opens what Plan reads: the database or archive of Options, in an Env. The caller
// closes it.
func (s *Spec) OpenDB(ctx context.Context, env *source.Env) (*source.Source, error) {
	o := &source.Options{Archive: s.Options.Archive}
	o.ReadOnly, o.Cache, o.AsOf = true, s.Options.Cache, s.AsOf
	return env.Open(ctx, s.Options.DB, o)
}
