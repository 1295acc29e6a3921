package objects

import (
	"context"
	"io"
	"time"
	"unicode/utf8"
)

// A Store holds objects by their keys. All keys are relative to the URL that the Store
// was opened with. Goroutines may share a Store. Each method ends by the deadline of
// Options or of its context, whichever is first, and returns the errors of this package.
type Store interface {
	// Get returns n bytes of an object from byte off on, or all from there if n < 0. The
	// slice is the caller's. If the object ends before, the error is a *ShortError.
	Get(ctx context.Context, key string, off, n int64) ([]byte, error)

	// Stat returns the size of an object in bytes.
	Stat(ctx context.Context, key string) (int64, error)

	// Put writes the first size bytes of r as an object, whose SHA-256 is sum. It
	// replaces an object that is there: the key is to name the content. Nobody sees a
	// part of it. If ctx ends, r may be read once more after Put has returned.
	Put(ctx context.Context, key string, r io.ReaderAt, size int64, sum [32]byte) error

	// Create makes an object of data if there is none of the name. An object that holds
	// data already is a success, so Create may be repeated if its outcome is unknown; one
	// with other bytes is an *ExistsError. Of several Creates at once one succeeds.
	Create(ctx context.Context, key string, data []byte) error

	// List calls f with each object whose key begins with prefix, in the order of the
	// keys' bytes, until f returns an error, which List then returns.
	List(ctx context.Context, prefix string, f func(Object) error) error

	// Delete deletes an object. One that is not there is a success.
	Delete(ctx context.Context, key string) error

	// Now returns the time of the store's clock, which Object.Modified is of.
	Now(ctx context.Context) (time.Time, error)

	// Sweep deletes what writes that were interrupted before a time of the store's clock
	// have left, and returns how many files or objects that were.
	Sweep(ctx context.Context, before time.Time) (int, error)

	// URL returns the store's URL, without secrets.
	URL() string

	// Close ends connections that are idle. The Store may not be used afterwards.
	Close()
}

// Object is what List tells of an object.
type Object struct {
	Key      string
	Size     int64 // in bytes
	Modified time.Time
}

// scratch is where objects of a moment are.
const scratch = "tmp/"

// checkKey refuses keys that not all stores can hold: the parts between the slashes are
// names of folders and files.
func checkKey(key string) error {
	bad := !utf8.ValidString(key) || len(key) > 1024
	for at, i := 0, 0; i <= len(key); i++ {
		if i < len(key) && key[i] != '/' {
			bad = bad || key[i] < ' ' || key[i] == '\\'
			continue
		}
		part := key[at:i]
		at = i + 1
		bad = bad || part == "" || part == "." || part == ".." || len(part) > 255 || isTemporary(part)
	}
	if bad {
		return &KeyError{Key: key}
	}
	return nil
}
