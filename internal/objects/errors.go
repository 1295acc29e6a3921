package objects

import (
	"fmt"
	"regexp"
	"time"
)

// NotFoundError is returned when a store answers that it has no such object.
type NotFoundError struct {
	URL string // of the store, here and below
	Key string
}

func (e *NotFoundError) Error() string { return fmt.Sprintf("%s: no object %s", e.URL, e.Key) }

// ExistsError is returned by Create when another object has the key.
type ExistsError struct {
	URL   string
	Key   string
	Found []byte // what the object holds
}

func (e *ExistsError) Error() string {
	return fmt.Sprintf("%s: %s exists and holds other bytes", e.URL, e.Key)
}

// UnreachableError is returned when a store does not answer, or answers that it cannot
// serve now. The same operation may succeed later.
type UnreachableError struct {
	URL      string
	Op       string // what was to be done: "get KEY"
	Attempts int
	Took     time.Duration
	Unknown  bool // the operation was to change something, and may have
	Err      error
}

func (e *UnreachableError) Error() string {
	unknown := ""
	if e.Unknown {
		unknown = "; it may have been done all the same"
	}
	tries := "1 attempt"
	if e.Attempts != 1 {
		tries = fmt.Sprintf("%d attempts", e.Attempts)
	}
	return fmt.Sprintf("%s: %s: the store cannot be reached: %s (%s in %s)%s", e.URL, e.Op, clean(e.Err), tries, showTook(e.Took), unknown)
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// showTook shows how long something took, to the ms or to a tenth of a second.
func showTook(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Millisecond).String()
}

// AccessError is returned when a store refuses the credentials, or what is asked with
// them. To try again is of no use.
type AccessError struct {
	URL  string
	Op   string
	Hint string // what to do about it
	Err  error
}

func (e *AccessError) Error() string {
	return fmt.Sprintf("%s: %s: access refused: %s; %s", e.URL, e.Op, clean(e.Err), e.Hint)
}

func (e *AccessError) Unwrap() error { return e.Err }

// NoStoreError is returned when the bucket or the folder of a store does not exist.
type NoStoreError struct {
	URL  string
	What string // "bucket" or "folder"
}

func (e *NoStoreError) Error() string { return fmt.Sprintf("%s: no such %s", e.URL, e.What) }

// ShortError is returned by Get when an object ends before the range does.
type ShortError struct {
	URL  string
	Key  string
	Want int64 // the end of the range
	Size int64 // of the object; -1: less than the begin of the range
}

func (e *ShortError) Error() string {
	size := "ends before"
	if e.Size >= 0 {
		size = fmt.Sprintf("has %d bytes", e.Size)
	}
	return fmt.Sprintf("%s: %s is too short: %d bytes expected, it %s", e.URL, e.Key, e.Want, size)
}

// KeyError is returned when a key is none that all stores can hold.
type KeyError struct{ Key string }

func (e *KeyError) Error() string {
	return fmt.Sprintf("key: names of at most 255 bytes with slashes between them expected, got %q", e.Key)
}

// CreateOnlyError is returned by CheckCreateOnly when a store replaces objects that it
// is told to create only.
type CreateOnlyError struct {
	URL    string
	Reason string
}

func (e *CreateOnlyError) Error() string {
	return fmt.Sprintf("%s: this store cannot be sealed to: %s", e.URL, e.Reason)
}

var userinfo = regexp.MustCompile(`://[^/\s"]*@`)

// clean returns the text of an error without the secrets that a URL in it may hold.
func clean(err error) string { return userinfo.ReplaceAllString(err.Error(), "://") }
