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
// old file or the new one, never a part. A pipe or device is written to as it is.
type File struct {
	path   string
	file   *os.File
	direct bool // file is the pipe or device at path
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

// Create begins a file that is to have a path. If that is a symbolic link, the file gets the
// place where it leads to. The caller must call Abort at last, whether or not it called
// Commit.
func Create(path string, c Compression) (*File, error) {
	f := &File{path: path}
	err := f.open()
	if err != nil {
		return nil, err
	}
	if f.buffer, err = newBuffer(f.file, c); err != nil {
		_ = f.file.Close()
		f.remove()
		return nil, err
	}
	return f, nil
}

// open opens what is written.
func (f *File) open() error {
	info, err := os.Stat(f.path)
	switch {
	case err != nil: // there is no file yet
	case info.Mode().IsRegular():
		if f.path, err = filepath.EvalSymlinks(f.path); err != nil {
			return err
		}
	default:
		f.direct = true
		f.file, err = os.OpenFile(f.path, os.O_WRONLY, 0)
		return err
	}
	folder, name := filepath.Split(f.path) // and not Dir: a/link/../b is another place than a/b
	if folder == "" {
		folder = "."
	}
	if f.file, err = os.CreateTemp(folder, "."+name+"-"); err != nil {
		return &os.PathError{Op: "create", Path: f.path, Err: withoutPath(err)}
	}
	return nil
}

// remove removes the unfinished file.
func (f *File) remove() {
	if !f.direct {
		_ = os.Remove(f.file.Name())
	}
}

// Commit ends the file and gives it its name. The file survives a power failure.
func (f *File) Commit() error {
	const readable = 0o644
	steps := []func() error{
		f.end,
		func() error { return f.file.Chmod(readable) },
		f.file.Sync,
		f.file.Close,
		func() error { return os.Rename(f.file.Name(), f.path) },
	}
	if f.direct {
		steps = []func() error{f.end, f.file.Close}
	}
	for _, step := range steps {
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
	f.remove()
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
