package source

import (
	"fmt"

	"microts/internal/archive"
	"microts/internal/tick"
)

// Place says where ticks are.
type Place string

// The places of the ticks of an instrument.
const (
	Nowhere    Place = ""
	InDatabase Place = "database"
	InArchive  Place = "archive"
	InBoth     Place = "archive, database" // older days mostly, and newer ones
)

// Where returns where the ticks of an instrument are that the Source has. In a database
// with an archive, ticks of sealed days count as the archive's.
func (s *Source) Where(n tick.Name) (Place, error) {
	in, err := s.Find(n)
	if err != nil {
		return Nowhere, err
	}
	if s.union == nil {
		_, ok, err := s.First(&in, 0)
		switch {
		case err != nil || !ok:
			return Nowhere, err
		case s.db != nil:
			return InDatabase, nil
		}
		return InArchive, nil
	}
	sealed, err := hasTicks(s.archive, n)
	if err != nil {
		return Nowhere, err
	}
	hot, err := s.hasHot(&in)
	switch {
	case sealed && hot:
		return InBoth, err
	case sealed:
		return InArchive, err
	case hot:
		return InDatabase, err
	}
	return Nowhere, err
}

// hasTicks says whether an archive has ticks of an instrument.
func hasTicks(a *archive.Archive, n tick.Name) (bool, error) {
	in, err := a.Find(n)
	if err != nil {
		return false, err
	}
	_, ok, err := a.Last(&in, tick.MaxTime-1)
	return ok, err
}

// hasHot says whether a database with an archive has ticks of an instrument on a day that is
// not sealed.
func (s *Source) hasHot(in *tick.Instrument) (bool, error) {
	for from := int64(0); ; {
		row, ok, err := s.db.First(in, from)
		if err != nil || !ok {
			return false, err
		}
		if s.union.CheckPut(in, row.Time) == nil {
			return true, nil
		}
		day, err := s.archive.Rule().Range(s.archive.DayOf(row.Time))
		if err != nil {
			return false, err
		}
		if from = day.To + 1; from >= tick.MaxTime {
			return false, nil
		}
	}
}

// Describe says in a line each what an archive holds: the days of each market.
func (s *Source) Describe() (lines []string, err error) {
	if s.archive == nil {
		return nil, nil
	}
	days, err := s.archive.Days(0)
	if err != nil {
		return nil, err
	}
	if len(days) == 0 {
		return []string{fmt.Sprintf("archive %s: no day is sealed yet", s.archive.Path())}, nil
	}
	rule := s.archive.Rule()
	lines = append(lines, fmt.Sprintf("archive %s: Parquet of ticks, in days of %s that begin at %s", s.archive.Path(), rule.Zone, rule.Starts))
	for first := 0; first < len(days); {
		end, corrected := first, 0
		for ; end < len(days) && days[end].Market == days[first].Market; end++ {
			if days[end].Revision > 1 {
				corrected++
			}
		}
		line := fmt.Sprintf("market %c: %d sealed days, %s to %s", days[first].Market, end-first, days[first].Date, days[end-1].Date)
		if corrected > 0 {
			line += fmt.Sprintf(", %d of them corrected", corrected)
		}
		lines = append(lines, line)
		first = end
	}
	return lines, nil
}
