package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sort"

	"microts/internal/tick"
	"microts/internal/tickfile"
)

// A manifest is a revision of a day: the parts that hold its ticks, and for each row group
// of a part where it stands and what is in it. It is JSON with a line feed behind it:
//
//	format    1
//	market    the market's character
//	date      the date of the day
//	revision  the number of the revision, from 1 on
//	rows      number of ticks
//	digest    of the ticks, however the parts are made (digest.go)
//	parts     the parts, in the order of their codes
//	sha256    of the bytes before the comma that is before this member
//
// A part:
//
//	name       in the folder of the day: it has the part's SHA-256
//	size       in bytes
//	rows       number of ticks
//	codes      the codes, ascending, as the column code has them; a code is in one part
//	code_rows  the number of ticks of each
//	groups     the row groups, as tickfile.Group has them
//
// It has no time and no name of who sealed: the same ticks make the same manifest.
type manifest struct {
	Format   int     `json:"format"`
	Market   string  `json:"market"`
	Date     string  `json:"date"`
	Revision int     `json:"revision"`
	Rows     int64   `json:"rows"`
	Digest   string  `json:"digest"`
	Parts    []*part `json:"parts"`

	day  dayID
	size int    // of its JSON
	sum  string // SHA-256 of its JSON
}

type part struct {
	Name     string           `json:"name"`
	Size     int64            `json:"size"`
	Rows     int64            `json:"rows"`
	Codes    []string         `json:"codes"`
	CodeRows []int64          `json:"code_rows"`
	Groups   []tickfile.Group `json:"groups"`

	key        string
	sum        string  // SHA-256 of its bytes, from its name
	codeFirst  []int64 // the row of the part with which each code begins, and the number of rows
	groupFirst []int64 // the same of each group
}

const manifestFormat = 1

const (
	sumBegin = `,"sha256":"`
	sumEnd   = "\"}\n"
)

// marshal returns the bytes of a manifest.
func (m *manifest) marshal() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(m); err != nil {
		return nil, err
	}
	b.Truncate(b.Len() - len("}\n"))
	sum := sha256.Sum256(b.Bytes())
	b.WriteString(sumBegin + hex.EncodeToString(sum[:]) + sumEnd)
	return b.Bytes(), nil
}

// parseManifest parses the manifest of a revision of a day and checks that it says one
// thing: whatever it holds, it can be used. The error says what is wrong with it.
func parseManifest(data []byte, day dayID, revision int) (*manifest, error) {
	tail := len(sumBegin) + 2*sha256.Size + len(sumEnd)
	if len(data) < tail || !bytes.HasPrefix(data[len(data)-tail:], []byte(sumBegin)) || !bytes.HasSuffix(data, []byte(sumEnd)) {
		return nil, fmt.Errorf("its %d bytes do not end with its checksum", len(data))
	}
	sum := sha256.Sum256(data[:len(data)-tail])
	if hex.EncodeToString(sum[:]) != string(data[len(data)-tail+len(sumBegin):len(data)-len(sumEnd)]) {
		return nil, errors.New("its checksum is another one")
	}
	m := &manifest{day: day, size: len(data)}
	if err := json.Unmarshal(data, m); err != nil {
		return nil, err
	}
	if m.Format != manifestFormat {
		return nil, &formatError{m.Format}
	}
	if m.Market != string(rune(day.market)) || m.Date != day.date.String() || m.Revision != revision {
		return nil, fmt.Errorf("it says that it is revision %d of %s/%s", m.Revision, m.Market, m.Date)
	}
	if err := m.index(); err != nil {
		return nil, err
	}
	all := sha256.Sum256(data)
	m.sum = hex.EncodeToString(all[:])
	return m, nil
}

// formatError is returned by parseManifest for a format that this version does not know.
type formatError struct{ format int }

func (e *formatError) Error() string {
	return fmt.Sprintf("its format is %d, not %d", e.format, manifestFormat)
}

// index checks a manifest and fills in what is not in its JSON.
func (m *manifest) index() error {
	rows, code := int64(0), ""
	for i, p := range m.Parts {
		if p == nil {
			return fmt.Errorf("part %d is null", i)
		}
		if err := p.index(i, m.day); err != nil {
			return fmt.Errorf("part %d: %w", i, err)
		}
		for _, c := range p.Codes {
			if c <= code {
				return fmt.Errorf("part %d: code %q comes after code %q", i, c, code)
			}
			if name, err := tick.NewName(m.day.market, c); err != nil || name.CodeText() != c {
				return fmt.Errorf("part %d: code %q is none", i, c)
			}
			code = c
		}
		rows += p.Rows
	}
	if rows != m.Rows || rows == 0 {
		return fmt.Errorf("its parts have %d ticks, and it says %d", rows, m.Rows)
	}
	return nil
}

func (p *part) index(number int, day dayID) error {
	const begin, end = len("part-00000-"), len(".parquet")
	if len(p.Name) < begin+end {
		return fmt.Errorf("the name %q", p.Name)
	}
	p.sum = p.Name[len(p.Name)-end-min(2*sha256.Size, len(p.Name)-end) : len(p.Name)-end]
	if b, err := hex.DecodeString(p.sum); err != nil || len(b) != sha256.Size || partName(number, p.sum) != p.Name {
		return fmt.Errorf("the name %q", p.Name)
	}
	p.key = day.partKey(p.Name)
	if len(p.Codes) != len(p.CodeRows) || len(p.Codes) == 0 {
		return fmt.Errorf("%d codes, and the ticks of %d", len(p.Codes), len(p.CodeRows))
	}
	var err error
	if p.codeFirst, err = firsts(p.Rows, len(p.CodeRows), func(i int) int64 { return p.CodeRows[i] }); err != nil {
		return fmt.Errorf("the ticks of the codes: %w", err)
	}
	if p.groupFirst, err = firsts(p.Rows, len(p.Groups), func(i int) int64 { return int64(p.Groups[i].Rows) }); err != nil {
		return fmt.Errorf("the ticks of the groups: %w", err)
	}
	at := int64(0)
	for i := range p.Groups {
		if at, err = p.checkGroup(i, at); err != nil {
			return fmt.Errorf("group %d: %w", i, err)
		}
	}
	if at > p.Size {
		return fmt.Errorf("its groups end at byte %d of %d", at, p.Size)
	}
	return nil
}

// firsts returns the sums of the first 0, 1, ... n counts, which are positive and together
// total.
func firsts(total int64, n int, count func(int) int64) ([]int64, error) {
	sums := make([]int64, n+1)
	for i := range n {
		c := count(i)
		if c <= 0 || c > math.MaxInt64-sums[i] {
			return nil, fmt.Errorf("number %d is %d", i, c)
		}
		sums[i+1] = sums[i] + c
	}
	if sums[n] != total {
		return nil, fmt.Errorf("%d together, and %d are said", sums[n], total)
	}
	return sums, nil
}

// checkGroup checks group i, which stands at byte at or later, and returns where it ends.
func (p *part) checkGroup(i int, at int64) (end int64, err error) {
	g := &p.Groups[i]
	for _, n := range g.Lengths {
		if n < 0 || int64(n) > p.Size {
			return 0, fmt.Errorf("a column of %d bytes", n)
		}
	}
	r := g.Range()
	if r.Offset < at || r.Offset > p.Size || r.Length > p.Size-r.Offset {
		return 0, fmt.Errorf("%d bytes from byte %d on", r.Length, r.Offset)
	}
	if g.Raws < 0 || g.Raws > g.Rows || g.Rows > tickfile.MaxGroupRows {
		return 0, fmt.Errorf("%d raw values of %d ticks", g.Raws, g.Rows)
	}
	first, last := p.codeAt(p.groupFirst[i]), p.codeAt(p.groupFirst[i+1]-1)
	if g.FirstCode != first || g.LastCode != last {
		return 0, fmt.Errorf("codes %q to %q, and its rows are those of %q to %q", g.FirstCode, g.LastCode, first, last)
	}
	return r.Offset + r.Length, nil
}

// codeAt returns the code of a row of the part.
func (p *part) codeAt(row int64) string {
	return p.Codes[sort.Search(len(p.Codes), func(i int) bool { return p.codeFirst[i+1] > row })]
}

// find returns the part that has a code, and the code's number there; ok is false if the
// day has no ticks of it.
func (m *manifest) find(code string) (p *part, number int, ok bool) {
	i := sort.Search(len(m.Parts), func(i int) bool { return m.Parts[i].Codes[len(m.Parts[i].Codes)-1] >= code })
	if i == len(m.Parts) {
		return nil, 0, false
	}
	p = m.Parts[i]
	number = sort.SearchStrings(p.Codes, code)
	return p, number, number < len(p.Codes) && p.Codes[number] == code
}

// span is consecutive rows of a group that are of one code: those from from (included) to
// to (not included).
type span struct {
	part     *part
	group    int
	from, to int
}

// spans returns the spans of a code whose times may be in a range, ascending.
func (p *part) spans(number int, r tick.Range) []span {
	first, end := p.codeFirst[number], p.codeFirst[number+1]
	var found []span
	for i := sort.Search(len(p.Groups), func(i int) bool { return p.groupFirst[i+1] > first }); i < len(p.Groups) && p.groupFirst[i] < end; i++ {
		s := span{part: p, group: i, from: int(max(first-p.groupFirst[i], 0)), to: int(min(end, p.groupFirst[i+1]) - p.groupFirst[i])}
		if low, high := s.times(); high < r.From || low > r.To {
			continue
		}
		found = append(found, s)
	}
	return found
}

// times returns bounds of the times of a span.
func (s *span) times() (low, high int64) {
	g := &s.part.Groups[s.group]
	low, high = 0, tick.MaxTime-1
	if s.from == 0 { // its code is the first of the group
		low = g.FirstTime
	}
	if s.to == g.Rows {
		high = g.LastTime
	}
	return low, high
}

// within says whether all times of a span are in a range.
func (s *span) within(r tick.Range) bool {
	g := &s.part.Groups[s.group]
	return s.from == 0 && s.to == g.Rows && r.From <= g.FirstTime && g.LastTime <= r.To
}

// bytes returns the size of all parts.
func (m *manifest) bytes() (n int64) {
	for _, p := range m.Parts {
		n += p.Size
	}
	return n
}

// codes returns the number of codes.
func (m *manifest) codes() (n int) {
	for _, p := range m.Parts {
		n += len(p.Codes)
	}
	return n
}
