package tick

// Block is consecutive rows of a scan, in columns of one length.
type Block struct {
	Times  []int64 // µs
	Seqs   []uint16
	Values Values
}

// Len returns the number of rows.
func (b *Block) Len() int { return len(b.Times) }

// Values are the values of a block's rows, one behind the other: value i is
// Bytes[Offsets[i]:Offsets[i+1]].
type Values struct {
	Bytes   string
	Offsets []uint32 // one more than there are rows
}

// At returns value i, a part of Bytes.
func (v *Values) At(i int) string { return v.Bytes[v.Offsets[i]:v.Offsets[i+1]] }

// Blocks reads a scan block by block. A Source implements it and makes Rows of it.
type Blocks interface {
	// Read sets b to the next block, which is not empty. It returns false at the end
	// of the scan and when reading fails. The columns of b belong to the Blocks and are
	// valid until the next Read; Values.Bytes stays valid.
	Read(b *Block) bool
	// Err returns why Read returned false, or nil at the end of the scan.
	Err() error
	// Close frees what the Blocks hold. Closing twice is no error.
	Close()
}

// Rows are the rows of a scan. A caller reads them either one by one, with Next, Time,
// Seq and Value, which call the Source once a block, or block by block, with NextBlock.
// Rows are for the goroutine that began the scan, which closes them.
type Rows struct {
	blocks Blocks
	block  Block
	next   int // the row after the current one
}

// NewRows returns the rows of some blocks.
func NewRows(blocks Blocks) *Rows { return &Rows{blocks: blocks} }

// Next moves to the next row and says whether there is one. After false, Err returns
// nil at the end of the scan, or why reading failed.
func (r *Rows) Next() bool {
	if r.next < len(r.block.Times) {
		r.next++
		return true
	}
	if r.NextBlock() == nil {
		return false
	}
	r.next = 1
	return true
}

// Time returns the current row's time in µs.
func (r *Rows) Time() int64 { return r.block.Times[r.next-1] }

// Seq returns the current row's order within its microsecond.
func (r *Rows) Seq() uint16 { return r.block.Seqs[r.next-1] }

// Value returns the current row's value. The caller may keep it; it keeps the values of
// its whole block in memory.
func (r *Rows) Value() string { return r.block.Values.At(r.next - 1) }

// Row returns the current row. The caller may keep it; see Value.
func (r *Rows) Row() Row { return Row{Time: r.Time(), Seq: r.Seq(), Value: r.Value()} }

// NextBlock moves to the next block and returns it. After nil, Err returns nil at the
// end of the scan, or why reading failed. The block's columns are valid until the next
// call of NextBlock or Next.
func (r *Rows) NextBlock() *Block {
	r.next = 0
	if !r.blocks.Read(&r.block) {
		r.block = Block{}
		return nil
	}
	return &r.block
}

// Held returns how many bytes the values of the current block take.
func (r *Rows) Held() int { return len(r.block.Values.Bytes) }

// Err returns why the scan ended before its range did, or nil.
func (r *Rows) Err() error { return r.blocks.Err() }

// Close frees what the scan holds. A scan that came to its end holds nothing.
// Closing twice is no error.
func (r *Rows) Close() {
	r.blocks.Close()
	r.block, r.next = Block{}, 0
}
