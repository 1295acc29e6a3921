package objects

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"microts/internal/objects/objecttest"
)

// impatient are Options for what is to fail.
var impatient = Options{Timeout: 500 * time.Millisecond, RequestTimeout: 200 * time.Millisecond, Attempts: 2}

// withProxy returns a store behind a proxy.
func withProxy(t *testing.T, o Options) (Store, *objecttest.Proxy) {
	p := objecttest.NewProxy(t, objecttest.S3(t).Endpoint)
	return open(t, objecttest.URL(p.Endpoint, "x"), o), p
}

// operations are all that a Store does, on an object that exists, and what it says of
// the outcome if it fails.
var operations = []struct {
	name   string
	method string // of its request
	change bool
	do     func(ctx context.Context, s Store) error
}{
	{"get", http.MethodGet, false, func(ctx context.Context, s Store) error {
		got, err := s.Get(ctx, "there", 1, 3)
		if err == nil && string(got) != "her" {
			err = errors.New("got " + string(got))
		}
		return err
	}},
	{"stat", http.MethodHead, false, func(ctx context.Context, s Store) error {
		_, err := s.Stat(ctx, "there")
		return err
	}},
	{"list", http.MethodGet, false, func(ctx context.Context, s Store) error {
		return s.List(ctx, "there", func(Object) error { return nil })
	}},
	{"put", http.MethodPut, true, func(_ context.Context, s Store) error { return put(s, "new", []byte("new")) }},
	{"create", http.MethodPut, true, func(ctx context.Context, s Store) error { return s.Create(ctx, "created", []byte("created")) }},
	{"delete", http.MethodDelete, true, func(ctx context.Context, s Store) error { return s.Delete(ctx, "other") }},
}

func TestFaultsThatPass(t *testing.T) {
	s, p := withProxy(t, Options{})
	mustPut(t, s, "there", []byte("there"))
	for name, fault := range map[string]objecttest.Fault{
		"dropped": objecttest.Drop, "answer lost": objecttest.Cut, "half an answer": objecttest.Half, "busy": objecttest.Busy,
	} {
		for _, o := range operations {
			if fault == objecttest.Half && o.method != http.MethodGet {
				continue // the answer has no body
			}
			t.Run(name+"/"+o.name, func(t *testing.T) {
				mustPut(t, s, "other", nil)
				if err := s.Delete(t.Context(), "created"); err != nil {
					t.Fatal(err)
				}
				p.Set(objecttest.First(1, o.method, fault))
				if err := o.do(t.Context(), s); err != nil {
					t.Error(err)
				}
				if n := len(p.Requests()); n < 2 {
					t.Errorf("%d requests: the fault was not met", n)
				}
				p.Set(nil)
			})
		}
	}
}

// TestServerThatFails lets each operation meet a server that fails each time: it ends,
// and says that the store cannot be reached.
func TestServerThatFails(t *testing.T) {
	s, p := withProxy(t, impatient)
	for name, fault := range map[string]objecttest.Fault{"dropped": objecttest.Drop, "busy": objecttest.Busy, "silent": objecttest.Silent} {
		t.Run(name, func(t *testing.T) {
			for _, o := range operations {
				if fault == objecttest.Silent && o.name != "get" && o.name != "create" {
					continue // they differ in nothing that takes time
				}
				p.Set(objecttest.First(1000, "", fault))
				begun := time.Now()
				err := o.do(t.Context(), s)
				checkUnreachable(t, o.name, err, o.change)
				if took := time.Since(begun); took > 30*time.Second { // a machine may be loaded
					t.Errorf("%s: ended after %v", o.name, took)
				}
			}
			p.Set(nil)
		})
	}
}

func checkUnreachable(t *testing.T, what string, err error, unknown bool) {
	t.Helper()
	var unreachable *UnreachableError
	switch {
	case !errors.As(err, &unreachable):
		t.Errorf("%s: %v", what, err)
	case unreachable.Unknown != unknown:
		t.Errorf("%s: the outcome is unknown: %v; %v", what, unreachable.Unknown, err)
	}
	if isNotFound(err) {
		t.Errorf("%s: a store that does not answer is taken for one without the object", what)
	}
}

// TestAnswersThatAreLost loses the answers to Create, after the server has acted.
func TestAnswersThatAreLost(t *testing.T) {
	s, p := withProxy(t, Options{RequestTimeout: time.Second})
	p.Set(objecttest.First(1, http.MethodPut, objecttest.Cut))
	if err := s.Create(t.Context(), "a", []byte("mine")); err != nil {
		t.Errorf("made by the attempt whose answer was lost: %v", err)
	}
	var exists *ExistsError
	p.Set(objecttest.First(1, http.MethodPut, objecttest.Cut))
	if err := s.Create(t.Context(), "a", []byte("yours")); !errors.As(err, &exists) || string(exists.Found) != "mine" {
		t.Errorf("made by another: %v", err)
	}
	p.Set(objecttest.First(1, http.MethodPut, objecttest.Mute))
	if err := s.Create(t.Context(), "b", []byte("mine")); err != nil {
		t.Errorf("made by the attempt that got no answer: %v", err)
	}
	// All answers are lost: what happened is not known, and is said so; asked again, it is.
	p.Set(objecttest.First(1000, "", objecttest.Cut))
	hasty := open(t, objecttest.URL(p.Endpoint, "x"), Options{Attempts: 2})
	checkUnreachable(t, "create", hasty.Create(t.Context(), "c", []byte("mine")), true)
	p.Set(nil)
	if err := s.Create(t.Context(), "c", []byte("mine")); err != nil {
		t.Errorf("asked again: %v", err)
	}
	if err := s.Create(t.Context(), "c", []byte("yours")); !errors.As(err, &exists) {
		t.Errorf("asked for something else: %v", err)
	}
}

func TestAttemptsEnd(t *testing.T) {
	s, p := withProxy(t, Options{Attempts: 3})
	p.Set(objecttest.First(1000, "", objecttest.Busy))
	_, err := s.Get(t.Context(), "a", 0, -1)
	checkUnreachable(t, "get", err, false)
	if n := len(p.Requests()); n != 3 {
		t.Errorf("%d requests", n)
	}
	if text := err.Error(); !strings.Contains(text, "get a: the store cannot be reached: Please reduce your request rate. (3 attempts in ") {
		t.Error(text)
	}
}

func TestDeadlineOfTheContext(t *testing.T) {
	s, p := withProxy(t, Options{})
	p.Set(objecttest.First(1000, "", objecttest.Silent))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := s.Get(ctx, "a", 0, -1)
	checkUnreachable(t, "get", err, false)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func TestCanceledWhileWaiting(t *testing.T) {
	s, p := withProxy(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	p.Set(func(*http.Request) objecttest.Fault {
		cancel()
		return objecttest.Silent
	})
	if _, err := s.Get(ctx, "a", 0, -1); !errors.Is(err, context.Canceled) || errors.As(err, new(*UnreachableError)) {
		t.Error(err)
	}
}

// TestServerKilled kills the server and starts it again: what was asked meanwhile is
// done when it is back, and while it is gone nothing is "not found".
func TestServerKilled(t *testing.T) {
	server := objecttest.S3(t)
	patient := open(t, server.URL("x"), Options{Attempts: 100})
	mustPut(t, patient, "there", []byte("there"))
	server.Kill()
	hasty := open(t, server.URL("x"), Options{Attempts: 1})
	for _, o := range operations {
		checkUnreachable(t, o.name, o.do(t.Context(), hasty), false) // nobody got the request
	}
	var started atomic.Bool
	go func() {
		time.Sleep(300 * time.Millisecond)
		started.Store(true)
		server.Start(t)
	}()
	if err := patient.Create(t.Context(), "new", []byte("new")); err != nil || !started.Load() {
		t.Errorf("the server was started: %v; %v", started.Load(), err)
	}
	if err := operations[0].do(t.Context(), patient); err != nil {
		t.Error(err)
	}
}

func TestRefusedCredentials(t *testing.T) {
	server := objecttest.S3(t)
	for _, c := range []struct{ access, secret, want string }{
		{objecttest.AccessKey, "wrong-and-secret", "SignatureDoesNotMatch"},
		{"nobody", "wrong-and-secret", "check the access key"},
	} {
		t.Setenv("AWS_ACCESS_KEY_ID", c.access)
		t.Setenv("AWS_SECRET_ACCESS_KEY", c.secret)
		s := open(t, server.URL("x"), Options{})
		for _, o := range operations {
			err := o.do(t.Context(), s)
			var refused *AccessError
			if !errors.As(err, &refused) {
				t.Errorf("%s: %v", o.name, err)
				continue
			}
			if text := err.Error(); o.method != http.MethodHead && !strings.Contains(text, c.want) || strings.Contains(text, c.secret) || !strings.Contains(text, "check ") {
				t.Errorf("%s: %s", o.name, text)
			}
		}
	}
}

func TestNoCredentials(t *testing.T) {
	server := objecttest.S3(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
	s := open(t, server.URL("x"), Options{})
	_, err := s.Get(t.Context(), "a", 0, -1)
	if refused := (*AccessError)(nil); !errors.As(err, &refused) || !strings.Contains(err.Error(), "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY") {
		t.Error(err)
	}
}

func TestCredentialsFromFile(t *testing.T) {
	server := objecttest.S3(t)
	file := filepath.Join(t.TempDir(), "credentials")
	text := "[research]\naws_access_key_id = " + objecttest.AccessKey + "\naws_secret_access_key = " + objecttest.SecretKey + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file)
	t.Setenv("AWS_PROFILE", "research")
	mustPut(t, open(t, server.URL("x"), Options{}), "a", nil)
}

// TestClocksThatDiffer sends requests as a machine does whose clock is an hour behind.
func TestClocksThatDiffer(t *testing.T) {
	s, p := withProxy(t, Options{})
	p.Set(objecttest.First(1000, "", objecttest.Skewed))
	for _, o := range operations {
		err := o.do(t.Context(), s)
		var refused *AccessError
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v", o.name, err)
		} else if o.method != http.MethodHead && !strings.Contains(err.Error(), "set this machine's clock") {
			t.Errorf("%s: %v", o.name, err)
		}
	}
}

func TestStoresThatAreNotThere(t *testing.T) {
	server := objecttest.S3(t)
	address := strings.Replace(server.URL("x"), "s3://ticks/", "s3://no-such-bucket/", 1)
	dir := filepath.Join(t.TempDir(), "dir")
	folder := open(t, folderURL(dir), Options{Create: true})
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	for kind, s := range map[string]Store{"s3": open(t, address, Options{}), "folder": folder} {
		for _, o := range operations {
			var missing *NoStoreError
			if err := o.do(t.Context(), s); !errors.As(err, &missing) || isNotFound(err) {
				t.Errorf("%s: %s: %v", kind, o.name, err)
			}
		}
	}
	if _, err := Open(t.Context(), folderURL(dir), Options{}); !errors.As(err, new(*NoStoreError)) {
		t.Errorf("open: %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a folder was made where none is mounted")
	}
}

func TestStoresThatReplaceAreRefused(t *testing.T) {
	s, p := withProxy(t, Options{})
	p.Set(objecttest.First(1000, http.MethodPut, objecttest.Ignore))
	var refused *CreateOnlyError
	if err := CheckCreateOnly(t.Context(), s); !errors.As(err, &refused) {
		t.Error(err)
	}
	p.Set(nil)
	if keys := list(t, s, ""); keys != nil {
		t.Errorf("left: %v", keys)
	}
}

// TestRangesThatAreIgnored has a server answer with other bytes than it was asked for.
func TestRangesThatAreIgnored(t *testing.T) {
	s, p := withProxy(t, Options{})
	mustPut(t, s, "there", []byte("there"))
	p.Set(objecttest.First(1000, "", objecttest.Whole))
	for _, o := range []struct{ off, n int64 }{{1, 2}, {0, 2}, {1, -1}} {
		if got, err := s.Get(t.Context(), "there", o.off, o.n); err == nil || got != nil {
			t.Errorf("Get(%d, %d): %q", o.off, o.n, got)
		}
	}
}

// TestFileSystemThatHangs reads a file that never opens, as one on a server that is gone.
func TestFileSystemThatHangs(t *testing.T) {
	dir := t.TempDir()
	s := open(t, folderURL(dir), Options{Timeout: 200 * time.Millisecond})
	fifo := filepath.Join(dir, "there")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := s.Get(t.Context(), "there", 0, -1)
	checkUnreachable(t, "get", err, false)
	w, err := os.OpenFile(fifo, os.O_WRONLY|syscall.O_NONBLOCK, 0) // lets go of the reader
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
}

// TestFilesOfDeadWriters: nobody sees what a writer left that died, and Sweep deletes it.
func TestFilesOfDeadWriters(t *testing.T) {
	dir := t.TempDir()
	s := open(t, folderURL(dir), Options{})
	mustPut(t, s, "d/part", []byte("part"))
	if err := os.WriteFile(filepath.Join(dir, "d", temporaryPrefix+"x"), []byte("pa"), 0o666); err != nil {
		t.Fatal(err)
	}
	if keys := list(t, s, ""); !slices.Equal(keys, []string{"d/part"}) {
		t.Errorf("%v", keys)
	}
	for _, c := range []struct {
		before time.Duration
		want   int
	}{{-time.Hour, 0}, {time.Hour, 1}, {time.Hour, 0}} {
		if n, err := s.Sweep(t.Context(), time.Now().Add(c.before)); n != c.want || err != nil {
			t.Errorf("swept %d, not %d; %v", n, c.want, err)
		}
	}
	if got, err := s.Get(t.Context(), "d/part", 0, -1); err != nil || !bytes.Equal(got, []byte("part")) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestErrorsOfFileSystems(t *testing.T) {
	f := &folder{url: "file:///dir"}
	explained := func(number syscall.Errno) error {
		return f.explain(operation{name: "put k", change: true}, &os.PathError{Op: "write", Path: "/dir/k", Err: number})
	}
	for _, number := range []syscall.Errno{syscall.EIO, syscall.ESTALE, syscall.ETIMEDOUT} {
		checkUnreachable(t, number.Error(), explained(number), true)
	}
	for _, number := range []syscall.Errno{syscall.EACCES, syscall.EPERM, syscall.EROFS} {
		if err := explained(number); !errors.As(err, new(*AccessError)) || !errors.Is(err, number) {
			t.Errorf("%v: %v", number, err)
		}
	}
	if err := explained(syscall.ENOSPC); err.Error() != "file:///dir: put k: write /dir/k: no space left on device" || !errors.Is(err, syscall.ENOSPC) {
		t.Error(err)
	}
}
