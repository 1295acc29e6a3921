package tick

// Row is one tick of an instrument.
type Row struct {
	Time  int64 // µs
	Seq   uint16
	Value string
}
