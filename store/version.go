package store

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/linxGnu/grocksdb"
)

// RocksDBVersion returns the version of the RocksDB library in use, as in
// "7.8.3". RocksDB's C functions do not tell it, but every database's OPTIONS
// file does, so an empty one is made and removed.
func RocksDBVersion() (string, error) {
	version, err := rocksDBVersion()
	if err != nil {
		return "", fmt.Errorf("ask RocksDB for its version: %w", err)
	}
	return version, nil
}

func rocksDBVersion() (string, error) {
	dir, err := os.MkdirTemp("", "microts-version-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	o := grocksdb.NewDefaultOptions()
	defer o.Destroy()
	o.SetCreateIfMissing(true)
	db, err := grocksdb.OpenDb(o, dir)
	if err != nil {
		return "", err
	}
	db.Close()
	files, err := filepath.Glob(filepath.Join(dir, "OPTIONS-*"))
	if err != nil {
		return "", err
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
			if version, ok := bytes.CutPrefix(bytes.TrimSpace(lines.Bytes()), []byte("rocksdb_version=")); ok {
				return string(version), nil
			}
		}
	}
	return "", errors.New("its OPTIONS file does not say")
}
