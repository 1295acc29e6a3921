package luabind

import (
	"testing"

	"microts/internal/tick"
)

// FuzzPackedRows: packedRows takes a string only if rows make up all of it.
func FuzzPackedRows(f *testing.F) {
	f.Add("\x00\x00\x00\x00\x00\x00\x00\x01\x00\x02\x00\x00\x00\x03abc")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		rows, err := packedRows(nil, s)
		if err != nil {
			return
		}
		n := 0
		for _, r := range rows {
			n += packedHeader + len(r.Value)
			if tick.CheckTime("ts_us", r.Time) != nil {
				t.Errorf("row %v", r)
			}
		}
		if n != len(s) {
			t.Errorf("%d bytes of %d are in rows", n, len(s))
		}
	})
}
