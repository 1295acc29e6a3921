package store

import (
	"fmt"

	"microts/internal/tick"
)

// All that a database holds. Integers are big-endian.
//
//	key                                               value
//	tick.Instrument (10), time (12), seq (2)          format V2: a tick, or a point of data type 0; see key.go
//	0x01, data type (1), the key of a tick (24)       format V2: a point of another data type; see series.go
//	symbol (8), ts_us (8), data type (1)              format V1: a point; see series.go
//	                                                  in all of these, a stand-in has the place of a long code; see dictionary.go
//	any other, 1 to 256 bytes                         PutRaw's, in the column family "default"
//
//	\0microts\0format                                 "V2 1" or "V1 1": the format and its version
//	\0microts\0buffer                                 uint64: the number of the last buffer that was committed; see buffer.go
//	\0microts\0unit                                   "s", "ms" or "us": the unit of the first points that were written
//	\0microts\0code\0, long code                      8 or 9 bytes: what stands for the code in keys; see dictionary.go
//	\0microts\0family\0, name                         uint32: the id of a column family; see family.go
//	\0microts\0\x01, id (4), key                      PutRaw's, in another column family
//
// The folder of a database holds RocksDB's files and the folder sideDir:
//
//	microts/N.buf             write buffers with durability "process"; see buffer.go
//	microts/N.buf.unverified  a buffer that recovery did not trust; the next ones of that name end in .2, .3, ...
//	microts/N.log.unverified  the end of a WAL that a power failure tore; see walcheck.go
//	microts/manifest          how long RocksDB's MANIFEST was; see files.go
//	microts/wal               how much of the newest WAL was synced; see walmark.go
//	microts/lock              locked while a process has the database open for writing; see lock.go
//	microts/ingest.sst        a table file that is being written; see ingest.go
//	microts/load-N.sst        the table file of a Table; see load.go
//	microts/ingest-N.sst      a link to a table file that RocksDB takes in; see ingest.go
const (
	// reservedPrefix begins the keys of microts' own. The key of a tick begins with
	// a printable byte.
	reservedPrefix = "\x00microts\x00"

	formatKey  = reservedPrefix + "format"
	bufferKey  = reservedPrefix + "buffer"
	unitKey    = reservedPrefix + "unit"
	codeKey    = reservedPrefix + "code\x00"
	familyKey  = reservedPrefix + "family\x00"
	familyData = reservedPrefix + "\x01"

	// typedTag and the data type begin the keys of points with a data type other
	// than 0 in format V2.
	typedTag = 0x01

	// maxRawKey is the greatest length of PutRaw's keys, as in the C library.
	maxRawKey = 256

	formatVersion = 1 // of both formats

	sideDir          = "microts"
	bufferSuffix     = ".buf"
	unverifiedSuffix = ".unverified"
	ingestionFile    = "ingest.sst"
	lockFile         = "lock"
	manifestNoteFile = "manifest"
	walMarkFile      = "wal"

	ingestionLinkPrefix = "ingest-"
)

// formatMarker returns what stands under formatKey.
func formatMarker(f tick.Format) string { return fmt.Sprintf("%v %d", f, formatVersion) }
