package tick

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// values draws values: tick records, and such as are nearly or not at all records.
func values() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		record := AppendRecord(nil, Record{
			Price: rapid.Int32().Draw(t, "price"), Qty: rapid.Uint32().Draw(t, "qty"),
			Channel: rapid.Uint8().Draw(t, "channel"), Side: Side(rapid.Uint8Range(0, 3).Draw(t, "side")),
			OrderNo: rapid.Uint64().Draw(t, "order_no"), TickNo: rapid.Uint64().Draw(t, "tick_no"),
		})
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			record[rapid.IntRange(26, RecordSize-1).Draw(t, "reserved")]++
		case 1:
			return rapid.StringN(0, 60, 60).Draw(t, "text")
		}
		return string(record)
	})
}

// Columns made of blocks, in any cut, make the same blocks again.
func TestColumnsKeepRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(values(), 1, 40).Draw(t, "values")
		cut := rapid.IntRange(0, len(all)).Draw(t, "cut")
		var c Columns
		for _, part := range [][]string{all[:cut], all[cut:]} {
			b := Block{Values: Values{Offsets: []uint32{0}}}
			for i, v := range part {
				b.Times, b.Seqs = append(b.Times, int64(i)), append(b.Seqs, uint16(i))
				b.Values.Bytes += v
				b.Values.Offsets = append(b.Values.Offsets, uint32(len(b.Values.Bytes)))
			}
			c.AppendBlock(&b, AllColumns)
		}
		var back []string
		from := rapid.IntRange(0, len(all)).Draw(t, "from")
		for _, r := range [][2]int{{0, from}, {from, len(all)}} {
			var b Block
			c.Block(&b, r[0], r[1])
			for i := range b.Len() {
				back = append(back, b.Values.At(i))
			}
		}
		if !slices.Equal(back, all) {
			t.Errorf("%q became %q", all, back)
		}
		for i, v := range all {
			record, err := DecodeRecord([]byte(v))
			_, other := slices.BinarySearch(c.Others, i)
			got := Record{c.Prices[i], c.Qtys[i], c.Channels[i], c.Sides[i], c.OrderNos[i], c.TickNos[i]}
			if IsRecord(v) != (err == nil) || other != (err != nil) || got != record {
				t.Errorf("row %d: %+v, other %v; %+v, %v expected", i, got, other, record, err)
			}
		}
	})
}

// A column that nobody asked for is empty.
func TestColumnsOfASet(t *testing.T) {
	value := string(AppendRecord(nil, Record{1, 2, 3, Sell, 4, 5}))
	b := Block{[]int64{7}, []uint16{8}, Values{value, []uint32{0, RecordSize}}}
	for set, want := range map[ColumnSet]Columns{
		0:             {},
		PriceColumn:   {Prices: []int32{1}},
		QtyColumn:     {Qtys: []uint32{2}},
		ChannelColumn: {Channels: []uint8{3}},
		SideColumn:    {Sides: []Side{Sell}},
		OrderNoColumn: {OrderNos: []uint64{4}},
		TickNoColumn:  {TickNos: []uint64{5}},
		SeqColumn:     {Seqs: []uint16{8}},
	} {
		var c Columns
		c.AppendBlock(&b, set)
		want.Times = b.Times
		if !reflect.DeepEqual(c, want) {
			t.Errorf("set %b: %+v, %+v expected", set, c, want)
		}
	}
}
