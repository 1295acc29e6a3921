package archive

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"sync"
	"time"

	"microts/internal/tick"
)

// Day is a day that is sealed.
type Day struct {
	Market    byte
	Date      string // as in "2026-11-24"
	Revision  int
	Published time.Time // by the clock of the store; the zero Time with Pins
}

// String returns the market, a slash and the date, as in "S/2026-11-24".
func (d Day) String() string { return string(rune(d.Market)) + "/" + d.Date }

// DayInfo is what the manifest of a day says.
type DayInfo struct {
	Day
	Rows   int64 // ticks
	Bytes  int64 // of the parts
	Parts  int
	Codes  int
	SHA256 string // of the manifest
	Digest string // of the ticks: the same ticks have the same digest
}

// CodeRows is how many ticks an instrument has on a day.
type CodeRows struct {
	Name tick.Name
	Rows int64
}

// Pins are days, as in "S/2026-11-24", each in one revision. Whoever opens an archive with
// the same Pins reads the same ticks.
type Pins map[string]Pin

// Pin is a revision of a day.
type Pin struct {
	Revision int    `json:"revision"`
	SHA256   string `json:"sha256,omitempty"` // of the manifest; "" is not checked
}

// Days returns the days that a sees, ascending by market and date; market, unless it is 0,
// chooses those of one market.
func (a *Archive) Days(market byte) ([]Day, error) {
	if a.Closed() {
		return nil, ErrClosed
	}
	var found []Day
	for _, m := range a.marketsOf(market) {
		for _, d := range a.sealed[m] {
			found = append(found, d.of(m))
		}
	}
	return found, nil
}

// of returns the Day that d is of a market.
func (d *openDay) of(market byte) Day { return Day{market, d.date.String(), d.number, d.published} }

// marketsOf returns the markets that have days, or the one that is asked for.
func (a *Archive) marketsOf(market byte) []byte {
	if market == 0 {
		return a.markets
	}
	return []byte{market}
}

// DayOf returns the date of the day that a time in µs belongs to. An archive that does not
// exist yet has the default rule.
func (a *Archive) DayOf(us int64) string { return a.calendar().of(us).String() }

// calendar returns the rule of days of the archive, or the default one.
func (a *Archive) calendar() *days {
	if a.days == nil {
		return defaultDays
	}
	return a.days
}

var defaultDays = func() *days {
	d, err := DefaultRule.parse()
	if err != nil {
		panic(err) // the zone is embedded
	}
	return d
}()

// manifestsAtOnce is how many manifests are read at once.
const manifestsAtOnce = 16

// eachManifest calls f with the manifests of some days, in their order.
func (a *Archive) eachManifest(market byte, days []openDay, f func(*manifest)) error {
	return a.call(func(ctx context.Context) error {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		found, errs := make([]*manifest, len(days)), make([]error, len(days))
		done := make([]chan struct{}, len(days))
		for i := range done {
			done[i] = make(chan struct{})
		}
		var running sync.WaitGroup
		defer running.Wait()
		start := func(i int) {
			if i < len(days) {
				running.Go(func() {
					found[i], errs[i] = a.shared.manifest(ctx, market, days[i])
					close(done[i])
				})
			}
		}
		for i := range manifestsAtOnce {
			start(i)
		}
		for i := range days {
			<-done[i]
			if errs[i] != nil {
				cancel()
				return errs[i]
			}
			start(i + manifestsAtOnce)
			f(found[i])
			found[i] = nil
		}
		return nil
	})
}

// open returns the day that a sees under a Day, whose Revision may be 0. The error is a
// *NotSealedError or *DayError.
func (a *Archive) open(d Day) (openDay, error) {
	on, err := parseDate(d.Date)
	if err != nil {
		return openDay{}, err
	}
	day, ok := a.openAt(d.Market, on)
	if !ok || d.Revision != 0 && d.Revision != day.number {
		return openDay{}, &NotSealedError{d.String(), d.Revision}
	}
	return day, nil
}

// openAt returns the day of a date; ok is false if a sees none.
func (a *Archive) openAt(market byte, on date) (day openDay, ok bool) {
	days := a.sealed[market]
	i := sort.Search(len(days), func(i int) bool { return days[i].date >= on })
	if i == len(days) || days[i].date != on {
		return day, false
	}
	return days[i], true
}

// Describe returns what the manifests of days say, which it reads.
func (a *Archive) Describe(days ...Day) ([]DayInfo, error) {
	infos := make([]DayInfo, 0, len(days))
	for first := 0; first < len(days); {
		end := first + 1
		for end < len(days) && days[end].Market == days[first].Market {
			end++
		}
		var of []openDay
		for _, d := range days[first:end] {
			day, err := a.open(d)
			if err != nil {
				return nil, err
			}
			of = append(of, day)
		}
		err := a.eachManifest(days[first].Market, of, func(m *manifest) {
			d := days[len(infos)]
			d.Revision = m.Revision
			infos = append(infos, DayInfo{d, m.Rows, m.bytes(), len(m.Parts), m.codes(), m.sum, m.Digest})
		})
		if err != nil {
			return nil, err
		}
		first = end
	}
	return infos, nil
}

// DayNames returns the instruments that have ticks on a day, in the order of
// tick.Name.Compare, from the day's manifest.
func (a *Archive) DayNames(d Day) ([]CodeRows, error) {
	day, err := a.open(d)
	if err != nil {
		return nil, err
	}
	var names []CodeRows
	var bad error
	err = a.eachManifest(d.Market, []openDay{day}, func(m *manifest) {
		for _, p := range m.Parts {
			for i, code := range p.Codes {
				name, err := tick.NewName(d.Market, code)
				if err != nil {
					bad = err
				}
				names = append(names, CodeRows{name, p.CodeRows[i]})
			}
		}
	})
	slices.SortFunc(names, func(x, y CodeRows) int { return x.Name.Compare(y.Name) })
	return names, cmp.Or(err, bad)
}

// Pins returns all days that a sees with their revisions, those of days with the SHA-256 of
// their manifests too, which it reads.
func (a *Archive) Pins(days ...Day) (Pins, error) {
	all, err := a.Days(0)
	if err != nil {
		return nil, err
	}
	pins := Pins{}
	for _, d := range all {
		pins[d.String()] = Pin{Revision: d.Revision}
	}
	infos, err := a.Describe(days...)
	for _, i := range infos {
		pins[i.Day.String()] = Pin{i.Revision, i.SHA256}
	}
	return pins, err
}

// Find returns the instrument of a name. It reads nothing. A long code gets an instrument
// that it keeps as long as the Env is open.
func (a *Archive) Find(n tick.Name) (tick.Instrument, error) {
	if a.Closed() {
		return tick.Instrument{}, ErrClosed
	}
	return a.shared.names.find(n), nil
}

// Name returns the name of an instrument. If it stands for a long code that neither Find nor
// Names has seen, the code is that of tick.Unnamed.
func (a *Archive) Name(in *tick.Instrument) (tick.Name, error) {
	if a.Closed() {
		return tick.Name{}, ErrClosed
	}
	return a.shared.names.name(in), nil
}

// Names returns the names of the instruments that have ticks, in the order of
// tick.Name.Compare; market, unless it is 0, chooses those of one market. It reads the
// manifests of all days.
func (a *Archive) Names(market byte) ([]tick.Name, error) {
	if a.Closed() {
		return nil, ErrClosed
	}
	seen := map[tick.Name]struct{}{}
	for _, m := range a.marketsOf(market) {
		codes := map[string]struct{}{}
		err := a.eachManifest(m, a.sealed[m], func(m *manifest) {
			for _, p := range m.Parts {
				for _, code := range p.Codes {
					codes[code] = struct{}{}
				}
			}
		})
		if err != nil {
			return nil, err
		}
		for code := range codes {
			name, err := tick.NewName(m, code)
			if err != nil {
				return nil, err
			}
			seen[name] = struct{}{}
		}
	}
	names := make([]tick.Name, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	slices.SortFunc(names, tick.Name.Compare)
	return names, nil
}

// Instruments implements tick.Source. It costs what Names costs.
func (a *Archive) Instruments(market byte) ([]tick.Instrument, error) {
	names, err := a.Names(market)
	if err != nil {
		return nil, err
	}
	var found []tick.Instrument
	for _, name := range names {
		found = append(found, a.shared.names.find(name))
	}
	slices.SortFunc(found, func(x, y tick.Instrument) int { return x.Compare(&y) })
	return found, nil
}
