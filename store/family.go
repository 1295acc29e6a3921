package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"microts/internal/tick"
)

// Column families are key spaces of a database beside its ticks, each with a
// name. They are made of reserved keys, so that they share the database's write
// chain and its durability; RocksDB's own column families would not.
//
//	key                                            value
//	\0microts\0family\0 name                       uint32 big-endian, the family's id
//	\0microts\0\x01 id (uint32 big-endian) key     what was put under key
//
// The family "default" is the database itself: its keys that belong to no tick.
// It cannot be dropped.
const (
	DefaultFamily = "default"

	maxFamilyName = 128
)

// Errors of column families.
var (
	// ErrNoFamily is returned when a column family does not exist.
	ErrNoFamily = errors.New("no such column family")
	// ErrFamilyExists is returned when a column family to be made exists.
	ErrFamilyExists = errors.New("column family exists already")
)

// families are the ids of a database's column families by name.
type families struct {
	mu  sync.Mutex
	ids map[string]uint32 // nil until needed
}

// loadFamilies reads the families. The caller holds the families' lock.
func (db *DB) loadFamilies() error {
	f := &db.rocks.families
	if f.ids != nil {
		return nil
	}
	ids := map[string]uint32{}
	err := db.eachRaw([]byte(familyKey), func(key, value []byte) (bool, error) {
		if len(value) != 4 {
			return false, fmt.Errorf("column family %q: id of %d bytes", key[len(familyKey):], len(value))
		}
		ids[string(key[len(familyKey):])] = binary.BigEndian.Uint32(value)
		return true, nil
	})
	if err == nil {
		f.ids = ids
	}
	return err
}

// Families returns the names of the column families, "default" first, the others
// in alphabetical order.
func (db *DB) Families() ([]string, error) {
	f := &db.rocks.families
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := db.loadFamilies(); err != nil {
		return nil, err
	}
	names := make([]string, 0, 1+len(f.ids))
	for name := range f.ids {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Insert(names, 0, DefaultFamily), nil
}

// CreateFamily makes an empty column family. Errors: ErrFamilyExists, a
// *tick.RangeError for a name that is not 1 to 128 bytes long.
func (db *DB) CreateFamily(name string) error {
	if err := db.writable(); err != nil {
		return err
	}
	if name == "" || len(name) > maxFamilyName {
		return &tick.RangeError{Name: "name", Want: fmt.Sprintf("1 to %d bytes", maxFamilyName), Got: fmt.Sprint(len(name))}
	}
	f := &db.rocks.families
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := db.loadFamilies(); err != nil {
		return err
	}
	if _, ok := f.ids[name]; ok || name == DefaultFamily {
		return fmt.Errorf("%q: %w", name, ErrFamilyExists)
	}
	id := uint32(1)
	for _, other := range f.ids {
		id = max(id, other+1)
	}
	var value [4]byte
	binary.BigEndian.PutUint32(value[:], id)
	if err := db.write(tagPut, []byte(familyKey+name), string(value[:])); err != nil {
		return err
	}
	f.ids[name] = id
	return nil
}

// DropFamily removes a column family and all it holds. If the process dies meanwhile,
// the family stays with a part of it.
func (db *DB) DropFamily(name string) error {
	if err := db.writable(); err != nil {
		return err
	}
	if name == DefaultFamily {
		return &tick.RangeError{Name: "name", Want: "a column family other than \"default\"", Got: "it"}
	}
	prefix, err := db.familyPrefix(name)
	if err != nil {
		return err
	}
	err = db.eachRaw(prefix, func(key, _ []byte) (bool, error) {
		return true, db.chain.append(func(b *buffer) bool { return b.appendEntry(tagDelete, key, "") })
	})
	if err != nil {
		return err
	}
	f := &db.rocks.families
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := db.write(tagDelete, []byte(familyKey+name), ""); err != nil {
		return err
	}
	delete(f.ids, name)
	return nil
}

// familyPrefix returns the prefix of a family's keys; nil is that of the default one.
func (db *DB) familyPrefix(name string) ([]byte, error) {
	if name == DefaultFamily || name == "" {
		return nil, nil
	}
	f := &db.rocks.families
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := db.loadFamilies(); err != nil {
		return nil, err
	}
	id, ok := f.ids[name]
	if !ok {
		return nil, fmt.Errorf("%q: %w", name, ErrNoFamily)
	}
	return binary.BigEndian.AppendUint32([]byte(familyData), id), nil
}

// rawKey returns the key in the database of a key in a family.
func (db *DB) rawKey(family, key string) ([]byte, error) {
	if len(key) == 0 || len(key) > maxRawKey {
		return nil, &tick.RangeError{Name: "key", Want: fmt.Sprintf("1 to %d bytes", maxRawKey), Got: fmt.Sprint(len(key))}
	}
	prefix, err := db.familyPrefix(family)
	if err == nil && prefix == nil && strings.HasPrefix(key, reservedPrefix) {
		err = ErrReservedKey
	}
	return append(prefix, key...), err
}

// Write is one put or delete of WriteBatch, in a column family ("" is "default").
type Write struct {
	Delete bool
	Family string
	Key    string // 1 to 256 bytes
	Value  string
}

// PutRaw writes a value under any key of 1 to 256 bytes in a column family. In the
// family "default", what stands under a key of a tick or point (layout.go) is one.
func (db *DB) PutRaw(family, key, value string) error {
	return db.WriteBatch([]Write{{Family: family, Key: key, Value: value}})
}

// DeleteRaw removes what stands under a key of a column family, which need not
// exist.
func (db *DB) DeleteRaw(family, key string) error {
	return db.WriteBatch([]Write{{Delete: true, Family: family, Key: key}})
}

// GetRaw returns the value under a key of a column family; ok is false if
// there is none.
func (db *DB) GetRaw(family, key string) (value string, ok bool, err error) {
	raw, err := db.rawKey(family, key)
	if err != nil {
		return "", false, err
	}
	if err := db.settleAll(); err != nil {
		return "", false, err
	}
	return db.lookup(raw)
}

// WriteBatch does all writes or, if one of them is bad, none. If the process dies
// meanwhile, all are done or none, up to about 1 MB of keys and values; more are done
// in parts.
func (db *DB) WriteBatch(writes []Write) error {
	if err := db.writable(); err != nil {
		return err
	}
	entries := make([]rawEntry, len(writes))
	for i, w := range writes {
		key, err := db.rawKey(w.Family, w.Key)
		if err == nil && len(w.Value) > tick.MaxValue {
			err = errValueSize(len(w.Value))
		}
		if err != nil {
			if len(writes) > 1 {
				err = fmt.Errorf("entry %d: %w", i+1, err)
			}
			return err
		}
		entries[i] = rawEntry{tagPut, key, w.Value}
		if w.Delete {
			entries[i] = rawEntry{tagDelete, key, ""}
		}
	}
	for len(entries) > 0 {
		n, size := 0, 0
		for n < len(entries) && size+entries[n].size() <= maxEntries {
			size += entries[n].size()
			n++
		}
		part := entries[:n]
		err := db.chain.append(func(b *buffer) bool {
			if !b.appendEntries(part) {
				return false
			}
			for i := range part {
				db.chain.noteRaw(part[i].key)
			}
			return true
		})
		if err != nil {
			return err
		}
		entries = entries[n:]
	}
	return db.chain.endWrite()
}

// KeyValue is a key of a column family and what stands under it.
type KeyValue struct{ Key, Value string }

// ScanPrefix returns the keys of a column family that begin with prefix, and their
// values, in the order of their bytes; limit, unless it is 0, is how many at most.
func (db *DB) ScanPrefix(family, prefix string, limit int) ([]KeyValue, error) {
	before, err := db.familyPrefix(family)
	if err != nil {
		return nil, err
	}
	var found []KeyValue
	err = db.eachRaw(append(before, prefix...), func(key, value []byte) (bool, error) {
		if before == nil && bytes.HasPrefix(key, []byte(reservedPrefix)) {
			return true, nil
		}
		found = append(found, KeyValue{string(key[len(before):]), string(value)})
		return len(found) != limit, nil
	})
	return found, err
}

// eachRaw calls visit with each key of the database that begins with prefix and its
// value, until visit returns false. Both slices are valid until visit returns.
func (db *DB) eachRaw(prefix []byte, visit func(key, value []byte) (bool, error)) error {
	r := db.rocks
	if err := db.enterSettled(allMarks); err != nil {
		return err
	}
	defer r.use.RUnlock()
	it := r.db.NewIterator(db.scanOpts)
	defer it.Close()
	const checkRows = 1024 // rows between two calls of the interrupt
	n := 0
	for it.Seek(prefix); it.Valid(); it.Next() {
		if n++; n%checkRows == 0 {
			if err := db.interrupted(); err != nil {
				return err
			}
		}
		key, value := it.Key(), it.Value() // valid until the iterator moves
		if !bytes.HasPrefix(key.Data(), prefix) {
			break
		}
		if more, err := visit(key.Data(), value.Data()); !more || err != nil {
			return err
		}
	}
	return it.Err()
}
