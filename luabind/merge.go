package luabind

import (
	"microts/internal/frame"
	"microts/internal/luavm"
	"microts/internal/tick"
)

var mergeSig = newSignature("merge", "db", "instruments", "from?", "to?", "opts?")

// merge iterates over the ticks of many instruments in the order of time.
func merge(c *luavm.Call) {
	host := hold(c)
	defer host.end()
	s := &mergeSig
	h := s.handle(c)
	names := s.namesOfInstruments(c, 2)
	r := s.span(c, 3)
	var o scanFields
	s.eachOption(c, 5, func(name string, v luavm.Value) error {
		if known, err := o.set(name, v); known {
			return err
		}
		return unknownName(name, "fields", "skip")
	})
	o.check(c, s, 5)
	if err := r.Check(); err != nil {
		s.raise(c, h, err)
	}
	instruments := make([]tick.Instrument, len(names))
	for i, name := range names {
		var err error
		if instruments[i], err = h.source.Find(name); err != nil {
			s.raise(c, h, err)
		}
	}
	const held = 64 << 10 // bytes that a scan holds, or so
	c.Room(held * len(instruments))
	m, err := frame.NewMerge(host, h.source, instruments, r, o.fields, o.fields == nil)
	if err != nil {
		s.raise(c, h, err)
	}
	it := &mergeIterator{handle: h, merge: m, size: held * int64(len(instruments)), scanFields: o}
	if o.fields == nil {
		c.Return(luavm.NewFunctionWith("(merge)", it, it.nextValue).Value())
		return
	}
	it.values = make([]luavm.Value, 2+len(o.fields))
	c.Return(luavm.NewFunctionWith("(merge)", it, it.nextFields).Value())
}

// mergeIterator is the state of one merge.
type mergeIterator struct {
	handle *handle
	merge  *frame.Merge
	size   int64 // bytes that it holds, about
	scanFields
	values  []luavm.Value // of a row
	strings luavm.Strings
	host    holder
}

// MemorySize implements luavm.MemorySizer.
func (it *mergeIterator) MemorySize() int64 { return it.size }

// advance moves to the next tick; false after the last.
func (it *mergeIterator) advance(c *luavm.Call) bool {
	it.host = holder{c: c}
	it.merge.SetHost(&it.host)
	if it.merge.Next() {
		return true
	}
	if err := it.merge.Err(); err != nil {
		mergeSig.raise(c, it.handle, err)
	}
	it.merge.Close()
	return false
}

// nextValue returns the number of the instrument, the time, the value and the seq of the next
// tick.
func (it *mergeIterator) nextValue(c *luavm.Call) {
	if !it.advance(c) {
		c.Return(luavm.Nil)
		return
	}
	seq, value := it.merge.Value()
	if len(value) > longValue {
		c.Room(len(value))
	}
	c.Return(luavm.Int(it.merge.Instrument()+1), luavm.Int(int(it.merge.Time())), it.strings.Part(value), luavm.Int(int(seq)))
}

// nextFields returns the number of the instrument, the time and the fields of the next tick.
func (it *mergeIterator) nextFields(c *luavm.Call) {
	for it.advance(c) {
		columns, row := it.merge.Columns()
		if it.isOther(c, &mergeSig, it.handle, columns, row) {
			continue
		}
		it.values[0], it.values[1] = luavm.Int(it.merge.Instrument()+1), luavm.Int(int(it.merge.Time()))
		it.read(it.values[2:], columns, row)
		c.Return(it.values...)
		return
	}
	c.Return(luavm.Nil)
}
