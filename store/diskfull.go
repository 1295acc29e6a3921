package store

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// IsDiskFull says whether an error, of this package or of the file system, means that the
// disk is full or the user's quota is used up. RocksDB tells that in words only.
func IsDiskFull(err error) bool {
	if err == nil {
		return false
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) ||
		strings.Contains(err.Error(), syscall.ENOSPC.Error()) || strings.Contains(err.Error(), "No space left on device") ||
		strings.Contains(err.Error(), "Disk quota exceeded")
}

// adviseIfFull adds to the error of a full disk what becomes of the data and what to do.
func adviseIfFull(err error, kept string) error {
	if !IsDiskFull(err) {
		return err
	}
	return fmt.Errorf("%w; the disk is full: %s", err, kept)
}
