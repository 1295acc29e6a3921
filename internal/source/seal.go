package source

import (
	"context"
	"errors"

	"microts/internal/archive"
	"microts/internal/objects"
)

// Seal publishes days of the database in the archive at a URL, as archive.Seal does. It
// flushes the database before. If the archive is that of the Source, the Source sees the
// days from then on.
func (s *Source) Seal(ctx context.Context, url string, o archive.SealOptions) (report archive.SealReport, err error) {
	db, err := s.Database()
	if err != nil {
		return report, err
	}
	if !db.ReadOnly() {
		if err := db.Flush(); err != nil {
			return report, err
		}
	}
	snap, err := db.Snapshot()
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, snap.Close()) }()
	snap.SetInterrupt(func() error { return context.Cause(ctx) })
	store, err := objects.Open(ctx, url, objects.Options{})
	if err != nil {
		return report, err
	}
	defer store.Close()
	report, err = archive.Seal(ctx, snap, store, o)
	return report, errors.Join(err, s.Refresh())
}
