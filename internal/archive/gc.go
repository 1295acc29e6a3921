package archive

import (
	"context"
	"strings"
	"time"

	"microts/internal/objects"
)

// GCOptions say what GC deletes.
type GCOptions struct {
	// OlderThan keeps what was put more recently, by the clock of the store: a sealer may
	// be about to publish it. Zero is 30 days.
	OlderThan time.Duration
	// DryRun makes it delete nothing.
	DryRun bool
}

// GCReport says what GC deleted, or would have.
type GCReport struct {
	Parts []string // keys
	Bytes int64
	Swept int // temporary files and objects that were left by what was killed
}

const defaultOlderThan = 30 * 24 * time.Hour

// GC deletes the parts that no manifest of any revision names, as a sealer leaves them that
// was killed or came second. A manifest that cannot be read ends it before it deletes
// anything.
func GC(ctx context.Context, store objects.Store, o GCOptions) (report GCReport, err error) {
	if o.OlderThan <= 0 {
		o.OlderThan = defaultOlderThan
	}
	if _, _, err := readHeader(ctx, store); err != nil {
		return report, err
	}
	now, err := store.Now(ctx)
	if err != nil {
		return report, err
	}
	before := now.Add(-o.OlderThan)
	// The parts first: what is published after that is not among them, or is named.
	old := map[string]int64{}
	err = store.List(ctx, ticksPrefix, func(p objects.Object) error {
		if isPartKey(p.Key) && p.Modified.Before(before) {
			old[p.Key] = p.Size
		}
		return nil
	})
	if err != nil {
		return report, err
	}
	if err := dropNamed(ctx, store, old); err != nil {
		return report, err
	}
	for _, key := range sortedKeys(old) {
		still, err := stillOld(ctx, store, key, before)
		if err != nil {
			return report, err
		}
		if !still {
			continue
		}
		if !o.DryRun {
			if err := store.Delete(ctx, key); err != nil {
				return report, err
			}
		}
		report.Parts = append(report.Parts, key)
		report.Bytes += old[key]
	}
	if !o.DryRun {
		report.Swept, err = store.Sweep(ctx, before)
	}
	return report, err
}

// dropNamed removes the parts that manifests name from a set.
func dropNamed(ctx context.Context, store objects.Store, parts map[string]int64) error {
	if len(parts) == 0 {
		return nil
	}
	days, err := listRevisions(ctx, store, 0)
	if err != nil {
		return err
	}
	for _, day := range sortedDays(days) {
		for _, r := range days[day] {
			key := day.manifestKey(r.number)
			data, err := store.Get(ctx, key, 0, -1)
			if err != nil {
				return err
			}
			m, err := parseManifest(data, day, r.number)
			if err != nil {
				return &DamagedError{store.URL(), key, err.Error()}
			}
			for _, p := range m.Parts {
				delete(parts, p.key)
			}
		}
	}
	return nil
}

// stillOld says whether a part was not put again since it was listed.
func stillOld(ctx context.Context, store objects.Store, key string, before time.Time) (old bool, err error) {
	err = store.List(ctx, key, func(p objects.Object) error {
		old = old || p.Key == key && p.Modified.Before(before)
		return nil
	})
	return old, err
}

// isPartKey says whether a key is that of a part.
func isPartKey(key string) bool {
	rest, ok := strings.CutPrefix(key, ticksPrefix)
	fields := strings.Split(rest, "/")
	if !ok || len(fields) != 3 || !strings.HasPrefix(fields[1], "date=") || !strings.HasPrefix(fields[2], "part-") || !strings.HasSuffix(fields[2], ".parquet") {
		return false
	}
	_, isMarket := parseMarket(fields[0])
	_, err := parseDate(fields[1][len("date="):])
	return isMarket && err == nil
}
