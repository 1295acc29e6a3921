package objecttest

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// The credentials of the servers, which S3 puts into the environment.
const (
	AccessKey = "microts-access"
	SecretKey = "microts-secret"
)

// version is that of scripts/versitygw.sh.
const version = "v1.8.0"

// Server is an S3 server of a test: a versitygw that keeps its objects as files.
type Server struct {
	Endpoint string // http://127.0.0.1:PORT
	Dir      string // the folder of the bucket: an object's file is at its key

	program, address, root string

	mu      sync.Mutex // locked while the process starts or ends
	process *exec.Cmd  // nil: it does not run
	ended   chan error // gets the end of process
}

// bucket is the one that the servers have.
const bucket = "ticks"

// S3 starts a server, which ends with the test. Until then the environment holds its
// credentials, for this process and for those that it starts.
func S3(t testing.TB) *Server {
	t.Helper()
	s := &Server{program: program(t), root: t.TempDir()}
	s.Dir = filepath.Join(s.root, bucket)
	if err := os.Mkdir(s.Dir, 0o777); err != nil {
		t.Fatal(err)
	}
	setCredentials(t)
	const attempts = 5 // another process may take the port between the two steps
	for i := range attempts {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s.address = l.Addr().String()
		l.Close()
		if err = s.start(); err == nil {
			break
		} else if i == attempts-1 {
			t.Fatal(err)
		}
	}
	s.Endpoint = "http://" + s.address
	t.Cleanup(s.Kill)
	return s
}

// setCredentials puts the credentials into the environment, and nothing else there that
// leads to another server.
func setCredentials(t testing.TB) {
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": AccessKey, "AWS_SECRET_ACCESS_KEY": SecretKey, "AWS_SESSION_TOKEN": "",
		"AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_S3": "", "AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_PROFILE": "",
	} {
		t.Setenv(name, value)
	}
}

// program returns the path of versitygw. A test that runs by hand is skipped if it has
// not been built.
func program(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(cache, "microts-tests", "versitygw-"+version)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("no S3 server: %v; make test-deps builds it", err)
		}
		t.Skipf("no S3 server: %v; make test-deps builds it", err)
	}
	return path
}

// URL returns the URL of a prefix of the server's bucket.
func (s *Server) URL(prefix string) string { return URL(s.Endpoint, prefix) }

// URL returns the URL of a prefix of the bucket behind an endpoint.
func URL(endpoint, prefix string) string {
	return fmt.Sprintf("s3://%s/%s?endpoint=%s", bucket, prefix, endpoint)
}

// Start starts the server again, after Kill.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
}

func (s *Server) start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var output bytes.Buffer
	p := exec.Command(s.program, "--port", s.address, "--health", "/healthz", "--keep-alive", "--quiet", "posix", s.root)
	p.Env = append(os.Environ(), "ROOT_ACCESS_KEY_ID="+AccessKey, "ROOT_SECRET_ACCESS_KEY="+SecretKey)
	p.Stdout, p.Stderr = &output, &output
	if err := p.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- p.Wait() }()
	client := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		answer, err := client.Get("http://" + s.address + "/healthz")
		if err == nil {
			answer.Body.Close()
		}
		select {
		case err := <-ended:
			return fmt.Errorf("the S3 server ended: %v: %s", err, output.String())
		default:
		}
		if err == nil && answer.StatusCode == http.StatusOK {
			s.process = p
			s.ended = ended
			return nil
		}
		if time.Now().After(deadline) {
			_ = p.Process.Kill()
			<-ended
			return fmt.Errorf("the S3 server does not answer: %v: %s", err, output.String())
		}
	}
}

// Kill kills the server, as a power failure does. It may have ended already.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return
	}
	_ = s.process.Process.Kill()
	<-s.ended
	s.process = nil
}
