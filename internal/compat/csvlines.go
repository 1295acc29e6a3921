package compat

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"microts/internal/luavm"
	"microts/internal/stdio"
)

// linesCSV is csv.lines(path [, opts]): an iterator of the rows of a file. It decompresses
// a file whose name ends in ".gz" or ".zst".
func linesCSV(c *luavm.Call) {
	path := c.String(1)
	o := readCSVOptions(c, 2)
	f, err := stdio.Open(c.State().Context(), path, stdio.Mode{Read: true})
	if err != nil {
		c.CheckStop()
		c.Errorf("csv.lines: %v", err)
	}
	file := &scriptFile{state: c.State(), device: f} // closed at its end, or by Go's collector
	text := decompressed(path, file)
	in := &rowReader{text: text}
	rows, ended := newCSVRows(in, o), false
	c.Return(luavm.NewFunction("lines", func(c *luavm.Call) {
		if ended {
			c.Return(luavm.Nil)
			return
		}
		in.call, in.row = c, 0
		row, err := rows.next()
		c.Hold(0)
		if err == nil {
			c.Return(row.Value())
			return
		}
		ended = true
		_ = text.Close()
		_ = file.device.Close()
		switch {
		case errors.Is(err, errNoRoom):
			c.Raise(luavm.Intern(luavm.NoRoom).Value())
		case !errors.Is(err, io.EOF):
			c.CheckStop()
			c.Errorf("csv.lines: %s: %v", path, err)
		}
		c.Return(luavm.Nil)
	}).Value())
}

// scriptFile reads a file for a script.
type scriptFile struct {
	state  *luavm.State
	device *stdio.OSDevice
}

func (f *scriptFile) Read(p []byte) (int, error) { return f.device.Read(f.state.Context(), p) }

// rowReader reads the text of a file for a script. It ends with the script, and with a row
// for which there is no room.
type rowReader struct {
	call *luavm.Call // the native function that reads
	text io.Reader
	row  int   // bytes read for the current row
	err  error // why nothing more is read
}

var errNoRoom = errors.New(luavm.NoRoom)

func (r *rowReader) Read(p []byte) (n int, err error) {
	s := r.call.State()
	if r.err == nil {
		r.err = s.Ended()
	}
	if r.err != nil {
		return 0, r.err
	}
	n, r.err = r.text.Read(p)
	if r.row += n; !s.Room(n) {
		r.err = errNoRoom
	}
	r.call.Hold(r.row)
	return n, r.err
}

// decompressed returns the text of a file, by the ending of its name. Close leaves the file
// open.
func decompressed(path string, file io.Reader) io.ReadCloser {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".gz":
		return &decompressor{format: "gzip", file: file, empty: true, open: func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }}
	case ".zst":
		return &decompressor{format: "zstd", file: file, empty: true, open: newZstdReader}
	}
	return io.NopCloser(file)
}

func newZstdReader(r io.Reader) (io.ReadCloser, error) {
	const window = 128 << 20 // bytes, as zstd --ultra -22 writes
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(window))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

// decompressor opens its reader, which reads the file, with the first Read.
type decompressor struct {
	format string // in errors
	file   io.Reader
	open   func(io.Reader) (io.ReadCloser, error)
	text   io.ReadCloser
	empty  bool  // nothing was read of the file
	err    error // of the file
}

// Read implements io.Reader.
func (d *decompressor) Read(p []byte) (n int, err error) {
	if d.text == nil {
		text, err := d.open(compressedFile{d})
		if err != nil {
			return 0, d.failed(err)
		}
		d.text = text
	}
	n, err = d.text.Read(p)
	return n, d.failed(err)
}

// failed returns the error of a read, which names the format unless the file is to blame.
func (d *decompressor) failed(err error) error {
	switch {
	case err == nil || errors.Is(err, io.EOF) && !d.empty:
		return err
	case errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
	case d.err != nil:
		return d.err
	}
	return fmt.Errorf("%s: %s", d.format, strings.TrimPrefix(err.Error(), d.format+": "))
}

// Close implements io.Closer.
func (d *decompressor) Close() error {
	if d.text == nil {
		return nil
	}
	return d.text.Close()
}

// compressedFile is the file of a decompressor, which learns what was read of it.
type compressedFile struct{ d *decompressor }

func (f compressedFile) Read(p []byte) (int, error) {
	n, err := f.d.file.Read(p)
	f.d.empty = f.d.empty && n == 0
	if err != nil && !errors.Is(err, io.EOF) {
		f.d.err = err
	}
	return n, err
}
