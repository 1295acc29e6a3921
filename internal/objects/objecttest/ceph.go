package objecttest

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// osds is how many disks a Ceph of the tests has. Each object is on all of them, and two
// must be there for it to be read and written.
const osds = 3

// Ceph is a cluster of a test on one machine: a monitor, three disks and an S3 server.
type Ceph struct {
	Endpoint string

	root string // the unpacked packages
	dir  string // of the cluster
	osd  [osds]*exec.Cmd
}

// StartCeph starts a cluster, which ends with the test. It needs what scripts/ceph.sh
// unpacks, a minute, and 3 GB of memory.
func StartCeph(t testing.TB) *Ceph {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	// Sockets have short paths.
	dir, err := os.MkdirTemp("", "ceph")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	c := &Ceph{root: filepath.Join(cache, "microts-tests", "ceph"), dir: dir}
	if _, err := os.Stat(filepath.Join(c.root, "usr/bin/ceph-osd")); err != nil {
		t.Skipf("no Ceph: %v; scripts/ceph.sh unpacks it", err)
	}
	setCredentials(t)
	c.configure(t)
	c.startMonitor(t)
	for i := range osds {
		c.startOSD(t, i)
	}
	c.startGateway(t)
	return c
}

// cephConfig is the configuration: %[1]s is the folder of the cluster, %[2]s that of the
// programs, %[3]s and %[4]s are addresses of the monitor and of the S3 server.
const cephConfig = `[global]
fsid = 11111111-2222-3333-4444-555555555555
mon host = [v2:%[3]s]
mon initial members = a
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
public network = 127.0.0.0/8
osd pool default size = 3
osd pool default min size = 2
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon max pg per osd = 2000
run dir = %[1]s
admin socket = %[1]s/$name.asok
pid file = %[1]s/$name.pid
log file = %[1]s/$name.log
osd class dir = %[2]s/usr/lib/x86_64-linux-gnu/rados-classes
erasure code dir = %[2]s/usr/lib/x86_64-linux-gnu/ceph/erasure-code
plugin dir = %[2]s/usr/lib/x86_64-linux-gnu/ceph
compressor dir = %[2]s/usr/lib/x86_64-linux-gnu/ceph/compressor
osd objectstore = bluestore
bluestore block size = 1073741824
bluestore block create = true
bluestore fsck on mount = false
osd memory target = 939524096
osd heartbeat grace = 10
keyring = %[1]s/keyring
[mon.a]
host = localhost
mon data = %[1]s/mon
[osd]
osd data = %[1]s/osd$id
[client.rgw]
rgw frontends = beast endpoint=%[4]s
rgw dns name = localhost
rgw thread pool size = 32
`

func (c *Ceph) configure(t testing.TB) {
	monitor, gateway := freeAddress(t), freeAddress(t)
	c.Endpoint = "http://" + gateway
	config := fmt.Sprintf(cephConfig, c.dir, c.root, monitor, gateway)
	if err := os.WriteFile(filepath.Join(c.dir, "ceph.conf"), []byte(config), 0o666); err != nil {
		t.Fatal(err)
	}
	keyring := filepath.Join(c.dir, "keyring")
	c.run(t, "ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
	c.run(t, "ceph-authtool", keyring, "--gen-key", "-n", "client.admin", "--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *")
	c.run(t, "ceph-authtool", keyring, "--gen-key", "-n", "client.rgw", "--cap", "mon", "allow rw", "--cap", "osd", "allow rwx")
	c.run(t, "monmaptool", "--create", "--clobber", "--addv", "a", "[v2:"+monitor+"]", "--fsid", "11111111-2222-3333-4444-555555555555", filepath.Join(c.dir, "monmap"))
}

func freeAddress(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (c *Ceph) command(name string, args ...string) *exec.Cmd {
	for _, dir := range []string{"usr/bin", "usr/sbin"} {
		if path := filepath.Join(c.root, dir, name); exists(path) {
			name = path
		}
	}
	cmd := exec.Command(name, args...)
	libraries := filepath.Join(c.root, "usr/lib/x86_64-linux-gnu")
	cmd.Env = append(os.Environ(),
		"LD_LIBRARY_PATH="+libraries+":"+libraries+"/ceph:"+filepath.Join(c.root, "lib/x86_64-linux-gnu"),
		"PATH="+filepath.Join(c.root, "usr/bin")+":"+os.Getenv("PATH"),
		"PYTHONPATH="+filepath.Join(c.root, "usr/lib/python3/dist-packages"),
		"CEPH_CONF="+filepath.Join(c.dir, "ceph.conf"))
	return cmd
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (c *Ceph) run(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := c.command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// daemon starts a program that runs until the test ends.
func (c *Ceph) daemon(t testing.TB, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := c.command(name, append(args, "-f")...)
	log, err := os.Create(filepath.Join(c.dir, fmt.Sprintf("%s-%s.out", name, args[len(args)-1])))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd
}

func (c *Ceph) startMonitor(t testing.TB) {
	c.run(t, "ceph-mon", "--mkfs", "-i", "a", "--monmap", filepath.Join(c.dir, "monmap"), "--keyring", filepath.Join(c.dir, "keyring"))
	c.daemon(t, "ceph-mon", "-i", "a")
}

func (c *Ceph) startOSD(t testing.TB, i int) {
	if err := os.Mkdir(filepath.Join(c.dir, "osd"+strconv.Itoa(i)), 0o777); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("/proc/sys/kernel/random/uuid")
	if err != nil {
		t.Fatal(err)
	}
	uuid := strings.TrimSpace(string(text))
	c.run(t, "ceph", "--connect-timeout", "60", "osd", "new", uuid)
	c.run(t, "ceph-osd", "-i", strconv.Itoa(i), "--mkfs", "--osd-uuid", uuid)
	c.osd[i] = c.daemon(t, "ceph-osd", "-i", strconv.Itoa(i))
}

func (c *Ceph) startGateway(t testing.TB) {
	c.daemon(t, "radosgw", "-n", "client.rgw")
	client := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		answer, err := client.Get(c.Endpoint)
		if err == nil {
			answer.Body.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("Ceph's S3 server does not answer: %v", err)
		}
	}
	c.run(t, "radosgw-admin", "user", "create", "--uid", "microts", "--display-name", "microts", "--access-key", AccessKey, "--secret-key", SecretKey)
	r, err := http.NewRequest(http.MethodPut, c.Endpoint+"/"+bucket, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
	sign(r, time.Now())
	client.Timeout = time.Minute
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("make the bucket: %s", answer.Status)
	}
}

// URL returns the URL of a prefix of the cluster's bucket.
func (c *Ceph) URL(prefix string) string { return URL(c.Endpoint, prefix) }

// KillOSD kills one of the three disks.
func (c *Ceph) KillOSD(i int) {
	_ = c.osd[i].Process.Kill()
	_ = c.osd[i].Wait()
}
