package sst

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"microts/internal/torture"

	"github.com/linxGnu/grocksdb"
)

// entry is an entry of a table.
type entry struct {
	key, value string
	kind       Kind
}

// randomEntries returns entries with ascending keys, some of which share long
// beginnings and some of which have long values.
func randomEntries(rng *rand.Rand, n int) []entry {
	byKey := map[string]entry{}
	for range n {
		key := fmt.Sprintf("S%09d", rng.IntN(20)) + string(binary.BigEndian.AppendUint64(nil, rng.Uint64N(1<<40)))
		if rng.IntN(10) == 0 {
			key = string(randomBytes(rng, 1+rng.IntN(200)))
		}
		e := entry{key: key, kind: KindPut, value: string(randomBytes(rng, rng.IntN(60)))}
		switch rng.IntN(40) {
		case 0:
			e = entry{key: key, kind: KindDelete}
		case 1:
			e.value = string(randomBytes(rng, rng.IntN(64<<10)))
		case 2:
			e.value = string(make([]byte, rng.IntN(64<<10)))
		}
		byKey[key] = e
	}
	var all []entry
	for _, e := range byKey {
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b entry) int { return bytes.Compare([]byte(a.key), []byte(b.key)) })
	return all
}

func randomBytes(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = "abcdefgh"[rng.IntN(8)]
		if rng.IntN(4) == 0 {
			b[i] = byte(rng.Uint32())
		}
	}
	return b
}

// writeTable lets RocksDB write a table file, with options in RocksDB's own form, and
// returns its bytes.
func writeTable(t testing.TB, options string, entries []entry) []byte {
	t.Helper()
	base := grocksdb.NewDefaultOptions()
	defer base.Destroy()
	o, err := grocksdb.GetOptionsFromString(base, options)
	if err != nil {
		t.Fatalf("%s: %v", options, err)
	}
	defer o.Destroy()
	env := grocksdb.NewDefaultEnvOptions()
	defer env.Destroy()
	w := grocksdb.NewSSTFileWriter(env, o)
	defer w.Destroy()
	path := filepath.Join(t.TempDir(), "table.sst")
	if err := w.Open(path); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.kind == KindDelete {
			err = w.Delete([]byte(e.key))
		} else {
			err = w.Put([]byte(e.key), []byte(e.value))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Finish(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// readTable reads a table in one go, or in parts.
func readTable(t *Table, bounds [][]byte, fault func(*Fault)) (all []entry, err error) {
	bounds = append(append([][]byte{nil}, bounds...), nil)
	for i := range bounds[1:] {
		it := t.Iterate(bounds[i], bounds[i+1], fault)
		for it.Next() {
			all = append(all, entry{string(it.Key), string(it.Value), it.Kind})
		}
		if it.Err() != nil {
			return all, it.Err()
		}
	}
	return all, nil
}

func noFault(t testing.TB) func(*Fault) {
	return func(f *Fault) { t.Helper(); t.Errorf("fault: %v", f) }
}

func randomOptions(rng *rand.Rand) string {
	pick := func(all ...string) string { return all[rng.IntN(len(all))] }
	return "compression=" + pick("kNoCompression", "kSnappyCompression", "kZlibCompression", "kBZip2Compression", "kLZ4Compression", "kLZ4HCCompression", "kZSTD", "kZSTD") +
		";compression_opts={level=1;max_dict_bytes=" + pick("0", "0", "4096") + "}" +
		";prefix_extractor=" + pick("fixed:8", "nullptr") +
		";block_based_table_factory={block_size=" + pick("512", "4096", "16384") +
		";block_restart_interval=" + pick("1", "16") +
		";index_block_restart_interval=" + pick("1", "1", "8") +
		";format_version=" + pick("1", "2", "3", "4", "5", "5") +
		";checksum=" + pick("kCRC32c", "kXXH3") +
		";enable_index_compression=" + pick("true", "false") +
		";filter_policy=" + pick("bloomfilter:10:false", "ribbonfilter:10", "nullptr") +
		";" + pick("index_type=kBinarySearch", "index_type=kBinarySearchWithFirstKey", "index_type=kTwoLevelIndexSearch;metadata_block_size=512;partition_filters=true") +
		";data_block_index_type=" + pick("kDataBlockBinarySearch", "kDataBlockBinaryAndHash") + "}"
}

// TestReadsWhatRocksDBWrites reads tables of random entries that RocksDB wrote with
// random options, whole and in parts.
func TestReadsWhatRocksDBWrites(t *testing.T) {
	for i := range torture.Rounds(t, 100, 25) {
		rng := rand.New(rand.NewPCG(1, uint64(i)))
		options, want := randomOptions(rng), randomEntries(rng, 1+rng.IntN(600))
		data := writeTable(t, options, want)
		var bounds [][]byte
		for range rng.IntN(4) {
			bounds = append(bounds, []byte(want[rng.IntN(len(want))].key))
		}
		slices.SortFunc(bounds, bytes.Compare)
		table, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatalf("round %d, %s: %v", i, options, err)
		}
		if err := table.Verify(noFault(t)); err != nil {
			t.Fatalf("round %d, %s: %v", i, options, err)
		}
		got, err := readTable(table, bounds, noFault(t))
		if err != nil || !slices.Equal(got, want) || table.Entries != uint64(len(want)) || !table.External {
			t.Fatalf("round %d, %s: %d entries, not %d; %v", i, options, len(got), len(want), err)
		}
		salvaged, known, err := Salvage(bytes.NewReader(data), int64(len(data)), noFault(t))
		if err != nil || !known {
			t.Fatalf("round %d, %s: %v", i, options, err)
		}
		if got, err = readTable(salvaged, nil, noFault(t)); err != nil || !slices.Equal(got, want) {
			t.Fatalf("round %d, %s: salvage finds %d entries, not %d; %v", i, options, len(got), len(want), err)
		}
		if t.Failed() {
			t.Fatalf("round %d, %s", i, options)
		}
	}
}

const smallOptions = "compression=kZSTD;prefix_extractor=fixed:8;block_based_table_factory={block_size=512;format_version=5;filter_policy=bloomfilter:10:false}"

func smallTable(t testing.TB, options string) (data []byte, entries []entry) {
	for i := range 120 {
		entries = append(entries, entry{fmt.Sprintf("S%09d%014d", i/30, i), fmt.Sprintf("value %d", i*7919), KindPut})
	}
	return writeTable(t, options, entries), entries
}

// examine reads all of a table and returns what is damaged.
func examine(data []byte) (table *Table, faults []*Fault, all []entry) {
	fault := func(f *Fault) { faults = append(faults, f) }
	table, err := Open(bytes.NewReader(data), int64(len(data)))
	if err == nil {
		err = table.Verify(fault)
	}
	if err == nil {
		all, err = readTable(table, nil, fault)
	}
	if err != nil {
		f, ok := err.(*Fault)
		if !ok {
			panic(err)
		}
		faults = append(faults, f)
	}
	return table, faults, all
}

// TestEachFlippedBitIsFound flips each bit of tables. Only the sequence number of an
// ingested table, which RocksDB writes behind the checksum's back, is for the MANIFEST
// to tell; and a format_version may become another one that means the same.
func TestEachFlippedBitIsFound(t *testing.T) {
	for _, options := range []string{
		smallOptions,
		"compression=kNoCompression;block_based_table_factory={block_size=512;checksum=kCRC32c;format_version=2}",
		"compression=kLZ4Compression;block_based_table_factory={block_size=512;index_type=kTwoLevelIndexSearch;metadata_block_size=64;partition_filters=true;filter_policy=bloomfilter:10:false}",
	} {
		data, entries := smallTable(t, options)
		if _, faults, _ := examine(data); len(faults) > 0 {
			t.Fatalf("%s: %v", options, faults)
		}
		seqs := 0
		for i := range data {
			for bit := range 8 {
				if testing.Short() && bit != i%8 {
					continue
				}
				data[i] ^= 1 << bit
				table, faults, all := examine(data)
				switch version := len(data) - footerSize + 1 + footerMiddle; {
				case len(faults) > 0:
				case table.GlobalSeq != 0:
					seqs++
				case i != version || !slices.Equal(all, entries):
					t.Errorf("%s: a flip of bit %d of byte %d of %d is not found", options, bit, i, len(data))
				}
				data[i] ^= 1 << bit
			}
		}
		if seqs != 64 && !testing.Short() {
			t.Errorf("%s: %d flips change the sequence number", options, seqs)
		}
	}
}

// TestADamagedBlockCostsItsOwnKeys damages one data block: the others are read, and the
// fault says between which keys the lost ones were.
func TestADamagedBlockCostsItsOwnKeys(t *testing.T) {
	data, entries := smallTable(t, smallOptions)
	table, _, _ := examine(data)
	x := table.newIndex()
	for {
		e, ok, err := x.next()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		damaged := slices.Clone(data)
		damaged[e.Offset+e.Size/2] ^= 1
		_, faults, got := examine(damaged)
		if len(faults) != 1 || len(got) >= len(entries) || len(got) < len(entries)-40 {
			t.Fatalf("block at %d: %d entries, %v", e.Offset, len(got), faults)
		}
		f := faults[0]
		var want []entry
		for _, e := range entries {
			if f.After != nil && e.key <= string(f.After) || f.Before != nil && e.key >= string(f.Before) {
				want = append(want, e)
			}
		}
		if !slices.Equal(got, want) || f.Bytes != int64(e.Size)+trailerSize || f.Offset != int64(e.Offset) {
			t.Errorf("block at %d: %d entries, not %d outside %q to %q; %v", e.Offset, len(got), len(want), f.After, f.Before, f)
		}
	}
}

// TestCutTables cuts a table at each length: what stands before the cut is salvaged.
func TestCutTables(t *testing.T) {
	for _, options := range []string{smallOptions, "compression=kNoCompression;block_based_table_factory={block_size=512}"} {
		data, entries := smallTable(t, options)
		most := 0
		for n := range data {
			if testing.Short() && n%7 != 0 && n != len(data)-1 {
				continue
			}
			cut := data[:n]
			if _, faults, _ := examine(cut); len(faults) == 0 {
				t.Fatalf("%d of %d bytes: not found", n, len(data))
			}
			faults := 0
			table, _, err := Salvage(bytes.NewReader(cut), int64(n), func(*Fault) { faults++ })
			if err != nil {
				t.Fatal(err)
			}
			got, err := readTable(table, nil, noFault(t))
			if err != nil || !slices.Equal(got, entries[:len(got)]) || len(got) < most {
				t.Fatalf("%d of %d bytes: %d entries, %v", n, len(data), len(got), err)
			}
			most = len(got)
			end := 0 // of the last block that is whole
			if most > 0 {
				end = int(table.found[len(table.found)-1].end())
			}
			if most < len(entries) && faults == 0 && n > end {
				t.Errorf("%d of %d bytes: %d of %d entries without a fault", n, len(data), len(got), len(entries))
			}
		}
		if most != len(entries) {
			t.Errorf("at most %d of %d entries were salvaged", most, len(entries))
		}
	}
}

// TestSalvageBehindDamage damages the index and one data block: only that block's
// entries are lost.
func TestSalvageBehindDamage(t *testing.T) {
	for _, options := range []string{
		smallOptions,
		"compression=kNoCompression;block_based_table_factory={block_size=512}",
		"compression=kLZ4Compression;block_based_table_factory={block_size=512}",
	} {
		data, entries := smallTable(t, options)
		table, _, _ := examine(data)
		h, _ := table.find(indexName)
		data[h.Offset] ^= 1
		x := table.newIndex()
		_, _, _ = x.next()
		e, _, err := x.next()
		if err != nil {
			t.Fatal(err)
		}
		data[e.Offset+e.Size/2] ^= 1
		var faults []*Fault
		salvaged, known, err := Salvage(bytes.NewReader(data), int64(len(data)), func(f *Fault) { faults = append(faults, f) })
		if err != nil || !known {
			t.Fatal(err)
		}
		got, err := readTable(salvaged, nil, noFault(t))
		if err != nil || len(faults) != 1 || faults[0].Bytes != int64(e.Size)+trailerSize {
			t.Fatalf("%s: %v, %v", options, faults, err)
		}
		if lost := len(entries) - len(got); lost == 0 || lost > 30 || got[len(got)-1] != entries[len(entries)-1] {
			t.Errorf("%s: %d of %d entries are lost", options, lost, len(entries))
		}
	}
}

// FuzzTable reads tables of any bytes. With mend it makes the checksums of damaged
// blocks right, so that what lies behind them is reached.
func FuzzTable(f *testing.F) {
	for _, options := range []string{
		smallOptions,
		"compression=kNoCompression;block_based_table_factory={block_size=512;checksum=kCRC32c}",
		"compression=kLZ4Compression;block_based_table_factory={block_size=512;index_type=kTwoLevelIndexSearch;metadata_block_size=64;partition_filters=true;filter_policy=bloomfilter:10:false}",
		"compression=kSnappyCompression;block_based_table_factory={block_size=512;data_block_index_type=kDataBlockBinaryAndHash}",
	} {
		data, _ := smallTable(f, options)
		f.Add(data[:], 0, byte(0))
		f.Add(data, len(data)-500, byte(3))
	}
	f.Fuzz(func(t *testing.T, data []byte, at int, change byte) {
		data = slices.Clone(data)
		if at >= 0 && at < len(data) {
			if table, _ := Open(bytes.NewReader(data), int64(len(data))); table != nil {
				data[at] ^= change
				mend(table, data, at)
			}
		}
		table, faults, _ := examine(data)
		if table == nil && len(faults) == 0 {
			t.Error("neither a table nor a fault")
		}
		data = data[:min(len(data), 1000)] // looking for blocks behind damage takes long
		salvaged, _, err := Salvage(bytes.NewReader(data), int64(len(data)), func(*Fault) {})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readTable(salvaged, nil, func(*Fault) {}); err != nil {
			t.Fatal(err)
		}
	})
}

// mend makes the checksum of the block that holds a byte right.
func mend(table *Table, data []byte, at int) {
	handles := []Handle{}
	for _, m := range table.meta {
		handles = append(handles, m.Handle)
	}
	for x := table.newIndex(); ; {
		e, ok, err := x.next()
		if !ok || err != nil {
			break
		}
		handles = append(handles, e.Handle)
	}
	for _, h := range handles {
		if n := h.Offset + h.Size; h.Offset <= uint64(at) && uint64(at) <= n && n+trailerSize <= uint64(len(data)) {
			binary.LittleEndian.PutUint32(data[n+1:], sum(data[h.Offset:n+1], table.checksum))
		}
	}
}
