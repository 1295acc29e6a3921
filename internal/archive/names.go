package archive

import (
	"sync"

	"microts/internal/tick"
)

// dictionary gives long codes numbers (see tick.Name), as that of a database does. It is
// for this process: the codes themselves are in the manifests. The zero value is ready;
// goroutines may share it.
type dictionary struct {
	mu      sync.Mutex
	numbers map[string]uint64
	codes   map[uint64]string
}

// find returns the instrument of a name.
func (d *dictionary) find(n tick.Name) tick.Instrument {
	if in, ok := n.Instrument(); ok {
		return in
	}
	if number, ok := tick.ParseUnnamed(n.Code); ok {
		return tick.StandIn(n.Market, number)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if number, ok := d.numbers[n.Code]; ok {
		return tick.StandIn(n.Market, number)
	}
	if d.numbers == nil {
		d.numbers, d.codes = map[string]uint64{}, map[uint64]string{}
	}
	number := tick.NumberOf(n.Code)
	for ; d.codes[number] != ""; number++ {
	}
	d.numbers[n.Code], d.codes[number] = number, n.Code
	return tick.StandIn(n.Market, number)
}

// name returns the name of an instrument; its code is that of tick.Unnamed if find has never
// returned the instrument.
func (d *dictionary) name(in *tick.Instrument) tick.Name {
	n := tick.Name{Market: in.Market(), Code: in.Code()}
	if in.IsStandIn() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if code, ok := d.codes[in.Number()]; ok {
			n.Code = code
		}
	}
	return n
}
