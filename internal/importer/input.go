package importer

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// stdinName is the path of the standard input.
const stdinName = "-"

// Expand returns the files that paths and patterns name, each once, in their order; those
// of a pattern are in the order of their names.
func Expand(patterns []string) (paths []string, err error) {
	for _, pattern := range patterns {
		found := []string{pattern}
		if _, err := os.Stat(pattern); pattern != stdinName && err != nil {
			if !strings.ContainsAny(pattern, "*?[") {
				return nil, err
			}
			if found, err = filepath.Glob(pattern); err != nil {
				return nil, &OptionError{"files", fmt.Sprintf("pattern %q: %v", pattern, err)}
			}
			if len(found) == 0 {
				return nil, &OptionError{"files", fmt.Sprintf("no file is like %q", pattern)}
			}
		}
		for _, path := range found {
			if !slices.Contains(paths, path) {
				paths = append(paths, path)
			}
		}
	}
	return paths, nil
}

// input is one file: its text, unpacked, or Parquet.
type input struct {
	path   string // as messages show it
	name   string // of the file, without endings
	format string
	reader *bufio.Reader // of text
	gbk    bool          // the text is GB18030
	closes []func() error

	file *os.File // of Parquet
	size int64
}

// The formats, as messages show them.
const (
	formatCSV     = "CSV"
	formatJSON    = "JSON"
	formatParquet = "Parquet"
)

// sniffSize is how many bytes of a text are looked at to find out what it is.
const sniffSize = 64 << 10

func (in *input) close() error {
	var errs []error
	for _, c := range slices.Backward(in.closes) {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}

// counter counts the bytes that are read of all files.
type counter struct {
	r io.Reader
	n *atomic.Int64
}

func (c counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// endings are those of file names that say nothing of what the file holds.
var endings = []string{".gz", ".zst", ".zip", ".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".pq"}

// baseName returns the name of a file without its folder and endings.
func baseName(path string) string {
	name := filepath.Base(path)
	for {
		i := slices.IndexFunc(endings, func(e string) bool { return strings.HasSuffix(strings.ToLower(name), e) })
		if i < 0 || len(name) == len(endings[i]) {
			return name
		}
		name = name[:len(name)-len(endings[i])]
	}
}

// open opens a file and finds out what it is.
func (s *settings) open(path string, read *atomic.Int64) (in *input, err error) {
	in = &input{path: path, name: baseName(path)}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", in.path, errors.Join(err, in.close()))
			in = nil
		}
	}()
	var r io.Reader
	if path == stdinName {
		in.path, in.name, r = "standard input", "", s.Stdin
		if r == nil {
			r = bytes.NewReader(nil)
		}
	} else {
		f, err := os.Open(path)
		if err != nil {
			return in, errors.Unwrap(err)
		}
		in.closes = append(in.closes, f.Close)
		info, err := f.Stat()
		switch {
		case err != nil:
			return in, err
		case info.IsDir():
			return in, errors.New("a file expected, got a folder; a pattern such as FOLDER/*.csv names its files")
		}
		in.file, in.size, r = f, info.Size(), f
	}
	raw := bufio.NewReaderSize(counter{r, read}, 1<<20)
	magic, err := raw.Peek(4)
	if err != nil && err != io.EOF {
		return in, err
	}
	switch {
	case bytes.HasPrefix(magic, []byte("PARE")):
		return in, errors.New("a file that is not encrypted expected, got Parquet with encryption")
	case bytes.HasPrefix(magic, []byte("PAR1")):
		return in, in.openParquet(s, raw)
	case s.Format == "parquet":
		return in, fmt.Errorf("a Parquet file expected, got one that begins with %q", magic)
	case bytes.HasPrefix(magic, []byte("PK\x03\x04")):
		if r, err = in.openZip(read); err != nil {
			return in, err
		}
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(raw)
		if err != nil {
			return in, fmt.Errorf("gzip: %w", err)
		}
		in.closes = append(in.closes, z.Close)
		r = unpacker{z, "gzip"}
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(raw, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return in, fmt.Errorf("zstd: %w", err)
		}
		in.closes = append(in.closes, func() error { z.Close(); return nil })
		r = unpacker{z, "zstd"}
	default:
		r = raw
	}
	return in, in.openText(s, r)
}

// unpacker says in errors what cannot be unpacked.
type unpacker struct {
	r    io.Reader
	what string
}

func (u unpacker) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%s: %w", u.what, err)
	}
	return n, err
}

// openZip opens the one file of a ZIP file.
func (in *input) openZip(read *atomic.Int64) (io.Reader, error) {
	if in.file == nil {
		return nil, errors.New("a ZIP file cannot be read from the standard input; unpack it, as in unzip -p")
	}
	z, err := zip.NewReader(in.file, in.size)
	if err != nil {
		return nil, err
	}
	files := slices.DeleteFunc(slices.Clone(z.File), func(f *zip.File) bool { return f.FileInfo().IsDir() })
	if len(files) != 1 {
		return nil, fmt.Errorf("a ZIP file with one file expected, got %d; unpack it", len(files))
	}
	r, err := files[0].Open()
	if err != nil {
		return nil, err
	}
	in.closes = append(in.closes, r.Close)
	read.Add(in.size)
	return unpacker{r, "zip"}, nil
}

// openText finds out the format and the encoding of a text.
func (in *input) openText(s *settings, r io.Reader) error {
	text := bufio.NewReaderSize(r, sniffSize)
	head, err := text.Peek(sniffSize)
	if err != nil && err != io.EOF {
		return err
	}
	whole := err == io.EOF
	encoding := s.Encoding
	switch {
	case encoding == "utf-16" || encoding == "" && (bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff})):
		decoder := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
		text = bufio.NewReaderSize(decoder.Reader(text), sniffSize)
		if head, err = text.Peek(sniffSize); err != nil && err != io.EOF {
			return err
		}
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, _ = text.Discard(3)
		if head, err = text.Peek(sniffSize); err != nil && err != io.EOF && err != bufio.ErrBufferFull {
			return err
		}
	case encoding == "gbk" || encoding == "gb18030":
		in.gbk = true
	case encoding == "":
		in.gbk = !validUTF8(head, whole)
	}
	in.reader = text
	first := bytes.TrimLeft(head, " \t\r\n")
	switch {
	case s.Format == "json", s.Format == "" && bytes.HasPrefix(first, []byte("{")):
		in.format = formatJSON
	case s.Format == "" && bytes.HasPrefix(first, []byte("[")):
		return errors.New("JSON lines, an object on each line, expected, got a JSON array")
	default:
		in.format = formatCSV
	}
	if bytes.IndexByte(head, 0) >= 0 {
		return errors.New("a text expected, got zero bytes: is it UTF-16 (--encoding utf-16), or no table?")
	}
	return nil
}

// validUTF8 says whether a text is UTF-8, but for a character that its end cuts.
func validUTF8(t []byte, whole bool) bool {
	for i := 0; !whole && i < utf8.UTFMax && len(t) > 0 && !utf8.Valid(t); i++ {
		if t[len(t)-1] < utf8.RuneSelf {
			return false
		}
		t = t[:len(t)-1]
	}
	return utf8.Valid(t)
}

// decoder makes UTF-8 of GB18030. It is for one goroutine.
type decoder struct{ buf []byte }

// appendText appends a text in GB18030 as UTF-8; ok is false if it is none.
func (d *decoder) appendText(b, t []byte) (_ []byte, ok bool) {
	if need := 3*len(t) + utf8.UTFMax; cap(d.buf) < need {
		d.buf = make([]byte, need)
	}
	n, _, err := simplifiedchinese.GB18030.NewDecoder().Transform(d.buf[:cap(d.buf)], t, true)
	return append(b, d.buf[:n]...), err == nil && !bytes.ContainsRune(d.buf[:n], utf8.RuneError)
}

// ascii says whether a text has no other characters.
func ascii(t []byte) bool {
	for _, c := range t {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
