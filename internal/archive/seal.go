package archive

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"microts/internal/objects"
	"microts/internal/tick"
)

// Revise says what Seal does with a day that is sealed with other ticks.
type Revise int

const (
	// NoRevision leaves it as it is: that is a *ConflictError.
	NoRevision Revise = iota
	// Merge publishes a revision of the sealed ticks with those of the database over them:
	// for late ticks, and for corrections of single ones.
	Merge
	// Replace publishes a revision of the ticks of the database alone.
	Replace
)

// SealOptions say what Seal seals.
type SealOptions struct {
	// Market chooses the instruments of one market. Zero is all.
	Market byte
	// Date is the day to seal, as in "2026-11-24".
	Date string
	// Before, in place of Date, seals all days before a date that have ticks.
	Before string

	// Rule is for an archive that this Seal is the first for. Zero is DefaultRule, or
	// whatever an archive has that is there.
	Rule DayRule
	// Revise is for days that are sealed with other ticks.
	Revise Revise

	// Temp is the folder for a part while it is written. "" is os.TempDir.
	Temp string
	// PartSize is how many bytes a part has at most, unless a single code has more. Zero
	// is DefaultPartSize.
	PartSize int64
	// GroupRows is how many ticks a row group has. Zero is tickfile.DefaultGroupRows.
	GroupRows int

	// Progress, unless it is nil, is called now and then.
	Progress func(Progress)
}

// Progress says how far Seal, Verify, Unseal or Prune has come.
type Progress struct {
	Day   string // the current one, as in "S/2026-11-24"
	Rows  int64  // ticks of it that were done
	Total int64  // ticks that it has; 0: not known
}

// Outcome is what became of a day.
type Outcome string

const (
	Sealed    Outcome = "sealed"    // a new revision was published
	Unchanged Outcome = "unchanged" // it had been sealed with the same ticks
	Empty     Outcome = "empty"     // the database has no ticks of it: nothing was done
)

// SealedDay is what Seal did with a day.
type SealedDay struct {
	DayInfo
	Outcome Outcome
}

// SealReport says what Seal did.
type SealReport struct {
	Days []SealedDay // in the order of their markets and dates

	// Points is how many points of other data types than 0 the database has on the date, or
	// before the date, that SealOptions name. They are not sealed.
	Points int64
}

// Seal publishes days of a database: it writes their ticks as parts, and then the manifest,
// which is created only if there is none. So a day is published at once and whole, by one of
// all sealers; a Seal that ends early changes nothing that can be seen, and may be repeated.
// hot does not change meanwhile: it is a snapshot, after a flush.
//
// A day that is sealed with the same ticks is a success. One with other ticks is a
// *ConflictError, or becomes a new revision: see Revise. Conflicts do not keep other days
// from being sealed; the report says what was done, also with an error. Errors, among
// others: ErrSymbols, *NotOverError, *DayError, *objects.CreateOnlyError, *objects.UnreachableError.
func Seal(ctx context.Context, hot Hot, store objects.Store, o SealOptions) (SealReport, error) {
	s := &sealer{ctx: ctx, hot: hot, store: store, o: o}
	if o.PartSize <= 0 {
		s.o.PartSize = DefaultPartSize
	}
	if s.o.Progress == nil {
		s.o.Progress = func(Progress) {}
	}
	if (o.Date == "") == (o.Before == "") {
		return SealReport{}, errors.New("seal: either a date or before expected")
	}
	if err := checkHot(hot); err != nil {
		return SealReport{}, err
	}
	if err := objects.CheckCreateOnly(ctx, store); err != nil {
		return SealReport{}, err
	}
	var err error
	if s.days, err = makeHeader(ctx, store, o.Rule); err != nil {
		return SealReport{}, err
	}
	if s.now, err = store.Now(ctx); err != nil {
		return SealReport{}, err
	}
	if s.sealed, err = listRevisions(ctx, store, o.Market); err != nil {
		return SealReport{}, err
	}
	days, err := s.find()
	if err != nil {
		return SealReport{}, err
	}
	report, err := s.sealAll(days)
	if err != nil {
		return report, err
	}
	report.Points, err = countPoints(hot, o.Market, s.span())
	return report, err
}

// sealer is a run of Seal.
type sealer struct {
	ctx    context.Context
	hot    Hot
	store  objects.Store
	o      SealOptions
	days   *days
	now    time.Time // by the clock of the store
	sealed map[dayID][]revision
}

// find returns the days to seal.
func (s *sealer) find() ([]dayID, error) {
	names, err := s.hot.Names(s.o.Market)
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		if _, lost := tick.ParseUnnamed(n.Code); lost {
			return nil, fmt.Errorf("%s stands for a code that the database has lost: give the code its instrument back with a put, and then seal", n)
		}
	}
	if s.o.Date != "" {
		on, err := parseDate(s.o.Date)
		if err != nil {
			return nil, err
		}
		var found []dayID
		for _, n := range names {
			found = append(found, dayID{n.Market, on})
		}
		if s.o.Market != 0 {
			found = append(found, dayID{s.o.Market, on}) // also if it has no ticks
		}
		slices.SortFunc(found, dayID.compare)
		return slices.Compact(found), nil
	}
	before, err := parseDate(s.o.Before)
	if err != nil {
		return nil, err
	}
	return daysBefore(s.ctx, s.hot, names, s.days, before)
}

// span returns the times of the days that the options name, which are checked.
func (s *sealer) span() tick.Range {
	if s.o.Date != "" {
		on, _ := parseDate(s.o.Date)
		return s.days.span(on)
	}
	before, _ := parseDate(s.o.Before)
	return tick.Range{From: 0, To: min(s.days.begin(before)-1, tick.Always.To)}
}

// daysBefore returns the days before a date on which some instruments have ticks. It goes
// from one to the next: how many ticks there are does not matter.
func daysBefore(ctx context.Context, hot Hot, names []tick.Name, rule *days, before date) ([]dayID, error) {
	found := map[dayID]struct{}{}
	for _, n := range names {
		in, err := hot.Find(n)
		if err != nil {
			return nil, err
		}
		for from := int64(0); from < tick.MaxTime; {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			row, ok, err := hot.First(&in, from)
			if err != nil {
				return nil, err
			}
			if !ok {
				break
			}
			on := rule.of(row.Time)
			if on >= before {
				break
			}
			found[dayID{n.Market, on}] = struct{}{}
			from = rule.span(on).To + 1
		}
	}
	return slices.SortedFunc(maps.Keys(found), dayID.compare), nil
}

func (s *sealer) sealAll(days []dayID) (report SealReport, err error) {
	for _, day := range days {
		span := s.days.span(day.date)
		if !span.Empty() && span.To >= s.now.UnixMicro() {
			return report, &NotOverError{day.String(), tick.FormatTime(span.To+1, s.days.zone)}
		}
	}
	var conflicts []error
	for _, day := range days {
		done, err := s.seal(day)
		if conflict := (*ConflictError)(nil); errors.As(err, &conflict) {
			conflicts = append(conflicts, err)
			continue
		}
		if err != nil {
			return report, errors.Join(append(conflicts, err)...)
		}
		report.Days = append(report.Days, done)
	}
	return report, errors.Join(conflicts...)
}

// seal seals a day.
func (s *sealer) seal(day dayID) (SealedDay, error) {
	ticks := &dayTicks{ctx: s.ctx, first: s.hot, day: day, times: s.days.span(day.date)}
	empty := SealedDay{DayInfo: DayInfo{Day: Day{Market: day.market, Date: day.date.String()}}, Outcome: Empty}
	if ticks.times.Empty() {
		return empty, nil
	}
	sealed, err := s.latest(day)
	if err != nil {
		return SealedDay{}, err
	}
	revision := 1
	if sealed != nil {
		defer sealed.close()
		revision = sealed.m.Revision + 1
		if s.o.Revise == Merge {
			ticks.second = sealed.archive
		}
		sum, err := ticks.digest()
		if err != nil {
			return SealedDay{}, err
		}
		switch {
		case sum.rows == 0:
			return empty, nil
		case sum.String() == sealed.m.Digest:
			return describe(sealed.m, Unchanged), nil
		case s.o.Revise == NoRevision:
			return SealedDay{}, s.conflict(sealed.m, contents(sum.rows, sum.String()))
		}
	}
	m, err := s.write(ticks, revision)
	if err != nil {
		return SealedDay{}, err
	}
	if m == nil {
		return empty, nil
	}
	return s.publish(m)
}

// sealedDay is the latest revision of a day, open to be read.
type sealedDay struct {
	m       *manifest
	archive *Archive
	close   func()
}

// latest returns the latest revision of a day, or nil.
func (s *sealer) latest(day dayID) (*sealedDay, error) {
	revisions := s.sealed[day]
	if len(revisions) == 0 {
		return nil, nil
	}
	number := revisions[len(revisions)-1].number
	// With nothing but the day, so that Names are those of the day.
	a, closeArchive, err := openStore(s.ctx, s.store, Options{Pins: Pins{day.String(): {Revision: number}}})
	if err != nil {
		return nil, err
	}
	open, _ := a.openAt(day.market, day.date)
	m, err := a.shared.manifest(s.ctx, day.market, open)
	if err != nil {
		closeArchive()
		return nil, err
	}
	return &sealedDay{m, a, closeArchive}, nil
}

// write writes the ticks of a day as parts, and returns the manifest; nil if there are no
// ticks.
func (s *sealer) write(ticks *dayTicks, revision int) (*manifest, error) {
	day := ticks.day
	progress := Progress{Day: day.String()}
	w := &partWriter{
		ctx: s.ctx, store: s.store, day: day, temp: s.o.Temp, most: s.o.PartSize, groupRows: s.o.GroupRows,
		digest: newDigest(), put: func(int64) { s.o.Progress(progress) },
	}
	defer w.close()
	err := ticks.each(func(name tick.Name) error {
		s.o.Progress(progress)
		return w.next(name.CodeText())
	}, func(c *tick.Columns) error {
		progress.Rows += int64(c.Len())
		return w.write(c)
	})
	if err == nil {
		err = w.end()
	}
	if err != nil || len(w.parts) == 0 {
		return nil, err
	}
	m := &manifest{
		Format: manifestFormat, Market: string(rune(day.market)), Date: day.date.String(), Revision: revision,
		Rows: w.digest.rows, Digest: w.digest.String(), Parts: w.parts, day: day,
	}
	return m, nil
}

// publish creates the manifest.
func (s *sealer) publish(m *manifest) (SealedDay, error) {
	data, err := m.marshal()
	if err != nil {
		return SealedDay{}, err
	}
	if m, err = parseManifest(data, m.day, m.Revision); err != nil {
		return SealedDay{}, fmt.Errorf("manifest of %s: %w", m.day, err) // nobody could read it
	}
	key := m.day.manifestKey(m.Revision)
	err = s.store.Create(s.ctx, key, data)
	exists := (*objects.ExistsError)(nil)
	if !errors.As(err, &exists) {
		return describe(m, Sealed), err
	}
	theirs, err := parseManifest(exists.Found, m.day, m.Revision)
	if err != nil {
		return SealedDay{}, &DamagedError{s.store.URL(), key, err.Error()}
	}
	if theirs.Digest != m.Digest {
		return SealedDay{}, s.conflict(theirs, contents(m.Rows, m.Digest))
	}
	return describe(theirs, Unchanged), nil
}

// conflict says that a day is sealed, and that other ticks were to be.
func (s *sealer) conflict(theirs *manifest, ours string) error {
	return &ConflictError{s.store.URL(), theirs.day.String(), theirs.Revision, contents(theirs.Rows, theirs.Digest), ours}
}

// contents names the ticks of a day for people.
func contents(rows int64, digest string) string {
	return fmt.Sprintf("%d ticks (digest %.12s)", rows, digest)
}

func describe(m *manifest, outcome Outcome) SealedDay {
	day := Day{Market: m.day.market, Date: m.Date, Revision: m.Revision}
	return SealedDay{DayInfo{day, m.Rows, m.bytes(), len(m.Parts), m.codes(), m.sum, m.Digest}, outcome}
}
