package tickfile

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"microts/internal/tick"
)

var update = flag.Bool("update", false, "write testdata/golden.parquet anew")

// goldenRows are rows of all kinds.
func goldenRows() []codeRows {
	one := codeRows{code: "000001"}
	for i := range int64(300) {
		appendRow(&one.rows, 1_699_837_800_000_000+i*500_000, uint16(i%2), record(tick.Record{
			Price: int32(105_000 + i*i%700), Qty: uint32(100 * (1 + i%5)), Channel: 3, Side: tick.Side(i % 3),
			OrderNo: 1<<63 + uint64(i*7), TickNo: uint64(i),
		}))
	}
	two := codeRows{code: "rb2405.SHFE"}
	appendRow(&two.rows, 0, 0, record(tick.Record{Price: -1, Qty: 1<<32 - 1, Channel: 255, Side: tick.NoSide, OrderNo: 1<<64 - 1}))
	appendRow(&two.rows, 0, 65535, "")
	appendRow(&two.rows, tick.MaxTime-1, 0, "no tick record")
	return []codeRows{one, two}
}

// pages shows the pages of a file: what their headers say, and their bytes before they are
// compressed.
func pages(t *testing.T, file []byte) string {
	t.Helper()
	f, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for i, g := range f.Groups() {
		for c := range Column(NumColumns) {
			r := g.Column(c)
			for b := file[r.Offset : r.Offset+r.Length]; len(b) > 0; {
				h, rest, err := parsePageHeader(b)
				if err != nil {
					t.Fatal(err)
				}
				levels, body := rest[:h.levels], rest[h.levels:h.compressed]
				if !h.stored {
					if body, err = decompressor.DecodeAll(body, make([]byte, 0, h.uncompressed+slack)); err != nil {
						t.Fatal(err)
					}
				}
				fmt.Fprintf(&out, "group %d, %v: %v of %d values, %d nulls, %v, levels %x\n%s", i, c, h.kind, h.values, h.nulls, h.encoding, levels, hex.Dump(body))
				b = rest[h.compressed:]
			}
		}
	}
	return out.String()
}

// The bytes of the format, but for those of zstd, which change from version to version. A
// change to them must be one that older and newer microts, and other programs, read.
func TestGolden(t *testing.T) {
	const name = "testdata/golden.parquet"
	got, _ := write(t, 'S', 200, 1000, goldenRows())
	if *update {
		if err := os.WriteFile(name, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := pages(t, got), pages(t, want); got != want {
		t.Errorf("other bytes than %s has:\n%s%s expected", name, got, want)
	}
	f, err := Open(bytes.NewReader(want), int64(len(want)))
	if err != nil {
		t.Fatal(err)
	}
	all := gather(t, f.Groups(), func(g *Group, c *tick.Columns) ([]Run, error) { return f.Read(g, tick.AllColumns, c) })
	for i, w := range goldenRows() {
		if all[i].code != w.code || !same(all[i].rows, w.rows) {
			t.Errorf("%s: %+v", w.code, all[i])
		}
	}
}

// Manifests hold groups as this.
func TestGoldenGroup(t *testing.T) {
	_, groups := write(t, 'S', 200, 1000, goldenRows())
	text := marshal(t, groups[1])
	const want = `{"n":103,"raw":2,"c":"000001","d":"rb2405.SHFE","t":1699837900000000,"u":9007199254740991,"o":`
	if !strings.HasPrefix(text, want) || !strings.Contains(text, `,"l":[`) || !strings.Contains(text, `],"s":"`) {
		t.Errorf("%s, %s... expected", text, want)
	}
}
