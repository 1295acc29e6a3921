package source

import (
	"errors"
	"fmt"

	"microts/internal/archive"
	"microts/internal/objects"
)

// OnlyReadError is returned when something that only a database can do is asked of a
// Source that has none.
type OnlyReadError struct {
	Kind Kind
	Path string
}

func (e *OnlyReadError) Error() string {
	return fmt.Sprintf("%s %q can only be read, and only as ticks: this needs a database", e.Kind, e.Path)
}

// IsRetryable says whether what failed may succeed when it is tried again later: a store
// did not answer.
func IsRetryable(err error) bool {
	e := (*objects.UnreachableError)(nil)
	return errors.As(err, &e)
}

// IsClosed says whether an error is that of an archive that was closed.
func IsClosed(err error) bool { return errors.Is(err, archive.ErrClosed) }
