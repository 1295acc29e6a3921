package batch

import "sync"

// Progress tells how far an attempt has come, in a unit that its script chooses. Any
// number of goroutines may use it.
type Progress struct {
	mu          sync.Mutex
	done, total float64
	told        bool
}

// Set says how much is done of how much.
func (p *Progress) Set(done, total float64) {
	p.mu.Lock()
	p.done, p.total, p.told = done, total, true
	p.mu.Unlock()
}

// Get returns what the last Set said; told is false before the first one.
func (p *Progress) Get() (done, total float64, told bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.done, p.total, p.told
}
