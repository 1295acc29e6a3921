package tablefile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// File is a file that is being written. It gets its name when it is complete: there is the
// old file or the new one, never a part.
type File struct {
	path string
	file *os.File
	buffer
	done bool
}

// buffer is a buffered and perhaps compressed stream into w.
type buffer struct {
	*bufio.Writer
	compressor io.WriteCloser // or nil
	under      *bufio.Writer
}

// newBuffer makes a buffer in front of a writer.
func newBuffer(w io.Writer, c Compression) (buffer, error) {
	const size = 256 << 10
	under := bufio.NewWriterSize(w, size)
	b := buffer{Writer: under, under: under}
	var err error
	switch c {
	case Gzip:
		b.compressor = gzip.NewWriter(under)
	case Zstd:
		b.compressor, err = zstd.NewWriter(under)
	default:
		return b, nil
	}
	b.Writer = bufio.NewWriterSize(b.compressor, size)
	return b, err
}

// end writes what is left.
func (b *buffer) end() error {
	err := b.Writer.Flush()
	if b.compressor == nil {
		return err
	}
	// Whatever fails first fails in the others too.
	if closed := b.compressor.Close(); err == nil {
		err = closed
	}
	if flushed := b.under.Flush(); err == nil {
		err = flushed
	}
	return err
}

// Create begins a file that is to have a path. The caller must call Abort at last, whether
// or not it called Commit.
func Create(path string, c Compression) (*File, error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-")
	if err != nil {
		return nil, err
	}
	b, err := newBuffer(file, c)
	if err != nil {
		_ = file.Close()
		return nil, errors.Join(err, os.Remove(file.Name()))
	}
	return &File{path: path, file: file, buffer: b}, nil
}

// Commit ends the file and gives it its name. The file survives a power failure.
func (f *File) Commit() error {
	const readable = 0o644
	for _, step := range []func() error{
		f.end,
		func() error { return f.file.Chmod(readable) },
		f.file.Sync,
		f.file.Close,
		func() error { return os.Rename(f.file.Name(), f.path) },
	} {
		if err := step(); err != nil {
			return fmt.Errorf("write %s: %w", f.path, withoutPath(err))
		}
	}
	f.done = true
	return nil
}

// Abort removes the file, unless Commit succeeded.
func (f *File) Abort() {
	if f.done {
		return
	}
	_ = f.end()        // which ends what compresses
	_ = f.file.Close() // fails if it is closed already
	_ = os.Remove(f.file.Name())
}

// withoutPath returns the cause of an error that names the unfinished file.
func withoutPath(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// Stream writes into w what write writes, compressed.
func Stream(w io.Writer, c Compression, write func(w io.Writer) error) error {
	b, err := newBuffer(w, c)
	if err != nil {
		return err
	}
	err = write(&b)
	if ended := b.end(); err == nil {
		err = ended
	}
	return err
}

// WriteFile writes a file with what write writes.
func WriteFile(path string, c Compression, write func(w io.Writer) error) error {
	f, err := Create(path, c)
	if err != nil {
		return err
	}
	defer f.Abort()
	if err := write(f); err != nil {
		return fmt.Errorf("write %s: %w", path, withoutPath(err))
	}
	return f.Commit()
}
