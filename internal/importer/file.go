package importer

import (
	"bytes"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/parquet-go/parquet-go"
)

// sourceFile is a file of an import, of which is known how ticks are made of it.
type sourceFile struct {
	in      *input
	schema  schema
	mapping *mapping
	names   *names
	csv     csvFormat
	parquet *parquetFile
	cutter  *cutter
	head    []byte // the beginning of a text

	group int   // of Parquet, that is next
	row   int64 // of the file, that is next, from 1
	users atomic.Int32
}

// openFile opens a file and finds out how ticks are made of it. A file without rows has
// no mapping.
func (s *settings) openFile(path string, n *names, read *atomic.Int64) (*sourceFile, error) {
	in, err := s.open(path, read)
	if err != nil {
		return nil, err
	}
	f := &sourceFile{in: in, names: n}
	f.users.Store(1)
	if err := f.prepare(s); err != nil {
		_ = in.close()
		separator := ": "
		if c := err.Error()[0]; c-'0' <= 9 { // file:line: ...
			separator = ":"
		}
		return nil, fmt.Errorf("%s%s%w", in.path, separator, err)
	}
	return f, nil
}

func (f *sourceFile) prepare(s *settings) (err error) {
	f.schema = schema{file: f.in.name, format: f.in.format}
	market := byte(0)
	switch f.in.format {
	case formatParquet:
		if f.parquet, err = readParquet(f.in); err != nil {
			return err
		}
		f.schema.columns, market, f.row = f.parquet.columns(), f.parquet.market, 1
	case formatJSON:
		var whole bool
		if f.head, whole, err = f.peek(); err != nil {
			return err
		}
		if f.schema.columns, err = sniffJSON(f.head, whole); err != nil {
			return err
		}
		f.cutter = &cutter{r: f.in.reader, line: 1}
	default:
		if err := f.prepareCSV(s); err != nil {
			return err
		}
	}
	if len(f.schema.columns) == 0 {
		return nil
	}
	if f.mapping, err = s.mapping(&f.schema, market); err != nil {
		return err
	}
	_, err = f.mapping.plan(&f.schema, f.names) // from here on schema.used stays as it is
	return err
}

// peek returns the beginning of a text, without taking it.
func (f *sourceFile) peek() (head []byte, whole bool, err error) {
	head, err = f.in.reader.Peek(sniffSize)
	if err == io.EOF {
		return head, true, nil
	}
	return head, false, err
}

func (f *sourceFile) prepareCSV(s *settings) error {
	head, whole, err := f.peek()
	if err != nil {
		return err
	}
	f.head = head
	if f.csv, err = sniffCSV(head, whole, f.in.gbk, s.delimiter, s.Header); err != nil {
		return err
	}
	f.schema.columns = f.csv.header
	if f.csv.header == nil && f.csv.width > 0 {
		f.schema.columns = f.nameColumns(s)
	}
	f.cutter = &cutter{r: f.in.reader, delim: f.csv.delim, quotes: true, line: 1 + int64(bytes.Count(head[:f.csv.first], []byte{'\n'}))}
	_, err = f.in.reader.Discard(f.csv.first)
	f.head = f.head[f.csv.first:]
	return err
}

// nameColumns returns the names of the columns of a file without a header: those of a
// preset whose files have none, or c1, c2, ...
func (f *sourceFile) nameColumns(s *settings) []string {
	names := make([]string, f.csv.width)
	for i := range names {
		names[i] = fmt.Sprintf("c%d", i+1)
	}
	for i := range Presets {
		p := &Presets[i]
		if p.fileName == nil || s.preset != p && (s.preset != nil || !p.fileName.MatchString(f.in.name+"-")) {
			continue
		}
		if len(names) <= len(p.names) {
			copy(names, p.names)
			return names
		}
	}
	return names
}

// hold keeps the file open until release.
func (f *sourceFile) hold() { f.users.Add(1) }

func (f *sourceFile) release() {
	if f.users.Add(-1) == 0 {
		_ = f.in.close() // it was only read
	}
}

// parser makes ticks of parts of one file. It is for one goroutine.
type parser struct {
	file    *sourceFile
	text    interface{ parse(in block, b *batch) }
	parquet *parquetParser
}

func (f *sourceFile) parser() (*parser, error) {
	plan, err := f.mapping.plan(&f.schema, f.names)
	if err != nil {
		return nil, err
	}
	p := &parser{file: f}
	switch f.in.format {
	case formatParquet:
		p.parquet = newParquetParser(plan, &f.schema, f.parquet)
	case formatJSON:
		p.text = newJSONParser(plan, &f.schema, f.in.gbk)
	default:
		p.text = newCSVParser(plan, &f.schema, f.csv)
	}
	return p, nil
}

// part is what a worker gets: a block of a text, or a row group.
type part struct {
	file  *sourceFile
	block block
	group parquet.RowGroup
	first int64 // row of the file with which the group begins
}

// next returns the next part, or io.EOF. buf is for its block.
func (f *sourceFile) next(buf []byte) (part, error) {
	if f.mapping == nil {
		return part{}, io.EOF
	}
	if f.in.format == formatParquet {
		groups := f.parquet.file.RowGroups()
		if f.group == len(groups) {
			return part{}, io.EOF
		}
		p := part{file: f, group: groups[f.group], first: f.row}
		f.group++
		f.row += p.group.NumRows()
		return p, nil
	}
	b, err := f.cutter.next(buf)
	if err != nil && err != io.EOF {
		separator := ": "
		if c := err.Error()[0]; c-'0' <= 9 {
			separator = ":"
		}
		err = fmt.Errorf("%s%s%w", f.in.path, separator, err)
	}
	return part{file: f, block: b}, err
}
