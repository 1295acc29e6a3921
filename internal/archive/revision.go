package archive

import (
	"context"
	"slices"
	"time"

	"microts/internal/objects"
)

// revision is a revision of a day, as a listing tells it.
type revision struct {
	number    int
	published time.Time // by the clock of the store
}

// listRevisions returns the revisions of the days of a market, ascending, or of all markets
// if it is 0.
func listRevisions(ctx context.Context, store objects.Store, market byte) (map[dayID][]revision, error) {
	prefix := sealedPrefix
	if market != 0 {
		prefix += marketText(market) + "/"
	}
	found := map[dayID][]revision{}
	err := store.List(ctx, prefix, func(o objects.Object) error {
		if day, number, ok := parseManifestKey(o.Key); ok { // people put other files there
			found[day] = append(found[day], revision{number, o.Modified})
		}
		return nil
	})
	for _, revisions := range found {
		slices.SortFunc(revisions, func(a, b revision) int { return a.number - b.number })
	}
	return found, err
}

// choose returns the revision that Options ask for; ok is false if there is none.
func (o *Options) choose(revisions []revision) (chosen revision, ok bool) {
	for _, r := range revisions {
		if (o.Revision == 0 || r.number == o.Revision) && (o.AsOf.IsZero() || !r.published.After(o.AsOf)) {
			chosen, ok = r, true
		}
	}
	return chosen, ok
}
