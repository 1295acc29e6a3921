package archive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"microts/internal/objects"
)

// header is store.json: what holds for all days of an archive.
//
//	format       1
//	zone         of days, as are the next two: see DayRule
//	day_starts
//	next_monday
type header struct {
	Format int `json:"format"`
	DayRule
}

const headerFormat = 1

// readHeader reads the header of an archive and its rule of days. Errors, among others:
// *NoArchiveError, *FormatError.
func readHeader(ctx context.Context, store objects.Store) (*header, *days, error) {
	data, err := store.Get(ctx, headerKey, 0, -1)
	if missing := (*objects.NotFoundError)(nil); errors.As(err, &missing) {
		return nil, nil, &NoArchiveError{store.URL()}
	}
	if err != nil {
		return nil, nil, err
	}
	h := &header{}
	if err := json.Unmarshal(data, h); err != nil {
		return nil, nil, &DamagedError{store.URL(), headerKey, err.Error()}
	}
	if h.Format != headerFormat {
		return nil, nil, &FormatError{store.URL(), fmt.Sprintf("an archive of format %d", h.Format), fmt.Sprintf("this microts reads format %d", headerFormat)}
	}
	rule, err := h.parse()
	if err != nil {
		return nil, nil, &DamagedError{store.URL(), headerKey, err.Error()}
	}
	return h, rule, nil
}

// makeHeader returns the rule of days of an archive, which it makes with a rule if there is
// none. A rule that is not zero must be that of the archive.
func makeHeader(ctx context.Context, store objects.Store, rule DayRule) (*days, error) {
	h, d, err := readHeader(ctx, store)
	if missing := (*NoArchiveError)(nil); !errors.As(err, &missing) {
		if err == nil && rule != (DayRule{}) && rule != h.DayRule {
			return nil, fmt.Errorf("%s has days by the rule %v, which cannot become %v", store.URL(), h.DayRule, rule)
		}
		return d, err
	}
	if rule == (DayRule{}) {
		rule = DefaultRule
	}
	if _, err := rule.parse(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(header{headerFormat, rule}); err != nil {
		return nil, err
	}
	err = store.Create(ctx, headerKey, b.Bytes())
	if exists := (*objects.ExistsError)(nil); err != nil && !errors.As(err, &exists) {
		return nil, err
	}
	return makeHeader(ctx, store, rule) // another sealer may have made it
}
