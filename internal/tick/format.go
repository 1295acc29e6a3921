package tick

// Format is what the keys and the values of a database look like. A database has
// one format for ever.
type Format int

const (
	// V2, the zero value, is the format of micro_ts and of the storage engine
	// storage_engine_v2: one key a tick, ordered by instrument, time and seq.
	V2 Format = iota
	// V1 is the format of the storage engine storage_engine: one key a point,
	// ordered by symbol, time and data type.
	V1
)

// String returns "V1" or "V2".
func (f Format) String() string {
	if f == V1 {
		return "V1"
	}
	return "V2"
}
