package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// mappedChain makes a chain of mapped buffers in a folder. committed counts the puts that
// were committed.
func mappedChain(t testing.TB, dir string) (c *chain, committed *int) {
	t.Helper()
	c, committed, err := newMappedChain(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c, committed
}

func newMappedChain(dir string) (c *chain, committed *int, err error) {
	committed = new(int)
	folder, err := openFolder(dir, true)
	if err != nil {
		return nil, nil, err
	}
	last := uint64(0)
	c, err = newChain(1, folder.newBuffer, func(wire []byte) error {
		last++
		b := leftBuffer{number: last, known: true, sameBoot: true, unsummed: true, data: wire, length: len(wire)}
		if b.verify(); b.damaged {
			return fmt.Errorf("batch %d: %d of %d bytes are whole", last, b.end, len(wire))
		}
		*committed += int(b.count) - 1
		return nil
	})
	if err == nil {
		c.folder = folder
	}
	return c, committed, err
}

func protect(t *testing.T, b *buffer, how int) {
	t.Helper()
	if err := unix.Mprotect(b.mem, how); err != nil {
		t.Fatal(err)
	}
}

const writable = unix.PROT_READ | unix.PROT_WRITE

// TestFaultInABufferIsAnError makes the pages of buffers unwritable for a while: what is
// put meanwhile is refused, and what was put before and after is committed.
func TestFaultInABufferIsAnError(t *testing.T) {
	c, committed := mappedChain(t, t.TempDir())
	puts := 0
	put := func(want error) {
		t.Helper()
		err := c.put(pingAn, int64(puts), 0, "value")
		if !errors.Is(err, want) {
			t.Fatalf("put %d: %v, not %v", puts, err, want)
		}
		if err == nil {
			puts++
		}
	}
	put(nil)
	put(nil)
	current := c.current.Load()
	before := bytes.Clone(current.mem)
	protect(t, current, unix.PROT_READ)
	for range 3 {
		put(errFault)
	}
	if !bytes.Equal(before, current.mem) || current.count != 3 {
		t.Errorf("a refused put has changed the buffer: %d entries", current.count)
	}
	protect(t, current, writable)
	put(nil)

	// A full buffer that cannot be written to is committed from a copy.
	c.mu.Lock()
	err := c.rotate()
	c.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	protect(t, current, unix.PROT_READ)
	if err := c.drain(false); err != nil || *committed != puts {
		t.Errorf("%d of %d puts are committed, %v", *committed, puts, err)
	}

	// The next buffer cannot be begun: the current one keeps what it has.
	put(nil)
	if err := c.drain(true); !errors.Is(err, errFault) {
		t.Errorf("drain: %v", err)
	}
	put(nil)
	protect(t, current, writable)
	put(nil)
	c.start()
	if err := c.close(false); err != nil || *committed != puts {
		t.Errorf("close: %v; %d of %d puts are committed", err, *committed, puts)
	}
}

// TestBufferThatAnotherProgramCuts: its pages are gone, and the process lives.
func TestBufferThatAnotherProgramCuts(t *testing.T) {
	c, _ := mappedChain(t, t.TempDir())
	c.start()
	value := strings.Repeat("v", 1000)
	for i := range int64(20) {
		if err := c.put(pingAn, i, 0, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.current.Load().file.Truncate(4096); err != nil {
		t.Fatal(err)
	}
	err := c.close(false)
	if err == nil || !strings.Contains(err.Error(), "another program has cut the file") {
		t.Errorf("close: %v", err)
	}
}

// TestPutOnAFullDiskWithoutReserve fills a disk that has not reserved the blocks of the
// buffers, like a file system that copies on write: a put is refused, not the process
// ended, and is taken again when there is room.
func TestPutOnAFullDiskWithoutReserve(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"=full disk\n"+t.TempDir())
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) || strings.HasPrefix(string(out), "no mount") {
		t.Skipf("no file system of its own for the test: %v %s", err, out)
	}
	if err != nil || strings.TrimSpace(string(out)) != "survived" {
		t.Errorf("%v: %s", err, out)
	}
}

// putOnAFullDisk is the child of TestPutOnAFullDiskWithoutReserve. It mounts a file
// system of 8 MiB on dir.
func putOnAFullDisk(dir string) error {
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=8m"); err != nil {
		fmt.Println("no mount:", err)
		return nil
	}
	c, committed, err := newMappedChain(dir)
	if err != nil {
		return err
	}
	value := strings.Repeat("v", 100)
	puts := 0
	put := func() error {
		err := c.put(pingAn, int64(puts), 0, value)
		if err == nil {
			puts++
		}
		return err
	}
	if err := put(); err != nil {
		return err
	}
	file := c.current.Load().file
	if err := unix.Fallocate(int(file.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, 8192, bufferSize-8192); err != nil {
		return err
	}
	fill := filepath.Join(dir, "fill")
	if err := os.WriteFile(fill, make([]byte, 16<<20), 0o644); !errors.Is(err, unix.ENOSPC) {
		return fmt.Errorf("the disk is not full: %v", err)
	}
	for puts < 1000 && err == nil {
		err = put()
	}
	if !errors.Is(err, unix.ENOSPC) || !strings.Contains(err.Error(), file.Name()) {
		return fmt.Errorf("put %d on a full disk: %v", puts, err)
	}
	if err := put(); !errors.Is(err, unix.ENOSPC) {
		return fmt.Errorf("the next put on a full disk: %v", err)
	}
	if err := os.Remove(fill); err != nil {
		return err
	}
	for range 100 {
		if err := put(); err != nil {
			return fmt.Errorf("put with room: %w", err)
		}
	}
	c.start()
	if err := c.close(false); err != nil || *committed != puts {
		return fmt.Errorf("close: %v; %d of %d puts are committed", err, *committed, puts)
	}
	fmt.Println("survived")
	return nil
}
