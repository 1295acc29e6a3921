package frame

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"microts/internal/packformat"
	"microts/internal/tick"
)

// Layout says which fields values have, and where: values of one length.
type Layout struct {
	size   int // bytes of a value
	fields []layoutField
}

// layoutField is a field of a value.
type layoutField struct {
	name   string
	kind   packformat.Kind
	offset int
	size   int  // bytes
	little bool // the byte order
	scale  float64
}

// ParseLayout reads a layout: fields as name:format, with spaces between them, such as
//
//	price:>i4/10000 qty:>I4 flag:c2 xx
//
// A format is one of string.pack for a value of a fixed length: b B h H i[n] I[n] l L j J T
// f d n c[n], after < > = ! x X as it likes. A byte order holds for the fields that follow
// too. A number is divided by what stands after a slash. A word without a name is padding.
func ParseLayout(text string) (*Layout, error) {
	words, err := layoutWords(text)
	if err != nil {
		return nil, err
	}
	r := layoutReader{words: words, layout: &Layout{}}
	if err := r.read(); err != nil {
		hint := ""
		if r.words[0].name == "" {
			hint = "; a field is written as name:format"
		}
		return nil, fmt.Errorf("layout: %q: %w%s", r.words[0].text, err, hint)
	}
	if len(r.layout.fields) == 0 {
		return nil, fmt.Errorf("layout: fields as name:format expected, such as %q, got %q", "price:>i4/10000 qty:>I4", text)
	}
	return r.layout, nil
}

// layoutWord is a field of the text of a layout.
type layoutWord struct {
	text, name, format string
	scale              float64
}

func layoutWords(text string) (words []layoutWord, err error) {
	text = strings.NewReplacer(" / ", "/", "/ ", "/", " /", "/", ",", " ").Replace(text)
	names := map[string]bool{TsField.String(): true}
	for _, field := range strings.Fields(text) {
		w := layoutWord{text: field, scale: 1}
		name, rest, named := strings.Cut(field, ":")
		if !named {
			name, rest = "", field
		}
		format, scale, scaled := strings.Cut(rest, "/")
		w.name, w.format = name, format
		switch {
		case named && name == "":
			return nil, fmt.Errorf("layout: %q: a name before the colon expected", field)
		case names[name]:
			return nil, fmt.Errorf("layout: %q: a column %q is there already", field, name)
		case format == "":
			return nil, fmt.Errorf("layout: %q: a format of string.pack expected", field)
		}
		if named {
			names[name] = true
		}
		if scaled {
			w.scale, err = strconv.ParseFloat(scale, 64)
			if err != nil || !(w.scale != 0) || math.IsInf(w.scale, 0) {
				return nil, fmt.Errorf("layout: %q: a number other than 0 expected after the slash, got %q", field, scale)
			}
		}
		words = append(words, w)
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("layout: fields as name:format expected, such as %q, got %q", "price:>i4/10000 qty:>I4", text)
	}
	return words, nil
}

// layoutReader reads the formats of a layout. They are one format of string.pack, so that
// byte order and alignment go on from one word to the next.
type layoutReader struct {
	words  []layoutWord // the first one is read
	layout *Layout
}

// formatError is what ArgError raises.
type formatError struct{ error }

// ArgError implements packformat.Caller.
func (*layoutReader) ArgError(_ int, message string) { panic(formatError{errors.New(message)}) }

func (r *layoutReader) read() (err error) {
	defer func() {
		if p := recover(); p != nil {
			bad, ok := p.(formatError)
			if !ok {
				panic(p)
			}
			err = bad.error
		}
	}()
	var text strings.Builder
	for _, w := range r.words {
		text.WriteString(w.format + " ")
	}
	format := packformat.New(r, text.String(), false)
	end := len(r.words[0].format) // of the first word
	values := 0                   // of it
	for format.More() {
		for format.At() > end {
			if err := r.words[0].check(values); err != nil {
				return err
			}
			r.words, values = r.words[1:], 0
			end += 1 + len(r.words[0].format)
		}
		isValue, err := r.option(format, format.Next(r.layout.size))
		if err != nil {
			return err
		}
		if isValue {
			values++
		}
	}
	return r.words[0].check(values)
}

// check says whether a word has as many values as names.
func (w *layoutWord) check(values int) error {
	switch {
	case w.name == "" && values > 0:
		return errors.New("a name before the value expected, as in price:>i4")
	case w.name != "" && values != 1:
		return fmt.Errorf("a format of one value expected, got one of %d", values)
	}
	return nil
}

// option adds an option of the first word.
func (r *layoutReader) option(format *packformat.Format, o packformat.Option) (isValue bool, err error) {
	l, w := r.layout, r.words[0]
	l.size += o.Align
	f := layoutField{name: w.name, kind: o.Kind, offset: l.size, size: o.Size, little: format.Order() == binary.LittleEndian, scale: w.scale}
	switch o.Kind {
	case packformat.None, packformat.Align:
		return false, nil
	case packformat.Pad:
		l.size += o.Size
		return false, nil
	case packformat.Int, packformat.Uint:
		if o.Size > 8 {
			return true, fmt.Errorf("integers of at most 8 bytes expected, got %d", o.Size)
		}
	case packformat.Fixed:
		if w.scale != 1 {
			return true, errors.New("a text cannot be divided")
		}
	case packformat.Float, packformat.Double:
	default:
		return true, errors.New("a format of fixed length expected")
	}
	if l.size += o.Size; l.size > tick.MaxValue {
		return true, fmt.Errorf("values of at most %d bytes expected", tick.MaxValue)
	}
	l.fields = append(l.fields, f)
	return true, nil
}

// columnKind returns the kind of the field's column.
func (f *layoutField) columnKind() Kind {
	switch {
	case f.kind == packformat.Fixed:
		return Text
	case f.scale != 1 || f.kind == packformat.Float || f.kind == packformat.Double:
		return Float
	case f.kind == packformat.Uint && f.size == 8:
		return Unsigned
	}
	return Int
}

// unsigned returns the bytes of the field as an integer.
func (f *layoutField) unsigned(value string) (n uint64) {
	b := value[f.offset : f.offset+f.size]
	if f.little {
		for i := len(b) - 1; i >= 0; i-- {
			n = n<<8 | uint64(b[i])
		}
		return n
	}
	for i := range len(b) {
		n = n<<8 | uint64(b[i])
	}
	return n
}

// signed returns the bytes of the field, an Int or Uint of less than 8 bytes, as an integer.
func (f *layoutField) signed(value string) int64 {
	n := f.unsigned(value)
	if f.kind == packformat.Int {
		shift := 64 - 8*f.size
		return int64(n<<shift) >> shift
	}
	return int64(n)
}

// float returns the field as a number, divided by its scale.
func (f *layoutField) float(value string) float64 {
	n := f.unsigned(value)
	switch {
	case f.kind == packformat.Float:
		return float64(math.Float32frombits(uint32(n))) / f.scale
	case f.kind == packformat.Double:
		return math.Float64frombits(n) / f.scale
	case f.kind == packformat.Uint && f.size == 8:
		return float64(n) / f.scale
	}
	return float64(f.signed(value)) / f.scale
}

// layoutColumn collects the values of a field.
type layoutColumn struct {
	field    layoutField
	floats   chunks[float64]
	ints     chunks[int64]
	unsigned chunks[uint64]
	codes    chunks[uint32]
	words    Words
}

// add appends the values of some rows of a block.
func (c *layoutColumn) add(h Host, v *tick.Values, from, to int) {
	n := to - from
	switch c.field.columnKind() {
	case Float:
		at := c.floats.add(h, n)
		for i := range n {
			at[i] = c.field.float(v.At(from + i))
		}
	case Unsigned:
		at := c.unsigned.add(h, n)
		for i := range n {
			at[i] = c.field.unsigned(v.At(from + i))
		}
	case Text:
		at := c.codes.add(h, n)
		for i := range n {
			f := &c.field
			text := strings.TrimRight(v.At(from + i)[f.offset:f.offset+f.size], "\x00")
			code, known := c.words.index[text]
			if !known {
				h.Room(len(text))
				code = c.words.Code(strings.Clone(text))
			}
			at[i] = code
		}
	default:
		at := c.ints.add(h, n)
		for i := range n {
			at[i] = c.field.signed(v.At(from + i))
		}
	}
}

func (c *layoutColumn) column(h Host) *Column {
	switch c.field.columnKind() {
	case Float:
		return NewFloats(c.field.name, c.floats.join(h))
	case Unsigned:
		return NewUnsigned(c.field.name, c.unsigned.join(h))
	case Text:
		return NewText(c.field.name, c.codes.join(h), &c.words)
	}
	return NewInts(c.field.name, c.ints.join(h))
}

// layoutTicks is Ticks of values that a layout describes.
func layoutTicks(h Host, s tick.Source, in *tick.Instrument, r tick.Range, o *TickOptions) (*Frame, error) {
	rows, err := s.Scan(in, tick.ScanOptions{Range: r})
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var times, seqs chunks[int64]
	columns := make([]layoutColumn, len(o.Layout.fields))
	for i, f := range o.Layout.fields {
		columns[i].field = f
	}
	skipped := 0
	for b := rows.NextBlock(); b != nil; b = rows.NextBlock() {
		h.CheckStop()
		for from := 0; from < b.Len(); {
			to := from
			for to < b.Len() && len(b.Values.At(to)) == o.Layout.size {
				to++
			}
			if n := to - from; n > 0 {
				copy(times.add(h, n), b.Times[from:to])
				convert(seqs.add(h, n), b.Seqs[from:to])
				for i := range columns {
					columns[i].add(h, &b.Values, from, to)
				}
			}
			if from = to; to == b.Len() {
				break
			}
			if !o.Skip {
				return nil, fmt.Errorf("the tick of %s: a value of %d bytes expected, as the layout says, got %d; skip=true leaves such ticks out",
					tickName(b.Times[to], b.Seqs[to], o.Zone), o.Layout.size, len(b.Values.At(to)))
			}
			skipped++
			from++
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	all := []*Column{NewTimes(TsField.String(), times.join(h))}
	if !o.Layout.has(SeqField.String()) {
		all = append(all, NewInts(SeqField.String(), seqs.join(h)))
	}
	for i := range columns {
		all = append(all, columns[i].column(h))
	}
	f, err := New(o.Zone, TsField.String(), all...)
	if err == nil {
		f.Skipped = skipped
	}
	return f, err
}

// has says whether there is a field of a name.
func (l *Layout) has(name string) bool {
	return slices.ContainsFunc(l.fields, func(f layoutField) bool { return f.name == name })
}
