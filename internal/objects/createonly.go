package objects

import (
	"context"
	"crypto/rand"
	"errors"
	"time"
)

// CheckCreateOnly returns a *CreateOnlyError if a store replaces objects that it is told
// to create only. It tries that out with an object of its own, which it deletes.
func CheckCreateOnly(ctx context.Context, s Store) error {
	key := scratch + "create-only-" + rand.Text()
	if err := s.Create(ctx, key, []byte("first")); err != nil {
		return err
	}
	err := s.Create(ctx, key, []byte("second"))
	if deleteErr := s.Delete(ctx, key); deleteErr != nil {
		return deleteErr
	}
	switch exists := (*ExistsError)(nil); {
	case err == nil:
		return &CreateOnlyError{URL: s.URL(), Reason: "it replaces an object that it is told to create only (If-None-Match: *), so two sealers could publish a day at once"}
	case errors.As(err, &exists):
		return nil
	}
	return err
}

// sweepScratch deletes the scratch objects that were made before a time.
func sweepScratch(ctx context.Context, s Store, before time.Time) (n int, err error) {
	err = s.List(ctx, scratch, func(o Object) error {
		if !o.Modified.Before(before) {
			return nil
		}
		n++
		return s.Delete(ctx, o.Key)
	})
	return n, err
}
