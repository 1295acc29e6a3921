package stdio

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"math"
	"sync"
	"syscall"
)

// Caller is the script that uses a Stream.
type Caller interface {
	// Context ends what waits or takes long; nil ends nothing.
	Context() context.Context

	// Room returns an error if the script has no room for a value of size bytes.
	Room(size int64) error
}

// Buffering says when a Stream hands what was written to its Device.
type Buffering int

// The kinds of Buffering.
const (
	Full Buffering = iota // when the buffer is full
	Line                  // at the end of a line
	None                  // at once; and it reads no byte ahead
)

// Buffered is a Device with a buffer of its own, to which a Stream leaves the
// buffering. Several Streams may share it.
type Buffered interface {
	Device
	WriteString(s string) error
	Flush() error
	SetBuffering(b Buffering) error
}

// Sizes of the buffer, in bytes. It is large from the second time on that it is full,
// because a script may have thousands of small files open.
const (
	smallBuffer = 4 << 10
	largeBuffer = 16 << 10
)

// Text is what was read of a Stream.
type Text struct {
	Bytes []byte

	// Shared says that Bytes is part of the Stream's buffer, which is valid until the next
	// use of the Stream. Else it belongs to the reader.
	Shared bool
}

// Stream is a Device with a buffer, as C's FILE is. The same buffer holds what was
// read ahead or what is yet to be written.
//
// One goroutine at a time may use a Stream, except for TryFlush and Close. After an
// error of a write, what was in the buffer is gone, as in C.
type Stream struct {
	mu        sync.Mutex
	device    Device
	own       Buffered // the device, if it has a buffer of its own; else nil
	mode      Mode
	buffering Buffering
	closed    bool

	buf     []byte
	from    int  // buf[from:to] was read ahead or is to be written; from is 0 for the latter
	to      int  //
	writing bool // which of both

	digits [32]byte // for ReadNumber
}

// NewStream makes a Stream that owns a Device.
func NewStream(d Device, m Mode) *Stream {
	s := &Stream{device: d, mode: m}
	s.own, _ = d.(Buffered)
	return s
}

// MemorySize returns the size of the buffer, in bytes. It belongs to the goroutine that
// uses the Stream.
func (s *Stream) MemorySize() int64 { return int64(len(s.buf)) }

// Closed says whether the Stream was closed.
func (s *Stream) Closed() bool { return s.closed }

// ReadLine reads up to the end of the line, which is '\n', and returns the line with
// its end or without. ok is false if nothing is left.
func (s *Stream) ReadLine(c Caller, withEnd bool) (line Text, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var long []byte
	for {
		if err := s.needAhead(c, 1); err == io.EOF {
			return Text{Bytes: long}, len(long) > 0, nil
		} else if err != nil {
			return Text{}, false, err
		}
		ahead := s.buf[s.from:s.to]
		end := bytes.IndexByte(ahead, '\n')
		if end < 0 {
			if long, err = add(c, long, ahead); err != nil {
				return Text{}, false, err
			}
			s.from = s.to
			continue
		}
		s.from += end + 1
		if withEnd {
			end++
		}
		if len(long) == 0 {
			return Text{ahead[:end], true}, true, nil
		}
		long, err = add(c, long, ahead[:end])
		return Text{Bytes: long}, err == nil, err
	}
}

// ReadAll reads all that is left.
func (s *Stream) ReadAll(c Caller) (Text, error) { return s.ReadUpTo(c, math.MaxInt64) }

// ReadUpTo reads limit bytes, or all if fewer are left.
func (s *Stream) ReadUpTo(c Caller, limit int64) (Text, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var long []byte
	for int64(len(long)) < limit {
		left := limit - int64(len(long))
		if err := s.needAhead(c, left); err == io.EOF {
			break
		} else if err != nil {
			return Text{}, err
		}
		ahead := s.buf[s.from:s.to]
		if int64(len(ahead)) >= left {
			ahead = ahead[:left]
			if len(long) == 0 {
				s.from += len(ahead)
				return Text{ahead, true}, nil
			}
		}
		var err error
		if len(long) == 0 {
			long, err = grow(c, nil, len(ahead)+int(min(left-int64(len(ahead)), s.remaining())))
		}
		if err == nil {
			long, err = add(c, long, ahead)
		}
		if err != nil {
			return Text{}, err
		}
		s.from += len(ahead)
	}
	return Text{Bytes: long}, nil
}

// remaining guesses how many bytes the device still holds. The guess is no more than
// can safely be allocated.
func (s *Stream) remaining() int64 {
	const most = 1 << 30
	if d, ok := s.device.(*OSDevice); ok {
		return min(d.remaining(), most)
	}
	return 0
}

// Read reads up to len(p) bytes, but at least one. At the end, the error is io.EOF.
func (s *Stream) Read(c Caller, p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.needAhead(c, int64(len(p))); err != nil {
		return 0, err
	}
	n := copy(p, s.buf[s.from:s.to])
	s.from += n
	return n, nil
}

// AtEnd says whether nothing is left to read.
func (s *Stream) AtEnd(c Caller) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.needAhead(c, 1)
	if err == io.EOF {
		return true, nil
	}
	return false, err
}

// add appends p to a text for which the script must have room.
func add(c Caller, text, p []byte) ([]byte, error) {
	if n := len(p); cap(text)-len(text) < n {
		longer, err := grow(c, text, max(n, len(text)/2))
		if err != nil { // it may do with less
			longer, err = grow(c, text, max(n, len(text)/8))
		}
		if err != nil {
			return nil, err
		}
		text = longer
	}
	return append(text, p...), nil
}

// grow returns a text with room for n more bytes.
func grow(c Caller, text []byte, n int) ([]byte, error) {
	size := len(text) + n
	if err := c.Room(int64(size)); err != nil {
		return nil, &EndError{err}
	}
	return append(make([]byte, 0, size), text...), nil
}

// needAhead has at least one byte read ahead, of wanted that the script will read. At the
// end, the error is io.EOF.
func (s *Stream) needAhead(c Caller, wanted int64) error {
	if s.from < s.to && !s.writing {
		return nil
	}
	return s.fill(c, wanted)
}

// fill reads ahead. Nothing may be read ahead yet.
func (s *Stream) fill(c Caller, wanted int64) error {
	if s.closed || !s.mode.Read {
		return syscall.EBADF
	}
	if s.writing {
		if err := s.flush(c.Context()); err != nil {
			return err
		}
		s.writing = false
	}
	s.growBuffer(s.to == len(s.buf))
	p := s.buf
	if s.buffering == None {
		p = p[:min(max(wanted, 1), int64(len(p)))]
	}
	s.from, s.to = 0, 0
	n, err := s.device.Read(c.Context(), p)
	s.to = n
	if err != nil {
		// What ended the script may also have ended what it reads from.
		return cmp.Or(ended(c.Context()), err)
	}
	return nil
}

// growBuffer makes the buffer, or makes it large if it was full. It forgets what is in
// the buffer.
func (s *Stream) growBuffer(wasFull bool) {
	switch {
	case s.buf == nil:
		s.buf = make([]byte, smallBuffer)
	case wasFull && len(s.buf) < largeBuffer:
		s.buf = make([]byte, largeBuffer)
	}
}

// Write writes bytes.
func (s *Stream) Write(c Caller, p []byte) error { return write(s, c, p) }

// WriteString writes a string.
func (s *Stream) WriteString(c Caller, text string) error { return write(s, c, text) }

func write[T string | []byte](s *Stream, c Caller, text T) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || !s.mode.Write {
		return syscall.EBADF
	}
	if s.own != nil {
		return writeThrough(s.own, text)
	}
	ctx := c.Context()
	if err := s.beginWriting(); err != nil {
		return err
	}
	ends := s.buffering == None || s.buffering == Line && hasLineEnd(text)
	for len(text) > 0 {
		if s.to == len(s.buf) {
			if err := s.flush(ctx); err != nil {
				return err
			}
			s.growBuffer(true)
		}
		n := copy(s.buf[s.to:], text)
		s.to += n
		text = text[n:]
	}
	if ends {
		return s.flush(ctx)
	}
	return nil
}

// writeThrough writes to a device with a buffer of its own.
func writeThrough[T string | []byte](d Buffered, text T) error {
	switch text := any(text).(type) {
	case string:
		return d.WriteString(text)
	case []byte:
		return d.Write(context.Background(), text)
	}
	panic("unreachable")
}

func hasLineEnd[T string | []byte](text T) bool {
	for i := range len(text) {
		if text[i] == '\n' {
			return true
		}
	}
	return false
}

// beginWriting gives up what was read ahead: the write goes where the script has read
// to, or, if the mode says so, to the end.
func (s *Stream) beginWriting() error {
	if s.writing {
		return nil
	}
	if ahead := s.to - s.from; ahead > 0 && !s.mode.Append {
		if _, err := s.device.Seek(int64(-ahead), io.SeekCurrent); err != nil {
			return err
		}
	}
	s.growBuffer(false)
	s.from, s.to, s.writing = 0, 0, true
	return nil
}

// Flush hands what was written to the device.
func (s *Stream) Flush(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return syscall.EBADF
	}
	return s.flush(ctx)
}

// TryFlush is Flush for any goroutine. It does nothing while another goroutine uses the
// Stream, and says so.
func (s *Stream) TryFlush(ctx context.Context) (done bool, err error) {
	if !s.mu.TryLock() {
		return false, nil
	}
	defer s.mu.Unlock()
	return true, s.flush(ctx)
}

func (s *Stream) flush(ctx context.Context) error {
	if s.own != nil {
		return s.own.Flush()
	}
	if !s.writing || s.to == 0 {
		return nil
	}
	p := s.buf[:s.to]
	s.to = 0
	return s.device.Write(ctx, p)
}

// SetBuffering says when the Stream hands what is written to its device.
func (s *Stream) SetBuffering(ctx context.Context, b Buffering) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.own != nil {
		return s.own.SetBuffering(b)
	}
	s.buffering = b
	if b == None {
		return s.flush(ctx)
	}
	return nil
}

// Seek sets the position and returns it, in bytes from the beginning. whence is that of
// io.Seeker.
func (s *Stream) Seek(ctx context.Context, offset int64, whence int) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.flush(ctx); err != nil {
		return 0, err
	}
	if s.writing {
		s.from, s.to, s.writing = 0, 0, false
	}
	if s.to == 0 || whence == io.SeekEnd {
		return s.seekDevice(offset, whence)
	}
	end, err := s.device.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, err
	}
	if whence == io.SeekCurrent {
		at := end - int64(s.to-s.from)
		if offset > math.MaxInt64-at {
			return 0, syscall.EINVAL
		}
		offset += at
	}
	if begin := end - int64(s.to); begin <= offset && offset <= end { // what was read ahead has it
		s.from = int(offset - begin)
		return offset, nil
	}
	return s.seekDevice(offset, io.SeekStart)
}

// seekDevice sets the position of the device and forgets what was read ahead.
func (s *Stream) seekDevice(offset int64, whence int) (int64, error) {
	at, err := s.device.Seek(offset, whence)
	if err == nil {
		s.from, s.to = 0, 0
	}
	return at, err
}

// Close flushes the Stream and closes its device, even if the flush fails. A second
// Close does nothing. Any goroutine may call it when no other uses the Stream.
func (s *Stream) Close(ctx context.Context) error { return s.closeBy(ctx, Device.Close) }

func (s *Stream) closeBy(ctx context.Context, closeDevice func(Device) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	err := s.flush(ctx)
	s.closed, s.buf, s.from, s.to = true, nil, 0, 0
	return errors.Join(err, closeDevice(s.device))
}
