package store

import (
	"encoding/binary"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"microts/internal/tick"
)

// testChain makes a chain on the heap whose commits go to commit.
func testChain(t *testing.T, commit func([]byte) error) *chain {
	t.Helper()
	c, err := newChain(1, func() (*buffer, error) { return newHeapBuffer(), nil }, commit)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestChainCommitsInOrderOnce(t *testing.T) {
	last := uint64(0)
	entries := 0
	c := testChain(t, func(batch []byte) error {
		b := leftBuffer{number: last + 1, known: true, sameBoot: true, unsummed: true, data: batch, length: len(batch)}
		if b.verify(); b.damaged || b.firstEntry() != b.number {
			t.Errorf("batch %d: %d of %d bytes are whole", last+1, b.end, len(batch))
		}
		last++
		entries += int(b.count) - 1
		return nil
	})
	c.start()
	const goroutines, puts = 4, 20_000
	value := strings.Repeat("v", 100)
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for i := range int64(puts) {
				if err := c.put(pingAn, i, 0, value); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := c.close(false); err != nil {
		t.Fatal(err)
	}
	if entries != goroutines*puts {
		t.Errorf("%d entries were committed, %d were put", entries, goroutines*puts)
	}
}

// TestChainWithoutItsCommitter fills all buffers while the goroutine that
// commits does nothing: a goroutine that puts commits.
func TestChainWithoutItsCommitter(t *testing.T) {
	commits := 0
	c := testChain(t, func([]byte) error { commits++; return nil })
	value := strings.Repeat("v", tick.MaxValue)
	for i := range int64(maxBuffers * bufferSize / tick.MaxValue * 2) {
		if err := c.put(pingAn, i, 0, value); err != nil {
			t.Fatal(err)
		}
	}
	if commits == 0 {
		t.Error("nothing was committed")
	}
	c.start()
	if err := c.close(false); err != nil {
		t.Fatal(err)
	}
}

func TestChainCommitsWhatIsOld(t *testing.T) {
	committed := make(chan struct{}, 1)
	c := testChain(t, func([]byte) error { committed <- struct{}{}; return nil })
	c.start()
	if err := c.put(pingAn, 1, 0, "x"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-committed:
	case <-time.After(10 * time.Second):
		t.Error("a tick in a buffer that is not full was not committed")
	}
	if err := c.close(false); err != nil {
		t.Fatal(err)
	}
}

// TestChainCloseCommitsWhatComesMeanwhile writes while the chain closes: each put
// that succeeds is committed.
func TestChainCloseCommitsWhatComesMeanwhile(t *testing.T) {
	value := strings.Repeat("v", 10_000)
	for range 30 {
		entries := 0
		c := testChain(t, func(batch []byte) error {
			entries += int(binary.LittleEndian.Uint32(batch[8:])) - 1
			return nil
		})
		c.start()
		puts := 0
		done := make(chan struct{})
		started := make(chan struct{})
		go func() {
			defer close(done)
			for i := int64(0); c.put(pingAn, i, 0, value) == nil; i++ {
				if puts++; puts == 300 {
					close(started)
				}
			}
		}()
		<-started
		if err := c.close(false); err != nil {
			t.Fatal(err)
		}
		<-done
		if entries != puts {
			t.Fatalf("%d entries were committed, %d were put", entries, puts)
		}
	}
}

func TestChainStopsAtTheFirstError(t *testing.T) {
	full := errors.New("disk full")
	commits := 0
	c := testChain(t, func([]byte) error { commits++; return full })
	c.start()
	if err := c.put(pingAn, 1, 0, "x"); err != nil {
		t.Fatal(err)
	}
	if err := c.drain(true); !errors.Is(err, full) {
		t.Errorf("drain: %v", err)
	}
	if err := c.put(pingAn, 2, 0, "x"); !errors.Is(err, full) {
		t.Errorf("put after it: %v", err)
	}
	if err := c.settle(^uint64(0)); !errors.Is(err, full) {
		t.Errorf("a read after it: %v", err)
	}
	if err := c.close(false); !errors.Is(err, full) {
		t.Errorf("close: %v", err)
	}
	if commits != 1 {
		t.Errorf("%d commits, after the first had failed", commits)
	}
}
