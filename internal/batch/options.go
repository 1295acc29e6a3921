package batch

import (
	"fmt"
	"os"

	"microts/store"
)

// Options say how a batch is run. They are kept with the plan, for who goes on
// with it.
type Options struct {
	Workers    int      `json:"workers"` // jobs at a time; 0 is one a core
	DB         string   `json:"db,omitempty"`
	ReadOnly   bool     `json:"read_only,omitempty"`  // of DB
	Durability string   `json:"durability,omitempty"` // of DB; "" is store.Process
	Isolate    string   `json:"isolate,omitempty"`    // Goroutine or Process; "" is Goroutine
	Sandbox    bool     `json:"sandbox,omitempty"`
	FailFast   bool     `json:"fail_fast,omitempty"` // start no more jobs after the first that failed
	Shuffle    bool     `json:"shuffle,omitempty"`
	Seed       int64    `json:"seed,omitempty"` // of the shuffling
	Args       []string `json:"args,omitempty"` // of each script
}

// What keeps jobs from harming one another, as Options.Isolate.
const (
	Goroutine = "goroutine" // a Lua state of its own
	Process   = "process"   // a process of its own, which reads DB only
)

// Check returns what is wrong with the options, and fills in what they do not say.
func (o *Options) Check() error {
	if o.Workers < 0 {
		return fmt.Errorf("workers: a number from 1 on expected, got %d", o.Workers)
	}
	if o.Workers == 0 {
		o.Workers = cores
	}
	if o.Isolate == "" {
		o.Isolate = Goroutine
	}
	if o.Isolate != Goroutine && o.Isolate != Process {
		return fmt.Errorf("isolate: %q or %q expected, got %q", Goroutine, Process, o.Isolate)
	}
	if o.Durability != "" {
		if _, err := store.ParseDurability(o.Durability); err != nil {
			return err
		}
	}
	return nil
}

// ReadsOnly says whether the jobs can only read DB.
func (o *Options) ReadsOnly() bool { return o.ReadOnly || o.Isolate == Process }

func (o *Options) durability() store.Durability {
	d, _ := store.ParseDurability(o.Durability) // checked; Process where it is ""
	return d
}

// OpenDB opens the database of the batch in env, or returns nil where it has none.
func (o *Options) OpenDB(env *store.Env) (*store.DB, error) {
	if o.DB == "" {
		return nil, nil
	}
	return env.Open(o.DB, &store.Options{ReadOnly: o.ReadsOnly(), Durability: o.durability()})
}

// sameFile says whether two paths lead to the same file or folder.
func sameFile(a, b string) bool {
	if a == b {
		return true
	}
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
