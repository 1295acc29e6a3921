package batch

import (
	"fmt"

	"microts/store"
)

// Options say how a batch is run. The plan keeps them for the runs that resume it.
type Options struct {
	Workers    int      `json:"workers"`                // attempts at a time; 0 is one for each core
	DB         string   `json:"db,omitempty"`           // path of the database, or URL of the archive, that the jobs share; "" is none
	Archive    string   `json:"archive,omitempty"`      // URL of the archive that is read as one with the database in DB; "" is none
	Cache      string   `json:"cache,omitempty"`        // folder of what was read from the archive; "" is none
	ReadOnly   bool     `json:"read_only,omitempty"`    // open DB read-only
	Durability string   `json:"durability,omitempty"`   // of DB; "" is store.Process
	Isolate    string   `json:"isolate,omitempty"`      // Goroutine or Process; "" is Goroutine
	Sandbox    bool     `json:"sandbox,omitempty"`      // see host.Sandbox: jobs write into the run folder's files/ and to DB only
	Failures   int      `json:"max_failures,omitempty"` // start no more jobs after so many failed in a run; 0: however many fail
	Shuffle    bool     `json:"shuffle,omitempty"`      // start the jobs in a random order
	Seed       int64    `json:"seed,omitempty"`         // of that order; 0 makes Spec.Plan choose one
	Args       []string `json:"args,omitempty"`         // arguments of each script
}

// Options.Isolate says what separates jobs from one another.
const (
	Goroutine = "goroutine" // each attempt has a Lua state of its own
	Process   = "process"   // each attempt has a process of its own, which only reads DB
)

// Check fills in the defaults of Workers and Isolate, and returns an error if an
// option is wrong.
func (o *Options) Check() error {
	if o.Workers < 0 {
		return fmt.Errorf("workers: a number from 1 on expected, got %d", o.Workers)
	}
	if o.Workers == 0 {
		o.Workers = cores
	}
	if o.Failures < 0 {
		return fmt.Errorf("max_failures: a number from 0 on expected, got %d", o.Failures)
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

// readsOnly says whether jobs can only read DB.
func (o *Options) readsOnly() bool { return o.ReadOnly || o.Isolate == Process }

// durability returns that of DB.
func (o *Options) durability() store.Durability {
	d, _ := store.ParseDurability(o.Durability) // Check has reported errors; "" gives store.Process
	return d
}
