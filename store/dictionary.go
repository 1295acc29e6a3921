package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	"microts/internal/tick"
)

// The dictionary of a database holds its long codes (see tick.Name). One entry is under
// a reserved key, so that it is written as all else is, and versions of microts that do
// not know it read the rest:
//
//	key                          value
//	\0microts\0code\0 long code  the stand-in that keys have in its place
//
// In format V2 the stand-in has the 9 bytes of the code in a tick's key: 0xff and a
// number (see tick.StandIn). In format V1, whose long codes are symbols of more than 8
// characters, it has the 8 bytes of the symbol: 0xff and the last 7 bytes of the number.
//
// The number is tick.NumberOf of the code or, if another code of the database has that,
// the next one that is free. So the dictionary can lose an entry, and the next Define of
// the code makes the same.
//
// An entry is written before the first tick with its stand-in, in the one order of all
// writes. Nothing removes or changes an entry.
type dictionary struct {
	mu       sync.RWMutex
	standIns map[string]string // by long code; nil until needed
	codes    map[string]string // by stand-in
	number   func(code string) uint64
}

// ErrUndefined is returned when a tick of an instrument is written in whose keys a
// number stands for a long code, and the database knows no such code. DB.Define gives it
// one.
var ErrUndefined = errors.New("the instrument stands for a code that the database does not have: it is written under a name that Define has not seen")

func newDictionary() dictionary { return dictionary{number: tick.NumberOf} }

// standInSize returns the length of the stand-ins of a format.
func standInSize(f tick.Format) int {
	if f == tick.V1 {
		return symbolSize
	}
	return tick.CodeSize
}

// isStandIn says whether bytes are a stand-in of a format.
func isStandIn(b []byte, f tick.Format) bool {
	return len(b) == standInSize(f) && b[0] == tick.StandInMark
}

// makeStandIn returns the stand-in with a number.
func makeStandIn(number uint64, f tick.Format) string {
	b := binary.BigEndian.AppendUint64([]byte{tick.StandInMark}, number)
	if f == tick.V1 {
		b[1] = tick.StandInMark
		return string(b[1:])
	}
	return string(b)
}

// standInNumber returns the number of a stand-in; in format V1 its last 7 bytes.
func standInNumber(standIn string) (number uint64) {
	for i := 1; i < len(standIn); i++ {
		number = number<<8 | uint64(standIn[i])
	}
	return number
}

// load reads the dictionary, unless it was read before. The caller holds mu.
//
// A snapshot may read it too: what was defined after the snapshot was taken, Define has
// put into a dictionary that was read.
func (d *dictionary) load(db *DB) error {
	if d.standIns != nil {
		return nil
	}
	standIns, codes := map[string]string{}, map[string]string{}
	err := db.eachRaw([]byte(codeKey), func(key, value []byte) (bool, error) {
		code := string(key[len(codeKey):])
		if !isStandIn(value, db.Format()) {
			return false, fmt.Errorf("the stand-in of the code %q is %q, which is none", code, value)
		}
		if other, taken := codes[string(value)]; taken {
			return false, fmt.Errorf("the codes %q and %q have one stand-in", other, code)
		}
		standIns[code], codes[string(value)] = string(value), code
		return true, nil
	})
	if err == nil {
		d.standIns, d.codes = standIns, codes
	}
	return err
}

// begin reads the dictionary if that is needed. If it returns nil, the caller calls
// mu.RUnlock.
func (d *dictionary) begin(db *DB) error {
	if db.closed {
		return ErrClosed
	}
	d.mu.RLock()
	if d.standIns != nil {
		return nil
	}
	d.mu.RUnlock()
	d.mu.Lock()
	err := d.load(db)
	d.mu.Unlock()
	d.mu.RLock()
	if err != nil {
		d.mu.RUnlock()
	}
	return err
}

// propose returns the stand-in of a code: the one that it has or, if known is false, the
// one that it would get now, which no other code has. For what tick.Unnamed returns, it
// returns the stand-in with that number. The caller holds mu.
func (d *dictionary) propose(code string, f tick.Format) (standIn string, known bool) {
	if s, ok := d.standIns[code]; ok {
		return s, true
	}
	if number, ok := tick.ParseUnnamed(code); ok {
		return makeStandIn(number, f), false
	}
	for number := d.number(code); ; number++ {
		if s := makeStandIn(number, f); d.codes[s] == "" {
			return s, false
		}
	}
}

// findCode returns the stand-in of a long code. It writes nothing: if the code has none,
// known is false, and no rows have the stand-in that it returns (but see propose).
func (db *DB) findCode(code string) (standIn string, known bool, err error) {
	d := &db.rocks.dictionary
	if err := d.begin(db); err != nil {
		return "", false, err
	}
	defer d.mu.RUnlock()
	standIn, known = d.propose(code, db.Format())
	return standIn, known, nil
}

// defineCode returns the stand-in of a long code. If the code has none, it writes the
// entry of the dictionary first.
func (db *DB) defineCode(code string) (standIn string, err error) {
	if standIn, known, err := db.findCode(code); known || err != nil {
		return standIn, err
	}
	if err := db.writable(); err != nil {
		return "", err
	}
	if _, ok := tick.ParseUnnamed(code); ok {
		return "", &tick.RangeError{Name: "code", Want: "the code of an instrument, not what is shown for one that was lost,", Got: fmt.Sprintf("%q", code)}
	}
	d := &db.rocks.dictionary
	d.mu.Lock()
	defer d.mu.Unlock()
	standIn, known := d.propose(code, db.Format()) // another goroutine may have defined it
	if known {
		return standIn, nil
	}
	// Under the lock: what others write with the stand-in comes after the entry.
	if err := db.write(tagPut, []byte(codeKey+code), standIn); err != nil {
		return "", err
	}
	d.standIns[code], d.codes[standIn] = standIn, code
	return standIn, nil
}

// codeOf returns the long code of a stand-in; ok is false if the database has none.
func (db *DB) codeOf(standIn string) (code string, ok bool, err error) {
	d := &db.rocks.dictionary
	if err := d.begin(db); err != nil {
		return "", false, err
	}
	defer d.mu.RUnlock()
	code, ok = d.codes[standIn]
	return code, ok, nil
}

// Find returns the instrument of a name, for reading. It writes nothing: if the database
// does not know the name, it has no ticks of the instrument that Find returns. Do not
// keep that instrument: a later Define may give another one to the name. A name whose
// code is that of tick.Unnamed is the instrument in whose keys the number stands.
//
// Find, Define, Name and Names are for databases of format V2. Errors: ErrClosed, and
// those of reading.
func (db *DB) Find(n tick.Name) (tick.Instrument, error) {
	if in, ok := n.Instrument(); ok {
		return in, nil
	}
	if err := db.hasInstruments(); err != nil {
		return tick.Instrument{}, err
	}
	standIn, _, err := db.findCode(n.Code)
	return withStandIn(n.Market, standIn), err
}

// Define returns the instrument of a name, for writing. If the code is a long one that
// the database does not know, Define puts it into the dictionary: what is written of the
// instrument later is never without it, whatever a kill or a power failure takes.
// Errors: those of Find and Put, and a *tick.RangeError for a code that tick.Unnamed
// returns.
func (db *DB) Define(n tick.Name) (tick.Instrument, error) {
	if in, ok := n.Instrument(); ok {
		return in, nil
	}
	if err := db.hasInstruments(); err != nil {
		return tick.Instrument{}, err
	}
	standIn, err := db.defineCode(n.Code)
	return withStandIn(n.Market, standIn), err
}

var errV1Instruments = errors.New("storage engine V1 has symbols, and no instruments")

func (db *DB) hasInstruments() error {
	switch {
	case db.closed:
		return ErrClosed
	case db.Format() == tick.V1:
		return errV1Instruments
	}
	return nil
}

// withStandIn returns the instrument with a stand-in of format V2.
func withStandIn(market byte, standIn string) tick.Instrument {
	in := tick.Instrument{market}
	copy(in[1:], standIn)
	return in
}

// Name returns the name of an instrument. If it stands for a code that the database does
// not have, the code is that of tick.Unnamed, and Find finds the instrument under it.
func (db *DB) Name(in *tick.Instrument) (tick.Name, error) {
	n := tick.Name{Market: in.Market(), Code: in.Code()}
	if !in.IsStandIn() {
		return n, nil
	}
	code, ok, err := db.codeOf(string(in[1:]))
	if ok {
		n.Code = code
	}
	return n, err
}

// Names returns the names of the instruments that have ticks, in the order of
// tick.Name.Compare; market, unless it is 0, chooses those of one market. It costs what
// Instruments costs.
func (db *DB) Names(market byte) ([]tick.Name, error) {
	instruments, err := db.Instruments(market)
	if err != nil {
		return nil, err
	}
	names := make([]tick.Name, len(instruments))
	for i := range instruments {
		if names[i], err = db.Name(&instruments[i]); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(names, tick.Name.Compare)
	return names, nil
}

// checkDefined returns ErrUndefined if nothing may be written of an instrument.
func (db *DB) checkDefined(in *tick.Instrument) error {
	if !in.IsStandIn() || db.defined == *in {
		return nil
	}
	_, ok, err := db.codeOf(string(in[1:]))
	if err != nil {
		return err
	}
	if !ok {
		return ErrUndefined
	}
	db.defined = *in
	return nil
}
