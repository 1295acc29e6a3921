package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// connection sends requests. It ends those during which no byte moves for a while, and
// learns the time of the server's clock from the answers.
type connection struct {
	base  *http.Transport
	stall time.Duration
	ahead atomic.Int64 // how far the server's clock is ahead of this one, in ns
	heard atomic.Bool  // ahead is known
}

func newConnection(stall time.Duration) *connection {
	return &connection{stall: stall, base: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: min(stall, 5*time.Second), KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout:   min(stall, 10*time.Second),
		MaxIdleConns:          256,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       30 * time.Second,
		DisableCompression:    true, // the lengths of ranges count
		ForceAttemptHTTP2:     true,
		ExpectContinueTimeout: 10 * time.Second,
	}}
}

// stallError is the end of a request during which no byte moved.
type stallError struct{ after time.Duration }

func (e *stallError) Error() string { return fmt.Sprintf("no answer for %v", e.after) }

// errClosed stands for what the http package says of a connection that ended early.
var errClosed = errors.New("the server closed the connection")

// RoundTrip is that of http.RoundTripper.
func (c *connection) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	m := &movement{ctx: ctx, cancel: cancel, stall: c.stall}
	m.timer = time.AfterFunc(c.stall, func() { cancel(&stallError{c.stall}) })
	r = r.WithContext(ctx)
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = &movingBody{ReadCloser: r.Body, m: m}
	}
	answer, err := c.base.RoundTrip(r)
	if err != nil {
		err = m.explain(err)
		m.end()
		return nil, err
	}
	if at, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		c.ahead.Store(int64(time.Until(at)))
		c.heard.Store(true)
	}
	m.move()
	answer.Body = &movingBody{ReadCloser: answer.Body, m: m, last: true}
	return answer, nil
}

// movement watches over the bytes of a request and its answer.
type movement struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	stall  time.Duration
	timer  *time.Timer
}

func (m *movement) move() { m.timer.Reset(m.stall) }

func (m *movement) end() {
	m.timer.Stop()
	m.cancel(nil)
}

// explain returns why a request ended.
func (m *movement) explain(err error) error {
	if stall := (*stallError)(nil); errors.As(context.Cause(m.ctx), &stall) {
		return stall
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errClosed
	}
	return err
}

// movingBody is the body of a request or, with last, of its answer.
type movingBody struct {
	io.ReadCloser
	m    *movement
	last bool
}

func (b *movingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.m.move()
	}
	if err != nil && err != io.EOF {
		err = b.m.explain(err)
	}
	return n, err
}

func (b *movingBody) Close() error {
	err := b.ReadCloser.Close()
	if b.last {
		b.m.end()
	}
	return err
}
