package compat

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// textEncoding is an encoding of texts other than UTF-8.
type textEncoding struct {
	names    []string // the first one is shown
	encoding encoding.Encoding
}

var textEncodings = []*textEncoding{
	{[]string{"gbk", "gb2312", "cp936"}, simplifiedchinese.GBK},
	{[]string{"gb18030"}, simplifiedchinese.GB18030},
}

// findEncoding returns the encoding with a name, in small or capital letters. It returns
// nil for UTF-8.
func findEncoding(name string) (*textEncoding, error) {
	lower := strings.ToLower(name)
	if lower == "utf-8" || lower == "utf8" {
		return nil, nil
	}
	for _, e := range textEncodings {
		if slices.Contains(e.names, lower) {
			return e, nil
		}
	}
	return nil, fmt.Errorf("\"utf-8\", \"gbk\" or \"gb18030\" expected, got %q", name)
}

// errNotEncoded is returned for bytes that are no text of an encoding.
var errNotEncoded = errors.New("bytes that are no text of the encoding")

// reader returns what r has, in UTF-8. Where that is no text of the encoding, the error is
// errNotEncoded.
func (e *textEncoding) reader(r io.Reader) io.Reader {
	return transform.NewReader(r, &strictDecoder{e.names[0], e.encoding.NewDecoder()})
}

// strictDecoder ends where the decoder would replace bytes.
type strictDecoder struct {
	name string
	transform.Transformer
}

var replacement = []byte(string(utf8.RuneError))

// Transform implements transform.Transformer.
func (d *strictDecoder) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	nDst, nSrc, err = d.Transformer.Transform(dst, src, atEOF)
	if i := bytes.Index(dst[:nDst], replacement); i >= 0 {
		return i, nSrc, fmt.Errorf("%w %s", errNotEncoded, d.name)
	}
	return nDst, nSrc, err
}

// encode returns a text in UTF-8 as bytes of the encoding. The error names the first
// character that it lacks.
func (e *textEncoding) encode(text string) ([]byte, error) {
	encoder := e.encoding.NewEncoder()
	encoded, err := encoder.Bytes([]byte(text))
	if err == nil {
		return encoded, nil
	}
	for i, r := range text {
		if _, n := utf8.DecodeRuneInString(text[i:]); r == utf8.RuneError && n == 1 {
			return nil, fmt.Errorf("the byte 0x%02x is not UTF-8, which %s is made of", text[i], e.names[0])
		}
		if _, err := encoder.String(string(r)); err != nil {
			return nil, fmt.Errorf("the character %q is not in %s", r, e.names[0])
		}
	}
	return nil, err
}
