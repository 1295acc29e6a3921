package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"microts/internal/tick"
)

// InstrumentCount says what a database holds of one instrument and data type.
type InstrumentCount struct {
	Symbol   string `json:"symbol"`    // as storage engines write it: "SH600519", "rb2405.SHFE"
	Market   string `json:"market"`    // one character; "" in format V1
	Code     string `json:"code"`      // as in tick.Name; "" in format V1
	DataType int    `json:"data_type"` // 0 for ticks
	Ticks    uint64 `json:"ticks"`
	First    int64  `json:"first_us"` // time in µs since 1970
	Last     int64  `json:"last_us"`

	key     string // orders the instruments
	standIn string // of a long code; "" of others
}

// FamilyCount says how many keys a column family holds.
type FamilyCount struct {
	Name string `json:"name"`
	Keys uint64 `json:"keys"`
}

// census counts what the keys and values of a database are. It gets them in ascending
// order.
type census struct {
	format  tick.Format
	problem func(key []byte, problem string) // called with what does not have the form that it should

	instruments []InstrumentCount
	current     map[byte]int // V1: the index in instruments of each data type of the symbol
	symbol      [symbolSize]byte

	ticks, points, raw uint64
	records            uint64            // ticks whose value is a record
	names              map[string]uint32 // of the column families
	families           map[uint32]uint64 // keys by id
	codes              map[string]string // the long codes by their stand-ins
	unit               string
	point              tick.Point
}

func newCensus(f tick.Format, problem func([]byte, string)) *census {
	return &census{format: f, problem: problem, names: map[string]uint32{}, families: map[uint32]uint64{}, codes: map[string]string{}}
}

// add counts a key and its value.
func (c *census) add(key, value []byte) {
	if bytes.HasPrefix(key, []byte(reservedPrefix)) {
		c.addReserved(string(key), value)
		return
	}
	if len(key) == 0 || len(key) > maxRawKey {
		c.problem(key, fmt.Sprintf("a key of %d bytes, and 1 to %d are possible", len(key), maxRawKey))
	}
	if len(value) > tick.MaxValue {
		c.problem(key, fmt.Sprintf("a value of %d bytes, and %d are possible", len(value), tick.MaxValue))
	}
	if c.format == tick.V1 {
		if c.addV1(key, value) {
			return
		}
	} else if c.addV2(key, value) {
		return
	}
	c.raw++
}

// addV2 counts a tick or point of format V2; false: the key is neither.
func (c *census) addV2(key, value []byte) bool {
	if len(key) == tickKeySize {
		in, ts, _, err := decodeTickKey(key)
		if err != nil {
			return false
		}
		c.ticks++
		if len(value) == tick.RecordSize {
			if _, err := tick.DecodeRecord(value); err == nil {
				c.records++
			}
		}
		c.count(in, 0, ts)
		return true
	}
	if len(key) != typedSkip+tickKeySize || key[0] != typedTag {
		return false
	}
	in, ts, _, err := decodeTickKey(key[typedSkip:])
	if err != nil {
		return false
	}
	c.points++
	c.checkPoint(key, value)
	c.count(in, int(key[1]), ts)
	return true
}

func (c *census) checkPoint(key, value []byte) {
	if err := tick.DecodePoint(value, &c.point, c.format); err != nil {
		c.problem(key, fmt.Sprintf("a value of %d bytes that is no point: %v", len(value), err))
	}
}

// count counts a tick or point of format V2, whose instruments stand together.
func (c *census) count(in tick.Instrument, dataType int, ts int64) {
	n := len(c.instruments) - 1
	if n < 0 || c.instruments[n].DataType != dataType || c.instruments[n].key != string(in[:]) {
		standIn := ""
		if in.IsStandIn() {
			standIn = string(in[1:])
		}
		c.instruments = append(c.instruments, InstrumentCount{
			Symbol: tick.SymbolOf(in), Market: string(in[:1]), Code: in.Code(), DataType: dataType, First: ts, key: string(in[:]), standIn: standIn,
		})
		n++
	}
	c.instruments[n].Ticks++
	c.instruments[n].Last = ts
}

// addV1 counts a point of format V1; false: the key is none. The points of a symbol are
// in the order of their times, whatever their data types.
func (c *census) addV1(key, value []byte) bool {
	if !isV1Key(key) {
		return false
	}
	name, standIn := strings.TrimRight(string(key[:symbolSize]), " "), ""
	if isStandIn(key[:symbolSize], tick.V1) {
		standIn = string(key[:symbolSize])
		name = tick.Unnamed(standInNumber(standIn))
	}
	ts := binary.BigEndian.Uint64(key[symbolSize:])
	c.points++
	c.checkPoint(key, value)
	if c.current == nil || !bytes.Equal(c.symbol[:], key[:symbolSize]) {
		c.current = map[byte]int{}
		copy(c.symbol[:], key)
	}
	i, ok := c.current[key[v1KeySize-1]]
	if !ok {
		i = len(c.instruments)
		c.current[key[v1KeySize-1]] = i
		c.instruments = append(c.instruments, InstrumentCount{Symbol: name, DataType: int(key[v1KeySize-1]), First: int64(ts), key: string(key[:symbolSize]), standIn: standIn})
	}
	c.instruments[i].Ticks++
	c.instruments[i].Last = int64(ts)
	return true
}

// addReserved looks at what stands under one of microts' own keys.
func (c *census) addReserved(key string, value []byte) {
	switch {
	case key == formatKey:
		if string(value) != formatMarker(c.format) {
			c.problem([]byte(key), fmt.Sprintf("the format marker %.40q", value))
		}
	case key == bufferKey:
		if len(value) != 8 {
			c.problem([]byte(key), fmt.Sprintf("the number of the last buffer has %d bytes, not 8", len(value)))
		}
	case key == unitKey:
		if _, err := tick.ParseUnit(string(value)); err != nil {
			c.problem([]byte(key), fmt.Sprintf("the unit %.40q", value))
		}
		c.unit = string(value)
	case strings.HasPrefix(key, codeKey):
		c.addCode(key, value)
	case strings.HasPrefix(key, familyKey):
		if len(value) != 4 {
			c.problem([]byte(key), fmt.Sprintf("the id of a column family has %d bytes, not 4", len(value)))
			return
		}
		c.names[key[len(familyKey):]] = binary.BigEndian.Uint32(value)
	case strings.HasPrefix(key, familyData) && len(key) > len(familyData)+4:
		c.families[binary.BigEndian.Uint32([]byte(key[len(familyData):]))]++
	default:
		c.problem([]byte(key), "an unknown key of microts' own")
	}
}

// addCode adds an entry of the dictionary.
func (c *census) addCode(key string, value []byte) {
	code := key[len(codeKey):]
	other, taken := c.codes[string(value)]
	switch {
	case !isStandIn(value, c.format):
		c.problem([]byte(key), fmt.Sprintf("the stand-in of the code %.80q is %.40q, which is none", code, value))
	case taken:
		c.problem([]byte(key), fmt.Sprintf("the codes %.80q and %.80q have one stand-in", other, code))
	default:
		c.codes[string(value)] = code
	}
}

// join adds what another census counted behind this one.
func (c *census) join(other *census) {
	c.instruments = append(c.instruments, other.instruments...)
	c.ticks += other.ticks
	c.points += other.points
	c.raw += other.raw
	c.records += other.records
	for name, id := range other.names {
		c.names[name] = id
	}
	for id, n := range other.families {
		c.families[id] += n
	}
	for standIn, code := range other.codes {
		c.codes[standIn] = code
	}
	c.unit = cmp.Or(c.unit, other.unit)
}

// nameInstruments gives the instruments of long codes their names.
func (c *census) nameInstruments() {
	for n := range c.instruments {
		i := &c.instruments[n]
		if i.standIn == "" {
			continue
		}
		code, known := c.codes[i.standIn]
		if !known {
			continue
		}
		i.Symbol = code
		if c.format == tick.V2 {
			i.Code, i.Symbol = code, tick.Name{Market: i.Market[0], Code: code}.Symbol()
			i.key = i.Market + string([]byte{tick.StandInMark}) + code // in the order of the codes
		}
	}
}

// firstKey returns a key of an instrument whose code is not known.
func (c *census) firstKey(i *InstrumentCount) []byte {
	if c.format == tick.V1 {
		return append(binary.BigEndian.AppendUint64([]byte(i.standIn), uint64(i.First)), byte(i.DataType))
	}
	key := makeTickKey(withStandIn(i.Market[0], i.standIn), i.First, 0)
	return key[:]
}

// finish returns the instruments, each once, and the column families.
func (c *census) finish() (instruments []InstrumentCount, families []FamilyCount) {
	c.nameInstruments()
	slices.SortStableFunc(c.instruments, func(a, b InstrumentCount) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.DataType, b.DataType))
	})
	for _, i := range c.instruments {
		if n := len(instruments); n > 0 && instruments[n-1].key == i.key && instruments[n-1].DataType == i.DataType {
			instruments[n-1].Ticks += i.Ticks
			instruments[n-1].Last = i.Last
			continue
		}
		instruments = append(instruments, i)
	}
	for n := range instruments {
		if i := &instruments[n]; i.standIn != "" && c.codes[i.standIn] == "" {
			c.problem(c.firstKey(i), fmt.Sprintf("the dictionary does not have the long code of the instrument: its %d ticks or points are found under %s", i.Ticks, i.Symbol))
		}
	}
	for name, id := range c.names {
		families = append(families, FamilyCount{name, c.families[id]})
		delete(c.families, id)
	}
	slices.SortFunc(families, func(a, b FamilyCount) int { return cmp.Compare(a.Name, b.Name) })
	for id, n := range c.families {
		c.problem([]byte(familyData), fmt.Sprintf("%d keys of a column family with id %d, which has no name", n, id))
	}
	return instruments, families
}
