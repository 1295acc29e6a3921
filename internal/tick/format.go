package tick

// Format says what the keys and values of a database look like. A database keeps the
// format with which it was made.
type Format int

const (
	// V2, the zero value, is the format of the module micro_ts and the class
	// storage_engine_v2: one key a tick, ordered by instrument, time and seq.
	V2 Format = iota
	// V1 is the format of the class storage_engine: one key a point, ordered by symbol,
	// time and data type.
	V1
)

// String returns "V1" or "V2".
func (f Format) String() string {
	if f == V1 {
		return "V1"
	}
	return "V2"
}
