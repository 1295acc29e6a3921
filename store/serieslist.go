package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/linxGnu/grocksdb"

	"microts/internal/tick"
)

// PointSeries returns the series of the points that are no ticks, in the order of
// (name, data type): in format V2 those of data types other than 0, and in format V1 all.
// market, unless it is 0, chooses those of one market. In format V2 it seeks from one
// series to the next; in format V1, where the data types of a symbol stand together, it
// reads all keys.
func (db *DB) PointSeries(market byte) ([]tick.PointSeries, error) {
	list := db.typedSeries
	if db.Format() == tick.V1 {
		list = db.symbolSeries
	}
	all, err := list()
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(s *Series) bool { return market != 0 && s.name.Market != market })
	slices.SortStableFunc(all, func(a, b *Series) int {
		return cmp.Or(a.name.Compare(b.name), cmp.Compare(a.dataType, b.dataType))
	})
	found := make([]tick.PointSeries, len(all))
	for i, s := range all {
		found[i] = s
	}
	return found, nil
}

// eachKey calls visit with the keys from one on. visit returns the key to go on with, or
// nil for the next one.
func (db *DB) eachKey(from []byte, visit func(key []byte) (next []byte, end bool)) error {
	r := db.rocks
	if err := db.enterSettled(allMarks); err != nil {
		return err
	}
	defer r.use.RUnlock()
	it := r.db.NewIterator(db.scanOpts)
	defer it.Close()
	for it.Seek(from); it.Valid(); {
		if err := db.interrupted(); err != nil {
			return err
		}
		next, end := visitKey(it, visit)
		switch {
		case end:
			return nil
		case next != nil:
			it.Seek(next)
		default:
			it.Next()
		}
	}
	return it.Err()
}

// visitKey calls visit with the key of an iterator.
func visitKey(it *grocksdb.Iterator, visit func([]byte) ([]byte, bool)) (next []byte, end bool) {
	key := it.Key()
	defer key.Free()
	return visit(key.Data())
}

// typedSeries returns the series of data types other than 0 of format V2.
func (db *DB) typedSeries() ([]*Series, error) {
	type seriesKey struct {
		in       tick.Instrument
		dataType uint8
	}
	var keys []seriesKey
	err := db.eachKey([]byte{typedTag}, func(key []byte) (next []byte, end bool) {
		if key[0] != typedTag {
			return nil, true
		}
		if len(key) != typedSkip+tickKeySize {
			return nil, false
		}
		in, _, _, err := decodeTickKey(key[typedSkip:])
		if err != nil {
			return nil, false
		}
		keys = append(keys, seriesKey{in, key[1]})
		last := makeTickKey(in, tick.MaxTime-1, tick.MaxSeq)
		return append(append(slices.Clone(key[:typedSkip]), last[:]...), 0), false
	})
	if err != nil {
		return nil, err
	}
	var all []*Series
	for _, k := range keys {
		name, err := db.Name(&k.in)
		if err != nil {
			return nil, err
		}
		s, err := db.SeriesOf(name, k.dataType)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// symbolSeries returns the series of format V1.
func (db *DB) symbolSeries() ([]*Series, error) {
	type symbolTypes struct {
		symbol string // as in the keys
		types  [256]bool
	}
	var symbols []*symbolTypes
	err := db.eachKey([]byte{' '}, func(key []byte) (next []byte, end bool) {
		if !isV1Key(key) {
			return nil, false
		}
		n := len(symbols)
		if n == 0 || symbols[n-1].symbol != string(key[:symbolSize]) {
			symbols = append(symbols, &symbolTypes{symbol: string(key[:symbolSize])})
			n++
		}
		symbols[n-1].types[key[v1KeySize-1]] = true
		return nil, false
	})
	if err != nil {
		return nil, err
	}
	var all []*Series
	for _, sym := range symbols {
		symbol, err := db.symbolOf(sym.symbol)
		if err != nil {
			return nil, err
		}
		for dataType, there := range sym.types {
			if !there {
				continue
			}
			s, err := db.Series(symbol, uint8(dataType))
			if err == nil && !bytes.HasPrefix(s.key, []byte(sym.symbol)) {
				err = fmt.Errorf("it is that of %q", s.name.Symbol())
			}
			if err != nil {
				return nil, fmt.Errorf("a key of the database has the symbol %q, which no storage engine writes: %w", symbol, err)
			}
			all = append(all, s)
		}
	}
	return all, nil
}

// symbolOf returns the symbol that the keys of format V1 begin with.
func (db *DB) symbolOf(key string) (string, error) {
	if !isStandIn([]byte(key), tick.V1) {
		return strings.TrimRight(key, " "), nil
	}
	symbol, ok, err := db.codeOf(key)
	if !ok {
		symbol = tick.Unnamed(standInNumber(key))
	}
	return symbol, err
}

// isV1Key says whether a key is that of a point of format V1.
func isV1Key(key []byte) bool {
	if len(key) != v1KeySize {
		return false
	}
	symbol := strings.TrimRight(string(key[:symbolSize]), " ")
	if !isStandIn(key[:symbolSize], tick.V1) && (symbol == "" || !fitsV1(symbol)) {
		return false
	}
	return binary.BigEndian.Uint64(key[symbolSize:]) < tick.MaxTime
}
