package batch

import (
	"runtime/metrics"
	"sync"
	"time"

	"microts/internal/host"
)

// memoryGuard asks Lua states to measure their memory, so that each notices when it
// exceeds its limit. Go does not tell what one goroutine has allocated, only what
// all have. A state that used u bytes of its limit l is therefore asked again when
// the process has allocated l-u bytes more, or l/8 if that is more. As measuring
// costs the script time, a state then runs at least as long as its last measurement
// took.
//
// Any number of goroutines may call add and remove.
type memoryGuard struct {
	quit chan struct{} // ends the goroutine of watch
	done chan struct{} // closed by it

	mu     sync.Mutex
	states map[*host.State]*guardedState
}

// guardedState is what the guard knows of a Lua state.
type guardedState struct {
	limit     int64     // bytes
	allocated uint64    // bytes that the process had allocated at the last answer
	asked     time.Time // last
	waiting   bool      // for the answer
	rest      time.Time // until then it is not asked
}

const guardInterval = 10 * time.Millisecond

// startMemoryGuard starts a guard; stop ends it.
func startMemoryGuard() *memoryGuard {
	g := &memoryGuard{quit: make(chan struct{}), done: make(chan struct{}), states: map[*host.State]*guardedState{}}
	go g.watch()
	return g
}

func (g *memoryGuard) stop() {
	close(g.quit)
	<-g.done
}

// add guards a state with a limit in bytes.
func (g *memoryGuard) add(s *host.State, limit int64) {
	allocated := newAllocationMeter().read()
	g.mu.Lock()
	g.states[s] = &guardedState{limit: limit, allocated: allocated}
	g.mu.Unlock()
}

// remove guards a state no longer. It must be called before the state is closed.
func (g *memoryGuard) remove(s *host.State) {
	g.mu.Lock()
	delete(g.states, s)
	g.mu.Unlock()
}

// stopLargest ends the script of the state that uses most, with why.
func (g *memoryGuard) stopLargest(why *host.MemoryError) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var largest *host.State
	for s := range g.states {
		if largest == nil || s.Memory() > largest.Memory() {
			largest = s
		}
	}
	if largest != nil {
		largest.Lua.Stop(why)
	}
}

func (g *memoryGuard) watch() {
	defer close(g.done)
	tick := time.NewTicker(guardInterval)
	defer tick.Stop()
	meter := newAllocationMeter()
	for {
		select {
		case <-g.quit:
			return
		case <-tick.C:
		}
		now, allocated := time.Now(), meter.read()
		g.mu.Lock()
		for s, guarded := range g.states {
			guarded.check(s, now, allocated)
		}
		g.mu.Unlock()
	}
}

// check takes the answer of the state s, if there is one, or asks it to measure, if
// it is time. allocated is what the process has allocated by now, in bytes.
func (g *guardedState) check(s *host.State, now time.Time, allocated uint64) {
	const share = 8
	switch {
	case g.waiting && s.MemoryAsked():
	case g.waiting:
		g.waiting, g.allocated, g.rest = false, allocated, now.Add(now.Sub(g.asked))
	case now.After(g.rest) && allocated-g.allocated >= uint64(max(g.limit-s.Memory(), g.limit/share)):
		g.waiting, g.asked = true, now
		s.AskMemory()
	}
}

// allocationMeter reads how many bytes the process has allocated since it began.
type allocationMeter []metrics.Sample

func newAllocationMeter() allocationMeter {
	return allocationMeter{{Name: "/gc/heap/allocs:bytes"}}
}

func (m allocationMeter) read() uint64 {
	metrics.Read(m)
	return m[0].Value.Uint64()
}
