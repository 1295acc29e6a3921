package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"microts/internal/tick"
	"microts/store"
)

// Report says what an import did.
type Report struct {
	Files       int
	Rows        int64 // read; those that are bad count
	Bad         int64
	FirstBad    []BadRow // the first few
	Ticks       int64    // written
	Instruments int
	First, Last int64 // time of the first and last tick in µs; 0 without ticks
	Elapsed     time.Duration
}

// Import reads files and writes the ticks that it makes of them into db, which is on the
// disk when it returns. If it is ended, or the process dies, at any moment, the same
// import run again leaves the database as one that was not ended.
//
// Errors: *OptionError, *TooManyBadError, that of ctx, and those of reading and writing,
// after which a part of the ticks is written.
func Import(ctx context.Context, db *store.DB, o Options) (*Report, error) {
	s, err := o.check()
	if err != nil {
		return nil, err
	}
	s.target = db.Format()
	paths, err := Expand(o.Files)
	if err != nil {
		return nil, err
	}
	bad, err := newBadRows(s)
	if err != nil {
		return nil, err
	}
	im := &importer{settings: s, paths: paths, bad: bad, begun: time.Now(), buffers: make(chan []byte, 8), batches: make(chan *batch, keptBatches)}
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && path != stdinName {
			im.bytes += info.Size()
		}
	}
	im.write = &writer{db: db, check: o.Check, most: tableRows, few: fewRows, release: im.release}
	if o.tableRows > 0 {
		im.write.most, im.write.few = o.tableRows, o.tableRows/2
	}
	if err = im.run(ctx); err == nil {
		err = im.write.close(&im.names)
	}
	im.write.drop()
	err = errors.Join(err, bad.close())
	r := &im.report
	r.Files, r.Bad, r.FirstBad = len(paths), bad.count, bad.first
	r.Instruments = im.names.instruments(len(im.series))
	r.Elapsed = time.Since(im.begun)
	return r, err
}

// importer is one import.
type importer struct {
	*settings
	paths []string
	names names
	bad   *badRows
	write *writer
	begun time.Time

	bytes int64 // of all files
	read  atomic.Int64
	done  int // files
	shown time.Time

	buffers chan []byte // of blocks, to be used again
	batches chan *batch

	series []*series // by the numbers of instruments
	report Report
}

// series is what is known of an instrument whose ticks are read.
type series struct {
	seqs  seqs
	total int64 // the last cumulative quantity
	day   int64 // of total
	any   bool
}

// job is a part on its way: a worker sends its batches to out and closes it.
type job struct {
	part part
	out  chan *batch
	last bool // of its file
}

// run reads all files. Workers make ticks of the parts; their order stays that of the
// files.
func (im *importer) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	workers := runtime.GOMAXPROCS(0)
	queue, work := make(chan *job, 2*workers), make(chan *job)
	var group sync.WaitGroup
	group.Go(func() {
		defer close(queue)
		defer close(work)
		im.readFiles(ctx, queue, work)
	})
	for range workers {
		group.Go(func() { im.work(ctx, work) })
	}
	err := im.consume(ctx, queue)
	cancel()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for j := range queue { // of an import that ended early
			for range j.out {
			}
		}
		group.Wait()
	}()
	if err != nil && slices.Contains(im.paths, stdinName) {
		return err // a read of a terminal or pipe ends when it likes
	}
	<-ended
	return err
}

// failed is a job that has only an error.
func failed(err error) *job {
	j := &job{out: make(chan *batch, 1)}
	j.out <- &batch{err: err}
	close(j.out)
	return j
}

// readFiles sends the parts of all files to queue and to work.
func (im *importer) readFiles(ctx context.Context, queue, work chan<- *job) {
	send := func(j *job) bool {
		select {
		case queue <- j:
			return true
		case <-ctx.Done():
			return false
		}
	}
	for _, path := range im.paths {
		f, err := im.openFile(path, &im.names, &im.read)
		if err != nil {
			send(failed(err))
			return
		}
		for {
			var buf []byte
			select {
			case buf = <-im.buffers:
			default:
			}
			p, err := f.next(buf)
			if err == io.EOF {
				break
			}
			if err != nil {
				f.release()
				send(failed(err))
				return
			}
			j := &job{part: p, out: make(chan *batch, 2)}
			f.hold()
			if !send(j) {
				close(j.out)
				f.release()
				f.release()
				return
			}
			select {
			case work <- j:
			case <-ctx.Done():
				close(j.out)
				f.release()
				f.release()
				return
			}
		}
		f.release()
		end := &job{out: make(chan *batch), last: true}
		close(end.out)
		if !send(end) {
			return
		}
	}
}

// work makes ticks of parts.
func (im *importer) work(ctx context.Context, work <-chan *job) {
	var p *parser
	var g grouper
	for j := range work {
		emit := func(b *batch) bool {
			g.group(b)
			select {
			case j.out <- b:
				return true
			case <-ctx.Done():
				return false
			}
		}
		f := j.part.file
		var err error
		if p == nil || p.file != f {
			p, err = f.parser()
		}
		switch {
		case err != nil:
		case p.parquet != nil:
			err = p.parquet.parse(j.part.group, j.part.first, im.size(j.part.group.NumRows(), f), im.newBatch, emit)
			if err != nil {
				err = fmt.Errorf("%s: %w", f.in.path, err)
			}
		default:
			const rowBytes = 64 // about
			b := im.newBatch(len(j.part.block.data) / rowBytes)
			p.text.parse(j.part.block, b)
			emit(b)
			select {
			case im.buffers <- j.part.block.data[:0]:
			default:
			}
		}
		if err != nil {
			emit(&batch{err: err})
		}
		close(j.out)
		f.release()
	}
}

// size returns how many bytes of a Parquet file some rows are, as a share.
func (im *importer) size(rows int64, f *sourceFile) int64 {
	if total := f.parquet.file.NumRows(); total > 0 {
		return f.in.size * rows / total
	}
	return 0
}

const (
	// keptBatches is how many batches are kept to be used again.
	keptBatches = 256

	// batchRows is how many rows a batch mostly has, or a few more. A batch of fewer rows
	// is made for them: it is kept until its ticks are written, and may be one of very
	// many, of small files.
	batchRows = chunkRows
)

// newBatch returns a batch for about so many rows.
func (im *importer) newBatch(rows int) *batch {
	if rows < batchRows/4 {
		return &batch{ticks: make([]entry, 0, rows)}
	}
	select {
	case b := <-im.batches:
		b.reset()
		return b
	default:
		return &batch{ticks: make([]entry, 0, max(rows, batchRows))}
	}
}

// release takes back a batch that is written.
func (im *importer) release(b *batch) {
	if cap(b.ticks) < batchRows || b.memory() > tableBytes/8 {
		return
	}
	select {
	case im.batches <- b:
	default:
	}
}

// consume takes the batches in the order of the files and writes their ticks.
func (im *importer) consume(ctx context.Context, queue <-chan *job) error {
	for j := range queue {
		for b := range j.out {
			if b.err != nil {
				return b.err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := im.take(j.part.file, b); err != nil {
				return err
			}
		}
		if j.last {
			im.done++
		}
	}
	return ctx.Err()
}

// take numbers the ticks of a batch and writes them.
func (im *importer) take(f *sourceFile, b *batch) error {
	im.report.Rows += b.rows
	if b.size > 0 {
		im.read.Add(b.size)
	}
	for i := range b.runs {
		im.number(b, &b.runs[i])
	}
	if len(b.bad) > 0 {
		b.sortBad()
		if err := im.bad.add(f.in.path, b.bad); err != nil {
			return err
		}
	}
	if err := im.write.add(b, &im.names); err != nil {
		return err
	}
	im.showProgress()
	return nil
}

// number numbers the ticks of an instrument and makes differences of cumulative
// quantities. Ticks with which that fails are bad rows and leave the run.
func (im *importer) number(b *batch, r *run) {
	for int(r.id) >= len(im.series) {
		im.series = append(im.series, &series{})
	}
	s, kept := im.series[r.id], r.from
	for _, i := range b.order[r.from:r.to] {
		t := &b.ticks[i]
		if b.auto {
			var ok bool
			if t.seq, ok = s.seqs.next(t.time); !ok {
				b.addBad(i, "seq: at most 65536 rows of one instrument and time expected")
				continue
			}
			if t.seq > 0 && im.target == tick.V1 {
				b.addBad(i, (&fieldError{"seq", errOneSeq}).Error())
				continue
			}
		}
		if len(b.totals) > 0 {
			if err := s.difference(b, i); err != nil {
				b.addBad(i, err.Error())
				continue
			}
		}
		if im.report.Ticks == 0 {
			im.report.First, im.report.Last = t.time, t.time
		}
		im.report.First, im.report.Last = min(im.report.First, t.time), max(im.report.Last, t.time)
		im.report.Ticks++
		b.order[kept] = i
		kept++
	}
	r.to = kept
}

const progressEvery = 200 * time.Millisecond

func (im *importer) showProgress() {
	if im.Progress == nil {
		return
	}
	now := time.Now()
	if now.Sub(im.shown) < progressEvery {
		return
	}
	im.shown = now
	im.Progress(Progress{
		Files: len(im.paths), FilesDone: im.done, Bytes: im.bytes, BytesRead: im.read.Load(),
		Rows: im.report.Rows, Bad: im.bad.count, Elapsed: now.Sub(im.begun),
	})
}
