package luabind

import (
	"errors"
	"fmt"
	"slices"

	"microts/internal/frame"
	"microts/internal/luavm"
	"microts/internal/tick"
)

// The fields of a tick are numbers: the price in units of the currency, the side 1, -1 or 0,
// the others as they are. Integers beyond 2^53 are texts.

// scanFields are the options of scans that give fields in place of values.
type scanFields struct {
	fields []frame.Field // nil: values
	skip   bool
}

// set sets an option; known says whether it is one of fields.
func (o *scanFields) set(name string, v luavm.Value) (known bool, err error) {
	switch name {
	case "fields":
		o.fields, err = fieldsOf(v)
	case "skip":
		err = truthOf(v, &o.skip)
	default:
		return false, nil
	}
	return true, err
}

// check throws unless the options fit together. Argument i has them.
func (o *scanFields) check(c *luavm.Call, s *signature, i int) {
	if o.skip && o.fields == nil {
		s.throw(c, &argError{i, errors.New(`option "skip": it goes with the option "fields"; values come as they are`)})
	}
}

// columns returns the columns that the fields need.
func (o *scanFields) columns() tick.ColumnSet { return frame.ColumnsOf(o.fields) }

// isOther says that a row is no tick record, and is skipped. If it must not be, it throws.
func (o *scanFields) isOther(c *luavm.Call, s *signature, h *handle, columns *tick.Columns, row int) bool {
	if len(columns.Others) == 0 {
		return false
	}
	i, found := slices.BinarySearch(columns.Others, row)
	if found && !o.skip {
		err := frame.NotARecord(columns.Times[row], columns.OtherSeqs[i], columns.OtherValues[i], Zone(c.State()))
		s.raise(c, h, fmt.Errorf("%w; skip=true leaves such ticks out", err))
	}
	return found
}

// read reads the fields of a row.
func (o *scanFields) read(to []luavm.Value, c *tick.Columns, row int) {
	for i, f := range o.fields {
		switch f {
		case frame.TsField:
			to[i] = luavm.Int(int(c.Times[row]))
		case frame.SeqField:
			to[i] = luavm.Int(int(c.Seqs[row]))
		case frame.PriceField:
			to[i] = luavm.Number(frame.Price(c.Prices[row]))
		case frame.QtyField:
			to[i] = luavm.Int(int(c.Qtys[row]))
		case frame.SideField:
			to[i] = luavm.Int(c.Sides[row].Sign())
		case frame.ChannelField:
			to[i] = luavm.Int(int(c.Channels[row]))
		case frame.OrderNoField:
			to[i] = unsignedValue(c.OrderNos[row])
		case frame.TickNoField:
			to[i] = unsignedValue(c.TickNos[row])
		}
	}
}

// fieldIterator is the state of a scan of fields.
type fieldIterator struct {
	scanFields
	handle *handle
	blocks tick.ColumnBlocks
	block  tick.Columns
	row    int           // of block; the next one
	left   int           // rows until the limit; less than 0: there is none
	values []luavm.Value // of a row
}

// MemorySize implements luavm.MemorySizer.
func (it *fieldIterator) MemorySize() int64 {
	const held = 64 << 10
	return held
}

// scanOfFields begins a scan of fields.
func (s *signature) scanOfFields(c *luavm.Call, h *handle, in *tick.Instrument, o tick.ScanOptions, fields scanFields) {
	limit := o.Limit
	if limit == 0 {
		limit = -1
	}
	if fields.skip {
		o.Limit = 0 // rows that are skipped do not count
	}
	blocks, err := tick.ScanColumns(h.source, in, o, fields.columns())
	if err != nil {
		s.raise(c, h, err)
	}
	it := &fieldIterator{scanFields: fields, handle: h, blocks: blocks, left: limit, values: make([]luavm.Value, 1+len(fields.fields))}
	c.Return(luavm.NewFunctionWith("(scan)", it, it.next).Value())
}

// next returns the time and the fields of the next tick.
func (it *fieldIterator) next(c *luavm.Call) {
	for it.left != 0 {
		if it.row == it.block.Len() && !it.nextBlock(c) {
			break
		}
		row := it.row
		it.row++
		if it.isOther(c, &scanSig, it.handle, &it.block, row) {
			continue
		}
		it.left--
		it.values[0] = luavm.Int(int(it.block.Times[row]))
		it.scanFields.read(it.values[1:], &it.block, row)
		c.Return(it.values...)
		return
	}
	it.left = 0
	it.blocks.Close()
	c.Return(luavm.Nil)
}

// nextBlock reads the next block; false at the end.
func (it *fieldIterator) nextBlock(c *luavm.Call) bool {
	c.CheckStop()
	if !it.blocks.Read(&it.block) {
		if err := it.blocks.Err(); err != nil {
			scanSig.raise(c, it.handle, err)
		}
		it.block, it.row = tick.Columns{}, 0
		return false
	}
	it.row = 0
	return true
}

var fieldsSig = newSignature("fields", "value")

// tickFields returns the fields of a tick record as values.
func tickFields(c *luavm.Call) {
	s := &fieldsSig
	value := s.str(c, 1)
	var room [2 * tick.RecordSize]byte
	r, err := tick.DecodeRecord(append(room[:0], value...))
	if err != nil {
		s.throw(c, &argError{1, fmt.Errorf("50-byte tick record expected: %w", err)})
	}
	c.Return(luavm.Number(frame.Price(r.Price)), luavm.Int(int(r.Qty)), luavm.Int(r.Side.Sign()),
		luavm.Int(int(r.Channel)), unsignedValue(r.OrderNo), unsignedValue(r.TickNo))
}
