package archive

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"microts/internal/objects"
	"microts/internal/tick"
	"microts/internal/tickfile"
)

// VerifyOptions say what Verify reads.
type VerifyOptions struct {
	// Market chooses the days of one market. Zero is all.
	Market byte
	// Date chooses one day, as in "2026-11-24". "" is all.
	Date string
	// All makes it read all revisions, and not only the latest of each day.
	All bool
	// Quick makes it look only at the manifests and at the sizes of the parts.
	Quick bool
	// Progress, unless it is nil, is called now and then.
	Progress func(Progress)
}

// VerifyReport says what Verify read, and what is wrong.
type VerifyReport struct {
	Days     int // revisions of days
	Parts    int
	Rows     int64
	Bytes    int64
	Problems []*DamagedError
}

// Verify reads what was sealed and compares it with all checksums: of the manifests, the
// parts, their groups, and the ticks of each day. What is damaged is in the report; the error
// is for a store that cannot be read.
func Verify(ctx context.Context, store objects.Store, o VerifyOptions) (VerifyReport, error) {
	v := newVerifier(ctx, store, o)
	if o.Date != "" {
		if _, err := parseDate(o.Date); err != nil {
			return v.report, err
		}
	}
	if _, _, err := readHeader(ctx, store); err != nil {
		return v.report, err
	}
	days, err := listRevisions(ctx, store, o.Market)
	if err != nil {
		return v.report, err
	}
	for _, day := range sortedDays(days) {
		if o.Date != "" && o.Date != day.date.String() {
			continue
		}
		revisions := days[day]
		if !o.All {
			revisions = revisions[len(revisions)-1:]
		}
		for _, r := range revisions {
			if err := v.verify(day, r.number); err != nil {
				return v.report, err
			}
		}
	}
	return v.report, nil
}

// verifier is a run of Verify.
type verifier struct {
	ctx    context.Context
	store  objects.Store
	o      VerifyOptions
	report VerifyReport
}

func newVerifier(ctx context.Context, store objects.Store, o VerifyOptions) *verifier {
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	return &verifier{ctx: ctx, store: store, o: o}
}

// note puts damage into the report and returns other errors.
func (v *verifier) note(err error) error {
	if damaged := (*DamagedError)(nil); errors.As(err, &damaged) {
		v.report.Problems = append(v.report.Problems, damaged)
		return nil
	}
	return err
}

// verify reads a revision of a day.
func (v *verifier) verify(day dayID, revision int) error {
	key := day.manifestKey(revision)
	v.report.Days++
	data, err := v.store.Get(v.ctx, key, 0, -1)
	if err != nil {
		return err
	}
	m, err := parseManifest(data, day, revision)
	if err != nil {
		return v.note(&DamagedError{v.store.URL(), key, err.Error()})
	}
	progress := Progress{Day: day.String(), Total: m.Rows}
	sum, before := newDigest(), len(v.report.Problems)
	for _, p := range m.Parts {
		v.o.Progress(progress)
		v.report.Parts++
		if err := v.note(v.verifyPart(p, sum)); err != nil {
			return err
		}
		progress.Rows += p.Rows
		v.report.Rows += p.Rows
		v.report.Bytes += p.Size
	}
	v.o.Progress(progress)
	if !v.o.Quick && len(v.report.Problems) == before && (sum.String() != m.Digest || sum.rows != m.Rows) {
		return v.note(&DamagedError{v.store.URL(), key, fmt.Sprintf("its digest is %s, and that of its ticks %s", m.Digest, sum)})
	}
	return nil
}

// verifyPart reads a part and adds its ticks to a digest.
func (v *verifier) verifyPart(p *part, digest *digest) error {
	size, err := v.store.Stat(v.ctx, p.key)
	if none := (*objects.NotFoundError)(nil); errors.As(err, &none) {
		return &DamagedError{v.store.URL(), p.key, "it is not there"}
	}
	if err != nil {
		return err
	}
	if size != p.Size {
		return &DamagedError{v.store.URL(), p.key, fmt.Sprintf("it has %d bytes, and %d were sealed", size, p.Size)}
	}
	if v.o.Quick {
		return nil
	}
	r := &partReader{v: v, part: p, digest: digest, sum: sha256.New()}
	return r.read()
}

// partReader reads a part from its beginning to its end.
type partReader struct {
	v      *verifier
	part   *part
	digest *digest
	sum    interface {
		Write([]byte) (int, error)
		Sum([]byte) []byte
	}

	held    []byte // bytes of the part from off on
	off     int64
	group   int // the next one
	code    int // the next one
	left    int64
	columns tick.Columns
}

func (r *partReader) read() error {
	p, store := r.part, r.v.store
	var malformed error
	for end := int64(0); end < p.Size; {
		n := min(p.Size-end, downloadBytes)
		b, err := store.Get(r.v.ctx, p.key, end, n)
		if short := (*objects.ShortError)(nil); errors.As(err, &short) {
			return &DamagedError{store.URL(), p.key, short.Error()}
		}
		if err != nil {
			return err
		}
		end += n
		_, _ = r.sum.Write(b)
		if malformed == nil {
			r.held = append(r.held, b...)
			malformed = r.decode(end)
		}
	}
	if got := fmt.Sprintf("%x", r.sum.Sum(nil)); got != p.sum {
		return &DamagedError{store.URL(), p.key, fmt.Sprintf("its SHA-256 is %s", got)}
	}
	if malformed != nil {
		return &DamagedError{store.URL(), p.key, malformed.Error()}
	}
	r.digest.end(p.Codes[len(p.Codes)-1])
	return nil
}

// decode decodes the groups that end before a byte.
func (r *partReader) decode(end int64) error {
	for ; r.group < len(r.part.Groups); r.group++ {
		g := &r.part.Groups[r.group]
		at := g.Range()
		if at.Offset+at.Length > end {
			break
		}
		chunks := g.Cut(r.held, r.off)
		runs, err := g.Decode(&chunks, tick.AllColumns, &r.columns)
		if err != nil {
			return fmt.Errorf("group %d: %w", r.group, err)
		}
		if err := r.take(g, runs); err != nil {
			return fmt.Errorf("group %d: %w", r.group, err)
		}
		r.held = r.held[at.Offset+at.Length-r.off:]
		r.off = at.Offset + at.Length
	}
	return nil
}

// take compares the ticks of a group with what the manifest says of them.
func (r *partReader) take(g *tickfile.Group, runs []tickfile.Run) error {
	if t := r.columns.Times[runs[0].To-1]; r.columns.Times[0] < g.FirstTime || t < g.FirstTime || r.columns.Times[g.Rows-1] > g.LastTime {
		return errors.New("it has times that it is not said to have")
	}
	for _, run := range runs {
		if r.left == 0 {
			if r.code > 0 {
				r.digest.end(r.part.Codes[r.code-1])
			}
			r.left = r.part.CodeRows[r.code]
			r.code++
		}
		code := r.part.Codes[r.code-1]
		if run.Code != code || int64(run.To-run.From) > r.left {
			return fmt.Errorf("it has %d ticks of %s, and %d of %s are left", run.To-run.From, run.Code, r.left, code)
		}
		r.left -= int64(run.To - run.From)
		view := r.columns.Part(run.From, run.To)
		r.digest.add(&view)
	}
	return nil
}
