package archive

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"

	"microts/internal/objects"
	"microts/internal/tick"
	"microts/internal/tickfile"
)

// DefaultPartSize is how many bytes a part has at most, unless one code has more.
const DefaultPartSize = 256 << 20

// partWriter writes the ticks of a day as parts. A part is first written to a file without
// a name in a local folder, since its name is known at its end, and then put.
type partWriter struct {
	ctx       context.Context
	store     objects.Store
	day       dayID
	temp      string // folder
	most      int64  // bytes of a part
	groupRows int
	put       func(size int64) // called after each part

	parts  []*part
	digest *digest

	file   *os.File // of the current part; nil between parts
	buffer *bufio.Writer
	sum    hash.Hash
	writer *tickfile.Writer
	part   *part

	code    string // the current one
	rows    int64  // of the code
	begin   int64  // where the code begins in the part
	largest int64  // bytes of the largest code
}

// next begins a code, which comes after the codes before.
func (w *partWriter) next(code string) error {
	if err := w.endCode(); err != nil {
		return err
	}
	w.code = code
	return nil
}

// endCode ends the current code, and the part if the next code might make it too large.
func (w *partWriter) endCode() error {
	w.digest.end(w.code)
	if w.rows == 0 {
		return nil
	}
	w.part.Codes = append(w.part.Codes, w.code)
	w.part.CodeRows = append(w.part.CodeRows, w.rows)
	w.part.Rows += w.rows
	w.rows = 0
	w.largest = max(w.largest, w.writer.Size()-w.begin)
	if w.writer.Size()+w.largest > w.most {
		return w.endPart()
	}
	return nil
}

// write writes ticks of the current code.
func (w *partWriter) write(c *tick.Columns) error {
	if w.file == nil {
		if err := w.beginPart(); err != nil {
			return err
		}
	}
	if w.rows == 0 {
		w.begin = w.writer.Size()
	}
	w.digest.add(c)
	w.rows += int64(c.Len())
	return w.writer.Write(w.code, c)
}

func (w *partWriter) beginPart() error {
	f, err := os.CreateTemp(w.temp, "microts-part-")
	if err != nil {
		return err
	}
	_ = os.Remove(f.Name()) // a sealer that is killed leaves nothing
	w.file, w.sum, w.part = f, sha256.New(), &part{}
	w.buffer = bufio.NewWriterSize(io.MultiWriter(f, w.sum), 256<<10)
	w.writer = tickfile.NewWriter(w.buffer, w.day.market, tickfile.WriterOptions{GroupRows: w.groupRows})
	w.largest = 0
	return nil
}

// endPart ends the part and puts it.
func (w *partWriter) endPart() error {
	groups, err := w.writer.Close()
	if err == nil {
		err = w.buffer.Flush()
	}
	if err != nil {
		return fmt.Errorf("part %d: %w", len(w.parts), err)
	}
	p := w.part
	p.Groups, p.Size = groups, w.writer.Size()
	sum := [sha256.Size]byte(w.sum.Sum(nil))
	p.Name = partName(len(w.parts), hex.EncodeToString(sum[:]))
	if err := w.store.Put(w.ctx, w.day.partKey(p.Name), w.file, p.Size, sum); err != nil {
		return err
	}
	w.parts = append(w.parts, p)
	w.put(p.Size)
	w.close()
	return nil
}

// end ends the last part.
func (w *partWriter) end() error {
	if err := w.endCode(); err != nil || w.file == nil {
		return err
	}
	return w.endPart()
}

// close gives up the current part, if there is one.
func (w *partWriter) close() {
	if w.file != nil {
		_ = w.file.Close()
		w.file = nil
	}
}
