package machine

import (
	"math"
	"runtime/metrics"
	"sync"
	"time"
)

// Watch calls exhausted when the process has used up nearly all memory that it may use: the
// next allocation might end it, with a trace of Go that nobody can read. The rest is enough
// to end in order. As long as that lasts it calls exhausted twice a second. stop ends the
// watch and waits for it.
func Watch(exhausted func(used, limit int64)) (stop func()) {
	w := &watch{addresses: addresses(), memory: physicalMemory(), exhausted: exhausted}
	quit := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() { w.run(quit) })
	return func() {
		close(quit)
		done.Wait()
	}
}

// watch is a running Watch.
type watch struct {
	addresses, memory int64 // limits in bytes
	exhausted         func(used, limit int64)
}

// run looks how much is used until quit is closed.
func (w *watch) run(quit <-chan struct{}) {
	const interval = 10 * time.Millisecond
	const pause = 500 * time.Millisecond
	tick := time.NewTicker(interval)
	defer tick.Stop()
	var told time.Time
	for {
		select {
		case <-quit:
			return
		case <-tick.C:
		}
		if time.Since(told) < pause {
			continue
		}
		if used, limit, over := w.over(inUse()); over {
			told = time.Now()
			w.exhausted(used, limit)
		}
	}
}

// inUse is usage without what Go has and can use again.
func inUse() (addresses, resident int64) {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	free, released := int64(samples[0].Value.Uint64()), int64(samples[1].Value.Uint64())
	addresses, resident = usage()
	return addresses - free - released, resident - free
}

// over says whether nearly all is used, and of which limit.
func (w *watch) over(addresses, resident int64) (used, limit int64, over bool) {
	switch {
	case w.addresses < math.MaxInt64 && addresses > w.addresses-rest(w.addresses):
		return addresses, w.addresses, true
	case resident > w.memory-rest(w.memory):
		return resident, w.memory, true
	}
	return 0, 0, false
}

// rest returns how many bytes of a limit are left to end in order: what Go takes at once,
// and what a script may allocate between two looks.
func rest(limit int64) int64 {
	const least = 160 << 20
	return min(max(limit/32, least), limit/4)
}
