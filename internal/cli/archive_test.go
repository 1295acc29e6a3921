package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"microts/internal/objects/objecttest"
	"microts/internal/torture"
)

// The scripts fill two days of a database, and read all of an archive.
const (
	fillScript = "testdata/archive_fill.lua"
	readScript = "testdata/archive_read.lua"
)

// newFilled returns a database that fillScript has filled.
func newFilled(t *testing.T, ticks, price int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db")
	mustRun(t, fillScript, path, fmt.Sprint(ticks), fmt.Sprint(price))
	return path
}

// result is what a process printed, and its exit code.
type result struct {
	out, err string
	code     int
}

// run runs microts, which is to end in time.
func run(t *testing.T, args ...string) result {
	t.Helper()
	cmd := microts(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(2*time.Minute, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	_ = cmd.Wait()
	r := result{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
	if strings.Contains(r.out+r.err, objecttest.SecretKey) {
		t.Errorf("%v shows the secret key: %+v", args, r)
	}
	return r
}

func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	return mustEnd(t, 0, args...).out
}

// mustEnd runs microts, which is to end with an exit code.
func mustEnd(t *testing.T, code int, args ...string) result {
	t.Helper()
	r := run(t, args...)
	if r.code != code {
		t.Fatalf("%.200q: exit code %d, not %d: %s%s", args, r.code, code, r.out, r.err)
	}
	return r
}

// read returns what readScript prints of an archive.
func read(t *testing.T, url string) string {
	t.Helper()
	return strings.TrimSpace(mustRun(t, readScript, url))
}

// whole is what readScript prints of two whole days.
func whole(ticks, price int) string { return fmt.Sprintf("%d\t%d\t%d", 8*ticks, price, price) }

// TestSealerKilledAtEachStep kills a sealer before and after each of its requests. Then
// either the day is there, whole, or it is not there at all, and the next seal makes the
// same archive as one that was not killed.
func TestSealerKilledAtEachStep(t *testing.T) {
	server := objecttest.S3(t)
	proxy := objecttest.NewProxy(t, server.Endpoint)
	db := newFilled(t, 20, 1)
	seal := func(prefix string) []string {
		return []string{"seal", "--db", db, "--to", objecttest.URL(proxy.Endpoint, prefix), "--before", "2023-11-16"}
	}
	proxy.Set(nil)
	mustRun(t, seal("undisturbed")...)
	steps := proxy.Requests()
	if len(steps) < 10 {
		t.Fatalf("a seal has the requests %v", steps)
	}
	every := max(1, 2*len(steps)/torture.Rounds(t, 12, 4))
	for i := 0; i < 2*len(steps); i += every {
		step, acted := i/2, i%2 == 1
		name := fmt.Sprintf("killed%d", i)
		cmd := microts(seal(name)...)
		started := make(chan *os.Process, 1)
		n := 0
		proxy.Set(func(*http.Request) objecttest.Fault {
			if n++; n-1 != step {
				return objecttest.None
			}
			_ = (<-started).Kill()
			if acted {
				return objecttest.Cut
			}
			return objecttest.Drop
		})
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		started <- cmd.Process
		_ = cmd.Wait()
		proxy.Set(nil)
		if cmd.ProcessState.ExitCode() != -1 {
			t.Fatalf("%s: the seal was not killed: %v", steps[step], cmd.ProcessState)
		}
		where := fmt.Sprintf("%s (%d, done: %v)", steps[step], step, acted)
		checkAfterKill(t, where, server.URL(name), 20, 1)
		if r := run(t, seal(name)...); r.code != 0 {
			t.Errorf("%s: the next seal: %+v", where, r)
		}
		if got := read(t, server.URL(name)); got != whole(20, 1) {
			t.Errorf("%s: after the next seal: %s", where, got)
		}
		if a, b := keys(t, server, "undisturbed"), keys(t, server, name); a != b {
			t.Errorf("%s: the next seal made\n%s\nnot\n%s", where, b, a)
		}
	}
}

// checkAfterKill checks that the archive of a killed sealer has whole days only.
func checkAfterKill(t *testing.T, where, url string, ticks, price int) {
	t.Helper()
	r := run(t, "verify", url)
	switch {
	case r.code == exitUsage && strings.Contains(r.err, "holds no archive"): // it was not even begun
		return
	case r.code != 0:
		t.Errorf("%s: verify: %+v", where, r)
		return
	}
	switch got := read(t, url); got {
	case "0\tinf\t0", fmt.Sprintf("%d\t%d\t%d", 4*ticks, price, price), whole(ticks, price):
	default:
		t.Errorf("%s: read: %s", where, got)
	}
}

// keys returns the names of what a prefix holds, without scratch objects.
func keys(t *testing.T, s *objecttest.Server, prefix string) string {
	t.Helper()
	var all []string
	dir := filepath.Join(s.Dir, prefix)
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		if err == nil && !e.IsDir() && !strings.HasPrefix(rel, "tmp/") {
			all = append(all, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

// TestFolderSealerKilled kills sealers that write into a folder, at any moment.
func TestFolderSealerKilled(t *testing.T) {
	db := newFilled(t, 2000, 1)
	for round := range torture.Rounds(t, 6, 2) {
		dir := filepath.Join(t.TempDir(), "archive")
		url := "file://" + dir
		cmd := microts("seal", "--db", db, "--to", url, "--before", "2023-11-16")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(round*37%100) * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if _, err := os.Stat(dir); err == nil {
			checkAfterKill(t, fmt.Sprint("round ", round), url, 2000, 1)
		}
		mustRun(t, "seal", "--db", db, "--to", url, "--before", "2023-11-16")
		if got := read(t, url); got != whole(2000, 1) {
			t.Errorf("round %d: %s", round, got)
		}
	}
}

// TestEightSealers lets processes with different ticks seal a day at once: one wins, the
// others say so, and readers see exactly its ticks.
func TestEightSealers(t *testing.T) {
	server := objecttest.S3(t)
	const sealers = 8
	var dbs [sealers]string
	for i := range dbs {
		dbs[i] = newFilled(t, 100+i, 1000+i)
	}
	for round := range torture.Rounds(t, 2, 1) {
		url := server.URL(fmt.Sprint("race", round))
		var results [sealers]result
		var wg sync.WaitGroup
		for i := range sealers {
			wg.Go(func() { results[i] = run(t, "seal", "--db", dbs[i], "--to", url, "--date", "2023-11-14") })
		}
		wg.Wait()
		winner := -1
		for i, r := range results {
			switch {
			case r.code == 0 && winner < 0:
				winner = i
			case r.code == 0:
				t.Errorf("%d and %d both won", winner, i)
			case r.code != exitFailed || !strings.Contains(r.err, "S/2023-11-14 is sealed as revision 1 with "):
				t.Errorf("%d: %+v", i, r)
			}
		}
		if winner < 0 {
			t.Fatal("nobody won")
		}
		want := fmt.Sprintf("%d\t%d\t%d", 4*(100+winner), 1000+winner, 1000+winner)
		if got := read(t, url); got != want {
			t.Errorf("%d won, and readers see %s, not %s", winner, got, want)
		}
		mustRun(t, "verify", url)
	}
}

// TestServerKilledWhileSealing kills the server at a request of a seal, and starts it
// again a moment later: the seal succeeds.
func TestServerKilledWhileSealing(t *testing.T) {
	server := objecttest.S3(t)
	proxy := objecttest.NewProxy(t, server.Endpoint)
	db := newFilled(t, 20, 1)
	for round := range torture.Rounds(t, 4, 2) {
		prefix := fmt.Sprint("x", round)
		killed := killAt(t, proxy, server, 1+round*5%12)
		mustRun(t, "seal", "--db", db, "--to", objecttest.URL(proxy.Endpoint, prefix), "--before", "2023-11-16")
		if !killed.Load() {
			t.Error("the server was not killed")
		}
		if got := read(t, server.URL(prefix)); got != whole(20, 1) {
			t.Errorf("round %d: %s", round, got)
		}
		mustRun(t, "verify", server.URL(prefix))
	}
}

// killAt kills a server before the n-th request, and starts it again a moment later. It
// returns whether it has.
func killAt(t *testing.T, p *objecttest.Proxy, s *objecttest.Server, n int) *atomic.Bool {
	killed := &atomic.Bool{}
	p.Set(func(*http.Request) objecttest.Fault {
		if n--; n == 0 {
			killed.Store(true)
			s.Kill()
			time.AfterFunc(200*time.Millisecond, func() { s.Start(t) })
		}
		return objecttest.None
	})
	return killed
}

// TestServerKilledWhileReading kills the server at requests of readers: they read all.
func TestServerKilledWhileReading(t *testing.T) {
	server := objecttest.S3(t)
	proxy := objecttest.NewProxy(t, server.Endpoint)
	mustRun(t, "seal", "--db", newFilled(t, 20_000, 1), "--to", server.URL("x"), "--before", "2023-11-16")
	url := objecttest.URL(proxy.Endpoint, "x")
	for _, n := range []int{1, 2, 4} {
		killed := killAt(t, proxy, server, n)
		if got := read(t, url); got != whole(20_000, 1) || !killed.Load() {
			t.Errorf("killed at request %d (%v): %s", n, killed.Load(), got)
		}
	}
	killAt(t, proxy, server, 3)
	mustRun(t, "verify", url)
}

// TestServerThatIsGone: everything ends by its deadline, and says that it may be tried
// again.
func TestServerThatIsGone(t *testing.T) {
	server := objecttest.S3(t)
	proxy := objecttest.NewProxy(t, server.Endpoint)
	db := newFilled(t, 20, 1)
	mustRun(t, "seal", "--db", db, "--to", server.URL("x"), "--date", "2023-11-14")
	proxy.Set(func(*http.Request) objecttest.Fault { return objecttest.Silent })
	url := objecttest.URL(proxy.Endpoint, "x")
	for _, args := range [][]string{
		{"seal", "--db", db, "--to", url, "--date", "2023-11-15"},
		{"days", url},
		{"verify", url},
		{"unseal", url, "--db", filepath.Join(t.TempDir(), "new")},
		{"gc", url},
		{"prune", "--db", db, "--sealed", url},
	} {
		begun := time.Now()
		r := run(t, append(args, "--timeout", "600ms")...)
		if r.code != exitUnreachable || r.out != "" || !strings.Contains(r.err, "the store cannot be reached") {
			t.Errorf("%v: %+v", args, r)
		}
		if took := time.Since(begun); took > 30*time.Second {
			t.Errorf("%v: took %v", args, took)
		}
	}
	if r := run(t, readScript, url, "", "600ms"); r.code != exitFailed || r.out != "" || !strings.Contains(r.err, "the store cannot be reached") {
		t.Errorf("a script: %+v", r)
	}
	proxy.Set(nil)
	if got := read(t, db); got != whole(20, 1) {
		t.Errorf("the database has %s", got)
	}
}

func TestArchiveRefusesCredentialsAndClocks(t *testing.T) {
	server := objecttest.S3(t)
	proxy := objecttest.NewProxy(t, server.Endpoint)
	db := newFilled(t, 20, 1)
	mustRun(t, "seal", "--db", db, "--to", server.URL("x"), "--date", "2023-11-14")
	url := objecttest.URL(proxy.Endpoint, "x")
	check := func(want string) {
		t.Helper()
		for _, args := range [][]string{{"seal", "--db", db, "--to", url, "--date", "2023-11-15"}, {"days", url}, {"verify", url}} {
			if r := run(t, args...); r.code != exitUsage || r.out != "" || !strings.Contains(r.err, want) {
				t.Errorf("%v: %+v", args, r)
			}
		}
		if r := run(t, readScript, url); r.code != exitFailed || r.out != "" || !strings.Contains(r.err, want) {
			t.Errorf("a script: %+v", r)
		}
	}
	proxy.Set(func(*http.Request) objecttest.Fault { return objecttest.Skewed })
	check("set this machine's clock")
	proxy.Set(nil)
	t.Setenv("AWS_SECRET_ACCESS_KEY", objecttest.SecretKey+"-and-more")
	check("check the secret key")
}

// TestDamageOnTheStore damages the parts and the manifest of a day: that is found, readers
// get an error, and other days can be read.
func TestDamageOnTheStore(t *testing.T) {
	server := objecttest.S3(t)
	mustRun(t, "seal", "--db", newFilled(t, 200, 1), "--to", server.URL("x"), "--before", "2023-11-16")
	part := theOnly(t, filepath.Join(server.Dir, "x/ticks/market=S/date=2023-11-14/part-*"))
	manifest := filepath.Join(server.Dir, "x/sealed/market=S/2023-11-14/r000001.json")
	for _, c := range []struct {
		what, file string
		damage     func(b []byte) []byte // nil: it is removed
	}{
		{"flipped bit", part, func(b []byte) []byte { b[len(b)/3] ^= 4; return b }},
		{"truncated", part, func(b []byte) []byte { return b[:len(b)/2] }},
		{"missing", part, nil},
		{"flipped bit", manifest, func(b []byte) []byte { b[len(b)/2] ^= 4; return b }},
		{"truncated", manifest, func(b []byte) []byte { return b[:len(b)/2] }},
	} {
		t.Run(c.what+" "+filepath.Ext(c.file), func(t *testing.T) {
			b, err := os.ReadFile(c.file)
			if err != nil {
				t.Fatal(err)
			}
			if c.damage == nil {
				err = os.Rename(c.file, c.file+".moved")
				defer os.Rename(c.file+".moved", c.file)
			} else {
				err = writeInPlace(c.file, c.damage(bytes.Clone(b)))
				defer func() {
					if err := writeInPlace(c.file, b); err != nil {
						t.Error(err)
					}
				}()
			}
			if err != nil {
				t.Fatal(err)
			}
			if r := run(t, "verify", server.URL("x")); r.code != exitDamaged || !strings.Contains(r.out, "damaged: "+strings.TrimPrefix(c.file, server.Dir+"/x/")) {
				t.Errorf("verify: %+v", r)
			}
			if r := run(t, readScript, server.URL("x")); r.code != exitFailed || r.out != "" || !strings.Contains(r.err, " is damaged: ") {
				t.Errorf("a script: %+v", r)
			}
			db := filepath.Join(t.TempDir(), "new")
			if r := run(t, "unseal", server.URL("x"), "--db", db, "--date", "2023-11-14"); r.code != exitFailed {
				t.Errorf("unseal: %+v", r)
			}
			mustRun(t, "unseal", server.URL("x"), "--db", db, "--date", "2023-11-15")
		})
	}
	mustRun(t, "verify", server.URL("x"))
}

// writeInPlace keeps the attributes of a file, in which the server keeps what it knows
// of the object.
func writeInPlace(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, bytes.NewReader(data))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

func theOnly(t *testing.T, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %v, %v", pattern, found, err)
	}
	return found[0]
}

// TestArchiveWithoutRoom fills the disk of the cache, and that of the parts.
func TestArchiveWithoutRoom(t *testing.T) {
	disk, _ := smallDisk(t)
	server := objecttest.S3(t)
	db := newFilled(t, 2000, 1)
	if err := os.WriteFile(filepath.Join(disk, "fill"), make([]byte, 4<<20), 0o666); !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
	// There is no room for a part: nothing is published.
	r := run(t, "seal", "--db", db, "--to", server.URL("x"), "--before", "2023-11-16", "--temp", disk)
	if r.code != exitUsage || !strings.Contains(r.err, "no space left on device") {
		t.Errorf("seal: %+v", r)
	}
	if got := read(t, server.URL("x")); got != "0\tinf\t0" {
		t.Errorf("after that: %s", got)
	}
	mustRun(t, "seal", "--db", db, "--to", server.URL("x"), "--before", "2023-11-16")
	for range 2 {
		if got := strings.TrimSpace(mustRun(t, readScript, server.URL("x"), filepath.Join(disk, "cache"))); got != whole(2000, 1) {
			t.Errorf("with a cache on a full disk: %s", got)
		}
	}
}

// TestReadersBesideSealers reads while days are sealed again and again as further
// revisions: each reader sees whole revisions.
func TestReadersBesideSealers(t *testing.T) {
	server := objecttest.S3(t)
	url := server.URL("x")
	rounds := torture.Rounds(t, 3, 2)
	var dbs []string
	for i := range rounds {
		dbs = append(dbs, newFilled(t, 50+i, 1000+i))
	}
	mustRun(t, "seal", "--db", dbs[0], "--to", url, "--date", "2023-11-14")
	var done atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		for !done.Load() {
			got := run(t, readScript, url)
			var n, low, high int
			if _, err := fmt.Sscan(got.out, &n, &low, &high); err != nil || low != high || n != 4*(50+low-1000) {
				t.Errorf("a reader saw %+v", got)
			}
		}
	})
	for _, db := range dbs[1:] {
		mustRun(t, "seal", "--db", db, "--to", url, "--date", "2023-11-14", "--revise", "replace")
	}
	done.Store(true)
	wg.Wait()
	mustRun(t, "verify", "--all", url)
}

// TestCephArchive seals and reads on a real Ceph while two of its three disks die.
func TestCephArchive(t *testing.T) {
	if os.Getenv("MICROTS_CEPH") == "" {
		t.Skip("takes minutes; make ceph runs it")
	}
	c := objecttest.StartCeph(t)
	url, db := c.URL("x"), newFilled(t, 5000, 1)
	mustRun(t, "seal", "--db", db, "--to", url, "--date", "2023-11-14")
	c.KillOSD(0)
	mustRun(t, "seal", "--db", db, "--to", url, "--date", "2023-11-15")
	if got := read(t, url); got != whole(5000, 1) {
		t.Errorf("without a disk: %s", got)
	}
	mustRun(t, "verify", url)
	c.KillOSD(1)
	for _, args := range [][]string{
		{"seal", "--db", newFilled(t, 100, 2), "--to", url, "--date", "2023-11-15", "--revise", "replace"},
		{"verify", url},
		{"unseal", url, "--db", filepath.Join(t.TempDir(), "new")},
		{"prune", "--db", db, "--sealed", url},
	} {
		begun := time.Now()
		if r := run(t, append(args, "--timeout", "10s")...); r.code != exitUnreachable {
			t.Errorf("without two disks: %v: %+v", args, r)
		}
		t.Logf("%s ended after %v", args[0], time.Since(begun))
	}
	if r := run(t, readScript, url, "", "10s"); r.code != exitFailed || !strings.Contains(r.err, "the store cannot be reached") {
		t.Errorf("without two disks: a script: %+v", r)
	}
	if got := read(t, db); got != whole(5000, 1) {
		t.Errorf("the database has %s", got)
	}
}
