package objecttest

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Fault is what a Proxy does to a request.
type Fault int

// The faults of a Proxy.
const (
	None   Fault = iota
	Drop         // close the connection; the server gets nothing
	Cut          // close the connection after the server has acted, without its answer
	Half         // send the first half of the answer's body only
	Busy         // answer 503 SlowDown; the server gets nothing
	Silent       // never answer; the server gets nothing
	Mute         // never answer after the server has acted
	Ignore       // leave out the condition If-None-Match
	Whole        // leave out the range
	Skewed       // send the request as a machine does whose clock is an hour behind
)

// Proxy is between a client and a server, and hurts requests.
type Proxy struct {
	Endpoint string // http://127.0.0.1:PORT

	mu       sync.Mutex
	fault    func(*http.Request) Fault
	requests []string // method and path of each
	closed   chan struct{}
}

// NewProxy starts a Proxy before a server, which ends with the test.
func NewProxy(t testing.TB, endpoint string) *Proxy {
	t.Helper()
	to, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{closed: make(chan struct{})}
	transport := &http.Transport{DisableCompression: true}
	forward := &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = to.Scheme, to.Host, r.In.Host
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(forward, w, r) }))
	p.Endpoint = server.URL
	t.Cleanup(func() {
		close(p.closed)
		server.CloseClientConnections()
		server.Close()
		transport.CloseIdleConnections()
	})
	return p
}

// Set has f say what happens to each request from now on. nil ends all faults.
func (p *Proxy) Set(f func(*http.Request) Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = f
	p.requests = nil
}

// First returns a function for Set that hurts the first n requests with a method, or
// with any if method is "".
func First(n int, method string, fault Fault) func(*http.Request) Fault {
	return func(r *http.Request) Fault {
		if n == 0 || method != "" && r.Method != method {
			return None
		}
		n--
		return fault
	}
}

// Requests returns the methods and paths of the requests since Set.
func (p *Proxy) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.requests...)
}

func (p *Proxy) serve(forward http.Handler, w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	fault := None
	if p.fault != nil {
		fault = p.fault(r)
	}
	p.requests = append(p.requests, r.Method+" "+r.URL.Path)
	p.mu.Unlock()

	switch fault {
	case None:
		forward.ServeHTTP(w, r)
	case Drop:
		panic(http.ErrAbortHandler)
	case Cut:
		forward.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	case Half:
		answer := httptest.NewRecorder()
		forward.ServeHTTP(answer, r)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.Header().Set("Content-Length", strconv.Itoa(answer.Body.Len()))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case Busy:
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"))
	case Mute:
		forward.ServeHTTP(httptest.NewRecorder(), r)
		fallthrough
	case Silent:
		select {
		case <-r.Context().Done():
		case <-p.closed:
		}
	case Ignore:
		r.Header.Del("If-None-Match")
		sign(r, time.Now())
		forward.ServeHTTP(w, r)
	case Whole:
		r.Header.Del("Range")
		sign(r, time.Now())
		forward.ServeHTTP(w, r)
	case Skewed:
		sign(r, time.Now().Add(-time.Hour))
		forward.ServeHTTP(w, r)
	}
}
