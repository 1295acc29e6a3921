package batch

import (
	"runtime/metrics"
	"sync"
	"time"

	"microts/internal/host"
)

// guard makes the states of a process measure what they use when one of them may
// have come near its limit. Go does not tell how much each goroutine has
// allocated, but all together: a state that used u of its limit l is asked again
// when the process has allocated l-u since, or an eighth of l; and not before it
// has run for as long as the answer took.
type guard struct {
	quit chan struct{}
	done chan struct{}

	mu     sync.Mutex
	states map[*host.State]*guarded
}

type guarded struct {
	limit int64  // bytes
	at    uint64 // what the process had allocated when it answered last
	asked time.Time
	rest  time.Time // it is not asked before
	waits bool      // for an answer
}

const guardInterval = 10 * time.Millisecond

func startGuard() *guard {
	g := &guard{quit: make(chan struct{}), done: make(chan struct{}), states: map[*host.State]*guarded{}}
	go g.watch()
	return g
}

func (g *guard) stop() {
	close(g.quit)
	<-g.done
}

func (g *guard) add(s *host.State, limit int64) {
	at := newSample().read()
	g.mu.Lock()
	g.states[s] = &guarded{limit: limit, at: at}
	g.mu.Unlock()
}

func (g *guard) remove(s *host.State) {
	g.mu.Lock()
	delete(g.states, s)
	g.mu.Unlock()
}

func (g *guard) watch() {
	defer close(g.done)
	tick := time.NewTicker(guardInterval)
	defer tick.Stop()
	allocated := newSample()
	for {
		select {
		case <-g.quit:
			return
		case <-tick.C:
		}
		now, at := time.Now(), allocated.read()
		g.mu.Lock()
		for s, m := range g.states {
			m.look(s, now, at)
		}
		g.mu.Unlock()
	}
}

// look asks a state, or takes its answer.
func (m *guarded) look(s *host.State, now time.Time, allocated uint64) {
	const share = 8
	switch {
	case m.waits && s.MemoryAsked():
	case m.waits:
		m.waits, m.at, m.rest = false, allocated, now.Add(now.Sub(m.asked))
	case now.After(m.rest) && allocated-m.at >= uint64(max(m.limit-s.Memory(), m.limit/share)):
		m.waits, m.asked = true, now
		s.AskMemory()
	}
}

// sample reads how many bytes the process has allocated since it began.
type sample []metrics.Sample

func newSample() sample { return sample{{Name: "/gc/heap/allocs:bytes"}} }

func (s sample) read() uint64 {
	metrics.Read(s)
	return s[0].Value.Uint64()
}
