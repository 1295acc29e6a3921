package source

import (
	"microts/internal/archive"
	"microts/store"
)

// Stats says what a Source holds and what was done with it.
type Stats struct {
	Path     string
	Mode     string        // "rw", "r" or "snapshot"
	Database *store.Stats  // nil: there is none
	Archive  *ArchiveStats // nil: there is none
}

// ArchiveStats says what an archive holds, and what all Sources of its URL in the process
// have read.
type ArchiveStats struct {
	URL  string
	Days int // of all markets
	archive.Usage
}

// Stats returns what is known now. It asks no store.
func (s *Source) Stats() (Stats, error) {
	stats := Stats{Path: s.Path(), Mode: "r"}
	if s.db != nil {
		of, err := s.db.Stats()
		if err != nil {
			return stats, err
		}
		stats.Database, stats.Mode = &of, of.Mode
	}
	if s.archive != nil {
		days, err := s.archive.Days(0)
		if err != nil {
			return stats, err
		}
		stats.Archive = &ArchiveStats{s.archive.Path(), len(days), s.archive.Usage()}
	}
	return stats, nil
}
